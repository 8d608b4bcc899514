"""What a phone or a shop's till gets when it follows a mark: `GET /01/{gtin}/21/{serial}` as JSON, straight on ASGI.

A page for people stands at the same address: whoever does not ask for JSON is handed on to another application.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from openqi.app.marks import MarkAnswer, MarkReader, mark_answer
from openqi.interfaces.web.kept_scans import Kept
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, StoreError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]
Response = tuple[int, bytes, tuple[Header, ...]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX: Final = b"/01/"
MAX_PATH: Final = 200
MAX_ACCEPT: Final = 1000
SECONDS: Final = 1.0
"""How old the log that an answer speaks of may be, and how long counted scans wait in memory."""
_HEADERS: Final = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"vary", b"accept"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_UNREADABLE: Final = "the log cannot be read now; ask again"
_LOG: Final = logging.getLogger(__name__)
_encode: Final = msgspec.json.Encoder().encode


def scan_app(
    reader: MarkReader, *, bases: Sequence[str], fallback: Application | None = None, keeping: Kept | None = None
) -> "ScanApp":
    """Return the ASGI application that answers about marks.

    Args:
        reader: of the log that is asked. Whoever opened it closes it, after the server has stopped.
        bases: under which the log's marks were issued, for example `https://id.example.org`. A request whose Host is that of
            one of them asks for its marks; any other (a proxy in between) asks for each in turn.
        fallback: gets every request that is not for a mark as JSON; without one those are answered 404, marks always as JSON.
        keeping: keeps scans coarsely; None where only counts are kept.

    Raises:
        DomainError: there is no base.
    """
    return ScanApp(reader, bases=bases, fallback=fallback, keeping=keeping)


class ScanApp:
    """See `scan_app`. One event loop runs it; looking at the log and writing counts happen in a thread beside it.

    Time goes by in seconds that begin with a request: first a look whether the log has grown, then answers from one state,
    at the end what was counted is written. Between two of them nothing is held and nothing waits.
    """

    def __init__(
        self, reader: MarkReader, *, bases: Sequence[str], fallback: Application | None = None, keeping: Kept | None = None
    ) -> None:
        if not bases:
            raise DomainError("name at least one base under which marks were issued, for example https://id.example.org")
        self._reader, self._bases, self._fallback = reader, tuple(bases), fallback
        self._by_host: Mapping[bytes, tuple[str]] = {base.removeprefix("https://").encode(): (base,) for base in bases}
        self._kept = keeping
        self._until = 0.0
        self._fault = ""
        self._writing: asyncio.Future[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "http":
            path: bytes = scope.get("raw_path") or scope["path"].encode()
            if path.startswith(PREFIX):
                loop = asyncio.get_running_loop()
                if loop.time() >= self._until:
                    await self._begin(loop)
                accept = host = b""
                for name, value in scope["headers"]:
                    if name == b"accept":
                        accept = accept + b"," + value if accept else value
                    elif name == b"host":
                        host = value
                if self._fallback is None or prefers_json(accept[: MAX_ACCEPT + 1]):
                    await _send(scope, send, self._answer(scope, path, self._by_host.get(host, self._bases)))
                    return
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        if self._fallback is not None:
            await self._fallback(scope, receive, send)
        elif scope["type"] == "http":
            await _send(scope, send, _refusal(404, "not-found", "there is nothing here but marks: /01/, a GTIN, /21/, a serial"))
        else:
            await send({"type": "websocket.close", "code": 1000})

    def _answer(self, scope: Scope, path: bytes, bases: Sequence[str]) -> Response:
        if len(path) > MAX_PATH:
            return _refusal(414, "too-long", f"a mark's path has at most {MAX_PATH} characters")
        method = scope["method"]
        if method not in ("GET", "HEAD"):
            return _refusal(405, "method", "a mark can only be asked for: use GET or HEAD", (b"allow", b"GET, HEAD"))
        if self._fault:
            return _refusal(503, "store", self._fault, (b"retry-after", b"1"))
        if scope["query_string"] or not path.isascii():
            return _refusal(400, "no-mark", "a mark is written in ASCII and has no query; scan the code again")
        text = path.decode("ascii")
        try:
            for base in bases:
                answer = mark_answer(self._reader, base + text, scanned=method == "GET")
                if isinstance(answer, MarkAnswer):
                    if self._kept is not None and method == "GET":
                        self._kept.note(base + text, scope["headers"])
                    return 200, _encode(answer.as_json()), ()
        except FormatError as error:
            return _refusal(400, "no-mark", str(error))
        except (StoreError, NotFoundError) as error:
            _LOG.error("mark not answered: %s", error)
            return _refusal(503, "store", _UNREADABLE, (b"retry-after", b"1"))
        return 404, _encode(answer.as_json()), ()

    async def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._until = loop.time() + SECONDS
        self._fault = await loop.run_in_executor(None, self._look)
        # Only now, so that what is held is let go of however long the look took.
        loop.call_later(max(self._until - loop.time(), 0), self._end, loop)
        try:
            self._reader.hold()
        except StoreError as error:
            _LOG.error("marks not read: %s", error)
            self._fault = _UNREADABLE

    def _look(self) -> str:
        """Look whether the log has grown. While that fails nothing is answered: what was withdrawn since could not be seen."""
        try:
            self._reader.refresh()
        except (StoreError, NotFoundError) as error:
            _LOG.error("log not read: %s", error)
            return _UNREADABLE
        return ""

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        self._reader.let_go()
        if self._writing is not None and not self._writing.done():
            loop.call_later(SECONDS, self._end, loop)
        elif self._hand_over():
            self._writing = loop.run_in_executor(None, self._write)

    def _hand_over(self) -> bool:
        kept = self._kept is not None and self._kept.keeping.hand_over()
        return self._reader.counter.hand_over() or kept

    def _write(self) -> None:
        for write in (self._reader.counter.write, *([] if self._kept is None else [self._kept.keeping.write])):
            try:
                write()
            except StoreError as error:  # they are no evidence: answers go on, and the next write tries again
                _LOG.error("scans not kept: %s", error)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take part in start and stop of the server, together with the application behind."""

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.settle()
            return message

        if self._fallback is not None:
            await self._fallback(scope, heard, send)
            return
        while (await heard())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    async def settle(self) -> None:
        """Have all counted scans written; for the end."""
        self._reader.let_go()
        if self._writing is not None:
            await self._writing
        if self._hand_over():
            await asyncio.get_running_loop().run_in_executor(None, self._write)


@lru_cache(maxsize=512)  # programs and browsers of one make all send the same
def prefers_json(accept: bytes) -> bool:
    """Return whether an Accept header asks for JSON rather than for a page: a higher weight, or the same and named itself.

    Source: [RFC9110] section 12.5.1.
    """
    if len(accept) > MAX_ACCEPT:
        return False
    weights: dict[str, float] = {}
    for part in accept.decode("latin-1").lower().split(","):
        media, *parameters = [piece.strip() for piece in part.split(";")]
        weights[media] = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    page = weights.get("text/html", weights.get("text/*", weights.get("*/*", 0.0)))
    if "application/json" in weights:
        return weights["application/json"] > 0 and weights["application/json"] >= page
    return weights.get("application/*", weights.get("*/*", 0.0)) > page


def _weight(text: str) -> float:
    """The weight that a client gave; one that is none counts as nothing."""
    digits = text.replace(".", "", 1)
    return min(float(text), 1.0) if digits.isascii() and digits.isdigit() else 0.0


def _refusal(status: int, error: str, detail: str, *headers: Header) -> Response:
    return status, _encode({"error": error, "detail": detail}), headers


async def _send(scope: Scope, send: Send, response: Response) -> None:
    status, body, more = response
    headers = [*_HEADERS, (b"content-length", b"%d" % len(body)), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
