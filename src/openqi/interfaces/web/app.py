"""The pages on a server: routes, languages, security headers. What is slow runs in threads beside the event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from openqi.app.reading.reader import SOME, Reader
from openqi.formats.digital_link import parse_digital_link
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web import documents, lists
from openqi.interfaces.web.buyer.checking import Goods
from openqi.interfaces.web.buyer.checking import routes as checking
from openqi.interfaces.web.buyer.offline import routes as offline
from openqi.interfaces.web.buyer.reports import routes as reports
from openqi.interfaces.web.control.served import routes as control_plans
from openqi.interfaces.web.draws.served import routes as draws
from openqi.interfaces.web.kept_scans import Kept
from openqi.interfaces.web.links import SUBJECTS
from openqi.interfaces.web.marks.choosing import routes as scans_kept
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.recalls.served import routes as recalls
from openqi.interfaces.web.reporting import Reporting
from openqi.interfaces.web.scan import Application, Receive, Scope, Send
from openqi.interfaces.web.seat import Seat, Seats, anybody
from openqi.interfaces.web.subjects import LONGEST, chart_asked, subject_html, uri_of
from openqi.interfaces.web.surveillance.served import routes as surveillance
from openqi.interfaces.web.watched import FAULT, NOT_KEPT, REQUEST, fault_text, nobody_there
from openqi.interfaces.web.words import LANGUAGES
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError, StoreError

POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # Not no-referrer: browsers would then send Origin: null with our own form, and nobody could tell it from a foreign one.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
REPLAY: Final = ("draw-numbers.js", "draw-proof.js", "draw-designs.js", "draw-steps.js", "draw-replay.js")
"""The scripts of the replay of a draw, in the order in which they need each other."""
SCRIPTS: Final = (*REPLAY, "check.js")
STATIC: Final = {"style.css": "text/css", "icon.svg": "image/svg+xml", **dict.fromkeys(SCRIPTS, "text/javascript")}
_STATUS: Final = ((NotFoundError, 404), (FormatError, 400), (DomainError, 400), (RefusedError, 400), (StoreError, 503))


def status_of(error: OpenQIError) -> int:
    """Return the HTTP status of an error of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


class PageApp:
    """The pages of one reader as an ASGI application.

    Args:
        reader: knows the log.
        reporting: takes problems in; None where nothing can be kept.
        seats: as whom and in which frame a request looks; by default all look alike.
        kept: keeps scans coarsely; None where only counts are kept.
    """

    def __init__(
        self, reader: Reader, reporting: Reporting | None, *, seats: Seats | None = None, kept: Kept | None = None
    ) -> None:
        self._kept = kept
        self._reader, self._reporting, self._goods = reader, reporting, Goods()
        self._seat = seats or anybody(reader, Pages(reader.steady()))
        folder = files("openqi.interfaces.web") / "static"
        self._static = {name: (folder / name).read_bytes() for name in STATIC}
        errors = {HTTPException: self._refused, OpenQIError: self._failed, ClientDisconnect: nobody_there, Exception: self._fault}
        self._app = Starlette(routes=self._routes(), exception_handlers=errors)

    def _routes(self) -> list[Route]:
        pages: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/", self._overview),
            ("/mark", self._find),
            ("/01/{gtin}/21/{serial}", self._mark),
            ("/tree/{record}", self._tree),
            ("/record/{record}", self._record),
            ("/log", self._log),
            ("/log/{page:int}", self._log),
            *((f"/{what}", self._subject) for what in SUBJECTS),
            ("/chart/{what}/{number:int}.svg", self._chart),
            ("/static/{name}", self._resource),
            ("/checkpoint", self._file),
            ("/tile/{path:path}", self._file),
            ("/healthz", self._health),
        ]
        more = [
            *lists.routes(self._seat),
            *documents.routes(self._seat),
            *control_plans(self._seat),
            *draws(self._seat),
            *surveillance(self._seat),
            *checking(self._seat, self._goods),
            *scans_kept(self._seat, self._kept),
            *offline(self._seat),
            *reports(self._seat, self._reporting),
            *recalls(self._seat),
        ]
        return [*(Route(path, endpoint, methods=["GET"]) for path, endpoint in pages), *more]

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What is answered at which path."""
        return self._app.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def guarded(message: Scope) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                extra = [(name.encode(), text.encode()) for name, text in HEADERS.items() if name.encode() not in given]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, receive, guarded)

    async def _page(self, request: Request, make: Callable[[Seat], str], *, status: int = 200, keep: bool = True) -> Response:
        return await (await self._seat(request)).page(make, status=status, keep=keep)

    async def _overview(self, request: Request) -> Response:
        return await self._page(request, lambda seat: seat.pages.overview(seat.reader.overview(SOME), seat.links))

    async def _find(self, request: Request) -> Response:
        found = parse_digital_link(request.query_params.get("uri", "").strip()[:LONGEST])
        chosen = request.query_params.get("lang", "")
        more = f"?lang={chosen}" if chosen in LANGUAGES else ""
        return RedirectResponse(f"/01/{found.gtin}/21/{found.serial}{more}", status_code=303)

    def mark_uri(self, request: Request) -> str:
        """Return the mark that a path stands for: under the base that the request's host is, else the first that has issued it."""
        tail = f"/01/{request.path_params['gtin']}/21/{request.path_params['serial']}"
        host = request.headers.get("host", "")
        bases = sorted(self._reader.bases, key=lambda base: urlsplit(base).netloc != host)
        if not bases:
            raise NotFoundError("this ledger names no base under which marks were issued")
        for base in bases:
            if self._reader.mark_page(base + tail, scanned=False).issued is not None:
                return base + tail
        return bases[0] + tail

    async def _mark(self, request: Request) -> Response:
        def make(seat: Seat) -> tuple[str, int, str]:
            uri = self.mark_uri(request)
            page = seat.reader.mark_page(uri, scanned=request.method == "GET")
            if page.issued is not None:
                self._goods.note(request.path_params["gtin"])
            form = None if self._reporting is None or page.issued is None else self._reporting.form(seat.links)
            return seat.pages.mark(page, seat.links, form=form), 200 if page.issued is not None else 404, uri

        seat = await self._seat(request)
        html, status, uri = await run_in_threadpool(make, seat)
        if self._kept is not None and status == 200 and request.method == "GET":
            self._kept.note(uri, request.scope["headers"])
        return await seat.page(lambda _: html, status=status, keep=False)

    async def _tree(self, request: Request) -> Response:
        record, leaf = request.path_params["record"], _leaf(request)
        return await self._page(request, lambda seat: seat.pages.tree(seat.reader.tree(record, leaf), seat.links, leaf=leaf))

    async def _record(self, request: Request) -> Response:
        record = request.path_params["record"]
        return await self._page(request, lambda seat: seat.pages.record(seat.reader.record_page(record), seat.links))

    async def _log(self, request: Request) -> Response:
        page, home = request.path_params.get("page"), str(request.base_url).rstrip("/")
        return await self._page(request, lambda seat: seat.pages.log(seat.reader.log_page(page), seat.links, home=home))

    async def _subject(self, request: Request) -> Response:
        what, uri = request.url.path.strip("/"), uri_of(request)
        return await self._page(request, lambda seat: subject_html(seat, what, uri))

    async def _chart(self, request: Request) -> Response:
        seat = await self._seat(request)
        svg = await run_in_threadpool(lambda: svg_of(chart_asked(request, seat.reader)))
        # An SVG that is opened by itself may style itself, and nothing else.
        alone = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
        alone["cache-control"] = "no-store" if seat.private else "no-cache"
        return Response(svg, media_type="image/svg+xml", headers=alone)

    async def _resource(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            raise NotFoundError("there is no such file")
        return Response(self._static[name], media_type=STATIC[name], headers={"cache-control": "public, max-age=3600"})

    async def _file(self, request: Request) -> Response:
        path = request.url.path.lstrip("/")
        content = await run_in_threadpool(self._reader.file, path)
        whole = path != "checkpoint" and ".p/" not in path
        cache = "public, max-age=31536000, immutable" if whole else "no-cache"
        media = "text/plain; charset=utf-8" if path == "checkpoint" else "application/octet-stream"
        return Response(content, headers={"content-type": media, "cache-control": cache, "access-control-allow-origin": "*"})

    async def _health(self, request: Request) -> Response:  # noqa: ARG002 -- Starlette asks so
        size = await run_in_threadpool(self._reader.refresh)
        return PlainTextResponse(f"ok {size}\n", headers={"cache-control": "no-store"})

    async def _refused(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        known = status if status in (400, 403, 404, 405, 413, 429, 503) else 400
        name = request.scope.get(REQUEST, "")
        page = await self._page(request, lambda at: at.pages.error(known, "", at.links, request=name), status=status, keep=False)
        if isinstance(error, HTTPException) and error.headers:
            page.headers.update(error.headers)
        return page

    async def _failed(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, OpenQIError) or (status := status_of(error)) == 500:
            raise error
        # What a store says of itself is for its operator.
        request.scope[FAULT], detail = (error, "") if status == 503 else (None, str(error))
        name = request.scope.get(REQUEST, "")
        return await self._page(
            request, lambda at: at.pages.error(status, detail, at.links, request=name), status=status, keep=False
        )

    async def _fault(self, request: Request, error: Exception) -> Response:  # noqa: ARG002 -- it is in the journal
        """The page of a fault of the program: its number, and nothing of what went wrong."""
        name = request.scope.get(REQUEST, "")
        try:
            return await self._page(request, lambda at: at.pages.error(500, "", at.links, request=name), status=500, keep=False)
        except Exception:  # noqa: BLE001 -- whatever else is broken, the number is told; the journal has the first fault
            return PlainTextResponse(fault_text(name), 500, NOT_KEPT)


def _leaf(request: Request) -> int | None:
    text = request.query_params.get("leaf")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise FormatError(f"leaf {text[:20]!r}: write a whole number")
    return int(text)


def dispatching(pages: Application, rest: Application, *, start: Callable[[], object], stop: Callable[[], None]) -> Application:
    """Return one application: `/api/…` is answered by `rest`, everything else by `pages`; scans are kept once a second.

    Args:
        pages, rest: the two.
        start: called once a second in a thread, for what must not wait until the end.
        stop: called at the end, in a thread.
    """

    async def beat() -> None:
        while True:
            await asyncio.sleep(1.0)
            await run_in_threadpool(start)

    async def live(receive: Receive, send: Send) -> None:
        beating: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                beating = asyncio.create_task(beat())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if beating is not None:
                    beating.cancel()
                await run_in_threadpool(stop)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            await (rest if scope["path"] == "/api" or scope["path"].startswith("/api/") else pages)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    return application
