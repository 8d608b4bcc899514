"""Recalls on a server: the register with its search, one recall with its curve, one of a public list, lines as files."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.pictures.recall import completion_curve
from openqi.app.reading.recalls.recall import recall_page
from openqi.app.reading.recalls.register import foreign_recall, recall_index, register_page
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.open_data import MEDIA, schema_route
from openqi.interfaces.web.recalls.files import SCHEMA, csv_of, json_of, schema
from openqi.interfaces.web.recalls.ways import Ways
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.wording import wording_of
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.store.recalls import FoundLines

_LONGEST: Final = 2100
_ASKED: Final = 400
_MOST_LINES: Final = 1000


class Recalls:
    """Answers for recalls.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def register(self, request: Request) -> Response:
        """Answer with the register, or with what was searched in it."""
        asked, of, before = _asked(request)
        seat = await self._seats(request)

        def make(at: Seat) -> str:
            context = at.reader.context()
            with recall_index(at.reader.ledger, context.store) as index:
                page = register_page(context, index, asked=asked, of=of, before=before)
            return at.pages.page("recalls/register.html", at.links, ways=Ways(links=at.links), page=page)

        return await seat.page(make)

    async def recall(self, request: Request) -> Response:
        """Answer with the page of an own recall."""
        uri, seat = _uri(request), await self._seats(request)
        return await seat.page(
            lambda at: at.pages.page(
                "recalls/recall.html", at.links, ways=Ways(links=at.links), page=recall_page(at.reader.context(), uri)
            )
        )

    async def foreign(self, request: Request) -> Response:
        """Answer with the page of a recall of a public list, and what it said before."""
        of, number = request.query_params.get("list", ""), request.query_params.get("number", "")
        seat = await self._seats(request)

        def make(at: Seat) -> str:
            context = at.reader.context()
            with recall_index(at.reader.ledger, context.store) as index:
                lines = foreign_recall(index, of, number)
                past = {one.row.key: index.past(of, one.row.key) for one in lines}
            return at.pages.page("recalls/foreign.html", at.links, ways=Ways(links=at.links), lines=lines, past=past)

        return await seat.page(make)

    async def curve(self, request: Request) -> Response:
        """Answer with the curve of a recall as a picture."""
        uri, seat = _uri(request), await self._seats(request)

        def make() -> bytes:
            context = seat.reader.context()
            page = recall_page(context, uri)
            if not page.points:
                raise NotFoundError("nobody has reported yet how far this recall has come")
            until = context.today.isoformat() if page.ended is None else page.points[-1].at[:10]
            spec = completion_curve(page.points, wording_of(seat.links.language), begins=page.recall.begins, until=until)
            return svg_of(spec)

        svg = await run_in_threadpool(make)
        # An SVG that is opened by itself may style itself, and nothing else.
        alone = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
        alone |= {"cache-control": "no-store" if seat.private else "no-cache", "vary": "accept-language"}
        return Response(svg, media_type="image/svg+xml", headers=alone)

    async def lines(self, request: Request) -> Response:
        """Answer with lines as a file."""
        form = request.path_params["form"]
        if form not in MEDIA:
            raise NotFoundError(f"lines of recalls are had as {' or '.join(MEDIA)}")
        asked, of, before = _asked(request)
        seat = await self._seats(request)
        context = seat.reader.as_party(None).context()

        def find() -> FoundLines:
            with recall_index(seat.reader.ledger, context.store) as index:
                return register_page(context, index, asked=asked, of=of, before=before, limit=_MOST_LINES).found

        found = await run_in_threadpool(find)
        headers = {
            "cache-control": "no-cache", "content-disposition": f'attachment; filename="recalls.{form}"',
            "access-control-allow-origin": "*",
        }  # fmt: skip
        if form == "json":
            return Response(json_of(found, asked, context.store.origin, context.size), media_type=MEDIA[form], headers=headers)
        content = b"".join(csv_of(found, seat.links.language))
        return Response(content, media_type=MEDIA[form], headers={**headers, "content-language": seat.links.language})


def _asked(request: Request) -> tuple[str, str, str]:
    asked = request.query_params
    return asked.get("q", "").strip()[:_ASKED], asked.get("list", ""), asked.get("before", "")


def _uri(request: Request) -> str:
    uri = request.query_params.get("uri", "")
    if not 0 < len(uri) <= _LONGEST:
        raise FormatError("name a recall by its URI: ?uri=…")
    return uri


def routes(seats: Seats) -> list[Route]:
    """Return the routes of recalls."""
    pages = Recalls(seats)
    return [
        Route("/recalls", pages.register, methods=["GET"]),
        Route("/recall", pages.recall, methods=["GET"]),
        Route("/recall/foreign", pages.foreign, methods=["GET"]),
        Route("/recall/curve.svg", pages.curve, methods=["GET"]),
        schema_route(SCHEMA, schema),
        Route("/recalls/lines.{form}", pages.lines, methods=["GET"]),
    ]
