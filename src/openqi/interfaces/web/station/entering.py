"""Pages for who comes in without a password: by a passkey, by a recovery code, by a link of the operator at the machine."""

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.people import People
from openqi.app.people.webauthn import MINUTES
from openqi.interfaces.web.station.frame import SIGN_IN, WAYS, Frame, Visit
from openqi.interfaces.web.station.sent import address_of, inside, status_of_refusal, text_of, told
from openqi.interfaces.web.station.ways import options
from openqi.kernel.errors import RefusedError

_HOME: Final = "/home"


class EnteringPages:
    """The pages.

    Args:
        frame: makes pages.
        people: who is there.
    """

    def __init__(self, frame: Frame, people: People) -> None:
        self._frame, self._people = frame, people
        self._ticket = f"{frame.cookie}-passkey"

    def routes(self) -> list[Route]:
        """Return the routes."""
        pages = [
            (f"{SIGN_IN}/passkey/begin", self._begin, "POST"), (f"{SIGN_IN}/passkey", self._by_passkey, "POST"),
            (f"{SIGN_IN}/code", self._code, "GET"), (f"{SIGN_IN}/code", self._by_code, "POST"),
            ("/recovery/{secret}", self._link, "GET"), ("/recovery/{secret}", self._by_link, "POST"),
        ]  # fmt: skip
        return [Route(path, self._frame.opened(page), methods=[method]) for path, page, method in pages]

    async def _entered(self, visit: Visit, secret: str, where: str) -> Response:
        """Go on in a new session; one that was there before ends, so that nobody who knew its secret gets this one."""
        if visit.visitor is not None:
            await run_in_threadpool(self._people.sessions.sign_out, visit.visitor)
        return self._frame.with_session(self._frame.to(visit, where), secret)

    async def _begin(self, visit: Visit) -> Response:
        ticket = ""

        async def ask() -> dict[str, Any]:
            nonlocal ticket
            ticket, asked = await run_in_threadpool(self._people.passkeys.begin_sign_in)
            return asked

        answer = await options(self._frame, visit, ask)
        if ticket:  # only the browser that asked may answer
            secure = self._frame.settings.secure
            answer.set_cookie(self._ticket, ticket, MINUTES * 60, path="/", httponly=True, samesite="strict", secure=secure)
        return answer

    async def _by_passkey(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        ticket, where = visit.request.cookies.get(self._ticket, ""), inside(text_of(sent.get("next")))
        try:
            answer = text_of(sent.get("answer"))
            secret = await run_in_threadpool(self._people.passkeys.sign_in, ticket, answer, address_of(visit))
        except RefusedError as error:
            refusal = told(error, visit.language)
            return await self._frame.page(
                visit, "people-sign-in.html", status=status_of_refusal(error), next=where, refusal=refusal
            )
        entered = await self._entered(visit, secret, where or _HOME)
        entered.delete_cookie(self._ticket, path="/", httponly=True, samesite="strict", secure=self._frame.settings.secure)
        return entered

    async def _code(self, visit: Visit) -> Response:
        return await self._frame.page(visit, "ways-code.html", login="", refusal="")

    async def _by_code(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        login, code = text_of(sent.get("login")), text_of(sent.get("code"))
        try:
            secret = await run_in_threadpool(self._people.recovery.sign_in, login, code, address_of(visit))
        except RefusedError as error:
            refusal, status = told(error, visit.language), status_of_refusal(error)
            return await self._frame.page(visit, "ways-code.html", status=status, login=login[:200], refusal=refusal)
        return await self._entered(visit, secret, WAYS)

    async def _link(self, visit: Visit) -> Response:
        return await self._recovery(visit)

    async def _recovery(self, visit: Visit, *, status: int = 200, refusal: str = "") -> Response:
        login, name = await run_in_threadpool(self._people.recovery.link, visit.request.path_params["secret"])
        return await self._frame.page(visit, "ways-link.html", status=status, login=login, name=name, refusal=refusal)

    async def _by_link(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        secret, password = visit.request.path_params["secret"], text_of(sent.get("password"))
        try:
            opened = await self._frame.stretched(self._people.recovery.recover, secret, password)
        except RefusedError as error:
            return await self._recovery(visit, status=400, refusal=told(error, visit.language))
        return await self._entered(visit, opened, WAYS)


def routes(frame: Frame, people: People) -> list[Route]:
    """Return the routes for who comes in without a password."""
    return EnteringPages(frame, people).routes()
