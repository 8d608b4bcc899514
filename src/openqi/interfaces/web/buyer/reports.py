"""Reports of problems on a server: the form that is sent, the page of a number, and where a number is typed."""

from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openqi.app.cases import number_typed
from openqi.app.reading.buyer.follow import follow
from openqi.app.reported_words import words_of
from openqi.interfaces.web.reporting import Reporting
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.words import LANGUAGES
from openqi.kernel.errors import NotFoundError
from openqi.records import body
from openqi.records.surveillance import CaseOpened
from openqi.store.reports import Reports as Kept


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

    async def handled(self, request: Request) -> Response:
        """Answer whoever handles a report with its words, and what was added to it."""
        seat = await self._seats(request)
        record = request.path_params["record"]

        def make(seat: Seat) -> str:
            stated = _handled(seat, record)
            return seat.pages.buyer("handled", seat.links, told=words_of(self._reporting.intake.reports, record, stated))

        return await seat.page(make, keep=False)

    async def photo(self, request: Request) -> Response:
        """Answer whoever handles a report with its photo: to be saved, never to be shown or run by a browser here."""
        seat = await self._seats(request)

        def found() -> tuple[str, bytes]:
            stated = _handled(seat, request.path_params["record"])
            return self._reporting.intake.reports.photo(request.query_params.get("added", "")[:40] or str(stated.report))

        added = request.query_params.get("added", "")[:40]
        if added:
            await run_in_threadpool(_check_added, self._reporting.intake.reports, request.path_params["record"], added)
        media, data = await run_in_threadpool(found)
        name = f"photo.{media.partition('/')[2]}"
        return Response(data, media_type=media, headers={**_SAVED, "content-disposition": f'attachment; filename="{name}"'})


_SAVED = {"content-security-policy": "default-src 'none'; sandbox", "cache-control": "no-store"}


def _handled(seat: Seat, record_id: str) -> CaseOpened:
    """The case in a record, for the party that received it; to anybody else there is none."""
    record = seat.reader.store.logged(record_id).record
    if record.kind != CaseOpened.KIND or seat.reader.party is None or record.body.get("receivedBy") != seat.reader.party:
        raise NotFoundError("there is no report that you handle under this record")
    return body(record, CaseOpened)


def _check_added(reports: Kept, record: str, number: str) -> None:
    if reports.by_number(number).joined != reports.sealed_as(record).number:
        raise NotFoundError("this was not added to that report")


def routes(seats: Seats, reporting: Reporting | None) -> list[Route]:
    """Return where reports are sent, followed and asked for."""
    reports = Reports(seats, reporting)
    return [
        Route("/report", reports.send, methods=["POST"]),
        Route("/report/{record}", reports.handled, methods=["GET"]),
        Route("/report/{record}/photo", reports.photo, methods=["GET"]),
        Route("/reported", reports.typed, methods=["GET"]),
        Route("/reported/{number}", reports.one, methods=["GET"]),
    ]
