"""What stands in front of a station: hosts, headers, sizes, slow senders, faults with a number, security events in the journal."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from asgi_client import Client
from openqi.app.people.people import People
from openqi.app.settings import FILE, Settings
from openqi.interfaces.web.limits import RequestLimit
from openqi.interfaces.web.server import station_application
from openqi.interfaces.web.station.gate import Gate, bounds_of, host_of, strict
from station_world import PASSWORD, URL, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = world(tmp_path_factory.mktemp("gate") / "station")
    made.station.close()
    return made.station.folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with Client(station_application(folder), base_url=URL, headers=FORM) as asking:
        yield asking


def sign_in(client: Client, login: str = "laboratory", password: str = PASSWORD) -> Any:
    return client.post("/sign-in", data={"login": login, "password": password, "next": ""})


@pytest.mark.parametrize("path", ["/", "/sign-in", "/api/log", "/static/style.css", "/home"])
def test_a_request_for_another_host_is_believed_nothing(client, path):
    answer = client.get(path, headers={"host": "elsewhere.example"})
    assert answer.status_code == 421
    assert "elsewhere" not in answer.text
    assert client.get(path, headers={"host": "127.0.0.1:9"}).status_code == 200, "the port is the proxy's affair"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (b"quality.example", "quality.example"), (b"Quality.Example:443", "quality.example"), (b"[::1]:80", "[::1]"),
        (b"[::1]", "[::1]"), (b"a.example:x", "a.example:x"), (b"", ""),
    ],
)  # fmt: skip
def test_the_host_is_read_without_its_port(told, name):
    assert host_of({"headers": [(b"host", told)]}) == name


def test_a_request_that_names_two_hosts_or_none_names_nobody():
    assert host_of({"headers": []}) == ""
    assert host_of({"headers": [(b"host", b"127.0.0.1"), (b"host", b"elsewhere.example")]}) == ""


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/static/style.css", "/static/acts.js", "/log", "/records.csv"])
def test_every_page_bears_the_headers_that_keep_it_to_itself(client, path):
    headers = client.get(path).headers
    for part in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "access-control-allow-origin" not in headers
    assert "charset=utf-8" in headers["content-type"].lower()


@pytest.mark.parametrize("path", ["/api/log", "/api/me", "/api/nowhere", "/api/openapi.json"])
def test_every_answer_to_a_program_bears_headers_that_keep_a_browser_from_showing_it(client, path):
    headers = client.get(path).headers
    assert "sandbox" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in client.get(path, headers={"origin": "https://elsewhere.example"}).headers


def test_pages_of_a_person_are_kept_by_no_cache_and_signing_out_clears_the_browser(client):
    sign_in(client)
    for path in ("/home", "/account", "/organisation", "/", "/log", "/records", "/export/notices.csv"):
        assert "no-store" in client.get(path).headers["cache-control"], path
    answer = client.post("/sign-out", data={"csrf": csrf_of(client.get("/account").text)}, follow_redirects=False)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PROPFIND"])
def test_methods_that_no_page_has_are_refused(client, method):
    for path in ("/", "/sign-in", "/account"):
        assert client.request(method, path).status_code in (303, 404, 405), path
    assert client.request(method, "/api/log").status_code == 405


@pytest.mark.parametrize("path", ["/sign-out", "/hat"])
def test_nothing_is_changed_by_a_link(client, path):
    assert client.get(path).status_code in (404, 405)


def test_a_station_that_is_reached_by_tls_says_so_on_every_answer(folder, tmp_path):
    bounds = bounds_of(Settings(url="https://quality.example"), ("https://id.quality.example",))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    for host, status in (("quality.example", 200), ("id.quality.example", 200), ("elsewhere.example", 421)):
        found = asyncio.run(asked(strict(Gate(app, bounds, limit(), lambda: 0.0), secure=True), f"https://{host}/"))
        assert found.status_code == status
        assert found.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    near = bounds_of(Settings(url="http://127.0.0.1:8000"), ())
    assert (
        "strict-transport-security"
        not in asyncio.run(asked(strict(Gate(app, near, limit(), lambda: 0.0), secure=False), "http://127.0.0.1/")).headers
    )


def limit(most: int = 100) -> RequestLimit:
    return RequestLimit(clock=lambda: 0.0, salt=b"x", per_minute=most)


async def asked(app: Any, url: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, headers=FORM) as client:
        return await client.request(more.pop("method", "GET"), url, **more)


def test_programs_are_limited_like_everybody(folder, tmp_path):
    near = bounds_of(Settings(url=URL), ())

    async def never(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    answer = asyncio.run(asked(Gate(never, near, limit(0), lambda: 0.0, rest=True), f"{URL}/api/log"))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_large_a_request_of_a_program_is_refused_whether_it_says_its_length_or_not(folder):
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 1_000_000

    with Client(station_application(folder), base_url=URL) as client:
        told = client.post("/api/acts/conformity.result-reported.1", content=b"x", headers={"content-length": "40000000"})
        assert told.status_code == 413
        assert "at most" in told.json()["detail"]
        untold = client.post("/api/acts/conformity.result-reported.1", content=AsyncPieces(pieces()))
        assert untold.status_code == 413


class AsyncPieces:
    """Sends pieces without saying how many."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> Any:
        for piece in self._pieces:
            yield piece


@pytest.mark.parametrize("rest", [True, False])
def test_whoever_sends_too_slowly_is_told_and_keeps_no_place(folder, rest):
    async def slowly() -> Any:
        yield b"a"
        await asyncio.sleep(5)
        yield b"b"

    async def reading(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        raise AssertionError

    near = bounds_of(Settings(url=URL), (), pause=0.05)
    gate = Gate(reading, near, limit(), asyncio_time, rest=rest)
    if rest:
        found = asyncio.run(asked(gate, f"{URL}/api/acts", method="POST", content=slowly()))
        assert found.status_code == 408
    else:  # behind, the pages tell it
        with pytest.raises(Exception, match="too slowly"):
            asyncio.run(raised(gate, slowly()))


def asyncio_time() -> float:
    return asyncio.get_running_loop().time()


async def raised(app: Any, content: Any) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        await client.post(f"{URL}/sign-in", content=content)


def test_a_byte_now_and_then_does_not_keep_a_place_for_ever():
    async def dripping() -> Any:
        while True:
            yield b"a"
            await asyncio.sleep(0.01)

    near = bounds_of(Settings(url=URL), (), pause=1.0, whole=0.2)
    found = asyncio.run(
        asked(Gate(None, near, limit(), asyncio_time, rest=True), f"{URL}/api/acts", method="POST", content=dripping())
    )  # type: ignore[arg-type]
    assert found.status_code == 408


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_fault_of_the_program_is_told_by_a_number_that_the_journal_knows_and_by_nothing_else(
    folder, monkeypatch, caplog, language
):
    def broken(*_: object) -> None:
        raise RuntimeError("hidden gander")

    app = station_application(folder)
    caplog.set_level(logging.INFO)

    async def story() -> tuple[httpx.Response, ...]:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers=FORM | {"accept-language": language}) as client:
            await client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
            monkeypatch.setattr(People, "roles", broken)
            signed_in = await client.get("/organisation")
            monkeypatch.setattr("openqi.interfaces.web.pages.Pages.log", broken)
            public = await client.get("/log")
            monkeypatch.setattr("openqi.app.people.members.Members.by_token", broken)
            program = await client.get("/api/me", headers={"authorization": "Bearer oqi_x"})
            return signed_in, public, program

    answers = asyncio.run(story())
    numbers = {getattr(record, "told", {}).get("request") for record in caplog.records if record.levelname == "ERROR"}
    for answer in answers:
        assert answer.status_code == 500
        assert "gander" not in answer.text
        assert "Traceback" not in answer.text
        number = answer.headers["x-request-id"]
        assert number in answer.text
        assert number in numbers
    assert ("本站程序出错" if language == "zh" else "A fault of this program") in answers[0].text
    assert answers[0].headers["content-security-policy"].startswith("default-src 'none'")
    assert answers[2].headers["content-type"] == "application/problem+json"


def told_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.told for record in caplog.records if hasattr(record, "told")]


def test_security_events_come_into_the_journal_by_name_and_reference_alone(folder, caplog):
    caplog.set_level(logging.INFO)
    with Client(station_application(folder), base_url=URL, headers=FORM) as client:
        sign_in(client, "nobody-of-that-name", "hidden gander one")
        sign_in(client, "laboratory", "hidden gander two")
        sign_in(client, "laboratory")
        page = client.get("/account")
        client.post(
            "/account/ways",
            data={"what": "password", "old": PASSWORD, "new": "nine wild geese at night", "csrf": csrf_of(page.text)},
        )
        client.post(
            "/account/ways",
            data={"what": "password", "old": "nine wild geese at night", "new": PASSWORD, "csrf": csrf_of(page.text)},
        )
        client.post("/account", data={"what": "sessions", "csrf": "hidden-gander-3"})
        client.get("/api/me", headers={"authorization": "Bearer oqi_hidden-gander-4"})
        client.get("/", headers={"host": "hidden-gander-5.example"})
        client.post("/sign-out", data={"csrf": csrf_of(page.text)})
    told = told_of(caplog)
    events = {one["event"] for one in told if "event" in one}
    assert {"sign-in failed, nobody of that name", "sign-in failed", "signed in", "password changed", "signed out"} <= events
    refused = {one["refused"] for one in told if "refused" in one}
    assert {"sign-in", "same-session", "token", "host"} <= refused
    whole = json.dumps(told)
    for word in ("gander", "laboratory", "nobody-of", "geese"):
        assert word not in whole
    accounts = {one["account"] for one in told if "account" in one}
    assert len(accounts) == 1
    assert re.fullmatch("[0-9a-f]{12}", accounts.pop())


def test_who_is_refused_a_role_or_signs_in_too_often_is_in_the_journal(folder, tmp_path, caplog):
    import shutil

    shutil.copytree(folder, tmp_path / "station")
    text = (tmp_path / "station" / FILE).read_text()
    (tmp_path / "station" / FILE).write_text(text + "\n[limits]\nsign_ins_per_hour = 8\nrequests_per_minute = 30\n")
    caplog.set_level(logging.INFO)
    with Client(station_application(tmp_path / "station"), base_url=URL, headers=FORM) as client:
        sign_in(client)
        page = client.get("/do/governance.role-granted.1")
        fields = {
            "csrf": csrf_of(page.text), "token": re.search(r'name="token" value="([^"]+)"', page.text)[1], "_draft": "",
            "party": "https://laboratory.example", "role": "accreditation-body", "validFrom": "2026-11-20T08:00", "_zone": "Z",
            "_audience": "public", "_with": "", "_step": "seal",
        }  # fmt: skip
        assert client.post("/do/governance.role-granted.1", data=fields).status_code == 409
        client.post("/sign-out", data={"csrf": fields["csrf"]})
        for _ in range(9):
            sign_in(client, "laboratory", "wrong wrong wrong")
        for _ in range(40):
            client.get("/sign-in")
    told = told_of(caplog)
    assert {"role-held", "sign-in-later", "requests"} <= {one["refused"] for one in told if "refused" in one}
    assert "sign-in refused, too often" in {one["event"] for one in told if "event" in one}
