"""A station that serves in processes of its own, and browsers that ask it over HTTP."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from station_world import PASSWORD, URL, csrf_of

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}


class Served:
    """A station that serves in processes of its own."""

    def __init__(self, folder: Path, *more: str, journal: Path | None = None) -> None:
        self.errors = journal or folder.parent / "journal"
        program = "from openqi.interfaces.cli.main import main; main()"
        command = [sys.executable, "-c", program, "serve", str(folder), "--port", "0", "--json", *more]
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors.read_text()
        self.address = json.loads(line)["address"].rstrip("/")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def journal(self) -> list[dict]:
        return [json.loads(line) for line in self.errors.read_text().splitlines()]

    def client(self) -> httpx.Client:
        # The station believes forms of its own address; the port differs here.
        return httpx.Client(base_url=self.address, headers=FORM | {"origin": self.address}, follow_redirects=True, timeout=30)


@contextmanager
def served(folder: Path, *more: str, journal: Path | None = None) -> Iterator[Served]:
    """A station that is stopped at the end."""
    station = Served(folder, *more, journal=journal)
    try:
        yield station
    finally:
        station.stop()


def sign_in(client: httpx.Client, login: str = "laboratory", password: str = PASSWORD) -> httpx.Response:
    return client.post("/sign-in", data={"login": login, "password": password, "next": ""})


def fields(client: httpx.Client, item: str) -> dict[str, str]:
    """A form that states a result, ready to be sealed."""
    page = client.get("/do/conformity.result-reported.1").text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    return {
        "csrf": csrf_of(page), "token": token[1], "_draft": "", "item": item, "quantity": "length", "value": "10.02", "unit": "mm",
        "expandedUncertainty": "0.01", "coverageFactor": "2", "method": "ISO 3611", "measuredAt": "2026-11-20T08:00", "_zone": "Z",
        "_audience": "public", "_with": "", "_step": "seal",
    }  # fmt: skip
