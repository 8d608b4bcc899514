"""The working calendar that holds, and limits counted on it: what the operator of the log published, as of the view."""

from collections.abc import Sequence
from datetime import datetime

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import DomainError, RefusedError
from openqi.pillars.governance.views import operator
from openqi.records import body
from openqi.records.governance import withdrawal
from openqi.records.tasks import CalendarPublished, LimitPublished
from openqi.science.calendars.calendar import Stretch, WorkingCalendar
from openqi.science.calendars.limits import Limit, Pause, end_of_limit
from openqi.science.calendars.texts import offset_of, stretch_of_texts


def working_calendar(view: View, calendar: str) -> WorkingCalendar:
    """Return the calendar that was published under a URI, as of the view.

    Raises:
        RefusedError: none was published by the operator of the log, or in two time zones.
    """
    chief = operator(view)
    records = view.stream(calendar)
    published = [
        body(record, CalendarPublished)
        for record in records
        if record.kind == CalendarPublished.KIND and record.issuer == chief and view.home(record.id) == view.origin
        if withdrawal(record, records, view.home) is None
    ]
    # A calendar may be named beside others in one stream; only what speaks of this one counts.
    published = [one for one in published if one.calendar == calendar]
    if not published:
        raise RefusedError("calendar-published", f"no calendar {calendar} was published by {chief}; publish it first")
    if len({one.offset for one in published}) > 1:
        raise RefusedError(
            "calendar-zone", f"calendar {calendar} was published in two time zones; publish the second under its own URI"
        )
    return WorkingCalendar(offset=offset_of(published[0].offset), stretches=tuple(map(stretch_of, published)))


def stretch_of(published: CalendarPublished) -> Stretch:
    """Return what a published calendar says of its days."""
    return stretch_of_texts(
        since=published.since,
        until=published.until,
        weekend=published.weekend,
        holidays=[(one.first, one.last) for one in published.holidays],
        working_days=published.working_days,
    )


def published_limit(view: View, name: str) -> LimitPublished:
    """Return a limit that stands.

    Raises:
        RefusedError: the record is no limit of this log's operator, or was withdrawn.
        NotFoundError: there is no such record.
    """
    record = view.record(name)
    stands = record.kind == LimitPublished.KIND and record.issuer == operator(view) and view.home(record.id) == view.origin
    if not stands:
        raise RefusedError("limit-published", f"record {name} is no limit that the operator of this log published")
    if withdrawn(view, record):
        raise RefusedError("limit-stands", f"limit {name} was withdrawn; name the one that holds now")
    return body(record, LimitPublished)


def withdrawn(view: View, record: Record) -> bool:
    """Return whether a record was withdrawn, looked up where only what is said about that record lies."""
    return withdrawal(record, view.stream(record_subject(record.id)), view.home) is not None


def due_by_limit(view: View, limit: LimitPublished, event: datetime, pauses: Sequence[Pause] = ()) -> datetime:
    """Return when a limit ends that is counted from an event.

    Raises:
        RefusedError: its calendar does not reach so far, or was not published.
    """
    counted = Limit(count=limit.count, unit=limit.unit, moves=limit.ends == "next-working-day")
    try:
        return end_of_limit(counted, event, working_calendar(view, limit.calendar), pauses)
    except DomainError as error:
        raise RefusedError("calendar-reaches", f"limit {limit.limit} on calendar {limit.calendar}: {error}") from error
