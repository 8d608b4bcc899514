"""Clocks of a complaint: until which day something is due by a published limit, and whether that day is over.

What is due is counted from the evidence each time, with what was published until then. Days of tests are not counted. Whoever acts,
acts at the instant at which it is sealed: nobody can say afterwards that it was earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.instant import parse_instant
from openqi.records import body
from openqi.records.governance import operator, withdrawal
from openqi.records.tasks import LimitPublished, published_calendar
from openqi.science.calendars.calendar import WorkingCalendar
from openqi.science.calendars.limits import Limit, Pause, end_of_limit
from openqi.science.calendars.texts import calendar_of

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Due:
    """Until the end of which day something is due (None: the calendar was not published so far), and whether that is over."""

    day: str | None
    late: bool
    still: int
    """Days that were not counted because the clock stood still on them."""


NEVER: Final = Due(day=None, late=False, still=0)
"""What is due where no limit was named."""


def limit_named(view: View, name: str, *, starts: str, at: str) -> LimitPublished:
    """Return a limit that may be named for what begins with a record of a kind.

    Raises:
        NotFoundError: it is not in the log.
        RefusedError: the operator of this log did not publish it, or has withdrawn it, it is in hours, is counted from something
            else, or does not hold at that instant.
    """
    limit = _published(view, name)
    if withdrawal(view.record(name), view.stream(record_subject(name)), view.home):
        raise RefusedError("limit-stands", f"limit {name} was withdrawn; name the one that holds now")
    if limit.unit == "hours":
        raise RefusedError("limit-in-days", f"limit {limit.limit} is in hours; complaints are due on a day")
    if limit.starts is not None and limit.starts != starts:
        raise RefusedError("limit-starts", f"limit {limit.limit} is counted from a {limit.starts}, not from a {starts}")
    if at < limit.valid_from or (limit.valid_until is not None and at >= limit.valid_until):
        until = limit.valid_until or "now"
        raise RefusedError("limit-in-force", f"limit {limit.limit} holds from {limit.valid_from} until {until}, not at {at}")
    return limit


def due_by(view: View, name: str | None, event: str, now: str, pauses: Sequence[Pause] = ()) -> Due:
    """Return what is due by a limit that was named once; it keeps, also where it was withdrawn since.

    Args:
        view: what can be read.
        name: record of the limit; None where none was named.
        event: instant from which it is counted.
        now: instant that is compared with it.
        pauses: when the clock stood still, in order.

    Raises:
        RefusedError: its calendar was not published, or leaves out a day that is already past.
    """
    if name is None:
        return NEVER
    limit = _published(view, name)
    calendar = calendar_named(view, limit.calendar)
    counted = Limit(count=limit.count, unit=limit.unit, moves=limit.ends == "next-working-day")
    start, instant = parse_instant(event), parse_instant(now)
    still = _days(calendar, pauses)
    try:
        end = end_of_limit(counted, start, calendar, pauses)
    except DomainError as error:
        if _told_until(calendar, start, instant):  # the day that is left out is to come: until then the limit goes on
            return Due(day=None, late=False, still=still)
        raise RefusedError("calendar-reaches", f"limit {limit.limit} on calendar {limit.calendar}: {error}") from error
    return Due(day=calendar.day_of(end - _SECOND).isoformat(), late=instant > end, still=still)


def _days(calendar: WorkingCalendar, pauses: Sequence[Pause]) -> int:
    found: set[date] = set()
    for pause in pauses:
        first, last = calendar.day_of(pause.since), calendar.day_of(pause.until)
        found.update(first + number * _DAY for number in range((last - first).days + 1))
    return len(found)


def _told_until(calendar: WorkingCalendar, start: datetime, now: datetime) -> bool:
    first = calendar.day_of(start)
    days = (first + number * _DAY for number in range(1, (calendar.day_of(now) - first).days + 1))
    return all(any(stretch.covers(one) for stretch in calendar.stretches) for one in days)


def _published(view: View, name: str) -> LimitPublished:
    record = view.record(name)
    if record.kind != LimitPublished.KIND or record.issuer != operator(view) or view.home(record.id) != view.origin:
        raise RefusedError("limit-published", f"record {name} is no limit that the operator of this log published")
    return body(record, LimitPublished)


def calendar_named(view: View, name: str) -> WorkingCalendar:
    """Return what the operator of the log published of a calendar, the later over the earlier.

    Raises:
        RefusedError: nothing was published.
    """
    records = view.stream(name)

    def stands(record: Record) -> bool:
        return view.home(record.id) == view.origin and withdrawal(record, records, view.home) is None

    return calendar_of(published_calendar(records, name, operator(view), stands=stands))
