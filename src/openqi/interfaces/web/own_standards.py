"""Self-declared standards on a server: the list, and one of them with its indicators."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.reading.own_standards import own_standard_list, own_standard_page
from openqi.interfaces.web.seat import Seat, Seats
from openqi.kernel.errors import FormatError

PATH: Final = "/own-standards"
_LONGEST: Final = 2000


def routes(seats: Seats) -> list[Route]:
    """Return the routes of declared standards."""

    async def answer(request: Request) -> Response:
        uri, seat = request.query_params.get("uri", ""), await seats(request)
        if len(uri) > _LONGEST:
            raise FormatError(f"a URI has at most {_LONGEST} characters")

        def make(at: Seat) -> str:
            context = at.reader.context()
            if uri:
                return at.pages.shown("standards/one.html", own_standard_page(context, uri), at.links)
            return at.pages.shown("standards/list.html", own_standard_list(context), at.links)

        return await seat.page(make)

    return [Route(PATH, answer, methods=["GET"])]
