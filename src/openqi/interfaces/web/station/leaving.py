"""Pages about leaving: what is kept about oneself, and erasing one's account, which is asked twice."""

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.leaving import Leaving
from openqi.app.people.visitor import Visitor
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.station.sent import told
from openqi.kernel.errors import NotFoundError, RefusedError

_PAGE: Final = "/account/leave"


class LeavingPages:
    """The pages.

    Args:
        frame: makes pages.
        leaving: erases, and tells what is kept.
    """

    def __init__(self, frame: Frame, leaving: Leaving) -> None:
        self._frame, self._leaving = frame, leaving

    def routes(self) -> list[Route]:
        """Return the routes."""
        pages = [(_PAGE, self._page, "GET"), (_PAGE, self._sent, "POST"), ("/account/data", self._data, "GET")]
        return [Route(path, self._frame.signed_in(endpoint), methods=[method]) for path, endpoint, method in pages]

    async def _page(self, visit: Visit) -> Response:
        return await self._shown(visit)

    async def _shown(self, visit: Visit, *, status: int = 200, **values: Any) -> Response:
        known = {"sure": False, "refusal": "", "login": ""}
        return await self._frame.page(visit, "leaving.html", status=status, **(known | values))

    async def _sent(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        visitor, step, login = _visitor(visit), sent.get("step"), str(sent.get("login", ""))[:200]
        try:
            if step != "erase":
                await run_in_threadpool(self._leaving.check, visitor)
                return await self._shown(visit, sure=True)
            await run_in_threadpool(self._leaving.leave, visitor, login)
        except RefusedError as error:
            again = error.rule == "leaving-name"
            return await self._shown(visit, status=409, refusal=told(error, visit.language), sure=again, login=login)
        gone = Visit(request=visit.request, links=visit.links, visitor=None)
        answer = await self._frame.page(gone, "leaving-gone.html")
        answer.delete_cookie(self._frame.cookie, path="/", httponly=True, samesite="lax", secure=self._frame.settings.secure)
        return answer

    async def _data(self, visit: Visit) -> Response:
        content = await run_in_threadpool(self._leaving.kept, _visitor(visit))
        headers = {"content-disposition": 'attachment; filename="account.json"', "cache-control": "no-store"}
        return Response(content, media_type="application/json", headers=headers)


def _visitor(visit: Visit) -> Visitor:
    if visit.visitor is None:
        raise NotFoundError("sign in first")
    return visit.visitor


def routes(frame: Frame, leaving: Leaving) -> list[Route]:
    """Return the routes about leaving."""
    return LeavingPages(frame, leaving).routes()
