"""Certificates of instruments on a server: the page, the digital certificate itself, its PDF, and which instruments are due."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.reading.certificates import CertificatePage, certificate_page, document_of
from openqi.app.reading.due import due_list
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.paper.certificate import certificate_paper
from openqi.interfaces.web.paper.printing import pdf_of
from openqi.interfaces.web.seat import Seat, Seats
from openqi.kernel.errors import NotFoundError
from openqi.kernel.instant import format_instant


def page_of(reader: Reader, record_id: str) -> CertificatePage:
    """Return what is known of a certificate, judged now; raises NotFoundError."""
    return certificate_page(reader.context(), record_id, now=format_instant(reader.now()))


class Documents:
    """Answers for certificates.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats

    async def page(self, request: Request) -> Response:
        """Answer with the page of a certificate."""
        record = request.path_params["record"]
        seat = await self._seats(request)
        return await seat.page(lambda at: at.pages.certificate(page_of(at.reader, record), at.links), keep=False)

    async def due(self, request: Request) -> Response:
        """Answer with the list of instruments by due date."""
        seat = await self._seats(request)
        return await seat.page(lambda at: at.pages.shown("due.html", due_list(at.reader.context()), at.links), keep=False)

    async def file(self, request: Request) -> Response:
        """Answer with the digital certificate as it came in, or with its PDF in the language of the page."""
        record, ending = request.path_params["record"], request.path_params["ending"]
        if ending not in ("xml", "pdf"):
            raise NotFoundError("a certificate is answered as xml or pdf")
        seat = await self._seats(request)
        data = await run_in_threadpool(_made, seat, record, ending)
        media = "application/pdf" if ending == "pdf" else "application/xml"
        name = f"certificate-{record[:12]}" + (f"-{seat.links.language}" if ending == "pdf" else "")
        # Bytes of a stranger: saved, never shown as a page of ours.
        headers = {"content-disposition": f'attachment; filename="{name}.{ending}"', "cache-control": "no-store"}
        return Response(data, media_type=media, headers=headers)


def _made(seat: Seat, record: str, ending: str) -> bytes:
    page = page_of(seat.reader, record)
    if page.sheet is None:
        raise NotFoundError(f"certificate {page.stated.number} has no digital certificate that can be read. {page.why_not}".strip())
    _, data = document_of(seat.reader.context(), record)
    return data if ending == "xml" else pdf_of(certificate_paper(page.sheet, seat.links.language, page.evaluations), data)


def routes(seats: Seats) -> list[Route]:
    """Return the routes of certificates."""
    documents = Documents(seats)
    return [
        Route("/certificate/{record}.{ending}", documents.file, methods=["GET"]),
        Route("/certificate/{record}", documents.page, methods=["GET"]),
        Route("/due", documents.due, methods=["GET"]),
    ]
