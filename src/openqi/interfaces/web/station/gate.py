"""The gate in front of a station's pages and REST: which host is asked, how often, and how much may be sent how slowly."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import Response

from openqi.app.settings import Settings
from openqi.interfaces.web.limits import RequestLimit
from openqi.interfaces.web.scan import Application, Message, Receive, Scope, Send
from openqi.interfaces.web.watched import REFUSED

NEAR: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names of this machine: whoever asks by them is on it, or comes through a tunnel."""
PAUSE: Final = 30.0
"""Seconds that may go by between two pieces of what is sent."""
WHOLE: Final = 300.0
"""Seconds in which everything has to have come."""
REST_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""What every answer to a program bears: no browser shows or runs it, and nobody keeps it."""
STRICT: Final = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
"""A year."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What is let through.

    Args:
        hosts: names by which the station is asked; of a request for any other nothing is believed.
        most: bytes of a REST request.
        pause, whole: seconds between two pieces of a body, and for all of it.
    """

    hosts: Collection[str]
    most: int
    pause: float = PAUSE
    whole: float = WHOLE


def bounds_of(settings: Settings, bases: Collection[str], *, pause: float = PAUSE, whole: float = WHOLE) -> Bounds:
    """Return what a station lets through: asked by its own address, by those of its marks, or from its own machine."""
    names = {(urlsplit(one).hostname or "").lower() for one in (settings.url, *bases)}
    # A file comes to REST in base64, inside of JSON: four bytes for three.
    most = settings.limits.upload * 4 // 3 + settings.limits.body
    return Bounds(hosts=NEAR | names, most=most, pause=pause, whole=whole)


class Gate:
    """Answers what must not come through, and watches over what does.

    Args:
        app: what stands behind.
        bounds: what is let through.
        limit: how many requests one address may send.
        clock: seconds that only go forward.
        rest: whether programs are answered: then what is sent is taken in here, whole or not at all.
    """

    def __init__(
        self, app: Application, bounds: Bounds, limit: RequestLimit, clock: Callable[[], float], *, rest: bool = False
    ) -> None:
        self._app, self._bounds, self._limit, self._clock, self._rest = app, bounds, limit, clock, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = scope.get("client")
        patient = self._patient(receive)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._more(message)]
            await send(message)

        if host_of(scope) not in self._bounds.hosts:
            await self._answer(scope, 421, "this station is not reached by that name; ask for it by its own address", "host")(
                scope, receive, guarded
            )
        elif not self._limit.allows(client[0] if client else ""):
            await self._answer(scope, 429, "too many requests; wait a minute", "requests")(scope, receive, guarded)
        elif not self._rest:
            await self._app(scope, patient, guarded)
        else:
            try:
                body = await self._whole(scope, patient)
            except HTTPException as error:
                await self._answer(scope, error.status_code, error.detail, "body")(scope, receive, guarded)
            else:
                await self._app(scope, _again(body, receive), guarded)

    def _more(self, message: Message) -> list[tuple[bytes, bytes]]:
        return _added(message, REST_HEADERS if self._rest else {})

    def _answer(self, scope: Scope, status: int, detail: str, rule: str) -> Response:
        scope[REFUSED] = rule
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        headers |= {"retry-after": "60"} if status == 429 else {}
        headers |= {"connection": "close"} if status in (408, 413) else {}
        if not self._rest:
            return Response(f"{detail}\n", status, headers, "text/plain")
        told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        return Response(json.dumps(told), status, headers, "application/problem+json")

    def _patient(self, receive: Receive) -> Receive:
        """Waits for what is sent, but not for ever: whoever sends a byte now and then does not keep a place."""
        end = self._clock() + self._bounds.whole
        come = False

        async def heard() -> Message:
            nonlocal come
            if come:  # everything is there; what may still be heard is that the visitor has gone
                return await receive()
            left = min(self._bounds.pause, end - self._clock())
            try:
                message = await asyncio.wait_for(receive(), max(left, 0.0))
            except TimeoutError:
                raise HTTPException(408, "what was sent came too slowly; send it again") from None
            come = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        return heard

    async def _whole(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body of a request, which is refused as soon as it is known to be too large."""
        most, told = self._bounds.most, dict(scope["headers"]).get(b"content-length", b"0")
        if not told.isdigit() or int(told[:16]) > most:
            raise HTTPException(413, f"a request has at most {most} bytes; send less at once")
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > most:
                raise HTTPException(413, f"a request has at most {most} bytes; send less at once")
            if message["type"] != "http.request" or not message.get("more_body", False):
                return bytes(body)


def strict(app: Application, *, secure: bool) -> Application:
    """Return an application of which every answer says that it is asked by TLS alone; the same one where there is no TLS."""

    async def saying(scope: Scope, receive: Receive, send: Send) -> None:
        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_added(message, STRICT)]
            await send(message)

        await app(scope, receive, said)

    return saying if secure else app


def _added(message: Message, more: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    given = {name.lower() for name, _ in message["headers"]}
    return [(name.encode(), text.encode()) for name, text in more.items() if name.encode() not in given]


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was taken in, once; then what else may be heard."""
    given = False

    async def heard() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return heard


def host_of(scope: Scope) -> str:
    """Return the name by which a request asks for the station, without its port; "" where it says none or several."""
    told = [value for name, value in scope["headers"] if name == b"host"]
    if len(told) != 1:
        return ""
    text = str(told[0], "latin-1").lower()
    name, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    return name if colon and port.isascii() and port.isdigit() else text
