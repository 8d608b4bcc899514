"""Identities at a desk in SQLite and in PostgreSQL: who is first wins, the last way in stays, the tables are the migrations'."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, select

from hostile_provider import Hostile
from openid_server import configure
from openqi.app.people.members import Newcomer
from openqi.app.people.openid.flow import Wish
from openqi.app.people.openid.tokens import Identity
from openqi.app.settings import FILE
from openqi.app.station.station import Station
from openqi.kernel.errors import OpenQIError
from openqi.store.desk.desk import metadata
from openqi.store.desk.openid import LINKS
from openqi.store.desk.people import PASSWORDS
from station_world import LABORATORY, PASSPHRASE, PASSWORD, URL, Clock


@pytest.fixture(params=["sqlite", "postgresql"])
def station(request, tmp_path: Path):
    clock = Clock()
    campus = Hostile(clock)
    folder = tmp_path / "station"
    configure(folder, URL, ("campus", campus.issuer, "a station"))
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").url()
        text = re.sub(r'(?m)^desk = ".*"$', f'desk = "{url}"', (folder / FILE).read_text(encoding="utf-8"))
        (folder / FILE).write_text(text, encoding="utf-8")
    with Station(folder, passphrase=PASSPHRASE, clock=clock) as opened:
        assert opened.desk.engine.dialect.name == request.param
        opened.campus = campus
        yield opened
    campus.shutdown()
    campus.server_close()


def person(station: Station):
    """Somebody with a password who has just signed in."""
    members = station.people.members
    secret = members.invite(LABORATORY, manages=True, by="test")
    members.accept(secret, Newcomer(login="pia", name="Pia", password=PASSWORD))
    found = station.people.visitor(station.people.sessions.sign_in("pia", PASSWORD, "10.0.0.1"))
    assert found is not None
    return found


def at_once(*asks: Callable[[], object]) -> list[str]:
    """What became of some things that were asked at once: `done`, or the name of the error."""
    told: list[str] = []
    together = threading.Barrier(len(asks))

    def one(ask: Callable[[], object]) -> None:
        together.wait()
        try:
            ask()
            told.append("done")
        except OpenQIError as error:
            told.append(getattr(error, "rule", type(error).__name__))

    threads = [threading.Thread(target=one, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_the_tables_are_those_that_the_migrations_make(station):
    with station.desk.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_of_many_answers_of_one_way_one_serves(station):
    flows, visitor = station.openid(), person(station)
    flows.identities.link(visitor, Identity(issuer=station.campus.issuer, sub="anna"))
    going = flows.begin("campus", Wish(purpose="sign-in"), visitor=None)
    said = station.campus.agrees(going.address)

    def end() -> object:
        return flows.end("campus", said, browser=going.browser, visitor=None, address="10.0.0.1")

    assert at_once(*[end] * 4) == ["done"] + ["openid-state"] * 3
    assert len(station.campus.forms) == 1


def test_of_the_last_two_ways_unlinked_at_once_one_stays(station):
    identities, visitor = station.openid().identities, person(station)
    for sub in ("anna", "anne"):
        identities.link(visitor, Identity(issuer=station.campus.issuer, sub=sub))
    with station.desk.writing() as connection:
        connection.execute(delete(PASSWORDS).where(PASSWORDS.c.account == visitor.account))
    told = at_once(*(lambda sub=sub: identities.unlink(visitor, station.campus.issuer, sub) for sub in ("anna", "anne")))
    assert told == ["done", "last-way-in"]
    assert len(identities.of(visitor)) == 1


def test_an_identity_that_two_link_at_once_belongs_to_one(station):
    identities, first = station.openid().identities, person(station)
    members = station.people.members
    secret = members.invite(LABORATORY, manages=False, by="test")
    members.accept(secret, Newcomer(login="quin", name="Quin", password=PASSWORD))
    second = station.people.visitor(station.people.sessions.sign_in("quin", PASSWORD, "10.0.0.1"))
    one = Identity(issuer=station.campus.issuer, sub="anna")
    told = at_once(*(lambda who=who: identities.link(who, one) for who in (first, second)))
    assert told[-1] in ("openid-taken", "done") and told.count("done") == 1, told
    with station.desk.reading() as connection:
        assert len(connection.execute(select(LINKS)).all()) == 1


def test_an_identity_taken_meanwhile_leaves_the_invitation_open_and_no_account_behind(station):
    flows, visitor = station.openid(), person(station)
    secret = station.people.members.invite(LABORATORY, manages=False, by="test")
    newcomer = Newcomer(login="nora", name="Nora", password=None)
    going = flows.begin("campus", Wish(purpose="invitation", invitation=secret, newcomer=newcomer), visitor=None)
    flows.identities.link(visitor, Identity(issuer=station.campus.issuer, sub="anna"))
    said = station.campus.agrees(going.address)
    assert at_once(lambda: flows.end("campus", said, browser=going.browser, visitor=None, address="10.0.0.1")) == ["openid-taken"]
    station.people.members.accept(secret, Newcomer(login="nora", name="Nora", password=PASSWORD))
