"""Passwords, sessions and secrets as a person and an operator meet them; what of them lies where on the disk."""

import io
import json
import logging
import re
import stat
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from asgi_client import Client
from openqi.app.operation.journal import Lines
from openqi.app.people.passwords import check_password, fits, hashed
from openqi.app.people.security import Security
from openqi.app.settings import FILE, Settings, check_settings
from openqi.interfaces.web.server import station_application
from openqi.kernel.errors import FormatError, RefusedError
from openqi.store.desk.people import ACCOUNTS
from station_world import LABORATORY, PASSPHRASE, PASSWORD, URL, World, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = world(tmp_path_factory.mktemp("secrets") / "station")
    yield found
    found.station.close()


@pytest.fixture(scope="module")
def client(made: World) -> Iterator[Client]:
    with Client(station_application(made.station.folder), base_url=URL, headers=FORM) as asking:
        asking.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
        yield asking


def test_changing_a_password_asks_for_the_old_one(client):
    told = {
        "what": "password",
        "old": "not the old one",
        "new": "nine other geese over land",
        "csrf": csrf_of(client.get("/account").text),
    }
    assert client.post("/account/ways", data=told).status_code == 400
    assert client.post("/account/ways", data=told | {"old": ""}).status_code == 400


def test_passwords_are_masked_and_managers_and_pasting_are_welcome(client):
    pages = [client.get(path).text for path in ("/account/ways", "/prove")]
    fields = [field for page in pages for field in re.findall(r"<input[^>]*name=\"(?:password|old|new)\"[^>]*>", page)]
    assert len(fields) >= 3
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field), field
        assert "onpaste" not in field


def test_a_password_is_taken_as_it_was_typed():
    """No character is cut off or folded: one that differs at its end or in a capital is another."""
    for text, other in (
        ("Seven wild geese", "seven wild geese"),
        ("x" * 15 + "yzab" + "w" * 200 + "1", "x" * 15 + "yzab" + "w" * 200 + "2"),
    ):
        kept = hashed(check_password(text, "somebody"))
        assert fits(kept, text)
        assert not fits(kept, other)
        assert not fits(kept, text + " ")


def test_a_password_may_be_long():
    assert check_password("many words " * 20, "somebody")
    with pytest.raises(RefusedError):
        check_password("many words " * 30, "somebody")


def test_no_password_grows_old(made):
    made.clock.pass_(days=5000)
    try:
        assert made.visitor(LABORATORY).party == LABORATORY
    finally:
        made.clock.pass_(days=-5000)


def test_passwords_are_kept_by_a_slow_hash_with_a_salt_of_its_own():
    first, second = hashed(PASSWORD), hashed(PASSWORD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_passphrase_is_stretched_before_it_opens_keys(made, monkeypatch):
    from openqi.app.people import custody

    asked = []
    real = custody.Scrypt

    def noted(**told):
        asked.append(told)
        return real(**told)

    monkeypatch.setattr(custody, "Scrypt", noted)
    custody.Custody(made.station.desk, secret=PASSPHRASE, origin="station.example/log", chance=bytes)
    assert asked[0]["n"] >= 2**17
    assert asked[0]["r"] == 8


def test_a_new_station_has_one_account_and_no_password_of_its_own(tmp_path):
    from openqi.app.people.members import Newcomer
    from openqi.app.station.found import NewStation, found_station
    from openqi.records import Names

    new = NewStation(url=URL, name=Names(en="S"), origin="new.example/log", operator="https://o.example", passphrase=PASSPHRASE)
    with found_station(tmp_path / "new", new, Newcomer(login="first", name="First", password=PASSWORD)) as station:
        with station.desk.reading() as connection:
            assert connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one() == 1
        for login, password in (("admin", "admin"), ("root", "root"), ("operator", "operator"), ("first", "first"), ("first", "")):
            with pytest.raises(RefusedError):
                station.people.sessions.sign_in(login, password, "1")


def test_signing_in_again_ends_the_session_that_was_there(made):
    with Client(station_application(made.station.folder), base_url=URL, headers=FORM) as client:
        client.post("/sign-in", data={"login": "certifier", "password": PASSWORD, "next": ""})
        first = client._client.cookies["openqi"]
        told = {"login": "certifier", "password": PASSWORD, "next": "", "csrf": csrf_of(client.get("/account").text)}
        client.post("/sign-in", data=told)
        assert client._client.cookies["openqi"] != first
        client._client.cookies.clear()
        assert client.get("/account", headers={"cookie": f"openqi={first}"}).url.path == "/sign-in"


@pytest.mark.parametrize(
    "path",
    [
        "/home",
        "/do",
        "/drafts",
        "/account",
        "/account/ways",
        "/keys",
        "/delegations",
        "/account/leave",
        "/organisation",
        "/notices",
        "/inbox",
        "/search",
        "/",
        "/log",
    ],
)
def test_every_page_of_a_person_has_signing_out(client, path):
    assert 'action="/sign-out"' in client.get(path).text


def test_no_secret_stands_in_the_configuration(made):
    told = tomllib.loads((made.station.folder / FILE).read_text())
    assert PASSPHRASE not in json.dumps(told)
    names = json.dumps([*Settings.__struct_fields__, *Settings(url=URL).mail.__struct_fields__])
    assert '"password"' not in names, "a password is in a file of its own, which can come from a vault"


def test_secret_files_are_for_their_owner_alone(made):
    folder: Path = made.station.folder
    secret = [folder / "passphrase", *folder.rglob("*.key")]
    assert len(secret) >= 2
    for path in secret:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


@pytest.mark.parametrize(
    "path",
    ["/static/", "/static", "/static/../station.toml", "/static/%2e%2e/station.toml", "/tile/../../station.toml",
     "/tile/%2e%2e/ledger.json", "/.git/config", "/passphrase", "/desk.sqlite"],
)  # fmt: skip
def test_no_folder_is_listed_and_nothing_else_is_served(client, path):
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert PASSPHRASE not in answer.text


def test_without_tls_a_station_is_for_its_own_machine_alone(tmp_path):
    check_settings(Settings(url="https://quality.example"), tmp_path)
    check_settings(Settings(url="http://127.0.0.1:8000"), tmp_path)
    with pytest.raises(FormatError, match="without TLS"):
        check_settings(Settings(url="http://quality.example"), tmp_path)


def test_lines_of_the_journal_are_json_with_an_instant_in_utc():
    """Whatever is told, one event is one line: nobody writes a second one into it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(lambda: datetime(2026, 11, 30, 8, tzinfo=UTC)))
    log = logging.getLogger("openqi.security")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        Security(b"salt").tell('x"\r\n{"event":"forged"}\u2028', "a")
        logging.getLogger("openqi.security").warning("plain\nsecond %s", "argument")
    finally:
        log.removeHandler(handler)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    told = [json.loads(line) for line in lines]
    assert {one["at"] for one in told} == {"2026-11-30T08:00:00Z"}
    assert told[0]["event"].startswith('x"')
    assert "argument" not in lines[1]
