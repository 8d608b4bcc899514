"""Asks an ASGI application in this process, with its start and end, as a browser would ask a server."""

import asyncio
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import httpx

Message = MutableMapping[str, Any]


class Client:
    """A client with its own event loop; redirections are followed unless told otherwise."""

    def __init__(self, app: Any, *, base_url: str = "http://server.example", headers: dict[str, str] | None = None) -> None:
        self._app, self._runner = app, asyncio.Runner()
        transport = httpx.ASGITransport(app=app)
        self._client = httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers, follow_redirects=True)
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._heard: asyncio.Queue[Message] = asyncio.Queue()

    def __enter__(self) -> "Client":
        self._runner.run(self._start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._runner.run(self._stop())
        self._runner.close()

    async def _start(self) -> None:
        self._life = asyncio.create_task(
            self._app({"type": "lifespan", "asgi": {"version": "3.0"}}, self._told.get, self._heard.put)
        )
        await self._told.put({"type": "lifespan.startup"})
        assert (await self._heard.get())["type"] == "lifespan.startup.complete"

    async def _stop(self) -> None:
        await self._told.put({"type": "lifespan.shutdown"})
        assert (await self._heard.get())["type"] == "lifespan.shutdown.complete"
        await self._life
        await self._client.aclose()

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask, and return the answer."""
        return self._runner.run(self._client.request(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Ask with GET."""
        return self.request("GET", path, **more)

    def head(self, path: str, **more: Any) -> httpx.Response:
        """Ask with HEAD."""
        return self.request("HEAD", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Send with POST."""
        return self.request("POST", path, **more)

    def leave(self, path: str, *, headers: dict[str, str]) -> list[Message]:
        """Begin to send with POST and go away; return what would have been answered to nobody."""
        given = {"content-type": "application/x-www-form-urlencoded", "content-length": "1000", **headers}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1), "server": ("server", 80),
            "headers": [(name.encode(), text.encode()) for name, text in given.items()],
        }  # fmt: skip
        coming = [{"type": "http.request", "body": b"text=It+does", "more_body": True}, {"type": "http.disconnect"}]
        answered: list[Message] = []

        async def receive() -> Message:
            return coming.pop(0) if len(coming) > 1 else coming[0]

        async def send(message: Message) -> None:
            answered.append(message)

        self._runner.run(self._app(scope, receive, send))
        return answered
