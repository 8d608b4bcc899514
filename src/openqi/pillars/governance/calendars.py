"""The working calendar that holds, and limits counted on it: what the operator of the log published, as of the view."""

from collections.abc import Sequence
from datetime import datetime

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import DomainError, RefusedError
from openqi.records import body
from openqi.records.governance import operator, withdrawal
from openqi.records.tasks import LimitPublished, published_calendar
from openqi.science.calendars.calendar import WorkingCalendar
from openqi.science.calendars.limits import Limit, Pause, end_of_limit
from openqi.science.calendars.texts import calendar_of


def working_calendar(view: View, calendar: str) -> WorkingCalendar:
    """Return the calendar that was published under a URI, as of the view.

    Raises:
        RefusedError: none was published by the operator of the log, or in two time zones.
    """
    chief = operator(view)
    records = view.stream(calendar)

    def stands(record: Record) -> bool:
        return view.home(record.id) == view.origin and withdrawal(record, records, view.home) is None

    return calendar_of(published_calendar(records, calendar, chief, stands=stands))


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
