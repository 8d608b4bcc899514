"""A small station with people: an operator, a laboratory and a certification body; browsers that are signed in or not."""

import atexit
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from asgi_client import Client
from openqi.app.people.members import Newcomer
from openqi.app.people.visitor import Visitor
from openqi.app.settings import DESK, FILE
from openqi.app.station.found import NewStation, found_station
from openqi.app.station.station import Station
from openqi.evidence import keyfile
from openqi.records import Names
from openqi.records.governance import PartyRegistered, RoleGranted
from postgres_server import Server

URL, PASSPHRASE, PASSWORD = "http://127.0.0.1:8000", "correct horse battery staple", "seven wild geese over water"
OPERATOR, LABORATORY, CERTIFIER = "https://operator.example", "https://laboratory.example", "https://certifier.example"
ROLES = {LABORATORY: "testing-laboratory", CERTIFIER: "conformity-assessment-body"}


@dataclass
class Clock:
    """A clock that a test sets."""

    at: datetime = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@dataclass
class World:
    """The station with its clock."""

    station: Station
    clock: Clock
    logins: dict[str, str] = field(default_factory=dict)

    def visitor(self, party: str) -> Visitor:
        """Somebody of a party who has just signed in."""
        secret = self.station.people.sessions.sign_in(self.logins[party], PASSWORD, "127.0.0.1")
        found = self.station.people.visitor(secret)
        assert found is not None
        return found


def world(folder: Path, *, url: str = URL, desk: Server | None = None) -> World:
    """Return a station with three organisations and a person in each, as new; its desk is a file unless a server is named."""
    first, database = _founded(desk, keyfile._COST["n"])
    shutil.copytree(first, folder, dirs_exist_ok=True)
    told = (folder / FILE).read_text(encoding="utf-8").replace(URL, url)
    if desk is not None:
        told = told.replace(database, desk.copy(database))
    (folder / FILE).write_text(told, encoding="utf-8")
    clock = Clock()
    return World(
        Station(folder, passphrase=PASSPHRASE, clock=clock), clock, {OPERATOR: "olga"} | {one: _login(one) for one in ROLES}
    )


def _login(party: str) -> str:
    return party.removeprefix("https://").partition(".")[0]


@cache
def _founded(server: Server | None, cost: int) -> tuple[Path, str]:
    """The station that others are copied from, founded once a process at the cost of key files, and the URL of its desk."""
    place = Path(tempfile.mkdtemp(prefix="openqi-world-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    desk = DESK if server is None else server.url()
    new = NewStation(
        url=URL, name=Names(zh="测试站", en="Test station"), origin="station.example/log", operator=OPERATOR,
        passphrase=PASSPHRASE, desk=desk,
    )  # fmt: skip
    first = Newcomer(login="olga", name="Olga Operator", password=PASSWORD, language="en")
    with found_station(place / "station", new, first, clock=Clock()) as station:
        for party, role in ROLES.items():
            name = _login(party)
            station.ledger.state(PartyRegistered(party=party, name=Names(zh=name, en=name.title())), station.operator)
            station.ledger.state(RoleGranted(party=party, role=role, valid_from="2026-01-01T00:00:00Z"), station.operator)
            secret = station.people.members.invite(party, manages=True, by="test")
            person = Newcomer(login=name, name=f"Person of {name}", password=PASSWORD, language="en")
            station.people.members.accept(secret, person)
    return place / "station", desk


def csrf_of(page: str) -> str:
    """The token of the forms of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None, page[:2000]
    return found[1]


__all__ = ["CERTIFIER", "LABORATORY", "OPERATOR", "PASSWORD", "URL", "Client", "World", "csrf_of", "world"]
