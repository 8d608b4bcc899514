"""`python -m benchmarks.station [--people 200] [--seconds 20] [--think 1.0]`: mixed users on a small station, on loopback, bounded.

Each person signs in once, then looks, drafts and now and then seals a result, with a pause in between. The log is small here: what
a million records do to the pages is not measured yet.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median

import psutil  # type: ignore[import-untyped]

from benchmarks.measure import Table
from benchmarks.station.browser import Browser, Noted
from openqi.app.people.members import Newcomer
from openqi.app.station.found import NewStation, found_station
from openqi.records import Names
from openqi.records.governance import PartyRegistered, RoleGranted

SECRET, PASSWORD = "correct horse battery staple", "seven wild geese over water"
LABORATORIES = 10
FORM = "/do/conformity.result-reported.1"


def founded(folder: Path, people: int) -> None:
    """A station with so many people in ten laboratories."""
    new = NewStation(
        url="http://127.0.0.1:8000",
        name=Names(en="Bench"),
        origin="bench.example/log",
        operator="https://operator.example",
        passphrase=SECRET,
    )
    with found_station(folder, new, Newcomer(login="operator", name="Operator", password=PASSWORD)) as station:
        for number in range(LABORATORIES):
            party = f"https://laboratory{number}.example"
            station.ledger.state(PartyRegistered(party=party, name=Names(en=f"Laboratory {number}")), station.operator)
            role = RoleGranted(party=party, role="testing-laboratory", valid_from="2026-01-01T00:00:00Z")
            station.ledger.state(role, station.operator)
        for number in range(people):
            invitation = station.people.members.invite(
                f"https://laboratory{number % LABORATORIES}.example", manages=False, by="bench"
            )
            station.people.members.accept(invitation, Newcomer(login=f"person{number}", name=f"Person {number}", password=PASSWORD))
    with (folder / "station.toml").open("a") as file:
        file.write("\n[limits]\nrequests_per_minute = 1000000\nsign_ins_per_hour = 1000000\n")


async def person(number: int, port: int, noted: dict[str, Noted], until: float, think: float) -> None:
    """One person's visit."""
    chance, browser = Random(number), Browser(port, f"127.0.0.1:{port}", noted)
    await asyncio.sleep(chance.random() * think * 5)
    await browser.get("/sign-in", "sign-in form")
    await browser.post("/sign-in", {"login": f"person{number}", "password": PASSWORD, "next": ""}, "sign in (Argon2id)")
    while time.monotonic() < until:
        await asyncio.sleep(chance.expovariate(1 / think))
        choice = chance.random()
        if choice < 0.9:
            path, name = chance.choice(
                (
                    ("/home", "home"),
                    ("/do", "do"),
                    ("/drafts", "drafts"),
                    (FORM, "form"),
                    ("/log", "log"),
                    ("/organisation", "organisation"),
                )
            )
            await browser.get(path, name)
            continue
        await browser.get(FORM, "form")
        fields = {
            "item": f"https://maker.example/item/{number}-{chance.randrange(10**9)}",
            "quantity": "length", "value": "10.02", "unit": "mm",
            "expandedUncertainty": "0.01", "coverageFactor": "2", "method": "ISO 3611",
            "measuredAt": "2026-01-02T08:00", "_zone": "Z",
            "_audience": "public", "_with": "", "_step": "seal", "_draft": "",
        }  # fmt: skip
        await browser.post(FORM, fields, "seal a result")
    await browser.close()


async def load(port: int, people: int, seconds: float, think: float) -> dict[str, Noted]:
    """Everybody at once."""
    noted: dict[str, Noted] = {}
    until = time.monotonic() + seconds
    await asyncio.gather(*(person(number, port, noted, until, think) for number in range(people)))
    return noted


def main() -> None:
    """Found, serve, ask, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--think", type=float, default=1.0)
    asked = parser.parse_args()
    table = Table(f"station, {asked.people} people at once, {asked.think} s of thought between two requests, SQLite, small log")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "station"
        founded(folder, asked.people)
        command = [str(Path(sys.executable).parent / "openqi"), "serve", str(folder), "--port", "0", "--lang", "en"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"OPENQI_PASSPHRASE": SECRET})
        try:
            assert server.stdout is not None
            found = re.search(r":(\d+)/", server.stdout.readline())
            assert found is not None
            noted = asyncio.run(load(int(found[1]), asked.people, asked.seconds, asked.think))
            memory = psutil.Process(server.pid).memory_info().rss / 2**20
        finally:
            server.terminate()
            server.wait(30)
    for name, one in sorted(noted.items()):
        ordered = sorted(one.seconds)
        p95 = ordered[int(len(ordered) * 0.95)] * 1e3
        limit = None if "sign in" in name else 300.0
        table.add(f"{name}: p95 of {len(ordered):,} (median {median(ordered) * 1e3:.0f} ms)", p95, "ms", at_most=limit)
    wrong = [text for one in noted.values() for text in one.wrong]
    table.add("answers that were wrong (wanted: none)", len(wrong), "")
    table.add("memory of the server", memory, "MiB", at_most=1024)
    table.show()
    print("\n".join(wrong[:5]))


if __name__ == "__main__":
    main()
