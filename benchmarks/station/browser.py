"""A browser without a screen: keeps a connection, cookies and the last page's form, and notes how long each answer took."""

import asyncio
import re
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode

LONGEST = 30.0
_FIELD = re.compile(r'<input type="hidden" name="(csrf|token)" value="([^"]*)"')


@dataclass
class Noted:
    """What was asked under one name: seconds of each answer, when it was asked, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Answer:
    """Status, headers in lower case, and text."""

    status: int
    headers: dict[str, str]
    text: str


class Browser:
    """One person's browser. It speaks HTTP/1.1 to one address on this machine, one request at a time.

    Args:
        port: of the server on 127.0.0.1.
        host: name in the Host header.
        noted: where durations go, by the name of what is done.
    """

    def __init__(self, port: int, host: str, noted: dict[str, Noted]) -> None:
        self._port, self._host, self._noted = port, host, noted
        self._cookies: dict[str, str] = {}
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.page = ""

    async def get(self, path: str, name: str, *, wanted: tuple[int, ...] = (200,)) -> Answer:
        """Ask for a page."""
        return await self._timed("GET", path, b"", name, wanted)

    async def post(self, path: str, fields: dict[str, str], name: str, *, wanted: tuple[int, ...] = (303,)) -> Answer:
        """Send a form with the hidden fields of the page that was seen last."""
        hidden = dict(_FIELD.findall(self.page))
        return await self._timed("POST", path, urlencode({**hidden, **fields}).encode(), name, wanted)

    async def _timed(self, method: str, path: str, body: bytes, name: str, wanted: tuple[int, ...]) -> Answer:
        noted = self._noted.setdefault(name, Noted())
        start = perf_counter()
        try:
            answer = await asyncio.wait_for(self._ask(method, path, body), LONGEST)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            await self.close()
            noted.wrong.append(f"{method} {path}: {type(error).__name__} {error}")
            return Answer(0, {}, "")
        noted.seconds.append(perf_counter() - start)
        noted.at.append(start)
        if answer.status not in wanted:
            noted.wrong.append(f"{method} {path}: status {answer.status} {answer.text[:300]!r}")
        if method == "GET":
            self.page = answer.text
        return answer

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = [f"{method} {path} HTTP/1.1", f"host: {self._host}", "accept: text/html", "accept-language: en"]
        if self._cookies:
            head.append("cookie: " + "; ".join(f"{name}={value}" for name, value in self._cookies.items()))
        if method == "POST":
            head += [
                f"content-length: {len(body)}",
                "content-type: application/x-www-form-urlencoded",
                "sec-fetch-site: same-origin",
            ]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        status, headers = await self._head(reader)
        text = (await self._body(reader, headers)).decode("utf-8", errors="replace")
        if headers.get("connection") == "close":
            await self.close()
        return Answer(status, headers, text)

    async def _head(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in filter(None, lines):
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                cookie, _, content = value.strip().partition(";")[0].partition("=")
                self._cookies[cookie] = content
            headers[name.lower()] = value.strip()
        return int(first.split(" ")[1]), headers

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        content = b""
        while headers.get("transfer-encoding") == "chunked":
            size = int((await reader.readuntil(b"\r\n")).strip(), 16)
            content += (await reader.readexactly(size + 2))[:size]
            if size == 0:
                break
        return content

    async def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
