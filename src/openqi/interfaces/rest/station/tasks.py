"""Work for programs: the inbox of the party for which a token acts, and the story of a task. Asking and answering are acts."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from openqi.app.people.visitor import Visitor
from openqi.app.work.inbox import Counts, Inbox, Task, Which, cursor, cursor_of
from openqi.app.work.story import Stories, TaskStory
from openqi.interfaces.rest.station.act_problems import PROBLEM, Words, route_class

_FORM = ConfigDict(strict=True, extra="forbid")
Id = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="id of the record that asked the task")]


class TaskLine(BaseModel):
    """A task as a list shows it; `asks` is null where the party may not see the record."""

    model_config = _FORM

    task: str
    party: str
    asker: str
    act: str | None
    subject: str
    state: str
    outcome: str | None
    due: str
    late: bool
    asked_at: str
    changed_at: str
    asks: dict[str, str] | None


class InboxCounts(BaseModel):
    """How many there are, each counted up to 100."""

    model_config = _FORM

    waits: int
    late: int
    soon: int
    paused: int
    asked: int


class InboxPage(BaseModel):
    """A page of the inbox; `next` goes back as `after`, and is null at the end."""

    model_config = _FORM

    party: str
    view: str
    counts: InboxCounts
    tasks: list[TaskLine]
    next: str | None


class TaskStep(BaseModel):
    """One record in the story of a task; one that is withheld has an empty kind."""

    model_config = _FORM

    record: str
    kind: str
    issuer: str
    at: str
    due: str | None
    outcome: str | None
    in_time: bool | None
    answer: str | None


class NextAct(BaseModel):
    """What may be done next: the slug of an act, and arguments that are known already; `rule` says why it may not."""

    model_config = _FORM

    act: str
    arguments: dict[str, str]
    rule: str | None


class TaskAnswer(BaseModel):
    """A task with its story, and what the party may do next."""

    model_config = _FORM

    task: TaskLine
    counted_from: str
    limit: str | None
    steps: list[TaskStep]
    next: list[NextAct]
    may_answer: list[str]


def line(task: Task) -> TaskLine:
    """Return a task as programs see it."""
    asks = None if task.asks is None else {"zh": task.asks.zh, "en": task.asks.en}
    members = {name: getattr(task, name) for name in TaskLine.model_fields if name != "asks"}
    return TaskLine(**members, asks=asks)


def counted(counts: Counts) -> InboxCounts:
    """Return counts as programs see them."""
    return InboxCounts(**{name: getattr(counts, name) for name in InboxCounts.model_fields})


def answer(story: TaskStory) -> TaskAnswer:
    """Return the story of a task as programs see it."""
    steps = [TaskStep(**{name: getattr(one, name) for name in TaskStep.model_fields}) for one in story.steps]
    following = [
        NextAct(act=one.act.slug, arguments=dict(one.fields), rule=None if one.why is None else one.why.rule) for one in story.next
    ]
    return TaskAnswer(
        task=line(story.task), counted_from=story.asked.counted_from, limit=story.asked.limit, steps=steps, next=following,
        may_answer=[one.id for one in story.answers],
    )  # fmt: skip


def router(inbox: Inbox, stories: Stories, visitor: Callable[[Request], Visitor], words: Words) -> APIRouter:
    """Return the routes about work.

    Args:
        inbox: pages of tasks.
        stories: tells of one task.
        visitor: FastAPI dependency that gives the visitor of a request, or refuses it.
        words: how refusals are called.
    """
    refused = {status: {"description": "refused", "content": {PROBLEM: {}}} for status in (400, 404, 422)}
    routes = APIRouter(tags=["work"], route_class=route_class(words))
    who = Annotated[Visitor, Depends(visitor)]

    @routes.get("/api/inbox", operation_id="inbox", responses=refused)  # type: ignore[arg-type]
    def page(
        by: who,
        view: Which = "waits",
        after: Annotated[str, Query(max_length=2000)] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> InboxPage:
        assert by.party is not None  # a token is bound to a hat
        found = inbox.page(by.party, view, after=cursor_of(after), limit=limit)
        return InboxPage(
            party=by.party,
            view=view,
            counts=counted(inbox.counts(by.party)),
            tasks=[line(one) for one in found.tasks],
            next=None if found.next is None else cursor(found.next),
        )

    @routes.get("/api/tasks/{task}", operation_id="task", responses=refused)  # type: ignore[arg-type]
    def task(by: who, task: Id) -> TaskAnswer:
        assert by.party is not None  # a token is bound to a hat
        return answer(stories.story(by.party, task))

    return routes
