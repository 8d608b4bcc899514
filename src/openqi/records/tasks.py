"""Work as evidence: calendars and limits as they were published, tasks that were asked and answered, clocks that stood still."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec

from openqi.evidence.record import Record, record_subject
from openqi.kernel.errors import RefusedError
from openqi.records import END, Body, Day, Instant, Names, RecordId, Reference, Uri, body

MARK = "#tasks"
"""Ends a subject in whose stream lie the tasks about something, or of somebody, apart from their other business."""

Offset = Annotated[str, msgspec.Meta(pattern="^(?!-00:00)[+-](0[0-9]|1[0-4]):(00|30|45)" + END, max_length=6)]
ActName = Annotated[str, msgspec.Meta(pattern="^[a-z_-]+[.][a-z-]+/[1-9][0-9]{0,3}" + END, max_length=200)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_DAYS = 400


def tasks_subject(uri: str) -> str:
    """Return the subject in whose stream the tasks of a party, or about a subject, lie.

    Apart from their other business: a task about a lot moves nothing under a verdict on the lot.
    """
    return uri + MARK


class Holiday(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Free days with their name: from the first to the last, both free."""

    first: Day
    last: Day
    name: Names


class CalendarPublished(Body, frozen=True):
    """Which days are worked from one day to another: weekend, holidays and make-up days, with the notice that says so.

    Of two records of one calendar that speak of one day, the later one counts. `offset` says in which time zone a day begins.
    """

    KIND: ClassVar[str] = "governance.calendar-published/1"
    ROLE: ClassVar[str | None] = "operator"

    calendar: Uri
    name: Names
    source: Names
    since: Day
    until: Day
    offset: Offset
    weekend: tuple[Weekday, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    working_days: tuple[Day, ...] = ()

    def __post_init__(self) -> None:
        since, until = day_of(self.since), day_of(self.until)
        if not 0 <= (until - since).days < _MOST_DAYS:
            raise ValueError("a calendar covers 1 to 400 days; publish one record a year")
        if list(self.weekend) != [one for one in WEEKDAYS if one in self.weekend] or len(self.weekend) > 6:
            raise ValueError("the free days of a week stand in order, each once, and at most six")
        before = self.since
        for holiday in self.holidays:
            first, last = day_of(holiday.first), day_of(holiday.last)
            if holiday.first < before or last < first or holiday.last > self.until:
                raise ValueError("holidays stand in order, apart from each other, within the days of the calendar")
            before = following(last)
        working = self.working_days
        if list(working) != sorted({*working}) or not all(self.since <= one <= self.until for one in working):
            raise ValueError("make-up days stand in order, each once, within the days of the calendar")
        for one in working:
            if WEEKDAYS[day_of(one).weekday()] not in self.weekend:
                raise ValueError("a make-up day is a day of the weekend that is worked")
            if any(holiday.first <= one <= holiday.last for holiday in self.holidays):
                raise ValueError("no day is both a holiday and a make-up day")

    def subjects(self) -> tuple[str, ...]:
        return (self.calendar,)


class LimitPublished(Body, frozen=True):
    """A limit by name: how many of which days or hours an act may take, who may stop the clock, and what says so.

    It holds for what happens between two instants (an open end is no end). With `starts` it is counted from a record of that
    kind, or one that was decided by that command. `ends` says whether a limit that would end on a free day ends with the next
    working day.
    """

    KIND: ClassVar[str] = "governance.limit-published/1"
    ROLE: ClassVar[str | None] = "operator"

    limit: Uri
    name: Names
    source: Names
    ground: Literal["legal", "agreed"]
    count: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    unit: Literal["working-days", "calendar-days", "months", "hours"]
    ends: Literal["next-working-day", "as-counted"]
    calendar: Uri
    pausing: Literal["nobody", "asking", "asked", "either"]
    valid_from: Instant
    valid_until: Instant | None = None
    starts: ActName | None = None

    def __post_init__(self) -> None:
        most = {"working-days": 2_000, "calendar-days": 10_000, "months": 240, "hours": 100_000}[self.unit]
        if self.count > most:
            raise ValueError("a limit has at most 2000 working days, 10000 days, 240 months or 100000 hours")
        if self.unit == "hours" and self.ends != "as-counted":
            raise ValueError("a limit in hours ends as it is counted")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("a limit ends to hold after it begins to")

    def subjects(self) -> tuple[str, ...]:
        return (self.limit,)


class TaskAsked(Body, frozen=True):
    """A party is asked for an act on a subject, until an instant.

    `due` was counted from `counted_from` by the limit, or was agreed; who acts at that instant is in time. The
    task is known by the id of this record.
    """

    KIND: ClassVar[str] = "governance.task-asked/1"

    party: Uri
    subject: Uri
    asks: Names
    counted_from: Instant
    due: Instant
    act: ActName | None = None
    limit: RecordId | None = None
    event: RecordId | None = None

    def subjects(self) -> tuple[str, ...]:
        return (tasks_subject(self.subject), tasks_subject(self.party))

    def references(self) -> tuple[Reference, ...]:
        return tuple(
            Reference(capacity=capacity, record=name)
            for capacity, name in (("limit", self.limit), ("event", self.event))
            if name is not None
        )


class TaskAnswered(Body, frozen=True):
    """The party that was asked answers: done, with the record that answers, or declined, with a reason."""

    KIND: ClassVar[str] = "governance.task-answered/1"

    task: RecordId
    party: Uri
    subject: Uri
    outcome: Literal["done", "declined"]
    in_time: bool
    record: RecordId | None = None
    reason: Names | None = None

    def subjects(self) -> tuple[str, ...]:
        return _streams(self.subject, self.party, self.task)

    def references(self) -> tuple[Reference, ...]:
        first = Reference(capacity="task", record=self.task)
        return (first,) if self.record is None else (first, Reference(capacity="answer", record=self.record))


class ClockPaused(Body, frozen=True):
    """The clock of a task stands still from this record's instant on, for a reason."""

    KIND: ClassVar[str] = "governance.clock-paused/1"

    task: RecordId
    party: Uri
    subject: Uri
    reason: Names

    def subjects(self) -> tuple[str, ...]:
        return _streams(self.subject, self.party, self.task)

    def references(self) -> tuple[Reference, ...]:
        return (Reference(capacity="task", record=self.task),)


class ClockResumed(Body, frozen=True):
    """The clock of a task goes on from this record's instant on; `due` is counted anew, its pauses left out."""

    KIND: ClassVar[str] = "governance.clock-resumed/1"

    task: RecordId
    party: Uri
    subject: Uri
    pause: RecordId
    due: Instant

    def subjects(self) -> tuple[str, ...]:
        return _streams(self.subject, self.party, self.task)

    def references(self) -> tuple[Reference, ...]:
        return (Reference(capacity="task", record=self.task), Reference(capacity="pause", record=self.pause))


class ClockRecounted(Body, frozen=True):
    """A limit was counted anew, because its calendar was published further or otherwise since."""

    KIND: ClassVar[str] = "governance.clock-recounted/1"

    task: RecordId
    party: Uri
    subject: Uri
    due: Instant

    def subjects(self) -> tuple[str, ...]:
        return _streams(self.subject, self.party, self.task)

    def references(self) -> tuple[Reference, ...]:
        return (Reference(capacity="task", record=self.task),)


def published_calendar(
    records: Sequence[Record], calendar: str, publisher: str, *, stands: Callable[[Record], bool]
) -> tuple[CalendarPublished, ...]:
    """Return what a publisher said of a calendar and did not withdraw, in log order: of two that speak of one day the later counts.

    Args:
        records: the stream of the calendar; it may be named beside others there.
        calendar: its URI.
        publisher: whose word counts, the operator of the log.
        stands: whether a record is of this log and was not withdrawn.

    Raises:
        RefusedError: nothing was published, or in two time zones.
    """
    said = [
        body(one, CalendarPublished)
        for one in records
        if one.kind == CalendarPublished.KIND and one.issuer == publisher and stands(one)
    ]
    found = tuple(one for one in said if one.calendar == calendar)
    if not found:
        raise RefusedError("calendar-published", f"no calendar {calendar} was published by {publisher}; publish it first")
    if len({one.offset for one in found}) > 1:
        raise RefusedError(
            "calendar-zone", f"calendar {calendar} was published in two time zones; publish the second under its own URI"
        )
    return found


def _streams(subject: str, party: str, task: str) -> tuple[str, ...]:
    """In the stream of the task itself too, where whoever knows the task finds it."""
    return (tasks_subject(subject), tasks_subject(party), record_subject(task))


def day_of(text: str) -> date:
    """Return the day that a record writes; raises ValueError where there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("there is no such day") from error


def following(day: date) -> str:
    """Return the day after, as records write it."""
    return date.fromordinal(day.toordinal() + 1).isoformat()
