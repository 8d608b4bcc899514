"""The page of what kept scans show: for issuers of marks, of their own; for those who watch the market, of all."""

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.scans.answers import instant_of
from openqi.app.scans.board import ISSUING, WATCHING, SignalBoard
from openqi.app.scans.files import usual_of_marks
from openqi.app.scans.places import read_places
from openqi.app.scans.told import Usual
from openqi.app.station.station import Station
from openqi.interfaces.web.station.frame import Frame, Visit

PATH: Final = "/marks/signals"


class ScanSignals:
    """The page.

    Args:
        frame: makes pages.
        station: knows roles and names.
        board: knows what scans show.
    """

    def __init__(self, frame: Frame, station: Station, board: SignalBoard) -> None:
        self._frame, self._station, self._board = frame, station, board

    async def show(self, visit: Visit) -> Response:
        """Return the page."""
        values = await run_in_threadpool(self._values, visit)
        return await self._frame.page(visit, "scan-signals.html", **values)

    def _values(self, visit: Visit) -> dict[str, Any]:
        party = visit.hat_worn().party
        roles = {*self._station.people.roles(party)}
        if not roles & (WATCHING | ISSUING):
            raise HTTPException(403)
        page = self._board.board(None if roles & WATCHING else party)
        names = {issuer: self._station.people.named(issuer) for issuer in {*page.issuers.values()}}
        return {"page": page, "names": names, "instant_of": instant_of, "days": self._station.settings.scans.days}


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the route of the page."""
    settings = station.settings.scans
    places = read_places(station.folder / settings.places) if settings.places else ()
    usual = usual_of_marks(station.folder / settings.honest) if settings.honest else Usual()
    board = SignalBoard(station.reader.ledger, station.ledger.store, places, usual=usual, clock=station.clock)
    return [Route(PATH, frame.signed_in(ScanSignals(frame, station, board).show), methods=["GET"])]
