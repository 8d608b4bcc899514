"""The pages of drafts: one's own, those of people who have left, taking one over, deleting one."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.acts.acts import act_of
from openqi.app.acts.sealing.papers import Draft, Drafts
from openqi.interfaces.web.station.act_forms import at, visitor_of
from openqi.interfaces.web.station.act_words import act_label
from openqi.interfaces.web.station.frame import Frame, Visit


class DraftPages:
    """The pages of drafts.

    Args:
        frame: makes pages.
        drafts: what is not finished.
    """

    def __init__(self, frame: Frame, drafts: Drafts) -> None:
        self._frame, self._of = frame, drafts

    def routes(self) -> list[Route]:
        """Return the routes."""
        pages = [
            ("/drafts", self._drafts, "GET"), ("/drafts/{draft}/delete", self._delete, "POST"),
            ("/drafts/{draft}/take", self._take_over, "POST"),
        ]  # fmt: skip
        return [Route(path, self._frame.signed_in(endpoint), methods=[method]) for path, endpoint, method in pages]

    async def _drafts(self, visit: Visit) -> Response:
        drafts = await run_in_threadpool(self._of.all, visitor_of(visit))
        left = await run_in_threadpool(self._of.left, visitor_of(visit))
        rows = [self._line(visit, one) for one in drafts]
        return await self._frame.page(visit, "acts-drafts.html", drafts=rows, left=[self._line(visit, one) for one in left])

    def _line(self, visit: Visit, one: Draft) -> dict[str, Any]:
        return {
            "label": act_label(one.act, visit.language), "changed_at": one.changed_at, "told": one.told,
            "form": at(visit, f"/do/{act_of(one.act).slug}?draft={one.id}"), "delete": at(visit, f"/drafts/{one.id}/delete"),
            "take": at(visit, f"/drafts/{one.id}/take"), "said": [text for text in one.flat.values() if text][:3],
        }  # fmt: skip

    async def _take_over(self, visit: Visit) -> Response:
        await self._frame.sent(visit)
        draft = await run_in_threadpool(self._of.take_over, visitor_of(visit), visit.request.path_params["draft"])
        return self._frame.to(visit, f"/do/{act_of(draft.act).slug}?draft={draft.id}")

    async def _delete(self, visit: Visit) -> Response:
        await self._frame.sent(visit)
        await run_in_threadpool(self._of.drop, visitor_of(visit), visit.request.path_params["draft"])
        return self._frame.to(visit, "/drafts")
