"""Counting complaints for the public: every figure with its denominator, none so small that somebody is found by it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import ClassVar, Final, TypeVar

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.complaints.clocks import calendar_named
from openqi.pillars.surveillance.complaints.suppression import Figures
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.standing import own_records
from openqi.records import Body, Command, Day, Index, Uri, of_json, statement
from openqi.records.complaint_counts import ComplaintsCounted, figures_subject
from openqi.records.complaints import ComplaintClosed, ComplaintDecided, ComplaintReceived, complaints_subject
from openqi.records.draws import AUTHORITY
from openqi.records.governance import Withdrawn

LEAST: Final = 3
"""The smallest count that may be asked to be shown: one and two always find somebody."""
B = TypeVar("B", bound=Body)


class CountComplaints(Command, frozen=True):
    """Count the complaints received in a period that is over, for all to see; a day is one in the time zone of the calendar.

    No count under `least` is shown, nor one that would give such a count by subtraction. A period is counted once, and overlaps
    no other that was counted: two figures of almost the same period tell of who is in the difference.
    """

    NAME: ClassVar[str] = "surveillance.count-complaints/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    first_day: Day
    last_day: Day
    calendar: Uri
    least: Index


@dataclass(frozen=True, kw_only=True)
class Story:
    """One complaint, with what was decided and how it ended."""

    received: ComplaintReceived
    decided: ComplaintDecided | None
    closed: ComplaintClosed | None


def count_complaints(view: View, command: CountComplaints, issuer: str) -> tuple[Statement, ...]:
    """Return the figures of a period.

    Raises:
        RefusedError: the figures are to be sealed, the period is not over or was counted before, too few complaints came in, or the
            calendar was not published.
    """
    if command.visible_to is not None:
        raise RefusedError("public-to-all", "figures are for all: name no audience")
    calendar = calendar_named(view, command.calendar)
    first, last = day(command.first_day, "first_day"), day(command.last_day, "last_day")
    if not first <= last < calendar.day_of(parse_instant(command.now)):
        raise RefusedError("period-over", f"{command.first_day} to {command.last_day} is no period that is over")
    if not LEAST <= command.least <= 1000:
        raise RefusedError("least-count", f"the smallest count that is shown is {LEAST} to 1000, not {command.least}")
    for other, told, _ in own_records(view, figures_subject(issuer), ComplaintsCounted, (issuer,)):
        if told.first_day <= command.last_day and command.first_day <= told.last_day:
            period = f"{told.first_day} to {told.last_day}"
            raise RefusedError("counted-once", f"{period} was counted by record {other.id}; take a period that does not overlap it")
    stories = [
        one
        for one in stories_of(view, issuer)
        if first <= calendar.day_of(parse_instant(one.received.received_at)) <= last
    ]  # fmt: skip
    if len(stories) < command.least:
        raise RefusedError("few-complaints", f"fewer than {command.least} complaints came in; count a longer period")
    figures = counted(stories, command.least)
    in_time = figures.found("decided-in-time")
    stated = ComplaintsCounted(
        authority=issuer, first_day=command.first_day, last_day=command.last_day, calendar=command.calendar,
        received=len(stories), figures=figures.shown, least=command.least, withheld=figures.withheld,
        share_in_time=None if in_time is None else share(in_time.count, in_time.total),
        illustrative=any(one.received.illustrative for one in stories),
    )  # fmt: skip
    return (statement(stated),)


def counted(stories: Sequence[Story], least: int) -> Figures:
    """Return what is shown of complaints: how many of how many, and which figures are withheld.

    Args:
        stories: of the period, at least `least`.
        least: the smallest count that is shown.
    """
    decided = [one for one in stories if one.decided is not None]
    accepted = [one for one in decided if one.decided is not None and one.decided.decision == "accepted"]
    closed = [one for one in accepted if one.closed is not None]
    ends = [one.closed for one in closed if one.closed is not None]
    figures = Figures(least=least, name="received", count=len(stories))
    figures.part("repeats", sum(one.received.same_as is not None for one in stories), of="received")
    figures.part("harmed", sum(one.received.harmed for one in stories), of="received")
    figures.split("matter", Counter(one.received.matter for one in stories), of="received")
    figures.split("channel", Counter(one.received.channel for one in stories), of="received")
    figures.level("decided", len(decided))
    figures.part("decided-in-time", sum(map(decided_in_time, stories)), of="decided")
    figures.level("accepted", len(accepted))
    figures.level("closed", len(closed))
    figures.part("closed-in-time", sum(map(closed_in_time, closed)), of="closed")
    figures.split("outcome", Counter(one.outcome for one in ends), of="closed")
    figures.same("outcome/settled", of="accepted")
    return figures


def decided_in_time(story: Story) -> bool:
    """Return whether a complaint was decided in time; where no limit was named nobody can say so, and it does not count."""
    return story.received.limit is not None and story.decided is not None and not story.decided.late


def closed_in_time(story: Story) -> bool:
    """Return whether a complaint was closed in time; where no limit was named it does not count."""
    return story.decided is not None and story.decided.limit is not None and story.closed is not None and not story.closed.late


def share(count: int, total: int) -> str | None:
    """Return a share as decimal text with four places, rounded half to even; None of nothing."""
    if not total:
        return None
    return str((Decimal(count) / Decimal(total)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN))


def stories_of(view: View, authority: str) -> list[Story]:
    """Return the complaints of an authority that stand, each with what was decided of it; read once, in log order."""
    stream = [one for one in view.stream(complaints_subject(authority)) if view.home(one.id) == view.origin]
    gone = {one.body.get("record") for one in stream if one.kind == Withdrawn.KIND and one.issuer == authority}
    own = [one for one in stream if one.issuer == authority and one.basis is not None and one.id not in gone]
    decided, closed = _by_receipt(own, ComplaintDecided), _by_receipt(own, ComplaintClosed)
    return [
        Story(received=of_json(one.body, ComplaintReceived), decided=decided.get(one.id), closed=closed.get(one.id))
        for one in own
        if one.kind == ComplaintReceived.KIND
    ]


def _by_receipt(records: Sequence[Record], kind: type[B]) -> Mapping[str, B]:
    return {str(one.body["received"]): of_json(one.body, kind) for one in records if one.kind == kind.KIND}
