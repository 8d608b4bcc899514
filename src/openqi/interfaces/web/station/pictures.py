"""A picture of evidence on a page of its own, alive where a browser runs scripts: pages of evidence themselves never have any."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.interfaces.web.links import SUBJECTS
from openqi.interfaces.web.seat import Seats
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.subjects import chart_asked
from openqi.kernel.errors import NotFoundError


class PicturePage:
    """A chart of a product, lot or instrument, as whoever asks may see it.

    Args:
        frame: makes pages.
        seats: as whom a request looks.
    """

    def __init__(self, frame: Frame, seats: Seats) -> None:
        self._frame, self._seats = frame, seats

    async def show(self, visit: Visit) -> Response:
        """Return the page."""
        what = visit.request.path_params["what"]
        if what not in SUBJECTS:
            raise NotFoundError("there is no such picture")
        seat = await self._seats(visit.request)
        spec = await run_in_threadpool(chart_asked, visit.request, seat.reader)
        named = await run_in_threadpool(seat.reader.named, visit.request.query_params["uri"])
        number = visit.request.path_params["number"]
        return await self._frame.page(visit, "picture.html", spec=spec, subject=named, what=what, number=number)


def routes(frame: Frame, seats: Seats) -> list[Route]:
    """Return the route of the page."""
    return [Route("/picture/{what}/{number:int}", frame.opened(PicturePage(frame, seats).show), methods=["GET"])]
