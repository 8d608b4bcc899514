"""Market surveillance on a server: the board, lists behind its numbers, the page of an inspected object, results as files."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from openqi.app.reading.surveillance.board import board
from openqi.app.reading.surveillance.inspected import ObjectPage, object_page, own_code
from openqi.app.reading.surveillance.lists import FILTERS, WHAT, What, inspection_list
from openqi.app.reading.surveillance.results import Results, results
from openqi.interfaces.web.open_data import MEDIA, schema_route
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.surveillance.files import SCHEMA, csv_of, json_of
from openqi.interfaces.web.surveillance.schema import schema
from openqi.kernel.errors import FormatError, NotFoundError

_LONGEST: Final = 2100


class Surveillance:
    """Answers for draws and what follows them.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def board(self, request: Request) -> Response:
        """Answer with the board."""
        seat = await self._seats(request)
        return await seat.page(lambda at: at.pages.surveillance("board", board(at.reader.context()), at.links))

    async def object(self, request: Request) -> Response:
        """Answer with the page of an object, or with the form that asks for its name."""
        name, seat = request.query_params.get("name", "").strip(), await self._seats(request)

        def make(at: Seat) -> str:
            context = at.reader.context()
            own = own_code(context)
            page = object_page(context, name) if name else ObjectPage(name="", stood=(), draws=0, own=False)
            return at.pages.surveillance("object", page, at.links, own=own)

        return await seat.page(make, keep=False)

    async def listed(self, request: Request) -> Response:
        """Answer with a list behind a number of the board."""
        what: What = request.path_params["what"]
        if what not in WHAT:
            raise NotFoundError(f"there are lists of {', '.join(WHAT)}")
        asked = {name: request.query_params.get(name, "") for name in FILTERS[what]}
        after, seat = request.query_params.get("after", ""), await self._seats(request)

        def make(at: Seat) -> str:
            page = inspection_list(at.reader.context(), what, asked, after=after)
            kept = [("lang", at.links.language)] if at.links.kept else []
            query = urlencode([*page.filters, ("after", page.after), *kept], quote_via=quote)
            return at.pages.surveillance("lists", page, at.links, older=f"/surveillance/{what}?{query}" if page.after else "")

        return await seat.page(make)

    async def results(self, request: Request) -> Response:
        """Answer with the results of a draw as a file: what is public, whoever asks."""
        form, draw = request.path_params["form"], request.query_params.get("draw", "")
        if form not in MEDIA:
            raise NotFoundError(f"results are had as {' or '.join(MEDIA)}")
        if not 0 < len(draw) <= _LONGEST:
            raise FormatError("name a draw by its URI or by the record that commits to it: ?draw=…")
        seat = await self._seats(request)
        context = seat.reader.as_party(None).context()
        found = await run_in_threadpool(results, context, draw)
        headers = {
            "cache-control": "no-cache", "content-disposition": f'attachment; filename="results-{draw_name(found)}.{form}"',
            "access-control-allow-origin": "*",
        }  # fmt: skip
        if form == "json":
            content = await run_in_threadpool(json_of, found, context.store.origin, context.size)
            return Response(content, media_type=MEDIA[form], headers=headers)
        pieces = iterate_in_threadpool(_pieces(found, seat.links.language))
        return StreamingResponse(pieces, media_type=MEDIA[form], headers={**headers, "content-language": seat.links.language})


def draw_name(found: Results) -> str:
    """Return the name of a file for a draw."""
    return found.line.committed[:12]


def _pieces(found: Results, language: str) -> Iterator[bytes]:
    yield b"".join(csv_of(found, language))


def routes(seats: Seats) -> list[Route]:
    """Return the routes of market surveillance."""
    pages = Surveillance(seats)
    return [
        Route("/surveillance", pages.board, methods=["GET"]),
        Route("/surveillance/objects", pages.object, methods=["GET"]),
        Route("/surveillance/{what}", pages.listed, methods=["GET"]),
        schema_route(SCHEMA, schema),
        Route("/draws/results.{form}", pages.results, methods=["GET"]),
    ]
