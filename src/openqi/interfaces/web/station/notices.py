"""The page of notices: what one was told of, how one wishes to be told, and where one's organisation has its programs told."""

from contextlib import suppress
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.visitor import Visitor
from openqi.app.station.station import Station
from openqi.app.work.telling.addresses import Addresses
from openqi.app.work.telling.letters import Letters
from openqi.app.work.telling.notices import WAYS, Notice
from openqi.interfaces.web.station.act_forms import at
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.words import PageWords, phrase, term
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, StoreError

_PAGE: Final = 30
_LONGEST: Final = 80


class NoticesPage:
    """Notices.

    Args:
        frame: makes pages.
        station: knows notices, addresses and webhooks.
    """

    def __init__(self, frame: Frame, station: Station) -> None:
        self._frame, self._station, self._words = frame, station, PageWords()
        self._addresses = Addresses(station.desk, station.notices, station.chance)
        self._letters = Letters(station.desk, station.settings, station.folder, self._words, station.clock)

    async def show(self, visit: Visit, *, status: int = 200, **more: Any) -> Response:
        """Return the page."""
        values = await run_in_threadpool(self._values, visit)
        return await self._frame.page(visit, "notices.html", status=status, **{**_EMPTY, **values, **more})

    async def change(self, visit: Visit) -> Response:
        """Do what a form of the page asks; a new secret is told once."""
        form = await self._frame.sent(visit)
        try:
            secret = await run_in_threadpool(self._changed, visit, form)
        except (RefusedError, FormatError) as error:
            return await self.show(visit, status=400, refusal=_told(error, visit.language))
        return await self.show(visit, secret=secret) if secret else self._frame.to(visit, "/notices")

    def _changed(self, visit: Visit, form: FormData) -> str:
        """The secret to tell once, where there is one."""
        visitor, station = _visitor(visit), self._station
        what, name = str(form.get("what", "")), str(form.get("name", ""))[:_LONGEST]
        match what:
            case "read":
                station.notices.read_all(visitor)
            case "way":
                station.notices.choose(visitor, str(form.get("way", "")))
            case "address":
                self._addresses.ask(visitor, str(form.get("address", "")).strip(), self._words, visit.language)
            case "code":
                self._addresses.confirm(visitor, str(form.get("code", ""))[:_LONGEST])
            case "hook":
                return station.webhooks.register(visitor, str(form.get("url", "")).strip())[1]
            case "rotate":
                return station.webhooks.rotate(visitor, name)
            case "end":
                station.webhooks.end(visitor, name)
            case "resume":
                station.webhooks.resume(visitor, name)
            case "again":
                station.webhooks.again(visitor, name)
            case _:
                raise NotFoundError("say what is to be changed; open the page of notices again")
        return ""

    def _values(self, visit: Visit) -> dict[str, Any]:
        visitor, station = _visitor(visit), self._station
        with suppress(StoreError):  # on a full disk what was told before is still read
            station.notices.fill(station.webhooks.follow)
        asked = visit.request.query_params.get("before", "")[:_LONGEST]
        found = station.notices.of(visitor, before=asked, limit=_PAGE + 1)
        address, confirmed = self._addresses.of(visitor)
        shown = found[:_PAGE]
        manages = visitor.hat is not None and visitor.hat.manages
        return {
            "notices": [(one, self._line(visit, one), self._href(visit, one)) for one in shown],
            "unread": station.notices.unread(visitor),
            "next": at(visit, f"/notices?before={shown[-1].at}%20{shown[-1].id}") if len(found) > _PAGE else "",
            "way": station.notices.way(visitor),
            "ways": [(one, phrase(f"notices-way-{one}", visit.language)) for one in WAYS],
            "address": address,
            "confirmed": confirmed,
            "mail": bool(station.settings.mail.host),
            "given_up": self._letters.given_up(visitor.account),
            "manages": manages,
            "hooks": station.webhooks.of(visitor) if manages else (),
        }

    def _line(self, visit: Visit, one: Notice) -> str:
        topic = phrase(f"notice-{one.topic}", visit.language)
        return f"{topic}{phrase('separator', visit.language)}{term('kind', one.kind, visit.language)}" if one.kind else topic

    def _href(self, visit: Visit, one: Notice) -> str:
        return at(visit, one.ref) if one.ref.startswith("/") else visit.links.record(one.ref) or ""


_EMPTY: Final[dict[str, Any]] = {"refusal": "", "secret": ""}
_RULES: Final = frozenset({"code-right", "code-sent", "manages", "hooks-few", "address-public"})


def _told(error: RefusedError | FormatError, language: str) -> str:
    if isinstance(error, RefusedError) and error.rule in _RULES:
        return phrase(f"notices-refused-{error.rule}", language)
    return str(error)


def _visitor(visit: Visit) -> Visitor:
    visit.hat_worn()
    assert visit.visitor is not None  # who wears a hat has signed in
    return visit.visitor


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the routes of notices."""
    page = NoticesPage(frame, station)
    return [
        Route("/notices", frame.signed_in(page.show), methods=["GET"]),
        Route("/notices", frame.signed_in(page.change), methods=["POST"]),
    ]
