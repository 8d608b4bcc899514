"""When a limit ends: so many working days, calendar days, months or hours after an event, with pauses.

The day of the event is not counted ([MFD] article 201); a limit in hours runs from the instant. Months end on the day of the
same number, or on the last of the month (article 202). Where the last day is free and the limit says so, the limit ends
with the next working day (article 203), at 24:00 local time. A day on which the clock stood still, and be it for an hour, is
not counted: pauses are for the one who has to act.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from openqi.kernel.errors import DomainError
from openqi.science.calendars.calendar import MAX_DAYS, WorkingCalendar

Unit = Literal["working-days", "calendar-days", "months", "hours"]
DAY: Final = timedelta(days=1)
MAX_COUNT: Final = {"working-days": 2_000, "calendar-days": MAX_DAYS, "months": 240, "hours": 100_000}
"""The largest limit of each unit."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A span of time that is counted.

    Args:
        count: how many.
        unit: of what.
        moves: whether a limit that would end on a free day ends with the next working day; hours never move.
    """

    count: int
    unit: Unit
    moves: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MAX_COUNT[self.unit]:
            raise DomainError(f"a limit of {self.count} {self.unit}; give 1 to {MAX_COUNT[self.unit]}")


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A span in which a clock stands still; at `since` it is stopped, at `until` it goes on.

    Args:
        since, until: instants with a time zone, in order.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise DomainError(f"a pause ends at {self.until}, before it begins at {self.since}")


def end_of_limit(limit: Limit, event: datetime, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()) -> datetime:
    """Return the instant, in UTC, at which a limit ends; whoever acts at it is in time, whoever acts later is late.

    Args:
        limit: how many of what.
        event: what it is counted from.
        calendar: which days are worked, and in which time zone a day begins.
        pauses: when the clock stood still, in order and apart from each other.

    Raises:
        DomainError: pauses overlap or begin before the event, or the calendar does not reach so far.

    Source: [MFD] articles 201 to 203.
    """
    _check_pauses(event, pauses)
    if limit.unit == "hours":
        return end_of_span(timedelta(hours=limit.count), event, pauses)
    day = calendar.day_of(event)
    still = _days_still(calendar, pauses)
    left = limit.count if limit.unit != "months" else (months_later(day, limit.count) - day).days
    while left:
        day = _next(day)
        if day not in still and (limit.unit != "working-days" or calendar.works(day)):
            left -= 1
    while limit.moves and (day in still or not calendar.works(day)):
        day = _next(day)
    return calendar.end_of(day)


def end_of_span(span: timedelta, event: datetime, pauses: Sequence[Pause] = ()) -> datetime:
    """Return the instant at which a clock has run for a span, the time of pauses left out.

    Raises:
        DomainError: pauses overlap or begin before the event.
    """
    _check_pauses(event, pauses)
    end = event + span
    for pause in pauses:
        if pause.since < end:
            end += pause.until - pause.since
    return end


def months_later(day: date, months: int) -> date:
    """Return the day of the same number so many months later, or the last of that month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _check_pauses(event: datetime, pauses: Sequence[Pause]) -> None:
    before = event
    for pause in pauses:
        if pause.since < before:
            raise DomainError(f"a pause begins at {pause.since}, before {before}; pauses come in order, after the event")
        before = pause.until


def _days_still(calendar: WorkingCalendar, pauses: Sequence[Pause]) -> frozenset[date]:
    found: set[date] = set()
    for pause in pauses:
        day, last = calendar.day_of(pause.since), calendar.day_of(pause.until)
        if (last - day).days > MAX_DAYS:
            raise DomainError(f"a pause of {(last - day).days} days; at most {MAX_DAYS} can be counted")
        while day <= last:
            found.add(day)
            day += DAY
    return frozenset(found)


def _next(day: date) -> date:
    if day.year > 9990:
        raise DomainError("the limit ends after the year 9990")
    return day + DAY
