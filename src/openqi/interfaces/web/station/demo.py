"""One click from one example person to another: only at a station whose configuration says that it is a demonstration."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.people import People
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.kernel.errors import NotFoundError

_START = "demo-"


class DemoPages:
    """The switch.

    Args:
        frame: makes pages.
        people: who is there.
    """

    def __init__(self, frame: Frame, people: People) -> None:
        self._frame, self._people = frame, people

    async def show(self, visit: Visit) -> Response:
        """Return the page of example people."""
        found = await run_in_threadpool(self._people.sessions.beginning, _START)
        people = [(account, login.removeprefix(_START), name) for account, login, name in found]
        return await self._frame.page(visit, "demo.html", people=people)

    async def become(self, visit: Visit) -> Response:
        """Sign in as an example person; whoever was signed in before is not any more."""
        sent = await self._frame.sent(visit)
        found = await run_in_threadpool(self._people.sessions.beginning, _START)
        account = next((account for account, _, _ in found if account == sent.get("account")), None)
        if account is None:
            raise NotFoundError("there is no such example person")
        if visit.visitor is not None:
            await run_in_threadpool(self._people.sessions.sign_out, visit.visitor)
        secret = await run_in_threadpool(self._people.sessions.open, account)
        return self._frame.with_session(self._frame.to(visit, "/home"), secret)


def routes(frame: Frame, people: People) -> list[Route]:
    """Return the routes of the switch; none where the station is no demonstration."""
    if not frame.settings.demo:
        return []
    pages = DemoPages(frame, people)
    return [Route("/demo", frame.opened(pages.show), methods=["GET"]), Route("/demo", frame.opened(pages.become), methods=["POST"])]
