"""A small station with people: an operator, a laboratory and a certification body; browsers that are signed in or not."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asgi_client import Client
from openqi.app.people.members import Newcomer
from openqi.app.people.visitor import Visitor
from openqi.app.station.found import NewStation, found_station
from openqi.app.station.station import Station
from openqi.records import Names
from openqi.records.governance import PartyRegistered, RoleGranted

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


def world(folder: Path, *, desk: str | None = None) -> World:
    """Return a new station with three organisations and a person in each; `desk` is the URL of a database for its desk."""
    clock = Clock()
    new = NewStation(
        url=URL, name=Names(zh="测试站", en="Test station"), origin="station.example/log", operator=OPERATOR, passphrase=PASSPHRASE,
        desk=desk,
    )  # fmt: skip
    first = Newcomer(login="olga", name="Olga Operator", password=PASSWORD, language="en")
    station = found_station(folder, new, first, clock=clock)
    made = World(station, clock, {OPERATOR: "olga"})
    for party, role in ROLES.items():
        name = party.removeprefix("https://").partition(".")[0]
        station.ledger.state(PartyRegistered(party=party, name=Names(zh=name, en=name.title())), station.operator)
        station.ledger.state(RoleGranted(party=party, role=role, valid_from="2026-01-01T00:00:00Z"), station.operator)
        secret = station.people.members.invite(party, manages=True, by="test")
        station.people.members.accept(secret, Newcomer(login=name, name=f"Person of {name}", password=PASSWORD, language="en"))
        made.logins[party] = name
    return made


def csrf_of(page: str) -> str:
    """The token of the forms of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None, page[:2000]
    return found[1]


__all__ = ["CERTIFIER", "LABORATORY", "OPERATOR", "PASSWORD", "URL", "Client", "World", "csrf_of", "world"]
