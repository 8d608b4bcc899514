"""Draws on a server: the list, the page of one, and the files that a replay is given."""

from typing import Final, get_args
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.reading.draws.asked import told_to
from openqi.app.reading.draws.ingredients import FILES, FileOf, draw_file, ingredients
from openqi.app.reading.draws.lines import STATES, DrawState, draw_list
from openqi.app.reading.draws.page import DrawPage, draw_page
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.subjects import LONGEST, uri_of
from openqi.kernel.errors import FormatError, NotFoundError

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of the page with the replay: scripts are files of ours, and ask nobody but this server."""
MEDIA: Final[dict[FileOf, str]] = {
    "objects": "text/tab-separated-values; charset=utf-8", "exclusions": "text/tab-separated-values; charset=utf-8",
    "rows": "application/x-ndjson",
}  # fmt: skip


def given_of(reader: Reader, page: DrawPage) -> dict[str, object] | None:
    """Return what the replay on a page is given; None where the list may not be seen."""
    return None if page.listed is None else ingredients(reader.context(), page.line.draw.uri)


class Draws:
    """Answers for draws.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def listed(self, request: Request) -> Response:
        """Answer with the list of draws."""
        seat, given = await self._seats(request), request.query_params
        organiser, after = given.get("organiser", "").strip()[:LONGEST], given.get("after", "")[: LONGEST + 20]
        state = _state(given.get("state", ""))

        def make(seat: Seat) -> str:
            page = draw_list(seat.reader.context(), organiser=organiser, state=state, after=after)
            kept = [("lang", seat.links.language)] if seat.links.kept else []
            query = [("organiser", organiser), ("state", state or ""), ("after", page.after), *kept]
            older = f"/draws?{urlencode([pair for pair in query if pair[1]], quote_via=quote)}" if page.after else ""
            return seat.pages.draws(page, seat.links, older=older)

        return await seat.page(make, keep=False)

    async def page(self, request: Request) -> Response:
        """Answer with the page of a draw."""
        uri, number, name = uri_of(request), _number(request), request.query_params.get("name", "").strip()
        seat = await self._seats(request)

        def make(seat: Seat) -> str:
            context = seat.reader.context()
            page = draw_page(context, uri, number=number)
            told = told_to(context, uri, name) if name else None
            return seat.pages.draw(page, seat.links, given=given_of(seat.reader, page), told=told)

        answer = await seat.page(make, keep=False)
        answer.headers["content-security-policy"] = POLICY
        return answer

    async def file(self, request: Request) -> Response:
        """Answer with a file of a draw, as it was frozen or drawn."""
        uri, file = uri_of(request), request.path_params["file"]
        found = next((of for of, name in FILES.items() if name == file), None)
        if found is None:
            raise NotFoundError(f"a draw has {', '.join(FILES.values())}")
        seat = await self._seats(request)
        data = await run_in_threadpool(lambda: draw_file(seat.reader.context(), uri, found))
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{file}"'}
        return Response(data, media_type=MEDIA[found], headers=headers)


def _state(text: str) -> DrawState | None:
    if text and text not in STATES:
        raise FormatError(f"state {text[:20]!r}: there are {', '.join(STATES)}")
    return next((one for one in get_args(DrawState) if one == text), None)


def _number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise FormatError(f"page {text[:20]!r}: write a whole number")
    return int(text)


def routes(seats: Seats) -> list[Route]:
    """Return the routes of draws."""
    draws = Draws(seats)
    return [
        Route("/draws", draws.listed, methods=["GET"]),
        Route("/draw/{file}", draws.file, methods=["GET"]),
        Route("/draw", draws.page, methods=["GET"]),
    ]
