"""The registers of work: tasks, of which the inbox is pages, and the limits that an operator has published."""

from typing import Final

from openqi.evidence.canonical import base64url_bytes
from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record, record_subject
from openqi.kernel.errors import FormatError
from openqi.records import body
from openqi.records.governance import Withdrawn
from openqi.records.tasks import ClockPaused, ClockRecounted, ClockResumed, LimitPublished, TaskAnswered, TaskAsked

WAITS, PAUSED, CLOSED = "waits", "paused", "closed"
WITHDRAWN = "withdrawn"
"""Beside done and declined the third way in which a task is closed."""
_FOLLOWS: Final = {one.KIND: one for one in (TaskAnswered, ClockPaused, ClockResumed, ClockRecounted)}
MOVING: Final = (TaskAsked.KIND, *_FOLLOWS, Withdrawn.KIND)
"""Kinds of all records that change a row of the register."""
_START: Final = "ni:///sha-256;"


def _named(subject: str) -> str | None:
    """The record whose own stream a subject is."""
    if not subject.startswith(_START):
        return None
    try:
        found = base64url_bytes(subject.removeprefix(_START)).hex()
        return found if record_subject(found) == subject else None
    except FormatError:
        return None


def _keys(logged: Logged) -> tuple[str, ...]:
    record = logged.record
    if record.kind == TaskAsked.KIND:
        return (record.id,)
    if record.kind in _FOLLOWS:
        task = record.body.get("task")
        return (task,) if isinstance(task, str) else ()
    if record.kind == Withdrawn.KIND:  # of a task, or of an answer, which lies in the stream of its task
        return tuple(dict.fromkeys(name for subject in record.streams if (name := _named(subject)) is not None))
    return ()


def _step(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    try:
        if record.kind == TaskAsked.KIND:
            return row or _asked(logged, body(record, TaskAsked))
        if row is None or row["origin"] != logged.origin:  # what another log says of a task of ours is no answer
            return row
        return {**row, **(_after_withdrawal(row, record) if record.kind == Withdrawn.KIND else _after(row, record))}
    except FormatError:  # a foreign record of another form says nothing
        return row


def _asked(logged: Logged, asked: TaskAsked) -> Row:
    record = logged.record
    return {
        "key": record.id, "origin": logged.origin, "party": asked.party, "asker": record.issuer, "act": asked.act,
        "subject": asked.subject, "state": WAITS, "due": asked.due, "asked_at": record.valid_from, "changed_at": record.valid_from,
        "paused": None, "answer": None, "outcome": None,
    }  # fmt: skip


def _after(row: Row, record: Record) -> Row:
    at: Row = {"changed_at": record.valid_from}
    if record.issuer not in (row["party"], row["asker"]):
        return {}
    if record.kind == TaskAnswered.KIND:
        answered = body(record, TaskAnswered)
        return {**at, "state": CLOSED, "outcome": answered.outcome, "answer": record.id} if record.issuer == row["party"] else {}
    if record.kind == ClockPaused.KIND:
        return {**at, "state": PAUSED, "paused": record.id}
    if record.kind == ClockResumed.KIND:
        return {**at, "state": WAITS, "paused": None, "due": body(record, ClockResumed).due}
    return {**at, "due": body(record, ClockRecounted).due}


def _after_withdrawal(row: Row, record: Record) -> Row:
    """A task that its asker withdraws is over; an answer that is withdrawn leaves it as it was before."""
    withdrawn, at = body(record, Withdrawn).record, {"changed_at": record.valid_from}
    if withdrawn == row["key"] and record.issuer == row["asker"]:
        return {**at, "state": CLOSED, "outcome": WITHDRAWN}
    if withdrawn == row["answer"] and record.issuer == row["party"] and row["outcome"] != WITHDRAWN:
        return {**at, "state": WAITS if row["paused"] is None else PAUSED, "answer": None, "outcome": None}
    return {}


TASKS = Fold(
    name="tasks",
    version=1,
    columns={
        "origin": str, "party": str, "asker": str, "act": str, "subject": str, "state": str, "due": str, "asked_at": str,
        "changed_at": str, "paused": str, "answer": str, "outcome": str,
    },
    keys=_keys,
    step=_step,
    indexes=(
        ("origin", "party", "state", "due"), ("origin", "asker", "state", "due"), ("origin", "party", "state", "changed_at"),
        ("origin", "asker", "state", "changed_at"), ("origin", "subject", "asked_at"),
    ),
)  # fmt: skip


def _limit_keys(logged: Logged) -> tuple[str, ...]:
    record = logged.record
    if record.kind not in (LimitPublished.KIND, Withdrawn.KIND):
        return ()
    return tuple(f"{logged.origin} {subject}" for subject in record.streams)


def _limit_step(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    try:
        if record.kind == Withdrawn.KIND:
            gone = row is not None and (body(record, Withdrawn).record, record.issuer) == (row["record"], row["issuer"])
            return None if gone else row
        said = body(record, LimitPublished)
    except FormatError:  # a foreign record of another form says nothing
        return row
    return {
        "origin": logged.origin, "limit_uri": said.limit, "record": record.id, "issuer": record.issuer, "name_zh": said.name.zh,
        "name_en": said.name.en, "count": said.count, "unit": said.unit,
    }  # fmt: skip


LIMITS = Fold(
    name="limits",
    version=1,
    columns={
        "origin": str, "limit_uri": str, "record": str, "issuer": str, "name_zh": str, "name_en": str, "count": int, "unit": str,
    },
    keys=_limit_keys,
    step=_limit_step,
    indexes=(("origin", "limit_uri"),),
)  # fmt: skip
