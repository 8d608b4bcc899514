"""Pages about people: signing in, one's own account, the people of one's organisation, organisations of the log."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.members import Newcomer
from openqi.app.people.people import People
from openqi.app.people.visitor import Visitor
from openqi.interfaces.web.station import entering, ways
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.station.sent import address_of as _address
from openqi.interfaces.web.station.sent import inside as _inside
from openqi.interfaces.web.station.sent import text_of as _text
from openqi.interfaces.web.station.sent import told
from openqi.interfaces.web.station.sent import visitor_of as _visitor
from openqi.interfaces.web.watched import REFUSED
from openqi.interfaces.web.words import LANGUAGES, phrase
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.records import Names

_HOME: Final = "/home"


class PeoplePages:
    """The pages.

    Args:
        frame: makes pages.
        people: who is there.
    """

    def __init__(self, frame: Frame, people: People) -> None:
        self._frame, self._people = frame, people

    def routes(self) -> list[Route]:
        """Return the routes."""
        opened = [
            ("/sign-in", self._sign_in, "GET"), ("/sign-in", self._signing_in, "POST"),
            ("/invitation/{secret}", self._invited, "GET"), ("/invitation/{secret}", self._accepting, "POST"),
        ]  # fmt: skip
        signed_in = [
            ("/sign-out", self._sign_out, "POST"), ("/hat", self._hat, "POST"), ("/prove", self._prove, "GET"),
            ("/prove", self._proving, "POST"), ("/account", self._account, "GET"), ("/account", self._changing, "POST"),
            ("/organisation", self._organisation, "GET"), ("/organisation", self._managing, "POST"),
        ]  # fmt: skip
        return [
            *(Route(path, self._frame.opened(page), methods=[method]) for path, page, method in opened),
            *(Route(path, self._frame.signed_in(page), methods=[method]) for path, page, method in signed_in),
        ]

    async def _sign_in(self, visit: Visit) -> Response:
        if visit.visitor is not None:
            return self._frame.to(visit, _HOME)
        return await self._frame.page(visit, "people-sign-in.html", next=_inside(visit.request.query_params.get("next", "")))

    async def _signing_in(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        login, where = _text(sent.get("login")), _inside(_text(sent.get("next")))
        sessions = self._people.sessions
        try:
            secret = await self._frame.stretched(sessions.sign_in, login, _text(sent.get("password")), _address(visit))
        except RefusedError as error:
            status = 429 if error.rule == "sign-in-later" else 400
            visit.request.scope[REFUSED] = error.rule
            return await self._frame.page(
                visit, "people-sign-in.html", status=status, next=where, login=login[:200], refusal=told(error, visit.language)
            )
        # A session that was there before ends: nobody who knew its secret gets this one.
        if visit.visitor is not None:
            await run_in_threadpool(sessions.sign_out, visit.visitor)
        return self._frame.with_session(self._frame.to(visit, where or _HOME), secret)

    async def _sign_out(self, visit: Visit) -> Response:
        await self._frame.sent(visit)
        await run_in_threadpool(self._people.sessions.sign_out, _visitor(visit))
        answer = self._frame.to(visit, "/")
        # What a page left in the browser goes with the session, on a machine that others use too.
        answer.headers["clear-site-data"] = '"cache", "storage"'
        answer.delete_cookie(self._frame.cookie, path="/", httponly=True, samesite="lax", secure=self._frame.settings.secure)
        return answer

    async def _hat(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        await run_in_threadpool(self._people.sessions.wear, _visitor(visit), _text(sent.get("membership")))
        return self._frame.to(visit, _HOME)

    async def _prove(self, visit: Visit) -> Response:
        return await ways.proof_page(self._frame, self._people, visit, _inside(visit.request.query_params.get("next", "")))

    async def _proving(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        where = _inside(_text(sent.get("next")))
        try:
            password = _text(sent.get("password"))
            await self._frame.stretched(self._people.sessions.prove, _visitor(visit), password, _address(visit))
        except RefusedError as error:
            return await ways.proof_page(self._frame, self._people, visit, where, error)
        return self._frame.to(visit, where or _HOME)

    async def _invited(self, visit: Visit) -> Response:
        return await self._invitation(visit)

    async def _invitation(self, visit: Visit, *, status: int = 200, **values: Any) -> Response:
        secret = visit.request.path_params["secret"]
        party, manages = await run_in_threadpool(self._people.members.invitation, secret)
        name = await run_in_threadpool(self._people.named, party)
        shown = {"party": party, "party_name": name, "manages": manages, "refusal": "", "login": "", "name": ""}
        return await self._frame.page(visit, "people-invitation.html", status=status, **(shown | values))

    async def _accepting(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        secret, login, name = visit.request.path_params["secret"], _text(sent.get("login")), _text(sent.get("name"))
        later = sent.get("how") == "passkey" and bool(self._frame.settings.relying_party)
        password = None if later else _text(sent.get("password"))
        newcomer = Newcomer(login=login, name=name, password=password, language=visit.language)
        try:
            account = await self._frame.stretched(self._people.members.accept, secret, visit.visitor or newcomer)
        except (RefusedError, FormatError) as error:
            refusal = told(error, visit.language)
            return await self._invitation(visit, status=400, refusal=refusal, login=login[:200], name=name[:200])
        if visit.visitor is not None:
            return self._frame.to(visit, "/organisation")
        opened = await run_in_threadpool(self._people.sessions.open, account, renews=later)
        return self._frame.with_session(self._frame.to(visit, _HOME), opened)

    async def _account(self, visit: Visit) -> Response:
        return await self._own(visit)

    async def _own(self, visit: Visit, *, status: int = 200, **values: Any) -> Response:
        events = await run_in_threadpool(self._people.sessions.events, _visitor(visit))
        shown = {"events": events, "refusal": "", "done": "", "token": ""}
        return await self._frame.page(visit, "people-account.html", status=status, **(shown | values))

    async def _changing(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        what = _text(sent.get("what"))
        try:
            token = await run_in_threadpool(self._changed, visit, what, {name: _text(text) for name, text in sent.items()})
        except (RefusedError, FormatError) as error:
            return await self._own(visit, status=400, refusal=told(error, visit.language))
        return await self._own(visit, done=phrase(f"people-done-{what}", visit.language), token=token)

    def _changed(self, visit: Visit, what: str, sent: Mapping[str, str]) -> str:
        """Change something of one's own account; a new token is told once."""
        visitor, sessions, members = _visitor(visit), self._people.sessions, self._people.members
        match what:
            case "sessions":
                sessions.end_others(visitor)
            case "language":
                sessions.speak(visitor, _language(sent.get("language", "")))
            case "tokens":
                members.drop_tokens(visitor)
            case "token":
                return members.new_token(visitor, sent.get("token-name", "").strip(), _days(sent.get("days")))
            case _:
                raise NotFoundError("say what is to be changed; open the page of your account again")
        return ""

    async def _organisation(self, visit: Visit) -> Response:
        return await self._people_of(visit)

    async def _people_of(self, visit: Visit, *, status: int = 200, **values: Any) -> Response:
        hat, visitor = visit.hat_worn(), _visitor(visit)
        members = await run_in_threadpool(self._people.members.of_party, visitor)
        roles = await run_in_threadpool(self._people.roles, hat.party)
        shown = {"members": members, "roles": roles, "operates": hat.party == self._people.operator, "refusal": "", "link": ""}
        return await self._frame.page(visit, "people-organisation.html", status=status, **(shown | {"done": ""} | values))

    async def _managing(self, visit: Visit) -> Response:
        sent = await self._frame.sent(visit)
        visitor, what, members = _visitor(visit), _text(sent.get("what")), self._people.members
        try:
            match what:
                case "invite":
                    secret = await run_in_threadpool(members.invited_by, visitor, manages=sent.get("manages") == "yes")
                    return await self._people_of(visit, link=self._link(secret))
                case "end":
                    await run_in_threadpool(members.end, visitor, _text(sent.get("membership")))
                    return self._frame.to(visit, "/organisation")
                case "register":
                    return await self._registered(visit, visitor, {name: _text(text).strip() for name, text in sent.items()})
        except (RefusedError, FormatError) as error:
            return await self._people_of(visit, status=400, refusal=told(error, visit.language))
        raise FormatError("say what is to be done; open the page of your organisation again")

    async def _registered(self, visit: Visit, visitor: Visitor, told_of: dict[str, str]) -> Response:
        if visit.hat_worn().party != self._people.operator:
            raise RefusedError("operator-registers", "organisations are registered by the operator of this station")
        name = _names(told_of.get("zh", ""), told_of.get("en", ""))
        members, party = self._people.members, told_of.get("party", "")
        await run_in_threadpool(members.register, visitor, party=party, name=name, usci=told_of.get("usci", ""))
        secret = await run_in_threadpool(members.invite, party, manages=True, by=visitor.account)
        return await self._people_of(visit, link=self._link(secret), done=phrase("people-registered", visit.language))

    def _link(self, secret: str) -> str:
        return f"{self._frame.settings.url.rstrip('/')}/invitation/{secret}"


def _names(zh: str, en: str) -> Names:
    if not (zh or en):
        raise FormatError("give the organisation a name in Chinese, in English or in both")
    return Names(zh=zh[:200], en=en[:200])


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise FormatError("choose zh or en")
    return text


def _days(value: Any) -> int:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def routes(frame: Frame, people: People) -> list[Route]:
    """Return the routes about people."""
    return [*PeoplePages(frame, people).routes(), *ways.routes(frame, people), *entering.routes(frame, people)]
