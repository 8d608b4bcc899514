"""A firm's answer on a station: its words are kept beside the log, and the form of the act goes on with the commitment to them."""

import os
from contextlib import closing
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.acts.acts import act_of
from openqi.app.complaints.keeping import MOST_TEXT, WORDS, committed
from openqi.app.reading.complaints.desk import words_beside
from openqi.app.reading.complaints.one import ComplaintPage, complaint_page
from openqi.app.station.station import Station
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.kernel.errors import NotFoundError
from openqi.pillars.surveillance.complaints.testing import AnswerComplaint
from openqi.store.complaint_words import ComplaintWords

_MOST: Final = 4 * MOST_TEXT + 10_000


class Answering:
    """Takes the words of an answer.

    Args:
        frame: makes pages.
        station: on which the complaint lies.
    """

    def __init__(self, frame: Frame, station: Station) -> None:
        self._frame, self._station = frame, station

    async def form(self, visit: Visit) -> Response:
        """Answer with the form for the words of an answer."""
        number = visit.request.query_params.get("number", "")
        page = await run_in_threadpool(self._page, visit, number)
        return await self._frame.page(visit, "complaint-answer.html", page=page, longest=MOST_TEXT)

    async def sent(self, visit: Visit) -> Response:
        """Keep the words, and go on to the form of the act, which states the commitment to them."""
        form = await self._frame.sent(visit, most=_MOST)
        try:
            number, text = str(form.get("number", "")), str(form.get("text", ""))
        finally:
            await form.close()
        page = await run_in_threadpool(self._page, visit, number)
        told = await run_in_threadpool(self._keep, page, text)
        given = urlencode({"received": str(page.line.row["received"]), "text": told})
        return self._frame.to(visit, f"/do/{act_of(AnswerComplaint.NAME).slug}?{given}")

    def _page(self, visit: Visit, number: str) -> ComplaintPage:
        reader = self._station.reader.as_party(visit.hat_worn().party)
        with words_beside(reader.ledger) as words:
            page = complaint_page(reader.context(), number, words, None)
        if not page.may_answer:
            raise NotFoundError(f"there is no complaint {number[:60]!r} that waits for an answer of yours")
        return page

    def _keep(self, page: ComplaintPage, text: str) -> str:
        with closing(ComplaintWords(self._station.reader.ledger / WORDS)) as words:
            return committed(words, page.received.complaint, "answer", text.replace("\r\n", "\n"), chance=os.urandom)


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the routes of answers."""
    pages = Answering(frame, station)
    return [
        Route("/complaints/answer", frame.signed_in(pages.form), methods=["GET"]),
        Route("/complaints/answer", frame.signed_in(pages.sent), methods=["POST"]),
    ]
