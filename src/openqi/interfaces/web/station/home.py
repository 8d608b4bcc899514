"""The first page of somebody who has signed in: for whom they act, what they may do, what their organisation stated last."""

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.visitor import Visitor
from openqi.app.station.station import Station
from openqi.interfaces.web.station.act_forms import at
from openqi.interfaces.web.station.act_words import act_help, act_label
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.station.work import counted, lines

_LATEST: Final = 8
_FIRST: Final = 5


class HomePage:
    """The page after signing in.

    Args:
        frame: makes pages.
        station: knows what there is.
    """

    def __init__(self, frame: Frame, station: Station) -> None:
        self._frame, self._station = frame, station

    async def show(self, visit: Visit) -> Response:
        """Return the page."""
        values = await run_in_threadpool(self._values, visit)
        return await self._frame.page(visit, "home.html", **values)

    def _values(self, visit: Visit) -> dict[str, Any]:
        visitor = visit.visitor
        if visitor is None or visitor.hat is None:
            return {"may": [], "drafts": 0, "latest": (), "lines": [], "counts": []}
        writing, language = self._station.writing, visit.language
        may = [
            {
                "label": act_label(one.act.name, language),
                "help": act_help(one.act.name, language),
                "form": at(visit, f"/do/{one.act.slug}"),
            }
            for one in writing.writing.offered(visitor, self._frame.roles_seen())
            if one.may and one.act.role is not None
        ]
        told = {"may": may, "drafts": len(writing.drafts.all(visitor)), "latest": self._latest(visitor)}
        return {**told, **self._work(visit, visitor.hat.party)}

    def _work(self, visit: Visit, party: str) -> dict[str, Any]:
        """How much waits, and what is due first."""
        inbox = self._station.inbox
        first = inbox.page(party, "waits", limit=_FIRST)
        return {"lines": lines(visit, first.tasks, self._station.ledger.now()), "counts": counted(inbox.counts(party, steady=True))}

    def _latest(self, visitor: Visitor) -> tuple[Any, ...]:
        """The newest records in the story of the party itself; what others may not see is shown to it."""
        reader = self._station.reader.steady().as_party(visitor.party)
        return () if visitor.party is None else reader.latest_of(visitor.party, most=_LATEST)


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the route of the page after signing in."""
    return [Route("/home", frame.signed_in(HomePage(frame, station).show), methods=["GET"])]
