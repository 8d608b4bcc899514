"""A story at a station: people are invited, sign in, act for an organisation, and what they seal is evidence."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asgi_client import Client
from openqi.interfaces.web.server import station_application
from station_world import LABORATORY, PASSWORD, URL, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = world(tmp_path / "station")
    made.station.close()
    return tmp_path / "station"


@pytest.fixture
def app(folder: Path) -> Any:
    return station_application(folder)


@pytest.fixture
def client(app: Any) -> Iterator[Client]:
    with Client(app, base_url=URL, headers=FORM) as asking:
        yield asking


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post("/sign-in", data={"login": login, "password": password, "next": ""})


def test_who_has_not_signed_in_is_led_there_and_back(client):
    asked = client.get("/organisation")
    assert asked.url.path == "/sign-in"
    assert 'name="next" value="/organisation"' in asked.text
    answer = client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": "/organisation"})
    assert answer.url.path == "/organisation"
    assert "testing laboratory" in answer.text


ELSEWHERE = ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"]


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_led_to_another_site_after_signing_in(client, where):
    answer = client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": where})
    assert answer.url.host == "127.0.0.1"
    assert answer.url.path == "/home"


def test_a_result_is_stated_by_form_and_stands_in_the_log_under_the_organisation(client):
    sign_in(client, "laboratory")
    page = client.get("/do/conformity.result-reported.1")
    assert page.status_code == 200, page.text
    fields = {
        "csrf": csrf_of(page.text), "token": re.search(r'name="token" value="([^"]+)"', page.text)[1], "_draft": "",
        "item": "https://maker.example/item/1", "quantity": "length", "value": "10.02", "unit": "mm", "expandedUncertainty": "0.01",
        "coverageFactor": "2", "method": "ISO 3611", "measuredAt": "2026-11-20T08:00", "_zone": "Z", "_audience": "public",
        "_with": "", "_step": "seal",
    }  # fmt: skip
    preview = client.post("/do/conformity.result-reported.1", data=fields | {"_step": "preview"})
    assert preview.status_code == 200, preview.text
    assert "10.02" in preview.text
    sealed = client.post("/do/conformity.result-reported.1", data=fields)
    again = client.post("/do/conformity.result-reported.1", data=fields)
    assert "/sealed/" in sealed.url.path, sealed.text
    assert sealed.url.path == again.url.path
    record = re.search(r"/record/([0-9a-f]{64})", sealed.text)[1]
    shown = client.get(f"/record/{record}")
    assert LABORATORY in shown.text


def test_a_form_of_another_session_or_site_changes_nothing(client):
    sign_in(client, "laboratory")
    assert client.post("/account", data={"what": "sessions", "csrf": "another"}).status_code == 403
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    page = client.get("/account")
    assert client.post("/account", data={"what": "sessions", "csrf": csrf_of(page.text)}, headers=foreign).status_code == 403


def test_an_organisation_is_registered_and_its_first_person_joins_with_a_key_in_the_log(client, folder):
    sign_in(client, "olga")
    page = client.get("/organisation")
    told = {"what": "register", "party": "https://new.example", "zh": "新机构", "en": "New one", "csrf": csrf_of(page.text)}
    answer = client.post("/organisation", data=told)
    link = re.search(r"http://127\.0\.0\.1:8000(/invitation/[A-Za-z0-9_-]+)", answer.text)
    assert link is not None, answer.text
    client.post("/sign-out", data={"csrf": csrf_of(answer.text)})
    assert "New one" in client.get(link[1]).text
    joined = client.post(link[1], data={"name": "Nora", "login": "nora", "password": PASSWORD})
    assert joined.url.path == "/home"
    assert "New one" in joined.text
    assert client.get(link[1]).status_code == 404, "an invitation serves once"
    kid = re.search(r"urn:ietf:params:oauth:jwk-thumbprint:sha-256:[A-Za-z0-9_-]{43}", client.get("/organisation").text)
    assert kid is not None
    assert "Nora" not in client.get("/log").text.partition("<main")[2], "the log never learns a person's name"


@pytest.mark.parametrize("usci", ["91110000600037341X", "123"])
def test_a_wrong_credit_code_registers_nobody(client, usci):
    sign_in(client, "olga")
    page = client.get("/organisation")
    told = {"what": "register", "party": "https://new.example", "zh": "新机构", "en": "", "usci": usci, "csrf": csrf_of(page.text)}
    answer = client.post("/organisation", data=told)
    assert answer.status_code == 400
    assert "/invitation/" not in answer.text


def test_a_stolen_cookie_is_worth_nothing_after_signing_out_or_a_new_password(app):
    with Client(app, base_url=URL, headers=FORM) as client:
        sign_in(client, "laboratory")
        stolen = {**FORM, "cookie": f"openqi={client._client.cookies['openqi']}"}
        page = client.get("/account")
        client.post("/sign-out", data={"csrf": csrf_of(page.text)})
        client._client.cookies.clear()
        assert client.get("/account", headers=stolen).url.path == "/sign-in"
        sign_in(client, "laboratory")
        theft = {**FORM, "cookie": f"openqi={client._client.cookies['openqi']}"}
        client._client.cookies.clear()
        sign_in(client, "laboratory")
        page = client.get("/account")
        changed = {"what": "password", "old": PASSWORD, "new": "nine other geese over land", "csrf": csrf_of(page.text)}
        assert "The password was set" in client.post("/account/ways?lang=en", data=changed).text
        client._client.cookies.clear()
        assert client.get("/account", headers=theft).url.path == "/sign-in"


def test_signed_in_pages_bear_the_headers_and_a_script_policy_without_inline(client):
    signed_in = sign_in(client, "laboratory")
    page = client.get("/home")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    cookie = signed_in.history[0].headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_program_acts_with_a_token_under_one_hat(client):
    sign_in(client, "laboratory")
    page = client.get("/account")
    made = client.post("/account", data={"what": "token", "token-name": "robot", "days": "3", "csrf": csrf_of(page.text)})
    token = re.search(r"oqi_[A-Za-z0-9_-]+", made.text)[0]
    bearer = {"authorization": f"Bearer {token}"}
    assert client.get("/api/me", headers=bearer).json()["party"] == LABORATORY
    assert client.get("/api/me").status_code == 401
    assert client.get("/api/me", headers={"authorization": "Bearer oqi_wrong"}).status_code == 401
    assert any(one["may"] for one in client.get("/api/acts", headers=bearer).json())
    client.post("/account", data={"what": "tokens", "csrf": csrf_of(made.text)})
    assert client.get("/api/me", headers=bearer).status_code == 401


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/home", "/do", "/drafts", "/account", "/organisation", "/prove", "/nowhere"])
def test_every_page_of_the_operator_is_told_in_both_languages(client, path, language):
    sign_in(client, "olga")
    page = client.get(f"{path}?lang={language}")
    assert page.status_code == (404 if path == "/nowhere" else 200)
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page.text
