"""A story of ways in: a passkey instead of a password, a code, a link; and what others get from them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from asgi_client import Client
from authenticator import ORIGIN, Authenticator
from openqi.interfaces.web.server import station_application
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import SESSIONS
from station_world import LABORATORY, PASSPHRASE, PASSWORD, URL, Station, csrf_of, world
from unit.interfaces.cli_world import answer, openqi

NEW = "nine other geese over land"
WAYS = "/account/ways"


def form(url: str = ORIGIN) -> dict[str, str]:
    return {"origin": url, "sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    world(tmp_path / "station", url=ORIGIN).station.close()
    return tmp_path / "station"


@pytest.fixture
def app(folder: Path) -> Any:
    return station_application(folder)


@pytest.fixture
def client(app: Any) -> Iterator[Client]:
    with Client(app, base_url=ORIGIN, headers=form()) as asking:
        yield asking


def sign_in(client: Client, login: str = "laboratory", password: str = PASSWORD) -> Any:
    return client.post("/sign-in", data={"login": login, "password": password, "next": ""})


def sign_out(client: Client) -> None:
    client.post("/sign-out", data={"csrf": csrf_of(client.get(WAYS).text)})


def change(client: Client, **fields: str) -> Any:
    return client.post(WAYS, data={"csrf": csrf_of(client.get(WAYS).text), **fields})


def add_passkey(client: Client, device: Authenticator, name: str = "phone") -> Any:
    asked = client.post(f"{WAYS}/passkey/begin", data={"csrf": csrf_of(client.get(WAYS).text)})
    assert asked.status_code == 200, asked.text
    return change(client, what="passkey", name=name, answer=device.make(asked.json()))


def passkey_answer(client: Client, device: Authenticator) -> str:
    return device.sign(client.post("/sign-in/passkey/begin", data={}).json())


def forget_proofs(folder: Path) -> None:
    desk = Desk(f"sqlite:///{folder / 'desk.sqlite'}")
    with desk.writing() as connection:
        connection.execute(update(SESSIONS).values(proved_at="2026-01-01T00:00:00Z"))
    desk.close()


def test_a_passkey_takes_the_place_of_a_password(client):
    device = Authenticator()
    sign_in(client)
    assert "The passkey was added" in add_passkey(client, device).text
    assert "The password was given up" in change(client, what="no-password").text
    assert "your only way in" in client.get(WAYS).text
    sign_out(client)
    assert sign_in(client).status_code == 400
    sent = {"answer": passkey_answer(client, device), "next": "/organisation"}
    assert client.post("/sign-in/passkey", data=sent).url.path == "/organisation"
    again = client.post("/sign-in/passkey", data=sent | {"csrf": csrf_of(client.get(WAYS).text)})
    assert again.status_code == 400, "an answer serves once"


def test_an_answer_is_taken_from_the_browser_that_asked_and_from_a_page_of_ours_alone(app):
    device = Authenticator()
    with Client(app, base_url=ORIGIN, headers=form()) as client:
        sign_in(client)
        add_passkey(client, device)
        sign_out(client)
        made = client.post("/sign-in/passkey/begin", data={})
        cookie = made.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        sent = {"answer": device.sign(made.json()), "next": ""}
        foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
        assert client.post("/sign-in/passkey", data=sent, headers=foreign).status_code == 403
        assert client.post("/sign-in/passkey/begin", data={}, headers=foreign).status_code == 400
        client._client.cookies.clear()
        assert client.post("/sign-in/passkey", data=sent).status_code == 400


def test_a_form_of_another_session_changes_no_way_in(client):
    sign_in(client)
    for path in (WAYS, "/prove/passkey"):
        assert client.post(path, data={"what": "codes", "csrf": "another"}).status_code == 403
    for path in (f"{WAYS}/passkey/begin", "/prove/passkey/begin"):
        refused = client.post(path, data={"csrf": "another"})
        assert (refused.status_code, list(refused.json())) == (400, ["said"])


def test_who_has_proved_nothing_lately_is_led_to_do_so_and_a_passkey_does(client, folder):
    device = Authenticator()
    sign_in(client)
    add_passkey(client, device)
    forget_proofs(folder)
    page = client.get(WAYS)
    assert "Give up the password" not in page.text
    assert change(client, what="codes").url.path == "/prove"
    asked = client.post(f"{WAYS}/passkey/begin", data={"csrf": csrf_of(page.text)})
    assert (asked.status_code, "Prove again" in asked.json()["said"]) == (400, True)
    csrf = csrf_of(page.text)
    options = client.post("/prove/passkey/begin", data={"csrf": csrf}).json()
    sent = {"csrf": csrf, "answer": device.sign(options), "next": WAYS}
    assert client.post("/prove/passkey", data=sent | {"answer": "{}"}).status_code == 400
    assert client.post("/prove/passkey", data=sent).url.path == WAYS
    assert "<ol" in change(client, what="codes").text


def test_a_code_leads_to_the_page_of_ways_and_nowhere_else_until_one_is_set(client):
    sign_in(client)
    page = change(client, what="codes")
    code = re.search(r"<li[^>]*>([0-9A-Z-]{29})</li>", page.text)[1]
    assert page.headers["cache-control"] == "no-store"
    sign_out(client)
    told = client.post("/sign-in/code", data={"login": "laboratory", "code": "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"})
    assert "The name or the code is wrong" in told.text
    assert client.post("/sign-in/code", data={"login": "laboratory", "code": code}).url.path == WAYS
    for path in ("/home", "/do", "/organisation", "/account", "/inbox", "/notices"):
        assert client.get(path).url.path == WAYS, path
    assert "The password was set" in change(client, what="set", new=NEW).text
    assert client.get("/do").url.path == "/do"
    assert "Recovery code used" in client.get("/account").text


def test_who_came_in_by_a_code_joins_no_organisation_before(client, folder):
    sign_in(client)
    code = re.search(r"<li[^>]*>([0-9A-Z-]{29})</li>", change(client, what="codes").text)[1]
    sign_out(client)
    with Station(folder, passphrase=PASSPHRASE) as station:
        secret = station.people.members.invite(LABORATORY, manages=True, by="test")
        client.post("/sign-in/code", data={"login": "laboratory", "code": code})
        refused = client.post(f"/invitation/{secret}", data={"csrf": csrf_of(client.get(WAYS).text)})
        assert refused.status_code == 400
        assert station.people.members.invitation(secret)


def test_who_fails_too_often_is_told_to_wait(client):
    for _ in range(20):
        assert client.post("/sign-in/code", data={"login": "laboratory", "code": "A"}).status_code == 400
    assert client.post("/sign-in/code", data={"login": "laboratory", "code": "A"}).status_code == 429
    assert sign_in(client, "certifier").status_code == 429


def test_the_operator_at_the_machine_makes_a_link_that_sets_a_password_once(client, folder):
    sign_in(client)
    told = answer("station", "recover", folder, "laboratory", OPENQI_PASSPHRASE=None)
    assert list(told) == ["link"]
    link = told["link"].removeprefix(ORIGIN)
    assert re.fullmatch(r"/recovery/[A-Za-z0-9_-]{32}", link)
    assert openqi("station", "recover", folder, "nobody", OPENQI_PASSPHRASE=None).status != 0
    kept = csrf_of(client.get(WAYS).text)
    stolen = {**form(), "cookie": f"openqi={client._client.cookies['openqi']}"}
    client._client.cookies.clear()
    assert "Person of laboratory" in client.get(link).text
    assert client.post(link, data={"password": "short"}).status_code == 400
    assert client.post(link, data={"password": NEW}).url.path == WAYS
    assert csrf_of(client.get(WAYS).text) != kept
    assert client.get(link).status_code == 404
    assert "The operator made a recovery link" in client.get("/account").text
    client._client.cookies.clear()
    assert client.get("/account", headers=stolen).url.path == "/sign-in"
    assert sign_in(client, password=NEW).url.path == "/home"


def test_an_account_is_made_without_a_password_and_given_a_passkey_in_a_second_step(client, folder):
    with Station(folder, passphrase=PASSPHRASE) as station:
        secret = station.people.members.invite(LABORATORY, manages=False, by="test")
    told = {"name": "Nora", "login": "nora", "password": "", "how": "passkey"}
    joined = client.post(f"/invitation/{secret}", data=told)
    assert joined.url.path == WAYS
    assert client.get("/do").url.path == WAYS
    device = Authenticator("EdDSA")
    assert "The passkey was added" in add_passkey(client, device).text
    assert client.get("/do").url.path == "/do"
    sign_out(client)
    assert sign_in(client, "nora", "").status_code == 400
    assert client.post("/sign-in/passkey", data={"answer": passkey_answer(client, device)}).url.path == "/home"


def test_a_station_under_a_number_offers_no_passkeys_and_makes_no_account_without_a_password(tmp_path):
    made = world(tmp_path / "station")
    secret = made.station.people.members.invite(LABORATORY, manages=False, by="test")
    made.station.close()
    with Client(station_application(tmp_path / "station"), base_url=URL, headers=form(URL)) as client:
        assert "passkeys.js" not in client.get("/sign-in").text
        assert "passkey" not in client.get(f"/invitation/{secret}").text
        told = {"name": "Nora", "login": "nora", "password": "", "how": "passkey"}
        assert client.post(f"/invitation/{secret}", data=told).status_code == 400
        sign_in(client)
        assert "reached under a number" in client.get(WAYS).text


@pytest.mark.parametrize(
    "answer_", ["", "{}", "[1]", "null", "x" * 30_000, json.dumps({"id": "A", "type": "public-key", "response": {}})]
)
def test_whatever_is_sent_as_an_answer_of_a_passkey_is_refused_in_words(client, answer_):
    page = client.post("/sign-in/passkey", data={"answer": answer_, "next": "/home"})
    assert page.status_code == 400
    assert "The passkey was not accepted" in page.text


def test_the_script_is_a_file_of_ours_and_no_page_holds_one(client):
    script = client.get("/static/passkeys.js")
    assert script.headers["content-type"].startswith("text/javascript")
    page = client.get("/sign-in").text
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/static/passkeys.js" defer>']
    assert "Passkeys need JavaScript" in page, "said where there is no script"
