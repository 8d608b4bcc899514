"""What may be decided about tasks: asking a party for an act, and answering; how a task stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from openqi.evidence.record import Record, Statement, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.governance.calendars import due_by_limit, published_limit, withdrawn
from openqi.records import Command, Instant, Names, RecordId, Uri, body, statement
from openqi.records.governance import withdrawal
from openqi.records.tasks import ActName, ClockPaused, ClockRecounted, ClockResumed, LimitPublished, TaskAnswered, TaskAsked
from openqi.science.calendars.limits import Pause


class AskTask(Command, frozen=True):
    """Ask a party for an act on a subject, until a limit ends or an agreed instant."""

    NAME: ClassVar[str] = "governance.ask-task/1"
    ROLE: ClassVar[str | None] = None

    party: Uri
    subject: Uri
    asks: Names
    act: ActName | None = None
    limit: RecordId | None = None
    due: Instant | None = None
    event: RecordId | None = None
    counted_from: Instant | None = None

    def __post_init__(self) -> None:
        if (self.limit is None) == (self.due is None):
            raise ValueError("a task has a limit or an agreed instant, one of the two")
        if self.event is not None and self.counted_from is not None:
            raise ValueError("a limit is counted from a record or from an instant, not from both")
        if self.due is not None and (self.event or self.counted_from):
            raise ValueError("an agreed instant is not counted from anything")


class AnswerTask(Command, frozen=True):
    """Answer a task: done, with the record that answers it, or declined, with a reason."""

    NAME: ClassVar[str] = "governance.answer-task/1"
    ROLE: ClassVar[str | None] = None
    SHARES: ClassVar[tuple[str, ...]] = ("task",)

    task: RecordId
    outcome: Literal["done", "declined"]
    record: RecordId | None = None
    reason: Names | None = None

    def __post_init__(self) -> None:
        if self.outcome == "declined" and (self.reason is None or self.record is not None):
            raise ValueError("who declines a task says why, and names no record")
        if self.outcome == "done" and self.record is None and self.reason is None:
            raise ValueError("a task that is done names the record that answers it, or says what was done")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a task stands.

    Args:
        record, asked: the task.
        due: when it is due, as counted last.
        answer: the answer that stands; None where there is none.
        pause: the pause that goes on; None where the clock runs.
        pauses: those that are over.
    """

    record: Record
    asked: TaskAsked
    due: str
    answer: Record | None = None
    pause: Record | None = None
    pauses: tuple[Pause, ...] = ()


def standing(view: View, task: str) -> Standing:
    """Return how a task stands as of the view: only the task and its own narrow stream are read.

    A withdrawn answer does not count. A pause or a new count is undone by its opposite, never by withdrawing it: days that went by
    uncounted do not come back.

    Raises:
        RefusedError: the record is no task of this log, or its asker withdrew it.
        NotFoundError: there is no such record.
    """
    record = view.record(task)
    if record.kind != TaskAsked.KIND or view.home(record.id) != view.origin:
        raise RefusedError("task-asked", f"record {task} is no task of this log")
    if withdrawn(view, record):
        raise RefusedError("task-stands", f"task {task} was withdrawn by {record.issuer}")
    asked = body(record, TaskAsked)
    due, answer, pause, pauses = asked.due, None, None, []
    records = view.stream(record_subject(task))
    for one in records:
        between = one.issuer in (record.issuer, asked.party) and view.home(one.id) == view.origin
        if one.body.get("task") != task or not between:
            continue
        if one.kind == TaskAnswered.KIND and one.issuer == asked.party and withdrawal(one, records, view.home) is None:
            answer = one
        elif one.kind == ClockPaused.KIND:
            pause = one
        elif one.kind == ClockResumed.KIND and pause is not None:
            pauses.append(Pause(since=parse_instant(pause.valid_from), until=parse_instant(one.valid_from)))
            due, pause = body(one, ClockResumed).due, None
        elif one.kind == ClockRecounted.KIND:
            due = body(one, ClockRecounted).due
    return Standing(record=record, asked=asked, due=due, answer=answer, pause=pause, pauses=tuple(pauses))


def open_task(view: View, task: str) -> Standing:
    """Return how a task stands that waits for an answer.

    Raises:
        RefusedError: it was answered or withdrawn, or is no task.
    """
    found = standing(view, task)
    if found.answer is not None:
        raise RefusedError("task-open", f"task {task} was answered before, by record {found.answer.id}")
    return found


def ask_task(view: View, command: AskTask, issuer: str) -> tuple[Statement, ...]:
    """Return the task with the instant until which it is asked.

    Raises:
        RefusedError: the limit or its calendar does not hold, the event is another than the limit starts with or lies ahead, the
            agreed instant is over, or the party that is asked could not see it.
        NotFoundError: there is no such record.
    """
    if command.visible_to is not None and command.party not in (*command.visible_to, issuer):
        raise RefusedError("asked-may-see", f"{command.party} is asked and could not see it; let it be for the parties")
    event = command.counted_from or command.now
    limit = None if command.limit is None else published_limit(view, command.limit)
    if command.event is not None:
        event = _event(view, command.event, limit)
    elif limit is not None and limit.starts is not None:
        raise RefusedError("limit-starts", f"limit {limit.limit} is counted from a record of {limit.starts}; name that record")
    if event > command.now:
        raise RefusedError("event-happened", f"a limit is counted from what has happened, not from {event}")
    due = command.due or event
    if limit is not None:
        if event < limit.valid_from or (limit.valid_until is not None and event >= limit.valid_until):
            until = limit.valid_until or "now"
            raise RefusedError("limit-in-force", f"limit {limit.limit} holds from {limit.valid_from} until {until}, not at {event}")
        due = format_instant(due_by_limit(view, limit, parse_instant(event)))
    elif due <= command.now:
        raise RefusedError("due-ahead", f"the agreed instant {due} is over")
    asked = TaskAsked(
        party=command.party, subject=command.subject, asks=command.asks, counted_from=event, due=due, act=command.act,
        limit=command.limit, event=command.event,
    )  # fmt: skip
    return (statement(asked),)


def answer_task(view: View, command: AnswerTask, issuer: str) -> tuple[Statement, ...]:
    """Return the answer of the party that was asked.

    Raises:
        RefusedError: another was asked, it was answered or withdrawn, or the record does not do what was asked.
        NotFoundError: there is no such record.
    """
    found = open_task(view, command.task)
    asked = found.asked
    if issuer != asked.party:
        raise RefusedError("asked-answers", f"task {command.task} was asked of {asked.party}; only they answer it")
    if command.record is not None:
        check_answers(view, asked, command.record)
    elif command.outcome == "done" and asked.act is not None:
        raise RefusedError("answer-named", f"task {command.task} asks for {asked.act}; name the record that does it")
    answer = TaskAnswered(
        task=command.task, party=asked.party, subject=asked.subject, outcome=command.outcome,
        in_time=found.pause is not None or command.now <= found.due, record=command.record, reason=command.reason,
    )  # fmt: skip
    return (statement(answer),)


def check_answers(view: View, asked: TaskAsked, name: str) -> None:
    """Raise RefusedError unless a record that stands does what a task asks: by the asked party, the act, on the subject."""
    record = view.record(name)
    if record.issuer != asked.party or view.home(record.id) != view.origin:
        raise RefusedError("answer-own", f"record {name} is of {record.issuer}; {asked.party} answers with a record of its own")
    if withdrawn(view, record):
        raise RefusedError("answer-stands", f"record {name} was withdrawn; answer with one that stands")
    if asked.act is not None and asked.act not in acts_in(record):
        raise RefusedError("answer-does", f"record {name} is a {record.kind}; asked is {asked.act}")
    if asked.act is not None and asked.subject not in record.streams:
        raise RefusedError("answer-subject", f"record {name} is about {', '.join(record.streams)[:300]}, asked is {asked.subject}")


def acts_in(record: Record) -> tuple[str, ...]:
    """Return the names of the act that a record came from: its kind, and its command where it was decided."""
    command = (record.command or {}).get("name")
    return (record.kind, command) if isinstance(command, str) else (record.kind,)


def _event(view: View, name: str, limit: LimitPublished | None) -> str:
    record = view.record(name)
    if limit is not None and limit.starts is not None and limit.starts not in acts_in(record):
        raise RefusedError(
            "limit-starts", f"limit {limit.limit} is counted from a record of {limit.starts}, not from a {record.kind}"
        )
    return record.valid_from


WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    AskTask: ask_task,
    AnswerTask: answer_task,
}
