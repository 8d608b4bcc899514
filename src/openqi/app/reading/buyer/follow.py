"""What happens next with a report, and until when: counted on a calendar that the operator of the log published."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from openqi.app.cases import Receipt
from openqi.app.published import limit_at_hand
from openqi.app.reading.context import Context, Seen
from openqi.evidence.keys import GENESIS, log_subject
from openqi.kernel.errors import DomainError, NotFoundError, RefusedError
from openqi.kernel.instant import parse_instant
from openqi.records import body
from openqi.records.governance import Genesis
from openqi.records.tasks import CalendarPublished, published_calendar
from openqi.science.calendars.calendar import WorkingCalendar
from openqi.science.calendars.limits import Limit, end_of_limit
from openqi.science.calendars.texts import calendar_of

ACCEPTANCE: Final = "complaint-acceptance"
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Follow:
    """A receipt with what comes of it.

    `accept_by` is the last day on which it is to be said whether the complaint is accepted; None where no published calendar
    reaches so far, and then only the number of working days is known. `case` is the sealed record.
    """

    receipt: Receipt
    working_days: int
    accept_by: date | None
    over: bool
    case: Seen | None


def follow(context: Context, receipt: Receipt) -> Follow:
    """Return what comes of a report, as of the log and the day of the context."""
    count = limit_at_hand(ACCEPTANCE, "https://example.org/limit", "https://example.org/calendar").count
    by = None
    for calendar in _calendars(context):
        by = by or _last_day(calendar, receipt.received_at, count)
    return Follow(
        receipt=receipt,
        working_days=count,
        accept_by=by,
        over=by is not None and context.today > by,
        case=context.seen(receipt.record) if receipt.record else None,
    )


def _last_day(calendar: WorkingCalendar, received_at: str, count: int) -> date | None:
    try:
        end = end_of_limit(Limit(count=count, unit="working-days"), parse_instant(received_at), calendar)
    except DomainError:  # the calendar does not reach so far
        return None
    return calendar.day_of(end - _SECOND)


def _operator(context: Context) -> str:
    founded = context.stream(log_subject(context.store.origin))[:1]
    return body(founded[0].record, Genesis).operator if founded and founded[0].record.kind == GENESIS else ""


def _calendars(context: Context) -> list[WorkingCalendar]:
    """The calendars that the operator published, the newest first."""
    chief = _operator(context)
    found: dict[str, None] = {}
    for one in reversed(context.listed(CalendarPublished.KIND)):
        stated = context.body(one.id, CalendarPublished)
        if stated is not None and one.issuer == chief:
            found[stated.calendar] = None
    calendars = []
    for name in found:
        records = [one.record for one in context.stream(name)]
        try:
            said = published_calendar(records, name, chief, stands=lambda record: context.withdrawn_by(record) is None)
        except (RefusedError, NotFoundError):
            continue
        calendars.append(calendar_of(said))
    return calendars
