"""`python -m benchmarks.station [--records 1000000] [--people 200] [--seconds 60] [--think 5.0] [--postgresql] [--workers 1]`.

Mixed users of one station on loopback, bounded: each person signs in once, then looks and now and then seals a result, with a
pause in between. The ledger holds a million records, in SQLite or in a PostgreSQL that is started for this.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

import psutil  # type: ignore[import-untyped]
from tests.postgres_server import Server

from benchmarks.measure import Table, timed
from benchmarks.station.browser import Browser, Noted
from benchmarks.station.ledger import filled, read_on
from openqi.app.people.members import Newcomer
from openqi.app.reading.lists import Asked
from openqi.app.station.found import NewStation, found_station
from openqi.app.station.station import Station
from openqi.app.work.inbox import WHICH, Inbox, Which
from openqi.records import Names
from openqi.records.governance import PartyRegistered, RoleGranted

SECRET, PASSWORD = "correct horse battery staple", "seven wild geese over water"
LABORATORIES = 10
COMING = 5
"""Within so many pauses of thought everybody comes and signs in; each is a whole Argon2id."""
FORM = "/do/conformity.result-reported.1"


def founded(folder: Path, people: int, *, postgresql: str | None = None, desk: str | None = None, records: int = 0) -> None:
    """A station with so many people in ten laboratories, which have stated so many records."""
    new = NewStation(
        url="http://127.0.0.1:8000",
        name=Names(en="Bench"),
        origin="bench.example/log",
        operator="https://operator.example",
        passphrase=SECRET,
        postgresql=postgresql,
        desk=desk,
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
        filled(station.ledger, station.operator, records, LABORATORIES)
        read_on(station.ledger.store, station.desk)
    with (folder / "station.toml").open("a") as file:
        file.write("\n[limits]\nrequests_per_minute = 1000000\nsign_ins_per_hour = 1000000\n")


async def person(number: int, port: int, noted: dict[str, Noted], until: float, think: float, records: int) -> None:
    """One person's visit."""
    chance, browser = Random(number), Browser(port, f"127.0.0.1:{port}", noted)
    await asyncio.sleep(chance.random() * think * COMING)
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
                    (f"/log/{chance.randrange(1, 1 + records // 50)}", "log, any page"),
                    ("/records", "records"),
                    ("/inbox", "inbox"),
                    (
                        f"/records?kind=conformity.product-registered/1&below={chance.randrange(100, 100 + records)}",
                        "records of a kind",
                    ),
                    ("/things/product", "products"),
                    ("/organisation", "organisation"),
                )
            )
            await browser.get(path, name)
            continue
        await browser.get(FORM, "form")
        fields = {
            "item": f"https://maker.example/item/{number}-{time.time_ns()}",
            "quantity": "length", "value": "10.02", "unit": "mm",
            "expandedUncertainty": "0.01", "coverageFactor": "2", "method": "ISO 3611",
            "measuredAt": "2026-01-02T08:00", "_zone": "Z",
            "_audience": "public", "_with": "", "_step": "seal", "_draft": "",
        }  # fmt: skip
        await browser.post(FORM, fields, "seal a result")
    await browser.close()


async def load(port: int, people: int, seconds: float, think: float, records: int) -> dict[str, Noted]:
    """Everybody at once."""
    noted: dict[str, Noted] = {}
    until = time.monotonic() + seconds
    await asyncio.gather(*(person(number, port, noted, until, think, records) for number in range(people)))
    return noted


@contextmanager
def databases(wanted: bool) -> Iterator[tuple[str | None, str | None]]:
    """Two empty databases of a server that is started for this, or none."""
    if not wanted:
        yield None, None
        return
    server = Server(durable=True)
    try:
        yield server.url(), server.url()
    finally:
        server.stop()


def asked() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=5.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--station", type=Path, help="one that an earlier run has made, on databases that still run; it is kept")
    return parser.parse_args()


def main() -> None:
    """Found, serve, ask, tell."""
    ask = asked()
    store = "PostgreSQL" if ask.postgresql else "SQLite"
    table = Table(
        f"station, {ask.records:,} records in {store}, {ask.people} people, {ask.think} s of thought, {ask.workers} process(es)"
    )
    with tempfile.TemporaryDirectory() as place, databases(ask.postgresql and ask.station is None) as (ledger, desk):
        folder = ask.station or Path(place) / "station"
        if not folder.exists():
            founded(folder, ask.people, postgresql=ledger, desk=desk, records=ask.records)
        pages(table, folder)
        noted, memory = measured(folder, ask)
    for name, one in sorted(noted.items()):
        ordered = sorted(one.seconds) or [float("nan")]
        p95 = ordered[int(len(ordered) * 0.95)] * 1e3
        limit = None if "sign in" in name else 300.0
        table.add(f"{name}: p95 of {len(ordered):,} (median {median(ordered) * 1e3:.0f} ms)", p95, "ms", at_most=limit)
    timed_all = [pair for name, one in noted.items() if "sign in" not in name for pair in zip(one.at, one.seconds, strict=True)]
    begun = min(at for at, _ in timed_all)
    parts = {
        "all but signing in": timed_all,
        "... while people come in": [one for one in timed_all if one[0] < begun + COMING * ask.think],
        "... once all are in": [one for one in timed_all if one[0] >= begun + COMING * ask.think],
    }
    for name, some in parts.items():
        everything = sorted(second for _, second in some)
        if everything:
            p95, middle = everything[int(len(everything) * 0.95)] * 1e3, median(everything) * 1e3
            table.add(f"{name}: p95 of {len(everything):,} (median {middle:.0f} ms)", p95, "ms", at_most=300.0)
    wrong = [text for one in noted.values() for text in one.wrong]
    table.add("answers that were wrong (wanted: none)", len(wrong), "")
    table.add("memory of the largest process", memory, "MiB", at_most=1024)
    table.show()
    print("\n".join(wrong[:5]))


def pages(table: Table, folder: Path) -> None:
    """What each list takes at the server, asked for the first time."""
    with Station(folder, passphrase=SECRET) as station:
        size = station.reader.refresh()
        public, party = station.reader, station.reader.as_party("https://laboratory1.example")
        kind, issuer = "conformity.product-registered/1", "https://laboratory3.example"
        lists: dict[str, Callable[[], object]] = {
            "records": lambda: public.listed(Asked(below=size // 2)),
            "records as a party": lambda: party.listed(Asked(below=size // 3)),
            "records of a kind": lambda: public.listed(Asked(kind=kind, below=size // 4)),
            "records of an issuer": lambda: public.listed(Asked(issuer=issuer, below=size // 5)),
            "records of a kind and an issuer": lambda: public.listed(Asked(kind=kind, issuer="https://laboratory0.example")),
            "products": lambda: public.things("product"),
            "log": lambda: public.log_page(max(1, size // 120)),
            "overview": lambda: public.overview(20),
        }
        for name, make in lists.items():
            with timed() as watch:
                make()
            table.add(f"list at the server, asked the first time: {name}", watch.seconds * 1e3, "ms", at_most=100.0)
        inbox = station.inbox
        boxes: dict[str, Callable[[], object]] = {
            f"inbox at the server: {which}, and its counts": partial(_inbox, inbox, f"https://laboratory{number}.example", which)
            for number, which in enumerate(WHICH)
        }
        for name, make in boxes.items():
            with timed() as watch:
                make()
            table.add(name, watch.seconds * 1e3, "ms", at_most=50.0)


def _inbox(inbox: Inbox, party: str, which: Which) -> None:
    inbox.page(party, which)
    inbox.counts(party)
    inbox.waiting(party)


def measured(folder: Path, ask: argparse.Namespace) -> tuple[dict[str, Noted], float]:
    """What people waited for, and the memory of the largest process in MiB."""
    command = [str(Path(sys.executable).parent / "openqi"), "serve", str(folder), "--port", "0", "--lang", "en"]
    command += ["--workers", str(ask.workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"OPENQI_PASSPHRASE": SECRET}) as server:
        try:
            assert server.stdout is not None
            found = re.search(r":(\d+)/", server.stdout.readline())
            assert found is not None
            noted = asyncio.run(load(int(found[1]), ask.people, ask.seconds, ask.think, ask.records))
            parent = psutil.Process(server.pid)
            memory = max(one.memory_info().rss for one in (parent, *parent.children())) / 2**20
        finally:
            server.terminate()
            server.wait(30)
    return noted, memory


if __name__ == "__main__":
    main()
