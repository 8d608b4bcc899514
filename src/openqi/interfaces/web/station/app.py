"""The station as an ASGI application: signed-in pages in front of the public ones, under one set of headers and limits."""

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from openqi.app.reading.reader import Reader
from openqi.app.station.station import Station
from openqi.interfaces.web.app import HEADERS, PageApp, status_of
from openqi.interfaces.web.bundle import BUNDLE, serve_bundle
from openqi.interfaces.web.scan import Receive, Scope, Send
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.station import (
    acts,
    delegations,
    demo,
    exports,
    home,
    keys,
    leaving,
    notices,
    openid,
    people,
    pictures,
    scan_signals,
    search,
    talk,
    work,
)
from openqi.interfaces.web.station.choosing import Choosing
from openqi.interfaces.web.station.frame import Frame
from openqi.interfaces.web.watched import FAULT, NOT_KEPT, REFUSED, REQUEST, fault_text, nobody_there
from openqi.kernel.errors import ConflictError, OpenQIError, RefusedError, StoreError

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Scripts are files of ours only; every page works without them."""
SCRIPTS: Final = ("acts.js", "passkeys.js", "pictures.js")
_FORBIDDEN: Final = frozenset({"same-origin", "same-session"})


def station_routes(frame: Frame, station: Station) -> list[Route]:
    """Return every signed-in page: a module of pages is attached by one line here."""
    frame.offers = Choosing(station).offers
    frame.kept = lambda what, make, kinds: station.reader.steady().kept("page part", what, make, kinds=kinds)
    frame.roles_seen = lambda: station.reader.steady().view(station.ledger.now())
    return [
        *home.routes(frame, station),
        *people.routes(frame, station.people),
        *openid.routes(frame, station),
        *keys.routes(frame, station.people.keys),
        *leaving.routes(frame, station.leaving),
        *delegations.routes(frame, station.ledger, station.people.named),
        *demo.routes(frame, station.people),
        *acts.routes(frame, station.writing),
        *work.routes(frame, station),
        *search.routes(frame, station.search),
        *scan_signals.routes(frame, station),
        *notices.routes(frame, station),
        *talk.routes(frame, station),
        *exports.routes(frame, station),
        *pictures.routes(frame, station_seats(frame, station.reader)),
    ]


def station_seats(frame: Frame, reader: Reader) -> Seats:
    """Return from where a visitor of a station looks at public pages: as the party whose hat they wear."""

    steady = reader.steady()

    async def seat(request: Request) -> Seat:
        visit = await frame.visit(request)
        if visit.visitor is None:
            await run_in_threadpool(reader.refresh)
            return Seat(reader=steady, pages=frame.pages, links=visit.links)
        told = await run_in_threadpool(frame.told, visit)
        return Seat(reader=steady.as_party(visit.party), pages=frame.pages.told(told), links=visit.links, private=True)

    return seat


class StationApp:
    """Answers pages for people; what no signed-in page answers goes to the public pages.

    Args:
        station: what is worked with.
        public: the pages that anybody may see.
        frame: makes signed-in pages.
    """

    def __init__(self, station: Station, public: PageApp, frame: Frame) -> None:
        self._frame = frame
        folder = files("openqi.interfaces.web") / "static"
        scripts = [Route(f"/static/{name}", partial(_script, (folder / name).read_bytes()), methods=["GET"]) for name in SCRIPTS]
        scripts.append(Route(BUNDLE, serve_bundle, methods=["GET"]))
        self._app = Starlette(
            routes=[*scripts, *station_routes(frame, station), Mount("/", app=public)],
            exception_handlers={
                HTTPException: self._refused,
                OpenQIError: self._failed,
                ClientDisconnect: nobody_there,
                Exception: self._fault,
            },
        )

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What is answered at which path."""
        return self._app.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def guarded(message: Scope) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                more = {**HEADERS, "content-security-policy": POLICY}
                extra = [(name.encode(), text.encode()) for name, text in more.items() if name.encode() not in given]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, receive, guarded)

    async def _fault(self, request: Request, error: Exception) -> Response:  # noqa: ARG002 -- it is in the journal
        """The page of a fault of the program: its number, and nothing of what went wrong. Nobody is asked who signed in."""
        name = request.scope.get(REQUEST, "")
        visit = self._frame.anonymous(request)
        try:
            return await self._frame.page(visit, "error.html", status=500, code=500, detail="", request=name)
        except Exception:  # noqa: BLE001 -- whatever else is broken, the number is told; the journal has the first fault
            return PlainTextResponse(fault_text(name), 500, NOT_KEPT)

    async def _told(self, request: Request, status: int, detail: str) -> Response:
        try:
            visit = await self._frame.visit(request)
        except StoreError:  # the desk cannot be asked who this is; the page that says so must still come out
            visit = self._frame.anonymous(request)
        name = request.scope.get(REQUEST, "")
        return await self._frame.page(visit, "error.html", status=status, code=status, detail=detail, request=name)

    async def _refused(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        page = await self._told(request, status if status in (400, 403, 404, 405, 408, 413, 429, 503) else 400, "")
        if isinstance(error, HTTPException) and error.headers:
            page.headers.update(error.headers)
        return page

    async def _failed(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, OpenQIError):
            raise error
        status = _status(error)
        if status == 500:
            raise error
        request.scope[FAULT] = error if status == 503 else None
        request.scope[REFUSED] = error.rule if isinstance(error, RefusedError) else ""
        return await self._told(request, status, "" if status == 503 else str(error))


def _status(error: OpenQIError) -> int:
    if isinstance(error, RefusedError):
        return 403 if error.rule in _FORBIDDEN else 400
    if isinstance(error, ConflictError):
        return 409
    return status_of(error)


async def _script(content: bytes, request: Request) -> Response:  # noqa: ARG001 -- Starlette asks so
    return Response(content, media_type="text/javascript", headers={"cache-control": "public, max-age=3600"})
