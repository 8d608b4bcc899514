"""The quality file on a server: everything that the log knows of a firm, product or batch, and the form that asks for one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.quality_file.page import FEW, PER_PAGE, QualityPage, quality_page
from openqi.app.reading.context import Context
from openqi.interfaces.web.no_links import NoLinks
from openqi.interfaces.web.seat import Seat, Seats
from openqi.kernel.errors import FormatError

LONGEST = 2_100


def quality_routes(seats: Seats) -> list[Route]:
    """Return the routes of the quality file."""

    async def answer(request: Request) -> Response:
        query = request.query_params
        subject, pillar, start = query.get("of", "").strip(), query.get("pillar", ""), query.get("from", "0")
        if len(subject) > LONGEST:
            raise FormatError("name a firm, product or batch by its URI: ?of=…")
        if not (start.isascii() and start.isdigit() and len(start) < 8):
            raise FormatError(f"from {start[:20]!r}: write a whole number")
        seat = await seats(request)

        def make(at: Seat) -> str:
            page = None
            if subject:
                page = quality_page(at.reader.context(), subject, pillar=pillar, start=int(start))
            return file_html(at, page)

        return await seat.page(make, keep=False)

    return [Route("/file", answer, methods=["GET"])]


def file_html(at: Any, page: QualityPage | None) -> str:
    """Return the page of a quality file, or with None the form that asks for one; `at` has pages and links."""
    return str(at.pages.station("pledges/file.html", at.links, {"page": page, "few": FEW, "per_page": PER_PAGE, "style": ""}))


def file_alone(context: Context, pages: Any, subject: str, *, language: str, style: str) -> str:
    """Return a whole quality file as one HTML file that needs no other.

    Args:
        context: the log, as the reader may see it.
        pages: renders.
        subject: URI of what it is about.
        language: `zh` or `en`.
        style: the style sheet.
    """
    page = quality_page(context, subject, few=PER_PAGE * PER_PAGE)
    told = {"page": page, "few": page.count, "per_page": PER_PAGE, "style": style}
    return str(pages.station("pledges/file-alone.html", NoLinks(language=language), told))
