"""The pages about OpenID Connect: who may begin what, what the browser keeps, what the journal learns, what people read."""

import logging
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from asgi_client import Client
from hostile_provider import Hostile
from openid_server import configure, forward
from openqi.app.folder import now
from openqi.interfaces.web.server import station_application
from openqi.kernel.errors import NotFoundError
from station_world import PASSWORD, URL, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    campus = Hostile(now)
    made = tmp_path_factory.mktemp("openid") / "station"
    configure(made, URL, ("campus", campus.issuer, "a station"))
    yield made, campus
    campus.shutdown()
    campus.server_close()


@pytest.fixture(scope="module")
def app(folder):
    return station_application(folder[0])


@pytest.fixture(scope="module")
def client(app) -> Iterator[Client]:
    with Client(app, base_url=URL, headers=FORM) as asking:
        yield asking


@pytest.fixture
def campus(folder, client) -> Hostile:
    client._client.cookies.clear()
    folder[1].reset()
    return folder[1]


def sign_in(client: Client) -> str:
    answer = client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
    return csrf_of(answer.text)


def test_a_way_begins_with_a_form_of_ours_alone(client, campus):
    csrf = sign_in(client)
    link = {"purpose": "link", "next": "/account"}
    elsewhere = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert client.post("/openid/campus", data=link).status_code == 403
    assert client.post("/openid/campus", data={**link, "csrf": "another"}).status_code == 403
    assert client.post("/openid/campus", data={**link, "csrf": csrf}, headers=elsewhere).status_code == 403
    assert client.post("/openid", data={"issuer": campus.issuer, "sub": "anna"}).status_code == 403
    assert client.get("/openid/campus?purpose=link").status_code == 400
    assert campus.asked == []
    assert forward(client.post("/openid/campus", data={**link, "csrf": csrf})).startswith(f"{campus.issuer}/auth?")
    assert client.post("/openid/campus", data={"purpose": "more", "csrf": csrf}).status_code == 404
    assert client.post("/openid/elsewhere", data={**link, "csrf": csrf}).status_code == 404


def test_the_browser_keeps_a_secret_for_ten_minutes_that_no_script_reads(client, campus):
    kept = client.post("/openid/campus", data={"purpose": "sign-in", "next": ""}).headers["set-cookie"]
    assert re.fullmatch(r"openqi-way=[A-Za-z0-9_-]{43}; HttpOnly; Max-Age=600; Path=/; SameSite=lax", kept), kept


def test_whoever_comes_back_goes_on_inside_alone_and_the_old_session_is_over(client, campus):
    csrf = sign_in(client)
    going = forward(client.post("/openid/campus", data={"purpose": "link", "csrf": csrf, "next": "//elsewhere.example/"}))
    assert client.get("/openid/campus", params=campus.agrees(going)).url.path == "/account"
    old = client._client.cookies["openqi"]
    going = forward(client.post("/openid/campus", data={"purpose": "sign-in", "csrf": csrf, "next": "https://elsewhere.example/"}))
    answer = client.get("/openid/campus", params=campus.agrees(going))
    assert (answer.url.host, answer.url.path) == ("127.0.0.1", "/home")
    assert client._client.cookies["openqi"] != old
    client._client.cookies.clear()
    assert client.get("/home", headers={"cookie": f"openqi={old}"}).url.path == "/sign-in"


def test_a_check_that_fails_is_named_and_nothing_of_the_answer_is_shown(client, campus):
    campus.claims = {"aud": "<b>another</b>"}
    going = forward(client.post("/openid/campus", data={"purpose": "sign-in", "next": ""}))
    answer = client.get("/openid/campus", params=campus.agrees(going), headers={"accept-language": "zh"})
    assert answer.status_code == 400
    assert "未通过核验" in answer.text
    assert "<code>audience</code>" in answer.text
    assert "another" not in answer.text
    told = client.get("/openid/campus?error=access_denied&error_description=%3Cb%3Ecall+me%3C/b%3E&state=x")
    assert "call me" not in told.text


def test_a_provider_that_is_away_and_too_many_failures_have_a_status_of_their_own(client, campus):
    going = forward(client.post("/openid/campus", data={"purpose": "sign-in", "next": ""}))
    campus.answers["/token"] = (500, {}, b"")
    assert client.get("/openid/campus", params=campus.agrees(going)).status_code == 503


def test_the_journal_learns_neither_state_nor_code_nor_who_came(client, campus, caplog):
    caplog.set_level(logging.DEBUG)
    csrf = sign_in(client)
    going = forward(client.post("/openid/campus", data={"purpose": "prove", "csrf": csrf, "next": ""}))
    said = campus.agrees(going)
    client.get("/openid/campus", params=said)
    query = parse_qs(urlsplit(going).query)
    ours = "\n".join(
        f"{record.getMessage()} {getattr(record, 'told', '')}" for record in caplog.records if record.name.startswith("openqi")
    )
    assert "/openid/{provider}" in ours
    for secret in (query["state"][0], query["nonce"][0], dict(said)["code"], "anna", campus.forms[0]["code_verifier"]):
        assert secret not in ours


def test_an_invitation_that_is_not_taken_leads_back_to_it(client, campus):
    client.post("/sign-in", data={"login": "olga", "password": PASSWORD, "next": ""})
    page = client.post("/organisation", data={"what": "invite", "csrf": csrf_of(client.get("/organisation").text)})
    path = re.search(r"/invitation/([A-Za-z0-9_-]+)", page.text)
    client._client.cookies.clear()
    told = {"purpose": "invitation", "invitation": path[1], "login": "laboratory", "name": "Nora"}
    answer = client.post("/openid/campus", data=told)
    assert answer.status_code == 400
    assert f'href="{path[0]}"' in answer.text
    assert client.post("/openid/campus", data={**told, "invitation": "a/b"}).status_code == 404


def test_a_station_without_providers_shows_nothing_of_them_and_knows_no_way(tmp_path):
    world(tmp_path / "station").station.close()
    with Client(station_application(tmp_path / "station"), base_url=URL, headers=FORM) as client:
        assert "/openid" not in client.get("/sign-in").text
        csrf = sign_in(client)
        for page in ("/account", "/prove"):
            answer = client.get(page)
            assert answer.status_code == 200
            assert "/openid" not in answer.text
        assert client.post("/openid/campus", data={"purpose": "sign-in", "csrf": csrf}).status_code in (404, 405)


def test_a_server_without_the_secret_of_a_provider_does_not_start(folder, tmp_path):
    configure(tmp_path / "station", URL, ("campus", folder[1].issuer, "a station"))
    (tmp_path / "station" / "campus.secret").unlink()
    with pytest.raises(NotFoundError, match=r"campus\.secret"):
        station_application(tmp_path / "station")
