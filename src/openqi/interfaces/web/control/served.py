"""Control plans on a server: the list, the page of one, and its points as a file."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from openqi.app.reading.control.page import control_page
from openqi.app.reading.control.plans import plan_list
from openqi.app.reading.control.points import PointsOf, points_of
from openqi.interfaces.web.control.files import csv_of, json_of
from openqi.interfaces.web.open_data import MEDIA
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.subjects import LONGEST, uri_of
from openqi.kernel.errors import FormatError, NotFoundError


class ControlPlans:
    """Answers for control plans.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def listed(self, request: Request) -> Response:
        """Answer with the list of plans."""
        seat, after = await self._seats(request), request.query_params.get("after", "")[:LONGEST]

        def make(seat: Seat) -> str:
            page = plan_list(seat.reader.context(), after=after)
            kept = [("lang", seat.links.language)] if seat.links.kept else []
            older = f"/control-plans?{urlencode([('after', page.after), *kept], quote_via=quote)}" if page.after else ""
            return seat.pages.shown("control/plans.html", page, seat.links, older=older)

        return await seat.page(make)

    async def page(self, request: Request) -> Response:
        """Answer with the page of a plan."""
        uri, below = uri_of(request), _below(request)
        seat = await self._seats(request)
        return await seat.page(
            lambda at: at.pages.shown("control/plan.html", control_page(at.reader.context(), uri, below=below), at.links),
            keep=False,
        )

    async def points(self, request: Request) -> Response:
        """Answer with the points of a plan as a file."""
        uri, form = uri_of(request), request.path_params["form"]
        if form not in MEDIA:
            raise NotFoundError(f"points are had as {' or '.join(MEDIA)}")
        seat = await self._seats(request)
        found = await run_in_threadpool(lambda: points_of(seat.reader.context(), uri))
        headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="points.{form}"'}
        if form == "json":
            return Response(await run_in_threadpool(json_of, found), media_type=MEDIA[form], headers=headers)
        return StreamingResponse(iterate_in_threadpool(_pieces(found)), media_type=MEDIA[form], headers=headers)


def _pieces(found: PointsOf) -> Iterator[bytes]:
    yield from csv_of(found)


def _below(request: Request) -> int | None:
    text = request.query_params.get("below", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 16):
        raise FormatError(f"below {text[:20]!r}: write a whole number")
    return int(text) if text else None


def routes(seats: Seats) -> list[Route]:
    """Return the routes of control plans."""
    plans = ControlPlans(seats)
    return [
        Route("/control-plans", plans.listed, methods=["GET"]),
        Route("/control-plan/points.{form}", plans.points, methods=["GET"]),
        Route("/control-plan", plans.page, methods=["GET"]),
    ]
