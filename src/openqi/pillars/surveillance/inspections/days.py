"""Days of a draw: within its window, not before it and not to come, and until which day a result is to be public."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.inspections.standing import TheDraw
from openqi.records import body
from openqi.records.governance import operator, withdrawal
from openqi.records.tasks import LimitPublished, published_calendar
from openqi.science.calendars.calendar import WorkingCalendar
from openqi.science.calendars.limits import Limit, end_of_limit
from openqi.science.calendars.texts import calendar_of

_EAST, _WEST, _SECOND = timedelta(hours=14), timedelta(hours=12), timedelta(seconds=1)
"""How far the earliest and the latest zones are from UTC: a day is one that has begun, or not ended, somewhere."""
_DAY: Final = timedelta(days=1)


def within_window(draw: TheDraw, text: str, what: str) -> date:
    """Return a day of a visit after checking that it lies in the window that was committed to.

    Raises:
        RefusedError: it lies outside.
    """
    found = day(text, what)
    first, last = draw.commitment.visits_from, draw.commitment.visits_until
    if not first <= text <= last:
        raise RefusedError("visit-in-window", f"{what}: {text} lies outside of {first} to {last}, which the draw committed to")
    return found


def begun(instant: str) -> date:
    """Return the latest day that has begun anywhere at an instant."""
    return (parse_instant(instant) + _EAST).date()


def not_over(instant: str) -> date:
    """Return the earliest day that is not over everywhere at an instant."""
    return (parse_instant(instant) - _WEST).date()


@dataclass(frozen=True, kw_only=True)
class DueDays:
    """Until which day results are due by a limit on a working calendar; each day of an event is counted once."""

    limit: LimitPublished
    calendar: WorkingCalendar
    now: datetime
    _known: dict[date, tuple[str | None, bool]] = field(default_factory=dict)

    def due(self, at: str) -> tuple[str | None, bool]:
        """Return until which day what happened at an instant is to be public, and whether that day is over.

        None where the calendar was not published so far, but says of every day until now that the limit goes on.

        Raises:
            RefusedError: the calendar leaves out a day that is already past.
        """
        event = parse_instant(at)
        own = self.calendar.day_of(event)
        if own not in self._known:
            self._known[own] = self._counted(event, own)
        return self._known[own]

    def _counted(self, event: datetime, own: date) -> tuple[str | None, bool]:
        counted = Limit(count=self.limit.count, unit=self.limit.unit, moves=self.limit.ends == "next-working-day")
        try:
            end = end_of_limit(counted, event, self.calendar)
        except DomainError as error:
            # The first day that is left out lies after the event; the limit goes on at least until then.
            if all(self._told(own + number * _DAY) for number in range(1, (self.calendar.day_of(self.now) - own).days + 1)):
                return None, False
            raise RefusedError(
                "calendar-reaches", f"limit {self.limit.limit} on calendar {self.limit.calendar}: {error}"
            ) from error
        return self.calendar.day_of(end - _SECOND).isoformat(), self.now > end

    def _told(self, one: date) -> bool:
        return any(stretch.covers(one) for stretch in self.calendar.stretches)


def publication_days(view: View, draw: TheDraw, named: str | None, now: str) -> tuple[str | None, DueDays | None]:
    """Return the limit by which results of a draw are to be public, and what it says of days; nothing where none was named.

    The limit of the commitment keeps, also where it was withdrawn since. One that is named later has to stand.

    Args:
        view: what can be read.
        draw: whose results.
        named: record of a limit, for a draw whose commitment names none.
        now: when they are made public.

    Raises:
        RefusedError: another limit than the one committed to, one that the operator did not publish, or one in hours.
    """
    committed = draw.commitment.publication_limit
    name = committed or named
    if name is None:
        return None, None
    if named is not None and named != name:
        raise RefusedError("limit-committed", f"draw {draw.commitment.draw} committed to limit {committed}, not to {named}")
    chief, record = operator(view), view.record(name)
    if record.kind != LimitPublished.KIND or record.issuer != chief or view.home(record.id) != view.origin:
        raise RefusedError("limit-published", f"record {name} is no limit that the operator of this log published")
    if committed is None and withdrawal(record, view.stream(record_subject(name)), view.home):
        raise RefusedError("limit-stands", f"limit {name} was withdrawn; name the one that holds now")
    limit = body(record, LimitPublished)
    if limit.unit == "hours":
        raise RefusedError("limit-in-days", f"limit {limit.limit} is in hours; results are due on a day")
    return name, DueDays(limit=limit, calendar=_calendar(view, limit.calendar, chief), now=parse_instant(now))


def _calendar(view: View, name: str, chief: str) -> WorkingCalendar:
    """What the operator of the log published of a calendar, the later over the earlier."""
    records = view.stream(name)

    def stands(record: Record) -> bool:
        return view.home(record.id) == view.origin and withdrawal(record, records, view.home) is None

    return calendar_of(published_calendar(records, name, chief, stands=stands))
