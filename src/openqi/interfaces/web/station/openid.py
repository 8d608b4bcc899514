"""Pages about OpenID Connect: to a provider, back from it, and the identities of one's own account."""

import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.members import Newcomer
from openqi.app.people.openid.flow import LASTS, Back, Flows, Purpose, Wish
from openqi.app.people.sessions import Sessions
from openqi.app.settings import OpenID
from openqi.app.station.station import Station
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.station.sent import address_of, inside, told, visitor_of
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, VerificationError

_ENDS: Final[dict[str, str]] = {"sign-in": "/home", "prove": "/home", "link": "/account", "invitation": "/home"}
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class OpenIDPages:
    """The pages.

    Args:
        frame: makes pages.
        flows: to the providers and back.
        sessions: of people.
    """

    def __init__(self, frame: Frame, flows: Flows, sessions: Sessions) -> None:
        self._frame, self._flows, self._sessions = frame, flows, sessions
        self._cookie = "__Host-openqi-way" if frame.settings.secure else "openqi-way"

    def routes(self) -> list[Route]:
        """Return the routes."""
        there, back = self._frame.opened(self._going), self._frame.opened(self._back)
        return [
            Route("/openid", self._frame.signed_in(self._unlinking), methods=["POST"]),
            Route("/openid/{provider}", there, methods=["POST"]),
            Route("/openid/{provider}", back, methods=["GET"]),
        ]

    async def _going(self, visit: Visit) -> Response:
        """Send a browser to a provider: by a page of ours, as the policy of forms lets no form end elsewhere."""
        sent = {name: text for name, text in (await self._frame.sent(visit)).items() if isinstance(text, str)}
        try:
            wish, name = _wish(visit, sent), visit.request.path_params["provider"]
            begin, browser = self._flows.begin, self._browser(visit)
            going = await run_in_threadpool(begin, name, wish, visitor=visit.visitor, browser=browser)
        except (RefusedError, FormatError) as error:
            invitation = sent.get("invitation", "") if sent.get("purpose") == "invitation" else ""
            return await self._refused(visit, told(error, visit.language), rule=getattr(error, "rule", ""), invitation=invitation)
        answer = await self._frame.page(visit, "openid-going.html", address=going.address, provider=self._provider(visit))
        answer.headers["refresh"] = f"0; url={going.address}"
        lasts, secure = int(LASTS.total_seconds()), self._frame.settings.secure
        answer.set_cookie(self._cookie, going.browser, max_age=lasts, path="/", httponly=True, samesite="lax", secure=secure)
        return answer

    def _browser(self, visit: Visit) -> str:
        """The secret of an earlier way of this browser, so that two tabs come back both; what is none is not taken over."""
        secret = visit.request.cookies.get(self._cookie, "")
        return secret if _SECRET.fullmatch(secret) else ""

    def _provider(self, visit: Visit) -> OpenID | None:
        return self._frame.settings.openid.get(visit.request.path_params.get("provider", ""))

    async def _back(self, visit: Visit) -> Response:
        """Answer a browser that comes back."""
        said = visit.request.query_params.multi_items()
        try:
            back: Back = await run_in_threadpool(
                self._flows.end, visit.request.path_params["provider"], said, browser=self._browser(visit), visitor=visit.visitor,
                address=address_of(visit),
            )  # fmt: skip
        except RefusedError as error:
            return await self._refused(visit, told(error, visit.language), rule=error.rule)
        except VerificationError as error:
            refused = RefusedError("openid-token", str(error))
            return await self._refused(visit, told(refused, visit.language), rule=refused.rule, step=error.step)
        answer = self._frame.to(visit, back.next or _ENDS[back.purpose])
        if back.session is None:
            return answer
        # A session that was there before ends: nobody who knew its secret gets this one.
        if visit.visitor is not None:
            await run_in_threadpool(self._sessions.sign_out, visit.visitor)
        return self._frame.with_session(answer, back.session)

    async def _refused(self, visit: Visit, refusal: str, *, rule: str, step: str = "", invitation: str = "") -> Response:
        status = {"openid-away": 503, "sign-in-later": 429}.get(rule, 400)
        values = {"refusal": refusal, "rule": rule, "step": step, "provider": self._provider(visit), "invitation": invitation}
        return await self._frame.page(visit, "openid-refused.html", status=status, **values)

    async def _unlinking(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        issuer, sub = str(sent.get("issuer", "")), str(sent.get("sub", ""))
        try:
            await run_in_threadpool(self._flows.identities.unlink, visitor_of(visit), issuer, sub)
        except RefusedError as error:
            return await self._refused(visit, told(error, visit.language), rule=error.rule)
        return self._frame.to(visit, "/account")

    def known(self, visit: Visit) -> dict[str, Any]:
        """Return what a part of a page shows: identities of the visitor, and providers by which they may prove themselves."""
        links = self._flows.identities.of(visit.visitor) if visit.visitor is not None else ()
        named: Mapping[str, OpenID] = self._frame.settings.openid
        names = {one.issuer: one.name for one in named.values()}
        linked = {link.issuer for link in links}
        return {"links": [(link, names.get(link.issuer)) for link in links],
                "proves": [(name, one) for name, one in named.items() if one.issuer in linked]}  # fmt: skip


def _wish(visit: Visit, sent: Mapping[str, str]) -> Wish:
    """For what a form sends its browser to a provider."""
    purpose, where = sent.get("purpose", ""), inside(sent.get("next", ""))
    match purpose:
        case "sign-in" | "prove" | "link":
            wanted: Purpose = purpose
            return Wish(purpose=wanted, next=where)
        case "invitation":
            newcomer = Newcomer(login=sent.get("login", ""), name=sent.get("name", ""), password=None, language=visit.language)
            return Wish(purpose="invitation", invitation=sent.get("invitation", ""), newcomer=newcomer)
    raise NotFoundError("say for what you go to the provider; open the page again")


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the routes about OpenID Connect; none where the settings name no provider."""
    if not frame.settings.openid:
        return []
    pages = OpenIDPages(frame, station.openid(), station.people.sessions)
    frame.asks["openid"] = pages.known
    return pages.routes()
