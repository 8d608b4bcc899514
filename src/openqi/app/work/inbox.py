"""The inbox of a party: what waits for it, what is late or stands still, what it asked of others; pages of a register."""

import base64
import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Protocol, TypeVar, get_args

from openqi.app.ledger import Ledger
from openqi.evidence.fold import Cell, Row
from openqi.evidence.record import Record
from openqi.kernel.errors import DomainError, FormatError, NotFoundError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.governance.task_register import CLOSED, MOVING, PAUSED, TASKS, WAITS
from openqi.pillars.governance.tasks import acts_in
from openqi.records import Names, body
from openqi.records.tasks import TaskAsked

T = TypeVar("T")
Which = Literal["waits", "late", "soon", "paused", "closed", "asked", "asked-paused", "asked-closed"]
WHICH: Final[tuple[Which, ...]] = get_args(Which)
SOON: Final = timedelta(days=7)
MOST: Final = 100
"""How far is counted; more is told as `99+`."""
_STATES: Final[Mapping[Which, tuple[str, str]]] = {
    "waits": ("party", WAITS), "late": ("party", WAITS), "soon": ("party", WAITS), "paused": ("party", PAUSED),
    "closed": ("party", CLOSED), "asked": ("asker", WAITS), "asked-paused": ("asker", PAUSED), "asked-closed": ("asker", CLOSED),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task as a list shows it.

    Args:
        task: id of the record that asked it.
        party, asker: who is asked, by whom.
        act, subject: for what; None where it is answered in words.
        state: waits, paused or closed; with the outcome where it is closed.
        due, asked_at, changed_at: instants.
        late: whether it waits and its due instant is over.
        asks: what is to be done; None where the party may not see the record.
    """

    task: str
    party: str
    asker: str
    act: str | None
    subject: str
    state: str
    outcome: str | None
    due: str
    asked_at: str
    changed_at: str
    late: bool
    asks: Names | None


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """Some tasks, and the cursor of the next page; None at the end."""

    tasks: tuple[Task, ...]
    next: tuple[Cell, ...] | None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many there are, each counted up to `MOST`: which are late depends on the hour, so that no register holds it."""

    waits: int
    late: int
    soon: int
    paused: int
    asked: int


@dataclass(frozen=True, kw_only=True)
class Box:
    """What can be counted of a party's tasks whatever the hour is, for as long as none of them moves.

    Args:
        dues: when the first `MOST` that wait are due, sorted.
        since: when `ahead` was read.
        ahead: when the first `MOST` are due of those that were not late then, sorted.
        paused, asked: how many stand still, and how many were asked of others and wait.
    """

    dues: tuple[str, ...]
    since: str
    ahead: tuple[str, ...]
    paused: int
    asked: int

    def coming(self, now: str, until: str) -> int | None:
        """Return how many are due from now on and before an instant; None where this was read too long ago to tell."""
        found = bisect_left(self.ahead, until) - bisect_left(self.ahead, now)
        whole = len(self.ahead) < MOST or self.ahead[-1] >= until
        return found if now >= self.since and (whole or found == MOST) else None


class Keeper(Protocol):
    """Keeps what was made out of a register, as a `Reader` does."""

    def kept(self, what: str, name: str, make: Callable[[], T], *, kinds: tuple[str, ...]) -> T:
        """Return what was made once, until a record of these kinds comes into the log."""
        ...

    def steady(self) -> "Keeper":
        """Return a keeper that does not ask whether the log has grown since it was looked at last."""
        ...


class Inbox:
    """Reads the register of tasks.

    Args:
        ledger: with the register.
        now: the present instant as evidence writes it.
        keeper: keeps what was counted until a task moves.
    """

    def __init__(self, ledger: Ledger, now: Callable[[], str], keeper: Keeper) -> None:
        self._ledger, self._now, self._keeper = ledger, now, keeper

    def page(self, party: str, which: Which, *, after: Sequence[Cell] | None = None, limit: int = 25) -> TaskPage:
        """Return tasks of a party, those that are due first first, and closed ones the newest first.

        Raises:
            DomainError: the cursor or limit is not one.
        """
        rows, following = self._rows(party, which, after, limit)
        return TaskPage(tasks=self._tasks(rows, party), next=following)

    def all(self, party: str, which: Which, *, most: int) -> Iterator[Task]:
        """Yield tasks page by page, as many as `most`."""
        after: Sequence[Cell] | None = None
        while most > 0:
            found = self.page(party, which, after=after, limit=min(most, 200))
            yield from found.tasks
            most, after = most - len(found.tasks), found.next
            if after is None:
                return

    def counts(self, party: str, *, steady: bool = False) -> Counts:
        """Return how many wait, are late, due soon, stand still, and were asked of others.

        Args:
            party: whose.
            steady: as of when the log was looked at last, which for a page is when its request came.
        """
        box, now = self._box(party, self._keeper.steady() if steady else self._keeper), self._now()
        late = bisect_left(box.dues, now)
        soon = box.coming(now, format_instant(parse_instant(now) + SOON))
        return Counts(
            waits=len(box.dues), late=late, soon=self._count(party, "soon") if soon is None else soon, paused=box.paused,
            asked=box.asked,
        )  # fmt: skip

    def waiting(self, party: str) -> int:
        """Return how many tasks wait for a party, counted up to `MOST`: for the frame of a page, as of when its request came."""
        return len(self._box(party, self._keeper.steady()).dues)

    def _box(self, party: str, keeper: Keeper) -> Box:
        return keeper.kept("box", party, lambda: self._counted(party), kinds=MOVING)

    def _counted(self, party: str) -> Box:
        now = self._now()
        first = self._dues(party, None)
        return Box(
            dues=first, since=now, ahead=self._dues(party, {"due": now}) if len(first) == MOST and first[0] < now else first,
            paused=self._count(party, "paused"), asked=self._count(party, "asked"),
        )  # fmt: skip

    def _dues(self, party: str, at_least: Mapping[str, Cell] | None) -> tuple[str, ...]:
        column, state = _STATES["waits"]
        where = {"origin": self._ledger.origin, column: party, "state": state}
        page = self._ledger.store.page(TASKS, where=where, at_least=at_least, order=("due",), limit=MOST)
        return tuple(str(row["due"]) for row in page.rows)

    def task(self, party: str, task: str) -> Task:
        """Return one task that a party may see.

        Raises:
            NotFoundError: there is none, or the party may not see it.
        """
        row = self._ledger.store.row(TASKS, task)
        if row is None or row["origin"] != self._ledger.origin or not self.sees(party, self._ledger.logged(task).record):
            raise NotFoundError(f"there is no task {task[:64]} that {party} may see")
        return self._tasks((row,), party)[0]

    def about(self, party: str, subject: str, limit: int = 20) -> tuple[Task, ...]:
        """Return the tasks about a subject that a party may see, the newest first."""
        where = {"origin": self._ledger.origin, "subject": subject}
        page = self._ledger.store.page(TASKS, where=where, order=("asked_at",), descending=True, limit=limit)
        return tuple(one for one in self._tasks(page.rows, party) if one.asks is not None)

    def answered_by(self, party: str, record: Record) -> tuple[Task, ...]:
        """Return the open tasks of a party that a record of its own does; it is for the party to say so."""
        names = acts_in(record) if record.issuer == party else ()
        open_ones = [one for subject in record.streams for one in self.about(party, subject, limit=MOST) if one.state != CLOSED]
        return tuple(one for one in open_ones if one.party == party and one.act in names)

    def sees(self, party: str, record: Record) -> bool:
        """Return whether a party may see a record."""
        return record.public or party in (record.issuer, *(record.statement.visible_to or ()))

    def _count(self, party: str, which: Which) -> int:
        column, state = _STATES[which]
        now = self._now()
        below = {"late": now, "soon": format_instant(parse_instant(now) + SOON)}.get(which)
        return self._ledger.store.count(
            TASKS, where={"origin": self._ledger.origin, column: party, "state": state},
            at_least={"due": now} if which == "soon" else None, below=below, order=("due",), most=MOST,
        )  # fmt: skip

    def _rows(
        self, party: str, which: Which, after: Sequence[Cell] | None, limit: int
    ) -> tuple[tuple[Row, ...], tuple[Cell, ...] | None]:
        column, state = _STATES[which]
        now, least = self._now(), None
        if which == "soon":
            least = {"due": now}
        closed = state == CLOSED
        if after is not None and not all(cell is None or isinstance(cell, str) for cell in after):
            raise DomainError("a cursor of the inbox has texts only; give back `next` of the page before")
        page = self._ledger.store.page(
            TASKS, where={"origin": self._ledger.origin, column: party, "state": state}, at_least=least,
            order=("changed_at" if closed else "due",), descending=closed, after=after, limit=limit,
        )  # fmt: skip
        ends = {"late": now, "soon": format_instant(parse_instant(now) + SOON)}.get(which)
        rows = page.rows if ends is None else tuple(row for row in page.rows if str(row["due"]) < ends)
        return rows, page.next if len(rows) == len(page.rows) else None

    def _tasks(self, rows: Sequence[Row], party: str) -> tuple[Task, ...]:
        """Rows as tasks; their records are asked for together."""
        now, logged = self._now(), self._ledger.store.logged_many([str(row["key"]) for row in rows])
        return tuple(self._task(row, logged[str(row["key"])].record, party, now) for row in rows)

    def _task(self, row: Row, record: Record, party: str, now: str) -> Task:
        asks = body(record, TaskAsked).asks if self.sees(party, record) else None
        return Task(
            task=str(row["key"]), party=str(row["party"]), asker=str(row["asker"]), act=_text(row["act"]),
            subject=str(row["subject"]), state=str(row["state"]), outcome=_text(row["outcome"]), due=str(row["due"]),
            asked_at=str(row["asked_at"]), changed_at=str(row["changed_at"]),
            late=row["state"] == WAITS and str(row["due"]) < now, asks=asks,
        )  # fmt: skip


def which_of(text: str) -> Which:
    """Return the view of the inbox that an address names.

    Raises:
        NotFoundError: there is no such view.
    """
    for one in WHICH:
        if one == text:
            return one
    raise NotFoundError(f"the inbox has no view {text[:40]!r}; it has {', '.join(WHICH)}")


def cursor(cells: Sequence[Cell]) -> str:
    """Return the cursor of the next page as an address holds it."""
    return base64.urlsafe_b64encode(json.dumps(list(cells)).encode()).decode().rstrip("=")


def cursor_of(text: str) -> tuple[Cell, ...] | None:
    """Return the cursor that an address holds; None where it holds none.

    Raises:
        FormatError: it was not made here.
    """
    if not text:
        return None
    try:
        cells = json.loads(base64.urlsafe_b64decode(text[:2000] + "=" * (-len(text[:2000]) % 4)))
    except (ValueError, RecursionError) as error:
        raise FormatError("this is no page of the inbox; begin again at its first") from error
    if type(cells) is not list or not all(cell is None or type(cell) is str for cell in cells):
        raise FormatError("this is no page of the inbox; begin again at its first")
    return tuple(cells)


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)
