"""Stories of keys, delegation and leaving at a station, through its pages and the command line."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from asgi_client import Client
from openqi.app.files import new_key
from openqi.app.requests import withdrawal
from openqi.app.station.station import Station
from openqi.evidence.keyfile import decrypted
from openqi.interfaces.cli.main import openqi
from openqi.interfaces.web.server import station_application
from openqi.kernel.instant import format_instant
from openqi.records.governance import Delegated
from people_stage import clean
from station_world import CERTIFIER, LABORATORY, PASSPHRASE, PASSWORD, URL, World, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}
HOME, RESULT = "a passphrase for at home", "/do/conformity.result-reported.1"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    """A station whose pages and whose test look at one ledger and one desk, each with the true clock."""
    first = world(tmp_path / "station")
    first.station.close()
    first.station = Station(tmp_path / "station", passphrase=PASSPHRASE)
    yield first
    first.station.close()


@pytest.fixture
def client(made: World) -> Iterator[Client]:
    with Client(station_application(made.station.folder), base_url=URL, headers=FORM) as asking:
        yield asking


def sign_in(client: Client, login: str) -> None:
    assert client.post("/sign-in", data={"login": login, "password": PASSWORD, "next": ""}).url.path == "/home"


def posted(client: Client, page: str, path: str = "", files: Any = None, **fields: str) -> Any:
    return client.post(path or page, data={"csrf": csrf_of(client.get(page).text), **fields}, files=files)


def result(client: Client, step: str, **more: str) -> Any:
    page = client.get(RESULT)
    assert page.status_code == 200, page.text
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    return client.post(RESULT, data=filled(csrf_of(page.text), token) | {"_step": step, **more})


def filled(csrf: str, token: str) -> dict[str, str]:
    return {
        "csrf": csrf, "token": token, "_draft": "", "item": "https://maker.example/item/1", "quantity": "length", "value": "10.02",
        "unit": "mm", "expandedUncertainty": "0.01", "coverageFactor": "2", "method": "ISO 3611",
        "measuredAt": "2026-11-20T08:00", "_zone": "Z", "_audience": "public", "_with": "", "_step": "seal",
    }  # fmt: skip


def test_a_key_is_replaced_taken_home_and_brought_back_as_ones_own(client, made, tmp_path):
    sign_in(client, "laboratory")
    assert "/sealed/" in result(client, "seal").url.path
    first = re.search(r"urn:ietf:[^<\s]+", client.get("/keys").text)[0]
    answer = posted(client, "/keys", what="replace")
    assert "The key was replaced" in answer.text
    second = re.search(r"urn:ietf:[^<\s]+", answer.text)[0]
    assert second != first
    assert "replaced from entry" in answer.text
    assert "/sealed/" in result(client, "seal").url.path
    differ = posted(client, "/keys", "/keys/home", passphrase=HOME, again=HOME + "x")
    assert "The two passphrases differ" in differ.text
    file = posted(client, "/keys", "/keys/home", passphrase=HOME, again=HOME)
    assert "attachment" in file.headers["content-disposition"]
    assert decrypted(file.content, HOME).public_key.kid == second
    assert "Take the key home" not in client.get("/keys").text
    assert result(client, "seal").status_code == 409

    place = tmp_path / "home"
    place.mkdir()
    own = new_key(place / "own.key", HOME)
    (place / "challenge.json").write_bytes(client.get("/keys/challenge.json").content)
    (place / "words").write_text(HOME + "\n")
    arguments = ["key", "prove", str(place / "challenge.json"), "--key", str(place / "own.key"), "--yes", "--json"]
    told = CliRunner().invoke(openqi, [*arguments, "--passphrase-file", str(place / "words")])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["party"] == LABORATORY
    proof = (place / "challenge.signed.json").read_bytes()
    wrong = posted(
        client, "/keys", files={"proof": ("p.json", proof.replace(own.public_key.kid[-9:].encode(), b"x" * 9))}, what="own"
    )
    assert wrong.status_code == 400
    answer = posted(client, "/keys", files={"proof": ("p.json", proof)}, what="own")
    assert "You sign with your own key now" in answer.text, answer.text
    assert own.public_key.kid in answer.text

    ticket = result(client, "prepare")
    assert ticket.url.path.startswith("/ticket/")
    (place / "request.json").write_bytes(client.get(f"{ticket.url.path}/request.json").content)
    arguments = ["act", "sign", str(place / "request.json"), "--key", str(place / "own.key"), "--yes"]
    told = CliRunner().invoke(openqi, [*arguments, "--passphrase-file", str(place / "words")])
    assert told.exit_code == 0, told.output
    signed = {"signatures": ("s.json", (place / "request.signed.json").read_bytes())}
    assert "/sealed/" in posted(client, ticket.url.path, files=signed).url.path
    happened = client.get("/account").text
    assert [what in happened for what in ("Key replaced", "Key taken home", "Own key brought")] == [True] * 3
    assert clean(made.station)


def test_the_page_asks_for_a_fresh_proof_before_a_key_is_changed(client, made):
    sign_in(client, "laboratory")
    with made.station.desk.writing() as connection:
        connection.exec_driver_sql("UPDATE people_sessions SET proved_at = '2020-01-01T00:00:00Z'")
    page = client.get("/keys")
    assert "Prove again who you are" in page.text
    assert 'action="/keys"' not in page.text
    assert client.get("/keys/challenge.json").status_code == 409
    size = made.station.ledger.store.size()
    assert posted(client, "/account", "/keys", what="replace").status_code == 409
    assert posted(client, "/account", "/account/leave", step="erase", login="laboratory").status_code == 409
    assert made.station.ledger.store.size() == size


def delegated(made: World, start: timedelta, end: timedelta) -> str:
    """The laboratory lends its role to the certifier; the id of the record."""
    now, ledger = made.station.ledger._clock(), made.station.ledger
    laboratory = made.station.people.custody.signer(made.visitor(LABORATORY))
    told = {"party": LABORATORY, "to": CERTIFIER, "role": "testing-laboratory"}
    return ledger.state(
        Delegated(**told, valid_from=format_instant(now + start), valid_until=format_instant(now + end)), laboratory
    ).id


def test_who_acts_by_delegation_is_told_so_on_the_form_and_on_the_record(client, made):
    lent = delegated(made, timedelta(0), timedelta(days=3))
    sign_in(client, "certifier")
    form = client.get(RESULT).text
    assert "is lent by Laboratory until" in form
    assert f"/record/{lent}" in form
    sealed = result(client, "seal")
    record = re.search(r"/record/([0-9a-f]{64})", sealed.text)[1]
    page = client.get(f"/record/{record}").text
    assert "By delegation" in page
    assert "delegation of Laboratory" in page
    assert "By delegation" not in client.get(f"/record/{lent}").text
    assert "is lent by" not in client.get("/do/governance.delegated.1").text


def test_delegations_are_listed_on_both_sides_and_ended_through_the_ordinary_act(client, made):
    later = delegated(made, timedelta(days=1), timedelta(days=3))
    now = delegated(made, timedelta(0), timedelta(days=3))
    sign_in(client, "certifier")
    taken = client.get("/delegations").text
    assert taken.index(now) < taken.index(later)
    assert "in force" in taken
    assert "not yet begun" in taken
    assert "End it" not in taken
    posted(client, "/home", "/sign-out")
    sign_in(client, "laboratory")
    given = client.get("/delegations").text
    end = re.search(rf'href="(/do/governance\.withdraw\.1\?record={now}[^"]*)"', given)[1].replace("&amp;", "&")
    form = client.get(end)
    token = re.search(r'name="token" value="([^"]+)"', form.text)[1]
    fields = {"csrf": csrf_of(form.text), "token": token, "record": now, "reason": "ended", "_zone": "Z", "_step": "seal"}
    assert "/sealed/" in client.post("/do/governance.withdraw.1", data=fields).url.path
    given = client.get("/delegations").text
    assert "withdrawn" in given
    assert given.count("End it") == 1
    posted(client, "/home", "/sign-out")
    sign_in(client, "certifier")
    assert "is lent by" not in client.get(RESULT).text


def test_a_delegation_that_was_withdrawn_after_the_form_was_opened_is_refused_at_sealing(client, made):
    lent = delegated(made, timedelta(0), timedelta(hours=1))
    sign_in(client, "certifier")
    page = client.get(RESULT)
    fields = filled(csrf_of(page.text), re.search(r'name="token" value="([^"]+)"', page.text)[1])
    assert "10.02" in client.post(RESULT, data=fields | {"_step": "preview"}).text
    laboratory = made.station.people.custody.signer(made.visitor(LABORATORY))
    made.station.ledger.perform(withdrawal(lent, "ended"), laboratory)
    size = made.station.ledger.store.size()
    assert client.post(RESULT, data=fields).status_code == 409
    assert made.station.ledger.store.size() == size
    # What was typed is kept, and with the role in force again the very same form seals once.
    delegated(made, timedelta(0), timedelta(hours=2))  # of the same second and length it would be the record that was withdrawn
    assert "/sealed/" in client.post(RESULT, data=fields).url.path


def test_a_program_reads_the_keys_and_delegations_of_its_hat_and_changes_none(client, made):
    lent = delegated(made, timedelta(0), timedelta(days=3))
    sign_in(client, "certifier")
    made_token = posted(client, "/account", **{"what": "token", "token-name": "robot", "days": "3"})
    bearer = {"authorization": f"Bearer {re.search(r'oqi_[A-Za-z0-9_-]+', made_token.text)[0]}"}
    keys = client.get("/api/me/keys", headers=bearer).json()
    assert (keys["party"], keys["kept"], [one["end"] for one in keys["keys"]]) == (CERTIFIER, True, [None])
    told = client.get("/api/delegations", headers=bearer).json()
    assert told["given"] == []
    assert [(one["record"], one["party"], one["state"]) for one in told["taken"]] == [(lent, LABORATORY, "now")]
    assert client.get("/api/delegations").status_code == 401
    assert client.post("/api/me/keys", headers=bearer).status_code == 405


def test_somebody_leaves_after_being_asked_twice_and_the_station_knows_them_no_more(client, made):
    members = made.station.people.members
    secret = members.invite(LABORATORY, manages=False, by="x")
    page = client.get(f"/invitation/{secret}")
    name = "Wilhelmine Zacharowska"
    client.post(f"/invitation/{secret}", data={"login": "quwarszi", "name": name, "password": PASSWORD})
    assert "/sealed/" in result(client, "seal").url.path
    data = client.get("/account/data")
    assert data.json()["tables"]["people_accounts"][0]["name"] == name
    page = client.get("/account/leave")
    assert "Once erased, it cannot be brought back" in page.text
    first = posted(client, "/account/leave", step="ask")
    assert "Do you really mean it?" in first.text
    assert posted(client, "/account/leave", step="erase", login="laboratory").status_code == 409
    gone = posted(client, "/account/leave", step="erase", login="quwarszi")
    assert "Your account is erased" in gone.text
    assert name not in gone.text
    assert client.get("/account").url.path == "/sign-in"
    sign_in(client, "laboratory")
    assert "a former member" in client.get("/organisation").text
    refused = posted(client, "/account/leave", step="ask")
    assert refused.status_code == 409
    assert "Nobody else manages the organisation" in refused.text
    assert clean(made.station)


def test_the_operator_erases_an_account_beside_the_station_after_being_asked(made):
    folder, size = made.station.folder, made.station.ledger.store.size()
    made.station.close()
    for words, code in ((["--json"], 1), (["--yes", "--json"], 0)):
        told = CliRunner().invoke(openqi, ["station", "forget", str(folder), "laboratory", *words], input="n\n")
        assert told.exit_code == code, told.output
    assert json.loads(told.stdout)["size"] == size + 1
    again = CliRunner().invoke(openqi, ["station", "forget", str(folder), "laboratory", "--yes"])
    assert again.exit_code != 0
    assert "nobody signs in here" in again.output
    with Station(folder, passphrase=PASSPHRASE) as opened:
        assert clean(opened)
