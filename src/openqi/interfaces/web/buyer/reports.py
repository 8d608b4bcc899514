"""Reports of problems on a server: the form that is sent, the page of a number, and where a number is typed."""

from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openqi.app.cases import number_typed
from openqi.app.reading.buyer.follow import follow
from openqi.interfaces.web.reporting import Reporting
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.words import LANGUAGES
from openqi.kernel.errors import NotFoundError


class Reports:
    """Answers for reports.

    Args:
        seats: as whom a request looks.
        reporting: takes reports in; None where nothing can be kept.
    """

    def __init__(self, seats: Seats, reporting: Reporting | None) -> None:
        self._seats, self._kept = seats, reporting

    @property
    def _reporting(self) -> Reporting:
        if self._kept is None:
            raise NotFoundError("reports are not taken here")
        return self._kept

    async def send(self, request: Request) -> Response:
        """Answer to a form."""
        reporting = self._reporting
        seat = await self._seats(request)
        return await reporting.take(request, seat.links, seat.reader, seat.pages)

    async def one(self, request: Request) -> Response:
        """Answer with what comes of a report."""
        receipt = await run_in_threadpool(self._reporting.intake.receipt, request.path_params["number"])
        joined = request.query_params.get("joined") == "1"

        def make(seat: Seat) -> str:
            return seat.pages.buyer("reported", seat.links, page=follow(seat.reader.context(), receipt), joined=joined)

        return await (await self._seats(request)).page(make, keep=False)

    async def typed(self, request: Request) -> Response:
        """Lead to the report whose number was typed, in any case and with or without its hyphen."""
        receipt_of = self._reporting.intake.receipt
        typed = request.query_params.get("number", "").strip()[:40]
        if typed:
            with suppress(NotFoundError):
                found = await run_in_threadpool(receipt_of, number_typed(typed))
                more = f"?lang={request.query_params['lang']}" if request.query_params.get("lang") in LANGUAGES else ""
                return RedirectResponse(f"/reported/{found.number}{more}", status_code=303)

        def make(seat: Seat) -> str:
            return seat.pages.buyer("follow", seat.links, number=typed)

        return await (await self._seats(request)).page(make, status=404 if typed else 200, keep=False)


def routes(seats: Seats, reporting: Reporting | None) -> list[Route]:
    """Return where reports are sent, followed and asked for."""
    reports = Reports(seats, reporting)
    return [
        Route("/report", reports.send, methods=["POST"]),
        Route("/reported", reports.typed, methods=["GET"]),
        Route("/reported/{number}", reports.one, methods=["GET"]),
    ]
