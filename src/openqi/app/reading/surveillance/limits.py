"""Until which day something is due by a limit that was published as dated data, and whether that day is over today."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from openqi.app.reading import steadily
from openqi.app.reading.context import Context
from openqi.app.reading.memory import kind_tag
from openqi.evidence.fold import Row
from openqi.evidence.view import View
from openqi.kernel.errors import OpenQIError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.governance.calendars import due_by_limit, working_calendar
from openqi.pillars.governance.task_register import LIMITS
from openqi.records import Names
from openqi.records.governance import Withdrawn
from openqi.records.inspections import ResultsPublished, VisitReported
from openqi.records.tasks import CalendarPublished, LimitPublished

_MOST: Final = 500


@dataclass(frozen=True, kw_only=True)
class Due:
    """Until which day (local to the calendar); "" where its calendar does not reach so far. `over` says that the day has passed."""

    day: str
    over: bool


@dataclass(frozen=True, kw_only=True)
class LimitTold:
    """A limit in words: its record, what it is called, what says so, how many of what, from a record of which kind."""

    record: str
    name: Names
    source: Names
    count: int
    unit: str
    starts: str


def limit_told(context: Context, record: str) -> LimitTold | None:
    """Return a limit; None where the log has none under that id."""
    found = context.body(record, LimitPublished)
    if found is None:
        return None
    return LimitTold(
        record=record, name=found.name, source=found.source, count=found.count, unit=found.unit, starts=found.starts or ""
    )


def due_by(context: Context, limit: str, at: str) -> Due:
    """Return until which day what happened at an instant is due by a limit."""
    tags = (kind_tag(CalendarPublished.KIND),)
    return context.kept("due by limit", f"{limit} {at[:13]}", lambda: _due(context, limit, at), tags=tags)


def _due(context: Context, limit: str, at: str) -> Due:
    found = context.body(limit, LimitPublished)
    if found is None:
        return Due(day="", over=False)
    now = datetime.combine(context.today, time(12), UTC)
    view: View = steadily.view(context, format_instant(now))
    try:
        end = due_by_limit(view, found, parse_instant(at))
        last = working_calendar(view, found.calendar).day_of(end - timedelta(seconds=1))
    except OpenQIError:  # its calendar was not published so far: nobody can say yet, and the page says that
        return Due(day="", over=False)
    return Due(day=last.isoformat(), over=last < context.today)


def rights(context: Context) -> tuple[LimitTold, ...]:
    """Return the limits that count from the report or the publication of a result: until when who was inspected may object."""
    kinds = (VisitReported.KIND, ResultsPublished.KIND)

    def made() -> tuple[LimitTold, ...]:
        page = context.store.page(LIMITS, where={"origin": context.store.origin}, order=("limit_uri",), limit=_MOST)
        return tuple(one for row in page.rows if (one := _told(context, row)) is not None and one.starts in kinds)

    return context.kept("rights of the inspected", "", made, tags=(kind_tag(LimitPublished.KIND), kind_tag(Withdrawn.KIND)))


def _told(context: Context, row: Row) -> LimitTold | None:
    return limit_told(context, str(row["record"]))
