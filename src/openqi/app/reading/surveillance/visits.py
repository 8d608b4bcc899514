"""Visits out of their register, as a reader may see them: of a draw, of an object, not public yet, with something to correct."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Final

from openqi.app.reading.context import Context
from openqi.app.reading.memory import kind_tag
from openqi.app.reading.surveillance.withdrawn import Gone, gone
from openqi.evidence.fold import Cell, Row
from openqi.pillars.surveillance.inspections.visit_register import VISITS, visit_key
from openqi.records.governance import Withdrawn
from openqi.records.inspections import FollowUpReported, VisitReported, publications_subject, visits_subject
from openqi.store.store import MAX_PAGE

MOVED_BY: Final = tuple(map(kind_tag, (VisitReported.KIND, FollowUpReported.KIND, Withdrawn.KIND)))
_PIECE: Final = 200


@dataclass(frozen=True, kw_only=True)
class VisitLine:
    """A visit in one line.

    Args:
        visit: its record.
        draw, committed: the draw, and the record that committed to it.
        object: who was visited.
        at, outcome: when the result was there, and which.
        correct_by: day until which something is to be corrected; "" where nothing is.
        open: whether that is still to be done.
        place: in the log.
        public: whether everybody may see the report.
    """

    visit: str
    draw: str
    committed: str
    object: str
    at: str
    outcome: str
    correct_by: str
    open: bool
    place: int
    public: bool


def _line(row: Row, lost: Gone) -> VisitLine:
    again = row["closed_by"] in lost.records
    return VisitLine(
        visit=str(row["visit"]), draw=str(row["draw"]), committed=str(row["committed"]), object=str(row["object"]),
        at=str(row["at"]), outcome=str(row["outcome"]), correct_by=str(row["due"] or ""), open=bool(row["open"]) or again,
        place=int(row["place"] or 0), public=bool(row["public"]),
    )  # fmt: skip


def _rows(
    context: Context, where: Mapping[str, Cell], order: Sequence[str], *, public: bool, descending: bool = False,
    at_least: Mapping[str, Cell] | None = None, after: tuple[Cell, ...] | None = None,
) -> Iterator[Row]:  # fmt: skip
    told: dict[str, Cell] = {"origin": context.store.origin, "public": int(public), **where}
    limit = _PIECE
    while True:
        page = context.store.page(
            VISITS, where=told, order=order, descending=descending, at_least=at_least, after=after, limit=limit
        )
        yield from _seen(context, page.rows, public=public)
        if page.next is None:
            return
        after, limit = page.next, MAX_PAGE


def _seen(context: Context, rows: Sequence[Row], *, public: bool) -> Iterator[Row]:
    rows = [row for row in rows if int(row["place"] or 0) < context.size]
    if public or not rows:
        yield from rows
        return
    logged = context.store.logged_many([str(row["visit"]) for row in rows])
    for row in rows:
        found = logged.get(str(row["visit"]))
        if found is not None and context.shown(found.record):
            yield row


def _sides(context: Context) -> tuple[bool, ...]:
    return (True,) if context.reader is None else (True, False)


def visits_of_draw(context: Context, committed: str) -> tuple[VisitLine, ...]:
    """Return all visits of a draw that the reader may see, as they were reported."""
    lost = gone(context)
    rows = [row for public in _sides(context) for row in _rows(context, {"committed": committed}, ("place",), public=public)]
    return tuple(sorted((_line(row, lost) for row in rows), key=lambda one: one.place))


def waiting_of_draw(context: Context, draw: str, committed: str, published_place: int) -> tuple[VisitLine, ...]:
    """Return the visits of a draw that were reported after its results were made public last."""

    def made() -> tuple[VisitLine, ...]:
        least = {"place": published_place + 1}
        lost = gone(context)
        return tuple(
            _line(row, lost)
            for public in _sides(context)
            for row in _rows(context, {"committed": committed}, ("place",), public=public, at_least=least)
        )

    tags = (visits_subject(draw), publications_subject(draw), kind_tag(Withdrawn.KIND))
    return context.kept("visits waiting", f"{committed} {context.reader or ''}", made, tags=tags)


def visits_of_object(context: Context, name: str) -> tuple[VisitLine, ...]:
    """Return all visits of an object that the reader may see, the newest first."""
    where: dict[str, Cell] = {"origin": context.store.origin, "object": name}
    page = context.store.page(VISITS, where=where, order=("place",), descending=True, limit=MAX_PAGE)
    lost = gone(context)
    shown = [row for row in page.rows if context.reader is not None or row["public"]]
    public = [row for row in shown if row["public"]]
    own = list(_seen(context, [row for row in shown if not row["public"]], public=False))
    lines = [_line(row, lost) for row in (*_seen(context, public, public=True), *own)]
    return tuple(sorted(lines, key=lambda one: one.place, reverse=True))


def newest_visits(context: Context, where: Mapping[str, Cell], *, below: int | None = None) -> Iterator[VisitLine]:
    """Yield visits that the reader may see, the newest first.

    Args:
        context: the log.
        where: `committed`, `outcome`, both or nothing.
        below: only those that came into the log below this index.
    """
    lost = gone(context)
    after = None if below is None else (below, "")
    sides = [_rows(context, where, ("place",), public=public, descending=True, after=after) for public in _sides(context)]
    for row in merge(*sides, key=lambda one: int(one["place"] or 0), reverse=True):
        yield _line(row, lost)


def open_visits(context: Context) -> Iterator[VisitLine]:
    """Yield visits after which something is to be corrected still, what is due first in front."""
    lost = gone(context)
    again = sorted((row for row in _reopened(context, lost) if not row["open"]), key=_due)
    sides = [_rows(context, {"open": 1}, ("due",), public=public) for public in _sides(context)]
    for row in merge(again, *sides, key=_due):
        yield _line(row, lost)


def _due(row: Row) -> str:
    return str(row["due"])


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """What is to be corrected: how many are open, how many of them past their day, and the ones that are due first."""

    open: int
    over: int
    first: tuple[VisitLine, ...]


def corrections(context: Context, most: int) -> Corrections:
    """Return what is to be corrected.

    Args:
        context: the log.
        most: how many are listed.
    """
    return context.kept("corrections", context.reader or "", lambda: _corrections(context, most), tags=MOVED_BY)


def _corrections(context: Context, most: int) -> Corrections:
    today = context.today.isoformat()
    found = list(open_visits(context))
    return Corrections(open=len(found), over=sum(one.correct_by < today for one in found), first=tuple(found[:most]))


def _reopened(context: Context, lost: Gone) -> list[Row]:
    """Visits that a follow-up had closed which was withdrawn since."""
    keys = [visit_key(one, context.store.origin) for one in lost.reopened]
    rows = context.store.rows(VISITS, keys).values() if keys else ()
    found = [row for row in rows if row["due"] is not None and row["closed_by"] in lost.records]
    sides = ((public, [row for row in found if row["public"] == int(public)]) for public in _sides(context))
    return [row for public, rows in sides for row in _seen(context, rows, public=public)]
