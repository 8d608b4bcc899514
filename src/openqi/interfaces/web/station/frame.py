"""One visit and its pages: who asks in which language, what a form may send, how an answer is framed."""

import os
from asyncio import Semaphore
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from openqi.app.acts.acts import Act
from openqi.app.people.visitor import Hat, Visitor
from openqi.app.settings import Settings
from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.interfaces.web.links import ServerLinks
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.reporting import same_origin
from openqi.interfaces.web.seat import links_of
from openqi.interfaces.web.strict_forms import form_sent
from openqi.interfaces.web.watched import ACCOUNT
from openqi.interfaces.web.words import LANGUAGES, preferred
from openqi.kernel.errors import FormatError, RefusedError, StoreError

SIGN_IN: Final = "/sign-in"
WAYS: Final = "/account/ways"
"""Where one sets how to sign in, and where who came in by a recovery code has to do so first."""
T = TypeVar("T")
Endpoint = Callable[["Visit"], Awaitable[Response]]


class Sessions(Protocol):
    """Knows sessions by the secret in their cookie."""

    def visitor(self, secret: str) -> Visitor | None:
        """Return who a session belongs to; None where it has ended, or never was."""
        ...


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request with who asks it; `visitor` is None for somebody who has not signed in."""

    request: Request
    links: ServerLinks
    visitor: Visitor | None

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        return self.links.language

    @property
    def hat(self) -> Hat | None:
        """For whom the visitor acts now."""
        return None if self.visitor is None else self.visitor.hat

    @property
    def party(self) -> str | None:
        """The party whose hat is worn."""
        return None if self.hat is None else self.hat.party

    def hat_worn(self) -> Hat:
        """Return the hat.

        Raises:
            RefusedError: the visitor acts for nobody; the message says where to choose.
        """
        if self.hat is None:
            raise RefusedError("hat-worn", "choose for which organisation you act; if there is none, ask for an invitation")
        return self.hat


class Frame:
    """What every signed-in page is made with.

    Args:
        pages: environments of templates in both languages.
        sessions: knows who a cookie belongs to.
        settings: the station's.
    """

    def __init__(self, pages: Pages, sessions: Sessions, settings: Settings) -> None:
        self.pages, self.sessions, self.settings = pages, sessions, settings
        self.waiting: Callable[[str], int] = lambda _: 0
        """How many tasks wait for a party; whoever knows says so."""
        self.answering: Callable[[Visit, Sequence[Record]], Sequence[Any]] = lambda _, __: ()
        """Tasks that records may answer, as lines; whoever knows says so."""
        self.asks: dict[str, Callable[[Visit], Any]] = {}
        """What a part of a page asks of whoever knows, by name: a page of one module holds parts of others."""
        self.offers: Callable[[Visit, Act], Mapping[str, Any]] = lambda _, __: {}
        """Field of an act → records that it can be filled in with; whoever knows says so."""
        self.about: Callable[[Visit, Sequence[str]], Sequence[Any]] = lambda _, __: ()
        """Tasks about some subjects, as lines; whoever knows says so."""
        self.roles_seen: Callable[[], View | None] = lambda: None
        """A view in which a page reads the roles of a party; None for the ledger's own."""
        self.kept: Callable[[str, Callable[[], Any], tuple[str, ...]], Any] = lambda _what, make, _kinds: make()
        """Something that is made once, until a record of some kinds comes; whoever keeps it says so."""
        self._stretching = Semaphore(max(2, os.cpu_count() or 1))
        self.cookie = "__Host-openqi" if settings.secure else "openqi"

    async def visit(self, request: Request) -> Visit:
        """Return the visit that a request is part of."""
        secret = request.cookies.get(self.cookie, "")
        visitor = await run_in_threadpool(self.sessions.visitor, secret) if secret else None
        if visitor is not None:
            request.scope[ACCOUNT] = visitor.account
        asked = request.query_params.get("lang", "")
        own = visitor.language if visitor is not None and visitor.language in LANGUAGES else None
        language = asked if asked in LANGUAGES else own or preferred(request.headers.get("accept-language", ""))
        query = tuple(request.query_params.multi_items())
        kept, home = asked in LANGUAGES, self.settings.url.rstrip("/")
        links = ServerLinks(language=language, kept=kept, here=request.url.path, query=query, home=home)
        return Visit(request=request, links=links, visitor=visitor)

    def anonymous(self, request: Request) -> Visit:
        """Return the visit of a request of which nobody is asked whose it is: for pages that must come out whatever fails."""
        return Visit(request=request, links=links_of(request), visitor=None)

    def opened(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """Return a route's endpoint that anybody may ask."""

        @wraps(endpoint)
        async def answer(request: Request) -> Response:
            return await endpoint(await self.visit(request))

        return answer

    def signed_in(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """Return a route's endpoint that only a signed-in visitor may ask; others are led to signing in, and back."""

        @wraps(endpoint)
        async def answer(request: Request) -> Response:
            visit = await self.visit(request)
            if visit.visitor is None:
                back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                where = f"{SIGN_IN}?next={quote(back if request.method == 'GET' else '/', safe='')}"
                return RedirectResponse(where, status_code=303, headers={"cache-control": "no-store"})
            if visit.visitor.renews and not request.url.path.startswith((WAYS, "/sign-out")):
                return self.to(visit, WAYS)
            return await endpoint(visit)

        return answer

    async def sent(self, visit: Visit, *, most: int | None = None, files: int = 0) -> FormData:
        """Return the fields of the form that was sent.

        Args:
            visit: the visit.
            most: bytes that it may have; by default the station's limit for forms.
            files: how many files it may carry.

        Raises:
            RefusedError: it comes from another site, or its token is not this session's.
            FormatError: it is too large, or no form.
        """
        limit = most or self.settings.limits.body
        if not same_origin(visit.request):
            raise RefusedError("same-origin", "the form was sent from another site; open it here and send it again")
        length = visit.request.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit() or int(length) > limit:
            raise FormatError(f"a form has at most {limit} bytes and says how many; send less at once")
        form = await form_sent(visit.request, files=files, most=limit)
        if visit.visitor is not None and form.get("csrf") != visit.visitor.csrf:
            raise RefusedError("same-session", "the form belongs to another session; open it again and send it again")
        return form

    async def stretched(self, work: Callable[..., T], *given: Any) -> T:
        """Return what work answers that checks or keeps a password, which costs more than a page: as many at once as processors.

        Half of its time it waits for the desk. Whoever waits for it holds no thread, so that many who sign in, or one who
        guesses, keep nobody else from a page.
        """
        async with self._stretching:
            return await run_in_threadpool(work, *given)

    async def page(self, visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page of a template in `templates/station/`; it is made in a thread beside the event loop."""
        html = await run_in_threadpool(self.rendered, visit, template, values)
        headers = {"cache-control": "no-store", "vary": "accept-language, cookie"}
        headers["content-language"] = "zh-CN" if visit.language == "zh" else "en"
        return Response(html, status_code=status, media_type="text/html", headers=headers)

    def rendered(self, visit: Visit, template: str, values: Mapping[str, Any]) -> str:
        """Return the HTML of a page."""
        return self.pages.station(f"station/{template}", visit.links, {**self.told(visit), **values})

    def told(self, visit: Visit) -> dict[str, Any]:
        """Return what every page of a visitor knows of them."""
        try:
            waiting = 0 if visit.party is None else self.waiting(visit.party)
        except StoreError:  # the page that says so must still come out
            waiting = 0
        known = {"visit": visit, "visitor": visit.visitor, "hat": visit.hat, "settings": self.settings, "asks": self.asks}
        return {**known, "private": True, "waiting": waiting, "tasks_about": partial(self.about, visit)}

    def with_session(self, answer: Response, secret: str) -> Response:
        """Return an answer that gives the browser a session."""
        answer.set_cookie(self.cookie, secret, path="/", httponly=True, samesite="lax", secure=self.settings.secure)
        return answer

    def to(self, visit: Visit, path: str) -> Response:
        """Return the way to another page after something was done; `path` begins with a slash."""
        more = f"{'&' if '?' in path else '?'}lang={visit.language}" if visit.links.kept else ""
        return RedirectResponse(path + more, status_code=303, headers={"cache-control": "no-store"})
