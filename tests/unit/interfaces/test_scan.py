"""Marks over HTTP: any request gets a proper answer, people and programs each their own, and nothing is cached."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marks_world import BASE, GTIN, MarkStage, serial, uri
from openqi.app.marks import MarkReader, mark_answer
from openqi.interfaces.web import scan
from openqi.interfaces.web.scan import ScanApp, prefers_json, scan_app
from openqi.kernel.errors import DomainError, StoreError

JSON = {"accept": "application/json"}
PAGE = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Answer:
    """What came back."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start, *bodies = messages
        assert start["type"] == "http.response.start"
        self.status = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        assert len(self.headers) == len(start["headers"]), "no header twice"
        assert [body["type"] for body in bodies] == ["http.response.body"]
        self.body = bodies[0]["body"]

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


def scope_of(
    path: str | bytes, *, method: str = "GET", query: bytes = b"", headers: dict[str, str] | None = None
) -> dict[str, Any]:
    raw = path.encode() if isinstance(path, str) else path
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (JSON if headers is None else headers).items()]
    return {
        "type": "http", "method": method, "raw_path": raw, "path": raw.decode("utf-8", "replace"), "query_string": query,
        "headers": pairs,
    }  # fmt: skip


async def sent(app: Any, scope: dict[str, Any]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope, receive, send)
    return messages


def ask(app: Any, path: str | bytes, **more: Any) -> Answer:
    return Answer(asyncio.run(sent(app, scope_of(path, **more))))


async def page(scope: Any, receive: Any, send: Any) -> None:
    """The application for people."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": scope["type"].encode()})


@pytest.fixture(scope="module")
def stage() -> MarkStage:
    made = MarkStage()
    made.issue(range(10))
    return made


@pytest.fixture
def reader(stage: MarkStage, tmp_path: Path) -> Iterator[MarkReader]:
    made = stage.reader(tmp_path)
    yield made
    made.close()


@pytest.fixture
def app(reader: MarkReader) -> ScanApp:
    return scan_app(reader, bases=[BASE], fallback=page)


def path_of(number: int) -> str:
    return uri(number).removeprefix(BASE)


def test_a_mark_is_answered_as_json(app):
    answer = ask(app, path_of(1))
    assert answer.status == 200
    assert (answer.json["mark"], answer.json["standing"]) == (uri(1), "issued")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [(path_of(1), "GET", 200), (path_of(99), "GET", 404), (path_of(1), "POST", 405), ("/01/x", "GET", 400)],
)
def test_no_answer_is_kept_by_anybody_in_between_or_shown_as_a_page(app, path, method, status):
    answer = ask(app, path, method=method)
    assert answer.status == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "accept"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_head_has_the_headers_of_get_without_a_body_and_is_no_scan(app, reader):
    head = ask(app, path_of(2), method="HEAD")
    assert (head.status, head.body) == (200, b"")
    got = ask(app, path_of(2))
    assert got.json["scans"]["total"] == 0
    assert head.headers == got.headers


def test_a_mark_of_somebody_else_is_not_issued_here(app):
    answer = ask(app, path_of(99))
    assert (answer.status, answer.json["standing"]) == (404, "not issued here")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "BREW"])
def test_a_mark_can_only_be_asked_for(app, method):
    answer = ask(app, path_of(1), method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/01/", b""), (f"/01/{GTIN}", b""), (f"/01/{GTIN}/21/", b""), (f"/01/09506000134353/21/{serial(1)}", b""),
        (f"/01/{GTIN}/10/{serial(1)}", b""), (path_of(1) + "/", b""), (path_of(1), b"linkType=all"), (path_of(1) + "%20", b""),
        (path_of(1).replace("/21/", "/21/%30"), b""), (f"/01/{GTIN}/21/%2e%2e", b""), (f"/01/{GTIN}/21/..", b""),
        (f"/01/{GTIN}%2F21%2F{serial(1)}", b""), ("/01//21/", b""), (b"/01/\xff\xfe", b""), (b"/01/\xe4\xba\x8c", b""),
    ],
)  # fmt: skip
def test_another_spelling_is_no_mark(app, path, query):
    answer = ask(app, path, query=query)
    assert (answer.status, answer.json["error"]) == (400, "no-mark")


def test_a_path_that_is_too_long_is_said_to_be_so(app):
    assert ask(app, "/01/" + "0" * 5000).status == 414


def test_people_and_all_other_paths_are_handed_on(app):
    for path, headers in ((path_of(1), PAGE), (path_of(1), {}), (path_of(1), {"accept": "*/*"}), ("/", JSON), ("/011/", JSON)):
        assert ask(app, path, headers=headers).status == 299
    assert ask(app, path_of(1), method="POST", headers=PAGE).status == 299


def test_without_another_application_everybody_gets_json(reader):
    alone = scan_app(reader, bases=[BASE])
    assert ask(alone, path_of(1), headers=PAGE).status == 200
    assert ask(alone, "/").status == 404
    assert asyncio.run(sent(alone, {"type": "websocket"})) == [{"type": "websocket.close", "code": 1000}]


def test_where_the_server_gives_no_raw_path_the_path_is_taken(app):
    scope = scope_of(path_of(1))
    del scope["raw_path"]
    assert Answer(asyncio.run(sent(app, scope))).status == 200


@pytest.mark.parametrize(
    ("accept", "json_wanted"),
    [
        (b"application/json", True), (b"APPLICATION/JSON", True), (b"application/json, text/html", True), (b"", False),
        (b"text/html", False), (b"*/*", False), (b"application/*", True), (b"application/json;q=0", False),
        (b"application/json;q=0.5, text/html;q=0.9", False), (b"application/json; q=0.9, */*;q=0.1", True),
        (b"text/html, application/json;q=0.9", False), (b"application/json;q=0.5, */*", False), (b"application/json;q=x", False),
        (b"application/json;q=nan", False), (b"application/json;q=9", True), (b"application/json;profile=\"q=0\"", True),
        (b"text/*;q=0.2, */*;q=0.9", True), (b"application/json, " + b"x" * 2000, False), (b";;,,q=\xff", False),
    ],
)  # fmt: skip
def test_the_accept_header_decides_between_json_and_page(accept, json_wanted):
    assert prefers_json(accept) is json_wanted


@given(st.binary(max_size=200) | st.text("application/json;q=0.1, *texhml", max_size=60).map(str.encode))
def test_any_accept_header_is_decided(accept):
    assert prefers_json(accept) in (True, False)


def test_several_accept_headers_are_one(app):
    scope = scope_of(path_of(1))
    scope["headers"] = [(b"accept", b"text/html;q=0.5"), (b"accept", b"application/json")]
    assert Answer(asyncio.run(sent(app, scope))).status == 200


def test_the_host_picks_among_the_bases_and_a_proxy_asks_for_all(reader):
    both = scan_app(reader, bases=["https://other.example", BASE])
    for host, status in (("id.maker.example", 200), ("other.example", 404), ("127.0.0.1:8000", 200)):
        assert ask(both, path_of(1), headers=JSON | {"host": host}).status == status
    with pytest.raises(DomainError):
        scan_app(reader, bases=[])


@given(
    path=st.binary(max_size=60).map(lambda tail: b"/01/" + tail)
    | st.text("/01295%.abz~?", max_size=60).map(lambda text: text.encode())
    | st.integers(0, 20).map(lambda number: path_of(number).encode()),
    method=st.sampled_from(["GET", "HEAD", "POST", "", "x" * 100]),
    query=st.binary(max_size=5),
    headers=st.dictionaries(st.sampled_from(["accept", "host", "x"]), st.text(st.characters(max_codepoint=255), max_size=30)),
)
@example(path=b"", method="GET", query=b"", headers={})
@settings(max_examples=300)
def test_any_request_gets_a_proper_answer(apps, path, method, query, headers):
    for app in apps:
        answer = ask(app, path, method=method, query=query, headers=headers)
        assert answer.status in {200, 299, 400, 404, 405, 414}
        if answer.status != 299:
            assert int(answer.headers["content-length"]) == len(answer.body) or (method == "HEAD" and answer.body == b"")
            assert method == "HEAD" or answer.json


@pytest.fixture(scope="module")
def apps(stage: MarkStage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ScanApp]]:
    made = stage.reader(tmp_path_factory.mktemp("scan"))
    yield [scan_app(made, bases=[BASE]), scan_app(made, bases=[BASE], fallback=page)]
    made.close()


def test_a_withdrawal_is_seen_within_a_second_and_named_with_its_log_size(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "SECONDS", 0.05)
    stage = MarkStage()
    record = stage.issue(range(3))
    made = stage.reader(tmp_path)
    app = scan_app(made, bases=[BASE])

    async def story() -> list[Answer]:
        first = Answer(await sent(app, scope_of(path_of(1))))
        stage.withdraw(record, stage.issuer)
        await asyncio.sleep(0.06)
        return [first, Answer(await sent(app, scope_of(path_of(1))))]

    before, after = asyncio.run(story())
    assert (before.json["standing"], after.json["standing"]) == ("issued", "withdrawn")
    assert after.json["log"]["size"] == before.json["log"]["size"] + 1
    made.close()


def test_where_the_log_cannot_be_read_nothing_is_answered_until_it_can(stage, tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "SECONDS", 0.0)
    made = stage.reader(tmp_path)
    app = scan_app(made, bases=[BASE])
    with monkeypatch.context() as broken:
        broken.setattr(made, "refresh", failing)
        answer = ask(app, path_of(1))
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert ask(app, path_of(1)).status == 200
    with monkeypatch.context() as broken:
        broken.setattr(made.index, "claims", failing)
        assert ask(app, path_of(1)).status == 503
    made.close()


def failing(*_: object) -> int:
    raise StoreError("the disk went away, /secret/path")


def test_a_damaged_index_is_an_answer_too(stage, tmp_path):
    made = stage.reader(tmp_path)
    app = scan_app(made, bases=[BASE])
    made.index.close()
    assert ask(app, path_of(1)).status == 503
    made.counter.close()


def test_between_two_seconds_nothing_is_held(reader, monkeypatch):
    monkeypatch.setattr(scan, "SECONDS", 0.02)
    app = scan_app(reader, bases=[BASE])

    async def story() -> list[bool]:
        await sent(app, scope_of(path_of(8)))
        held = [reader.index._reader.in_transaction, reader.counter._reader.in_transaction]
        await asyncio.sleep(0.06)
        return [*held, reader.index._reader.in_transaction, reader.counter._reader.in_transaction]

    assert asyncio.run(story()) == [True, True, False, False]


def test_pages_too_are_as_of_the_newest_log_and_their_scans_are_kept(stage, tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "SECONDS", 0.02)
    made = stage.reader(tmp_path)

    async def people(scope: Any, receive: Any, send: Any) -> None:
        mark_answer(made, BASE + scope["path"])
        await page(scope, receive, send)

    app = scan_app(made, bases=[BASE], fallback=people)

    async def story() -> None:
        await sent(app, scope_of(path_of(9), headers=PAGE))
        await asyncio.sleep(0.06)

    asyncio.run(story())
    other = type(made.counter)(tmp_path / "scans.sqlite")
    assert other.scans(scan_hash(9)).total == 1
    other.close()
    made.close()


def test_an_answer_about_a_failure_names_no_file(reader, monkeypatch):
    monkeypatch.setattr(reader, "refresh", failing)
    assert b"secret" not in ask(scan_app(reader, bases=[BASE]), path_of(1)).body


def test_scans_are_written_within_a_second_and_while_answers_go_on(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "SECONDS", 0.02)
    app = scan_app(reader, bases=[BASE])

    async def story() -> None:
        for _ in range(5):
            await sent(app, scope_of(path_of(4)))
            await asyncio.sleep(0.03)

    asyncio.run(story())
    other = type(reader.counter)(tmp_path / "scans.sqlite")
    assert other.scans(scan_hash(4)).total >= 4
    other.close()


def test_a_failed_write_of_counts_does_not_stop_answers(reader, monkeypatch):
    monkeypatch.setattr(scan, "SECONDS", 0.01)
    app = scan_app(reader, bases=[BASE])
    with monkeypatch.context() as broken:
        broken.setattr(reader.counter, "write", failing)

        async def story() -> list[int]:
            statuses = []
            for _ in range(3):
                statuses.append(Answer(await sent(app, scope_of(path_of(5)))).status)
                await asyncio.sleep(0.02)
            return statuses

        assert asyncio.run(story()) == [200, 200, 200]
    assert ask(app, path_of(5)).json["scans"]["total"] == 3


def scan_hash(number: int) -> bytes:
    from openqi.formats.digital_link import mark_hash

    return mark_hash(uri(number))


def lifespan(app: ScanApp, path: str) -> list[str]:
    """Start, one scan, stop; what the application said."""
    said: list[str] = []

    async def story() -> None:
        coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def send(message: dict[str, Any]) -> None:
            said.append(message["type"])

        running = asyncio.create_task(app({"type": "lifespan"}, coming.get, send))
        await coming.put({"type": "lifespan.startup"})
        await sent(app, scope_of(path))
        await coming.put({"type": "lifespan.shutdown"})
        await running

    asyncio.run(story())
    return said


def test_at_the_end_all_counts_are_written(reader, tmp_path):
    assert lifespan(scan_app(reader, bases=[BASE]), path_of(6)) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    other = type(reader.counter)(tmp_path / "scans.sqlite")
    assert other.scans(scan_hash(6)).total == 1
    other.close()


def test_a_second_that_ends_after_the_files_were_closed_harms_nobody(stage, tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "SECONDS", 0.02)
    made, wrong = stage.reader(tmp_path), []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))
        await sent(scan_app(made, bases=[BASE]), scope_of(path_of(1)))
        made.close()
        await asyncio.sleep(0.06)

    asyncio.run(story())
    assert wrong == []


def test_the_application_behind_starts_and_stops_too(reader, tmp_path):
    heard = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        heard.append((await receive())["type"])
        await send({"type": "lifespan.startup.complete"})
        heard.append((await receive())["type"])
        await send({"type": "lifespan.shutdown.complete"})

    app = scan_app(reader, bases=[BASE], fallback=behind)
    assert lifespan(app, path_of(7)) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert heard == ["lifespan.startup", "lifespan.shutdown"]
    other = type(reader.counter)(tmp_path / "scans.sqlite")
    assert other.scans(scan_hash(7)).total == 1
    other.close()
