"""What may be decided about the clock of a task: stopping it, letting it go on, counting it anew."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.governance.calendars import due_by_limit
from openqi.pillars.governance.tasks import Standing, open_task
from openqi.records import Command, Names, RecordId, body, statement
from openqi.records.tasks import ClockPaused, ClockRecounted, ClockResumed, LimitPublished
from openqi.science.calendars.limits import Pause, end_of_span


class PauseClock(Command, frozen=True):
    """Let the clock of a task stand still from now on, for a reason."""

    NAME: ClassVar[str] = "governance.pause-clock/1"
    ROLE: ClassVar[str | None] = None
    SHARES: ClassVar[tuple[str, ...]] = ("task",)

    task: RecordId
    reason: Names


class ResumeClock(Command, frozen=True):
    """Let the clock of a task go on from now on; when it is due is counted anew."""

    NAME: ClassVar[str] = "governance.resume-clock/1"
    ROLE: ClassVar[str | None] = None
    SHARES: ClassVar[tuple[str, ...]] = ("task",)

    task: RecordId


class RecountClock(Command, frozen=True):
    """Count the limit of a task anew, because its calendar was published further or otherwise."""

    NAME: ClassVar[str] = "governance.recount-clock/1"
    ROLE: ClassVar[str | None] = None
    SHARES: ClassVar[tuple[str, ...]] = ("task",)

    task: RecordId


def pause_clock(view: View, command: PauseClock, issuer: str) -> tuple[Statement, ...]:
    """Return the pause.

    Raises:
        RefusedError: the issuer may not stop this clock, it stands still already, or the task is late, answered or withdrawn.
    """
    found = open_task(view, command.task)
    who = pausing(view, found)
    if issuer not in who:
        names = " or ".join(sorted(who)) or "nobody"
        raise RefusedError("may-pause", f"the clock of task {command.task} may be stopped by {names}, not by {issuer}")
    if found.pause is not None:
        raise RefusedError("clock-runs", f"the clock of task {command.task} stands still already, by record {found.pause.id}")
    if command.now > found.due:
        raise RefusedError(
            "late-is-late", f"task {command.task} was due at {found.due}; a clock that has run out cannot be stopped"
        )
    asked = found.asked
    return (statement(ClockPaused(task=command.task, party=asked.party, subject=asked.subject, reason=command.reason)),)


def pausing(view: View, found: Standing) -> frozenset[str]:
    """Return who may stop the clock of a task: as its limit says, and for an agreed instant who asked."""
    asking, asked = found.record.issuer, found.asked.party
    limit = _limit(view, found)
    allowed = "asking" if limit is None else limit.pausing
    who = {"nobody": (), "asking": (asking,), "asked": (asked,), "either": (asking, asked)}[allowed]
    return frozenset(who)


def resume_clock(view: View, command: ResumeClock, issuer: str) -> tuple[Statement, ...]:
    """Return that the clock goes on, with the instant at which the task is due now.

    Raises:
        RefusedError: it does not stand still, the issuer neither stopped it nor asked, or the calendar does not reach so far.
    """
    found = open_task(view, command.task)
    if found.pause is None:
        raise RefusedError("clock-stands", f"the clock of task {command.task} runs; there is nothing to resume")
    if issuer not in (found.pause.issuer, found.record.issuer):
        raise RefusedError(
            "may-resume", f"the clock was stopped by {found.pause.issuer}; they or {found.record.issuer} let it go on"
        )
    last = Pause(since=parse_instant(found.pause.valid_from), until=parse_instant(command.now))
    asked, due = found.asked, format_instant(_due(view, found, (*found.pauses, last)))
    return (statement(ClockResumed(task=command.task, party=asked.party, subject=asked.subject, pause=found.pause.id, due=due)),)


def recount_clock(view: View, command: RecountClock, issuer: str) -> tuple[Statement, ...]:
    """Return when a task is due on its calendar as it is published now.

    Raises:
        RefusedError: the issuer neither asked nor was asked, the task has no limit or stands still, or it is due as before.
    """
    found = open_task(view, command.task)
    asked = found.asked
    if issuer not in (asked.party, found.record.issuer):
        raise RefusedError("may-recount", f"task {command.task} is between {found.record.issuer} and {asked.party}")
    if asked.limit is None or found.pause is not None:
        raise RefusedError("clock-counts", f"task {command.task} has no limit that runs; there is nothing to count anew")
    due = format_instant(_due(view, found, found.pauses))
    if due == found.due:
        raise RefusedError("due-moves", f"task {command.task} is due at {due}, as before")
    return (statement(ClockRecounted(task=command.task, party=asked.party, subject=asked.subject, due=due)),)


def _limit(view: View, found: Standing) -> LimitPublished | None:
    """The limit as it was named: withdrawn since or not, a task that was asked keeps its limit."""
    return None if found.asked.limit is None else body(view.record(found.asked.limit), LimitPublished)


def _due(view: View, found: Standing, pauses: tuple[Pause, ...]) -> datetime:
    asked, limit = found.asked, _limit(view, found)
    start = parse_instant(asked.counted_from)
    if limit is None:
        return end_of_span(parse_instant(asked.due) - start, start, pauses)
    return due_by_limit(view, limit, start, pauses)


WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    PauseClock: pause_clock,
    ResumeClock: resume_clock,
    RecountClock: recount_clock,
}
