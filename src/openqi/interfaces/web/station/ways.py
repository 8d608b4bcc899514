"""Pages about ways to sign in: one's password, passkeys and recovery codes; proving again who one is with a passkey."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from openqi.app.people.people import People
from openqi.interfaces.web.station.frame import WAYS, Frame, Visit
from openqi.interfaces.web.station.sent import address_of, inside, status_of_refusal, text_of, told, visitor_of
from openqi.interfaces.web.words import phrase
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError

_PROVE: Final = f"/prove?next={WAYS}"
_DONE: Final = {
    "password": "ways-done-password", "set": "ways-done-password", "no-password": "ways-done-no-password",
    "remove": "ways-done-remove", "passkey": "ways-done-passkey",
}  # fmt: skip


async def options(frame: Frame, visit: Visit, ask: Callable[[], Awaitable[dict[str, Any]]]) -> Response:
    """Return as JSON what a browser is asked for a passkey, or why it is not asked."""
    try:
        await frame.sent(visit)
        return JSONResponse(await ask(), headers={"cache-control": "no-store"})
    except (RefusedError, FormatError) as error:
        known = {"said": told(error, visit.language)}
        return JSONResponse(known, status_of_refusal(error), headers={"cache-control": "no-store"})


async def proof_page(
    frame: Frame, people: People, visit: Visit, where: str, error: RefusedError | FormatError | None = None
) -> Response:
    """Return the page on which one proves again who one is, in any of one's own ways."""
    own = await run_in_threadpool(people.ways.of, visitor_of(visit))
    refusal = "" if error is None else told(error, visit.language)
    status = 200 if error is None else status_of_refusal(error)
    return await frame.page(visit, "people-prove.html", status=status, next=where, refusal=refusal, ways=own)


class WayPages:
    """The pages.

    Args:
        frame: makes pages.
        people: who is there.
    """

    def __init__(self, frame: Frame, people: People) -> None:
        self._frame, self._people = frame, people

    def routes(self) -> list[Route]:
        """Return the routes."""
        pages = [
            (WAYS, self._show, "GET"), (WAYS, self._change, "POST"), (f"{WAYS}/passkey/begin", self._begin, "POST"),
            ("/prove/passkey/begin", self._begin_proof, "POST"), ("/prove/passkey", self._prove, "POST"),
        ]  # fmt: skip
        return [Route(path, self._frame.signed_in(page), methods=[method]) for path, page, method in pages]

    async def _show(self, visit: Visit) -> Response:
        done = _DONE.get(visit.request.query_params.get("done", ""), "")
        return await self._page(visit, done=phrase(done, visit.language) if done else "")

    async def _page(self, visit: Visit, *, status: int = 200, **values: Any) -> Response:
        visitor, people = visitor_of(visit), self._people
        shown = {
            "ways": await run_in_threadpool(people.ways.of, visitor),
            "passkeys": await run_in_threadpool(people.passkeys.all, visitor),
            "codes": await run_in_threadpool(people.recovery.codes, visitor),
            "may": visitor.fresh or visitor.renews, "refusal": "", "done": "",
        }  # fmt: skip
        return await self._frame.page(visit, "ways.html", status=status, **(shown | values))

    async def _change(self, visit: Visit) -> Response:
        sent = {name: text_of(value) for name, value in (await self._frame.sent(visit)).items()}
        what = sent.get("what", "")
        try:
            if what == "codes":
                codes = await run_in_threadpool(self._people.recovery.new_codes, visitor_of(visit))
                return await self._frame.page(visit, "ways-codes.html", codes=codes)
            await self._frame.stretched(self._changed, visit, what, sent)
        except (RefusedError, FormatError) as error:
            if isinstance(error, RefusedError) and error.rule == "fresh-session":
                return self._frame.to(visit, _PROVE)
            return await self._page(visit, status=status_of_refusal(error), refusal=told(error, visit.language))
        return self._frame.to(visit, f"{WAYS}?done={what}")

    def _changed(self, visit: Visit, what: str, sent: dict[str, str]) -> None:
        visitor, people = visitor_of(visit), self._people
        match what:
            case "password":
                people.sessions.change_password(visitor, sent.get("old", ""), sent.get("new", ""), address_of(visit))
            case "set":
                people.ways.set_password(visitor, sent.get("new", ""))
            case "no-password":
                people.ways.remove_password(visitor)
            case "passkey":
                people.passkeys.add(visitor, sent.get("name", ""), sent.get("answer", ""))
            case "remove":
                people.passkeys.remove(visitor, sent.get("passkey", ""))
            case _:
                raise NotFoundError("say what is to be changed; open the page of your ways to sign in again")

    async def _begin(self, visit: Visit) -> Response:
        return await options(self._frame, visit, lambda: run_in_threadpool(self._people.passkeys.begin, visitor_of(visit)))

    async def _begin_proof(self, visit: Visit) -> Response:
        return await options(self._frame, visit, lambda: run_in_threadpool(self._people.passkeys.begin_proof, visitor_of(visit)))

    async def _prove(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        where, answer = inside(text_of(sent.get("next"))), text_of(sent.get("answer"))
        try:
            await run_in_threadpool(self._people.passkeys.prove, visitor_of(visit), answer, address_of(visit))
        except RefusedError as error:
            return await proof_page(self._frame, self._people, visit, where, error)
        return self._frame.to(visit, where or "/home")


def routes(frame: Frame, people: People) -> list[Route]:
    """Return the routes about ways to sign in."""
    return WayPages(frame, people).routes()
