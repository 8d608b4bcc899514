"""What lies behind numbers of the board, page by page: draws by state, visits and public results by outcome, changes by reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, Literal, get_args

from openqi.app.reading.context import Context
from openqi.app.reading.surveillance.draws import STATES, DrawLine, draw_lines
from openqi.app.reading.surveillance.objects import results_of
from openqi.app.reading.surveillance.visits import VisitLine, newest_visits, open_visits
from openqi.app.reading.surveillance.withdrawn import gone, steps
from openqi.evidence.fold import Cell, Row
from openqi.kernel.errors import FormatError
from openqi.science.draws.rates.outcomes import OUTCOMES

What = Literal["draws", "visits", "published", "changes"]
WHAT: Final[tuple[What, ...]] = get_args(What)
PER_PAGE: Final = 50
FILTERS: Final[Mapping[What, tuple[str, ...]]] = {
    "draws": ("state",), "visits": ("outcome", "draw", "open"), "changes": ("reason", "draw"),
    "published": ("outcome", "draw"),
}  # fmt: skip
_LONGEST: Final = 2000


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """A change of officers: of whom, why, when."""

    record: str
    object: str
    reason: str
    at: str


@dataclass(frozen=True, kw_only=True)
class PublishedLine:
    """A public result: of whom, in which draw, how it ended, and the record that made it public."""

    object: str
    draw: DrawLine
    outcome: str
    record: str
    at: str


@dataclass(frozen=True, kw_only=True)
class InspectionList:
    """A page of a list, the newest first; `after` leads to the next page, "" at the end."""

    what: What
    filters: tuple[tuple[str, str], ...]
    draws: tuple[DrawLine, ...] = ()
    visits: tuple[VisitLine, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    published: tuple[PublishedLine, ...] = ()
    after: str
    today: date


def inspection_list(context: Context, what: What, asked: Mapping[str, str], *, after: str = "") -> InspectionList:
    """Return a page of a list.

    Args:
        context: the log.
        what: of what.
        asked: filter → value; those that the list does not have are not looked at.
        after: `after` of the page before.

    Raises:
        FormatError: a value that there is not, or no cursor.
    """
    filters = {name: asked[name] for name in FILTERS[what] if asked.get(name)}
    _check(filters)
    if after and not (after.isascii() and after.isdigit() and len(after) < 16):
        raise FormatError(f"after {after[:20]!r}: write a whole number")
    told = tuple(filters.items())
    if what == "draws":
        start = int(after or 0)
        lines = [one for one in draw_lines(context) if filters.get("state") in (None, one.state)]
        more = str(start + PER_PAGE) if len(lines) > start + PER_PAGE else ""
        return InspectionList(
            what=what, filters=told, draws=tuple(lines[start : start + PER_PAGE]), after=more, today=context.today
        )
    if what == "visits":
        return _visits(context, filters, after)
    if what == "published":
        return _published(context, filters, int(after or 0))
    return _changes(context, filters, after)


def _check(filters: Mapping[str, str]) -> None:
    known: dict[str, tuple[str, ...]] = {"state": STATES, "outcome": tuple(OUTCOMES), "open": ("1",)}
    for name, value in filters.items():
        if len(value) > _LONGEST or (name in known and value not in known[name]):
            raise FormatError(f"{name} {value[:40]!r}: one of {', '.join(known.get(name, ('fewer letters',)))}")


def _visits(context: Context, filters: Mapping[str, str], after: str) -> InspectionList:
    start = int(after or 0)
    if "open" in filters:  # those that are due first, which no place in the log tells
        found = list(islice(open_visits(context), start, start + PER_PAGE + 1))
        more = str(start + PER_PAGE) if len(found) > PER_PAGE else ""
    else:
        names = {"draw": "committed", "outcome": "outcome"}
        where: dict[str, Cell] = {names[name]: filters[name] for name in ("draw", "outcome") if name in filters}
        found = list(islice(newest_visits(context, where, below=int(after) if after else None), PER_PAGE + 1))
        more = str(found[PER_PAGE - 1].place) if len(found) > PER_PAGE else ""
    return InspectionList(
        what="visits", filters=tuple(filters.items()), visits=tuple(found[:PER_PAGE]), after=more, today=context.today
    )


def _published(context: Context, filters: Mapping[str, str], start: int) -> InspectionList:
    """What is public of each object of each draw, the newest draw first."""
    lines = (one for one in draw_lines(context) if one.publication and filters.get("draw") in (None, one.committed))
    every = (
        PublishedLine(object=name, draw=line, outcome=one.row.outcome, record=one.publication, at=one.row.at)
        for line in lines
        for name, one in results_of(context, line).items()
        if one.row.outcome is not None and filters.get("outcome") in (None, one.row.outcome)
    )
    found = tuple(islice(every, start, start + PER_PAGE + 1))
    more = str(start + PER_PAGE) if len(found) > PER_PAGE else ""
    return InspectionList(
        what="published", filters=tuple(filters.items()), published=found[:PER_PAGE], after=more, today=context.today
    )


def _changes(context: Context, filters: Mapping[str, str], after: str) -> InspectionList:
    lost = gone(context).records
    below = int(after) if after else None
    where: dict[str, Cell] = {"sort": "change"}
    if "draw" in filters:
        where["committed"] = filters["draw"]
    elif "reason" in filters:
        where["code"] = filters["reason"]
    sides = (True,) if context.reader is None else (True, False)
    rows: list[Row] = []
    for public in sides:
        standing = (
            row
            for row in steps(context, where, public=public, before=below)
            if row["record"] not in lost and filters.get("reason") in (None, row["code"])
        )
        rows += islice(standing, PER_PAGE + 1)
    rows.sort(key=lambda row: str(row["key"]), reverse=True)
    more = str(int(str(rows[PER_PAGE - 1]["key"]), 16)) if len(rows) > PER_PAGE else ""
    changes = tuple(
        ChangeLine(record=str(row["record"]), object=str(row["object"]), reason=str(row["code"]), at=str(row["at"]))
        for row in rows[:PER_PAGE]
    )
    return InspectionList(what="changes", filters=tuple(filters.items()), changes=changes, after=more, today=context.today)
