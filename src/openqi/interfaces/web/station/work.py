"""The pages of work: the inbox of the hat that is worn, and a task with its clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.station.station import Station
from openqi.app.work.inbox import MOST, WHICH, Task, Which, cursor, cursor_of, which_of
from openqi.app.work.story import Next, Span, TaskStory
from openqi.evidence.fold import Cell
from openqi.evidence.record import Record
from openqi.interfaces.web.show import name_of
from openqi.interfaces.web.station.act_forms import at
from openqi.interfaces.web.station.act_words import act_label, refusal_text
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.words import phrase, term
from openqi.kernel.instant import parse_instant
from openqi.pillars.governance.workflow import Withdraw

LOCAL: Final = timezone(timedelta(hours=8))
_ABOUT: Final = 5
_LOOKED_AT: Final = 8


@dataclass(frozen=True, kw_only=True)
class Line:
    """A task as a line of the inbox shows it, in one language."""

    task: Task
    title: str
    act: str
    link: str
    due: str
    left: str
    tone: str


class WorkPages:
    """The pages of work.

    Args:
        frame: makes pages.
        station: knows the inbox.
    """

    def __init__(self, frame: Frame, station: Station) -> None:
        self._frame, self._station = frame, station

    async def inbox(self, visit: Visit) -> Response:
        """Return a page of the inbox."""
        query = visit.request.query_params
        which, after = which_of(query.get("view", "waits")), cursor_of(query.get("after", ""))
        values = await run_in_threadpool(self._inbox, visit, which, after)
        return await self._frame.page(visit, "work-inbox.html", **values)

    async def task(self, visit: Visit) -> Response:
        """Return the page of a task."""
        name = visit.request.path_params["task"]
        story = await run_in_threadpool(self._station.stories.story, visit.hat_worn().party, name)
        return await self._frame.page(visit, "work-task.html", **self._told(visit, story))

    def answering(self, visit: Visit, records: Sequence[Record]) -> list[Line]:
        """Return the open tasks of the hat that is worn which records that were sealed just now do."""
        inbox, party = self._station.inbox, visit.hat_worn().party
        found = {task.task: task for record in records for task in inbox.answered_by(party, record)}
        return lines(visit, tuple(found.values()), self._station.ledger.now())

    def about(self, visit: Visit, subjects: Sequence[str]) -> list[Line]:
        """Return the newest tasks about some subjects that the party may see; of many subjects the first few are looked at."""
        if visit.party is None:
            return []
        found = {
            task.task: task for one in subjects[:_LOOKED_AT] for task in self._station.inbox.about(visit.party, one, limit=_ABOUT)
        }
        newest = sorted(found.values(), key=lambda task: task.asked_at, reverse=True)[:_ABOUT]
        return lines(visit, newest, self._station.ledger.now())

    def _inbox(self, visit: Visit, which: Which, after: Sequence[Cell] | None) -> dict[str, Any]:
        party, inbox = visit.hat_worn().party, self._station.inbox
        page = inbox.page(party, which, after=after)
        older = "" if page.next is None else at(visit, f"/inbox?{urlencode({'view': which, 'after': cursor(page.next)})}")
        views = [(one, term("work-view", one, visit.language), at(visit, f"/inbox?view={one}")) for one in WHICH]
        return {
            "lines": lines(visit, page.tasks, self._station.ledger.now()), "which": which, "views": views, "older": older,
            "first": "" if after is None else at(visit, f"/inbox?view={which}"),
            "counts": counted(inbox.counts(party, steady=True)),
            "ask": at(visit, "/do/governance.ask-task.1"),
        }  # fmt: skip

    def _told(self, visit: Visit, story: TaskStory) -> dict[str, Any]:
        language = visit.language
        (line,) = lines(visit, (story.task,), story.now)
        return {
            "line": line, "task": story.task, "asked": story.asked, "steps": story.steps, "clock": clock(story.spans, story.now),
            "due": deadline(story.task.due), "next": [offered(visit, one) for one in story.next],
            "others": [offered(visit, one) for one in story.others], "answers": story.answers, "limit": story.limit,
            "act": "" if story.asked.act is None else act_label(story.asked.act, language), "deadline": deadline,
        }  # fmt: skip


def lines(visit: Visit, tasks: Sequence[Task], now: str) -> list[Line]:
    """Return tasks as lines."""
    return [_line(visit, one, now) for one in tasks]


def _line(visit: Visit, task: Task, now: str) -> Line:
    language = visit.language
    act = "" if task.act is None else act_label(task.act, language)
    title = phrase("work-withheld", language) if task.asks is None else name_of(task.asks, language)
    tone = "bad" if task.late else "none" if task.state != "waits" else "warn" if _days(task.due, now) < 3 else "good"
    return Line(
        task=task, title=title, act=act, link=at(visit, f"/tasks/{task.task}"), due=deadline(task.due),
        left=left(task, now, language), tone=tone,
    )  # fmt: skip


def left(task: Task, now: str, language: str) -> str:
    """Return how long there is still, or how long a task has been late; two days at most are told in hours."""
    if task.state != "waits":
        return term("value", task.outcome, language) if task.outcome else term("state-of-task", task.state, language)
    hours = abs(_days(task.due, now)) * 24
    if hours < 48:
        return phrase("work-late-hours" if task.late else "work-left-hours", language, number=int(hours))
    return phrase("work-late-days" if task.late else "work-left-days", language, number=int(hours / 24))


def _days(due: str, now: str) -> float:
    return (parse_instant(due) - parse_instant(now)) / timedelta(days=1)


def deadline(due: str) -> str:
    """Return a due instant as people read it: local, and a midnight as the 24:00 of the day that ends there."""
    local = parse_instant(due).astimezone(LOCAL)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{(local - timedelta(days=1)).date()} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def clock(spans: Sequence[Span], now: str) -> dict[str, Any]:
    """Return the clock of a task as stretches of a line 1000 long, with the place of now."""
    if not spans:
        return {"spans": (), "now": None}
    start, end = parse_instant(spans[0].since), max(parse_instant(spans[-1].until), parse_instant(now))
    whole = max((end - start).total_seconds(), 1)

    def place(instant: datetime) -> int:
        return round(1000 * (instant - start).total_seconds() / whole)

    told = [
        {"x": place(parse_instant(one.since)), "width": max(place(parse_instant(one.until)) - place(parse_instant(one.since)), 2),
         "what": one.what, "since": deadline(one.since), "until": deadline(one.until)}
        for one in spans
    ]  # fmt: skip
    return {"spans": told, "now": min(max(place(parse_instant(now)), 0), 1000)}


def offered(visit: Visit, one: Next) -> dict[str, str]:
    """Return what may be done next as a link into the form of its act, filled in as far as is known."""
    own = "work-decline" if ("outcome", "declined") in one.fields else "work-withdraw" if one.act.name == Withdraw.NAME else ""
    label = phrase(own, visit.language) if own else act_label(one.act.name, visit.language)
    return {
        "label": label, "form": at(visit, f"/do/{one.act.slug}?{urlencode(one.fields)}"), "name": one.act.name,
        "why": "" if one.why is None else refusal_text(one.why, visit.language),
    }  # fmt: skip


def counted(counts: Any) -> list[tuple[str, str]]:
    """Return the counts of an inbox, (view, number); what was not counted to its end says so."""
    return [(one, number(getattr(counts, one))) for one in ("late", "soon", "waits", "paused", "asked")]


def number(count: int) -> str:
    """Return a count as it is shown."""
    return f"{MOST - 1}+" if count >= MOST else str(count)


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the routes of work."""
    pages = WorkPages(frame, station)
    frame.waiting, frame.answering, frame.about = station.inbox.waiting, pages.answering, pages.about
    told = [("/inbox", pages.inbox), ("/tasks/{task}", pages.task)]
    return [Route(path, frame.signed_in(endpoint), methods=["GET"]) for path, endpoint in told]
