"""The page of delegations: what one's organisation has delegated and what is delegated to it; acts grant and end them."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.acts.acts import act_of, acts
from openqi.app.ledger import Ledger
from openqi.app.people.delegations import END, GRANT, Delegation, given, taken
from openqi.interfaces.web.show import name_of
from openqi.interfaces.web.station.act_forms import at
from openqi.interfaces.web.station.act_words import act_label
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.words import phrase
from openqi.records import Names

_ENDING: Final = frozenset({"now", "later", "not-held"})


class DelegationPage:
    """The page.

    Args:
        frame: makes pages.
        ledger: says what was delegated.
        named: what a party is called.
    """

    def __init__(self, frame: Frame, ledger: Ledger, named: Callable[[str], Names]) -> None:
        self._frame, self._ledger, self._named = frame, ledger, named

    async def show(self, visit: Visit) -> Response:
        """Return the page."""
        values = await run_in_threadpool(self._values, visit)
        return await self._frame.page(visit, "delegations.html", **values)

    def _values(self, visit: Visit) -> dict[str, Any]:
        party = visit.hat_worn().party
        return {
            "given": [self._line(visit, one, one.to, own=True) for one in given(self._ledger, party)],
            "taken": [self._line(visit, one, one.party) for one in taken(self._ledger, party)],
            "grant": at(visit, f"/do/{act_of(GRANT).slug}"),
        }

    def _line(self, visit: Visit, one: Delegation, other: str, *, own: bool = False) -> dict[str, Any]:
        language = visit.language
        reason = urlencode({"record": one.record, "reason": phrase("delegations-end-reason", language)})
        done = [
            (act_label(act.name, language), at(visit, f"/do/{act.slug}")) for act in acts().values() if act.role == one.role
        ]  # fmt: skip
        return {
            "told": one, "other": name_of(self._named(other), language), "uri": other, "acts": done,
            "end": at(visit, f"/do/{act_of(END).slug}?{reason}") if own and one.state in _ENDING else "",
            "state": phrase(f"delegations-state-{one.state}", language),
        }  # fmt: skip


def routes(frame: Frame, ledger: Ledger, named: Callable[[str], Names]) -> list[Route]:
    """Return the route of the page."""
    return [Route("/delegations", frame.signed_in(DelegationPage(frame, ledger, named).show), methods=["GET"])]
