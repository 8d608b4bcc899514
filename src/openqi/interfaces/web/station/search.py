"""The page on which a station is searched: one box, how many there are of each kind, matches that stand out."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.work.pieces import folded, marked
from openqi.app.work.search import Search
from openqi.interfaces.web.station.act_forms import at
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.words import phrases, term
from openqi.kernel.errors import FormatError
from openqi.store.desk.search import Hit

_LONGEST: Final = 200
_KINDS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A hit as the page shows it."""

    kind: str
    at: str
    href: str
    title: tuple[tuple[str, bool], ...]
    text: tuple[tuple[str, bool], ...]


class SearchPage:
    """Searching.

    Args:
        frame: makes pages.
        search: knows what there is.
    """

    def __init__(self, frame: Frame, search: Search) -> None:
        self._frame, self._search = frame, search

    async def show(self, visit: Visit) -> Response:
        """Return the page, with what was found where something was asked."""
        asked = visit.request.query_params
        query, kind, before = asked.get("q", "")[:_LONGEST].strip(), asked.get("kind", "")[:_LONGEST], asked.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 18):
            raise FormatError("the place in the results is no number; search again")
        values = await run_in_threadpool(self._values, visit, query, kind, int(before) if before else None)
        return await self._frame.page(visit, "search.html", query=query, kind=kind, **values)

    def _values(self, visit: Visit, query: str, kind: str, before: int | None) -> dict[str, Any]:
        found = self._search.find(visit.visitor, query, kind=kind, before=before)
        language = visit.language
        facets = [(one, term("kind", one, language), count, _address(visit, query, one)) for one, count in found.counts]
        return {
            "hits": [_shown(visit, hit, query) for hit in found.hits],
            "facets": facets,
            "total": sum(count for _, count in found.counts),
            "complete": found.complete,
            "all": _address(visit, query, ""),
            "kinds": _kinds(visit, query) if query else (),
            "next": "" if found.next is None else _address(visit, query, kind, str(found.next)),
        }


def _kinds(visit: Visit, query: str) -> list[tuple[str, str]]:
    """Kinds of records that are called as the query says, with the way to all of them."""
    names = [name.removeprefix("kind:") for name in phrases() if name.startswith("kind:")]
    called = [(name, term("kind", name, visit.language)) for name in names]
    return [(label, _address(visit, "", name)) for name, label in called if folded(query) in folded(label)][:_KINDS]


def _address(visit: Visit, query: str, kind: str, before: str = "") -> str:
    asked = [(name, text) for name, text in (("q", query), ("kind", kind), ("before", before)) if text]
    return at(visit, "/search" + (f"?{urlencode(asked, quote_via=quote)}" if asked else ""))


def _shown(visit: Visit, hit: Hit, query: str) -> Shown:
    href = visit.links.record(hit.ref) if hit.source == "record" else hit.ref
    return Shown(kind=hit.kind, at=hit.at, href=href or "", title=marked(hit.title or hit.ref, query), text=marked(hit.text, query))


def routes(frame: Frame, search: Search) -> list[Route]:
    """Return the route of the search."""
    return [Route("/search", frame.opened(SearchPage(frame, search).show), methods=["GET"])]
