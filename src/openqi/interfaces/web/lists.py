"""Lists on pages and as files: records of the log by kind and issuer, and things by what they are."""

from collections.abc import Iterator
from typing import Final, get_args
from urllib.parse import quote, urlencode

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from openqi.app.reading.lists import Asked
from openqi.app.registers import What
from openqi.formats.listing import csv_pieces, xlsx_pieces
from openqi.interfaces.web.links import SORTS
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.show import name_of
from openqi.interfaces.web.words import phrase, term
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import format_instant

MEDIA: Final = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST_ROWS: Final = 50_000
"""How many rows a file has at most; what is beyond is had with `below`."""
_COLUMNS: Final = ("list-place", "list-kind", "list-about", "list-uri", "list-issuer", "list-sealed", "list-record")
_LONGEST: Final = 2000


class Lists:
    """Answers lists.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def records(self, request: Request) -> Response:
        """Return a page of records."""
        asked, seat = _asked(request), await self._seats(request)

        def make(seat: Seat) -> str:
            page = seat.reader.listed(asked)
            older = "" if page.below is None else _address(seat, asked, below=str(page.below))
            newer = "" if asked.below is None else _address(seat, asked)
            return seat.pages.listed(page, seat.links, newer=newer, older=older)

        return await seat.page(make)

    async def file(self, request: Request) -> Response:
        """Return a list of records as a file for a spreadsheet."""
        form, seat, asked = request.path_params["form"], await self._seats(request), _asked(request)
        if form not in MEDIA:
            raise NotFoundError(f"lists are had as {' or '.join(MEDIA)}")
        language = seat.links.language
        columns = [phrase(name, language) for name in _COLUMNS]
        rows = _rows(seat, asked)
        title = phrase("list-records", language)
        about = [(title, str(request.url)[:_LONGEST]), (phrase("export-at", language), format_instant(seat.reader.now()))]
        if form == "csv":
            pieces = csv_pieces(columns, rows)
        else:
            pieces = xlsx_pieces(columns, rows, name=title, about=about, about_name=phrase("export-sheet", language))
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="records.{form}"'}
        return StreamingResponse(iterate_in_threadpool(pieces), media_type=MEDIA[form], headers=headers)

    async def things(self, request: Request) -> Response:
        """Return a page of things of a sort."""
        what, after = request.path_params["what"], request.query_params.get("after", "")[: _LONGEST + 20]
        if what not in SORTS:
            raise NotFoundError(f"there are lists of {', '.join(SORTS)}")
        seat = await self._seats(request)

        def make(seat: Seat) -> str:
            page = seat.reader.things(_what(what), after=after)
            kept = [("lang", seat.links.language)] if seat.links.kept else []
            older = f"/things/{what}?{urlencode([('after', page.after), *kept], quote_via=quote)}" if page.after else ""
            return seat.pages.things(page, seat.links, older=older)

        return await seat.page(make)


def routes(seats: Seats) -> list[Route]:
    """Return the routes of lists."""
    lists = Lists(seats)
    return [
        Route("/records", lists.records, methods=["GET"]),
        Route("/records.{form}", lists.file, methods=["GET"]),
        Route("/things/{what}", lists.things, methods=["GET"]),
    ]


def _what(text: str) -> What:
    found: What = next(one for one in get_args(What) if one == text)
    return found


def _asked(request: Request) -> Asked:
    given = request.query_params
    below = given.get("below", "")
    if below and not (below.isascii() and below.isdigit() and len(below) < 16):
        raise FormatError(f"below {below[:20]!r}: write a whole number")
    kind, issuer = given.get("kind", "").strip()[:200], given.get("issuer", "").strip()[:_LONGEST]
    return Asked(kind=kind or None, issuer=issuer or None, below=int(below) if below else None)


def _address(seat: Seat, asked: Asked, **more: str) -> str:
    query = [("kind", asked.kind or ""), ("issuer", asked.issuer or ""), *more.items()]
    query += [("lang", seat.links.language)] if seat.links.kept else []
    return f"/records?{urlencode([pair for pair in query if pair[1]], quote_via=quote, safe=':/')}"


def _rows(seat: Seat, asked: Asked) -> Iterator[list[str]]:
    """Rows without a state: for so many none was checked, so none is told."""
    language = seat.links.language
    for placed, record, about, issuer in seat.reader.every(asked, MOST_ROWS):
        yield [
            str(placed.index),
            term("kind", placed.kind, language),
            name_of(about, language),
            about.uri,
            name_of(issuer, language),
            record.valid_from,
            placed.id,
        ]
