"""The story of one task: what happened to it and its clock, which records may answer it, and what a party may do next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from openqi.app.acts.acts import Act, acts
from openqi.app.acts.sealing.outcomes import Refusal, refusal_of
from openqi.app.ledger import Ledger
from openqi.app.work.inbox import Inbox, Task
from openqi.app.workflow import check_role
from openqi.evidence.record import Logged, Record, record_subject
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.clocks import PauseClock, RecountClock, ResumeClock, pause_clock, recount_clock, resume_clock
from openqi.pillars.governance.task_register import CLOSED
from openqi.pillars.governance.tasks import AnswerTask, acts_in
from openqi.pillars.governance.views import roles_held
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Names, body
from openqi.records.governance import Withdrawn
from openqi.records.tasks import ClockPaused, ClockResumed, LimitPublished, TaskAnswered, TaskAsked

_ABOUT: Final = ("subject", "item", "lot", "product", "instrument", "certificate", "procedure", "requirement", "plan", "scope")
"""Fields that say what an act is about, the first that it has."""
_NEWEST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Step:
    """One record in the story of a task; what the reader may not see is withheld and has no more than its id.

    Args:
        record: its id.
        kind, issuer, at: what, whose, when.
        said: a reason, or what was asked.
        due: when it is due from then on; None where that did not change.
        outcome: of an answer.
        in_time: of an answer.
        answer: the record that an answer names.
    """

    record: str
    kind: str = ""
    issuer: str = ""
    at: str = ""
    said: Names | None = None
    due: str | None = None
    outcome: str | None = None
    in_time: bool | None = None
    answer: str | None = None


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of a clock: it runs, stands still, or has run out; both ends are instants."""

    since: str
    until: str
    what: Literal["runs", "stands", "late"]


@dataclass(frozen=True, kw_only=True)
class Next:
    """What a party may do next.

    Args:
        act: the act.
        fields: what its form is filled in with.
        why: why it may not; None where it may.
    """

    act: Act
    fields: tuple[tuple[str, str], ...]
    why: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class TaskStory:
    """A task with all that a page of it shows."""

    task: Task
    asked: TaskAsked
    steps: tuple[Step, ...]
    spans: tuple[Span, ...]
    now: str
    limit: Names | None = None
    next: tuple[Next, ...] = ()
    others: tuple[Next, ...] = ()
    answers: tuple[Record, ...] = ()


class Stories:
    """Tells the stories of tasks.

    Args:
        ledger: where they lie.
        inbox: the register of tasks.
    """

    def __init__(self, ledger: Ledger, inbox: Inbox) -> None:
        self._ledger, self._inbox = ledger, inbox

    def story(self, party: str, task: str) -> TaskStory:
        """Return the story of a task as a party may see it.

        Raises:
            NotFoundError: there is no such task, or the party may not see it.
        """
        found = self._inbox.task(party, task)
        first = self._ledger.logged(task)
        follow = [one for one in self._ledger.store.stream(record_subject(task)) if one.origin == first.origin]
        steps = tuple(self._step(one, party) for one in (first, *follow))
        asked, now = body(first.record, TaskAsked), self._ledger.now()
        told: dict[str, tuple[Next, ...]] = {}
        answers: tuple[Record, ...] = ()
        if found.state != CLOSED:
            answers = self._answers(asked, party)
            told = {"next": self._next(found, asked, party, answers), "others": self._others(asked, party)}
        return TaskStory(
            task=found, asked=asked, steps=steps, spans=_spans(found, asked, follow, now), now=now, answers=answers,
            limit=self._limit(asked, party), **told,
        )  # fmt: skip

    def _limit(self, asked: TaskAsked, party: str) -> Names | None:
        """What the limit is called, where the party may see it."""
        record = None if asked.limit is None else self._ledger.logged(asked.limit).record
        return None if record is None or not self._inbox.sees(party, record) else body(record, LimitPublished).name

    def _step(self, logged: Logged, party: str) -> Step:
        record = logged.record
        if not self._inbox.sees(party, record):
            return Step(record=record.id)
        reason, due = record.body.get("reason"), record.body.get("due")
        said = Names(**reason) if isinstance(reason, dict) else Names(en=reason) if isinstance(reason, str) else None
        if record.kind == TaskAsked.KIND:
            said = body(record, TaskAsked).asks
        told: dict[str, Any] = {}
        if record.kind == TaskAnswered.KIND:
            answered = body(record, TaskAnswered)
            told = {"outcome": answered.outcome, "in_time": answered.in_time, "answer": answered.record}
        return Step(
            record=record.id, kind=record.kind, issuer=record.issuer, at=record.valid_from, said=said,
            due=due if isinstance(due, str) else None, **told,
        )  # fmt: skip

    def _answers(self, asked: TaskAsked, party: str) -> tuple[Record, ...]:
        """Records of the party that was asked which do what was asked, the newest first; only to that party itself."""
        if asked.act is None or party != asked.party:
            return ()
        records = [one.record for one in self._ledger.store.stream(asked.subject) if one.origin == self._ledger.origin]
        gone = {body(one, Withdrawn).record for one in records if one.kind == Withdrawn.KIND and one.issuer == party}
        fits = [one for one in records if one.issuer == party and asked.act in acts_in(one) and one.id not in gone]
        return tuple(reversed(fits[-5:]))

    def _next(self, task: Task, asked: TaskAsked, party: str, answers: tuple[Record, ...]) -> tuple[Next, ...]:
        found: list[Next] = []
        view = self._ledger.view()
        name = ("task", task.task)
        if party == asked.party:
            act = None if asked.act is None else acts().get(asked.act)
            if act is not None and not answers:
                found.append(self._of_act(act, asked.subject, party))
            found += [
                Next(act=_act(AnswerTask.NAME), fields=(name, ("outcome", "done"), ("record", one.id))) for one in answers[:1]
            ]
            if asked.act is None:
                found.append(Next(act=_act(AnswerTask.NAME), fields=(name, ("outcome", "done"))))
            found.append(Next(act=_act(AnswerTask.NAME), fields=(name, ("outcome", "declined"))))
        now = self._ledger.now()
        tries: tuple[tuple[str, Callable[[], object]], ...] = (
            (PauseClock.NAME, lambda: pause_clock(view, PauseClock(now=now, task=task.task, reason=Names(en="-")), party)),
            (ResumeClock.NAME, lambda: resume_clock(view, ResumeClock(now=now, task=task.task), party)),
            (RecountClock.NAME, lambda: recount_clock(view, RecountClock(now=now, task=task.task), party)),
        )
        for command, attempt in tries:
            try:
                attempt()
            except RefusedError:
                continue
            found.append(Next(act=_act(command), fields=(name,)))
        if party == task.asker:
            found.append(Next(act=_act(Withdraw.NAME), fields=(("record", task.task),)))
        return tuple(found)

    def _of_act(self, act: Act, subject: str, party: str) -> Next:
        why = None
        if act.role is not None:
            try:
                check_role(self._ledger.view(), party, act.role)
            except RefusedError as error:
                why = refusal_of(error)
        return Next(act=act, fields=_filled(act, subject), why=why)

    def _others(self, asked: TaskAsked, party: str) -> tuple[Next, ...]:
        """What else the roles of a party let it do on the subject."""
        held = roles_held(self._ledger.view(), party)
        fitting = [act for act in acts().values() if act.role in held and act.name != asked.act and _about(act) is not None]
        return tuple(Next(act=act, fields=_filled(act, asked.subject)) for act in fitting)


def _act(name: str) -> Act:
    return acts()[name]


def _about(act: Act) -> str | None:
    """The field that says what an act is about, where it is one URI that has to be given."""
    fields = {field.name: field for field in act.fields if field.form == "uri" and field.required}
    return next((name for name in _ABOUT if name in fields), None)


def _filled(act: Act, subject: str) -> tuple[tuple[str, str], ...]:
    name = _about(act)
    return () if name is None else ((name, subject),)


def _spans(task: Task, asked: TaskAsked, follow: list[Logged], now: str) -> tuple[Span, ...]:
    """The clock from where it was counted to where it is due, or to now where that is later; pauses are stretches of their own."""
    spans: list[Span] = []
    since, paused = asked.counted_from, False
    for one in follow:
        at = one.record.valid_from
        if one.record.kind == ClockPaused.KIND and not paused:
            spans.append(Span(since=since, until=at, what="runs"))
            since, paused = at, True
        elif one.record.kind == ClockResumed.KIND and paused:
            spans.append(Span(since=since, until=at, what="stands"))
            since, paused = at, False
    last = task.changed_at if task.state == CLOSED else now if paused else max(task.due, now)
    if paused:
        spans.append(Span(since=since, until=max(since, last), what="stands"))
    else:
        over = max(since, min(task.due, last))
        spans += [Span(since=since, until=over, what="runs"), Span(since=over, until=max(over, last), what="late")]
    return tuple(one for one in spans if one.since < one.until)
