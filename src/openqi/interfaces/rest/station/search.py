"""REST of the search: what a program finds under the hat of its token, page by page."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from openqi.app.people.visitor import Visitor
from openqi.app.work.search import Search
from openqi.interfaces.rest.models import Model


class Found(Model):
    """A thing that was found; `ref` is the id of a record, or the address of the page of anything else."""

    source: Literal["record", "comment", "attachment"]
    ref: str
    kind: str
    title: str
    text: str
    at: str


class KindCount(Model):
    """How many matches there are of a kind."""

    kind: str
    count: int


class FoundPage(Model):
    """A page of what was found, the newest first; `complete` is false where there are more matches than were counted."""

    found: list[Found]
    kinds: list[KindCount]
    complete: bool
    next: int | None


def router(search: Search, visitor: Callable[[Request], Visitor]) -> APIRouter:
    """Return the route of the search.

    Args:
        search: knows what there is.
        visitor: FastAPI dependency that gives the visitor of a request, or refuses it.
    """
    routes = APIRouter(tags=["search"])
    who = Annotated[Visitor, Depends(visitor)]

    @routes.get("/api/search", operation_id="search")
    def find(
        by: who,
        q: Annotated[str, Query(max_length=200)] = "",
        kind: Annotated[str, Query(max_length=200)] = "",
        before: Annotated[int | None, Query(ge=1, le=2**53 - 1)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> FoundPage:
        page = search.find(by, q, kind=kind, before=before, limit=limit)
        found = [
            Found(source=hit.source, ref=hit.ref, kind=hit.kind, title=hit.title, text=hit.text, at=hit.at)  # type: ignore[arg-type]
            for hit in page.hits
        ]
        counts = [KindCount(kind=name, count=count) for name, count in page.counts]
        return FoundPage(found=found, kinds=counts, complete=page.complete, next=page.next)

    return routes
