"""The desk of an authority or a firm: complaints that wait, the gravest hazard first, what is late above the rest."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from openqi.app.complaints.keeping import WORDS, shown
from openqi.app.reading.context import Context
from openqi.app.reading.naming import Named
from openqi.evidence.fold import Cell, Row
from openqi.kernel.errors import NotFoundError, VerificationError
from openqi.pillars.surveillance.complaints.register import COMPLAINTS, OPEN
from openqi.records.complaints import ComplaintReceived
from openqi.science.triage.hazards.finding import GRAVE, LEVELS, Hazard, Level, hazard_in
from openqi.store.complaint_words import ComplaintWords

MOST: Final = 300
"""Complaints of a state that a desk shows, those due first."""
_READ: Final = 10_000
Shown = Literal["open", "ended"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One complaint in a list.

    Args:
        number: by which people speak of it.
        row: as the register has it.
        level: of the hazard: that of the words, or what whoever took it in said, whichever is graver.
        hazard: what the words tell; None where the reader may not read them, or they were erased.
        left: days until what is due, below 0 when late; None where no day is known.
        firm, product: whom and what it is about.
        words: how the text begins; None as `hazard`.
    """

    number: str
    row: Row
    level: Level
    hazard: Hazard | None
    left: int | None
    firm: Named | None
    product: Named | None
    words: str | None

    @property
    def late(self) -> bool:
        """Return whether the day is over on which something is due."""
        return self.left is not None and self.left < 0


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What lies on a desk: `own` complaints were received by the reader, `told` are about it; `more` where some are left out."""

    shown: Shown
    own: tuple[Line, ...]
    told: tuple[Line, ...]
    more: bool
    today: date

    @property
    def late(self) -> int:
        """Return how many are late."""
        return len([one for one in self.own if one.late])

    @property
    def grave(self) -> int:
        """Return how many tell of something grave."""
        return len([one for one in self.own if one.level == "grave"])


@contextmanager
def words_beside(ledger: Path) -> Iterator[ComplaintWords | None]:
    """Open the words of complaints beside a log; None where there are none."""
    if not (ledger / WORDS).exists():
        yield None
        return
    with closing(ComplaintWords(ledger / WORDS)) as words:
        yield words


def desk(context: Context, words: ComplaintWords | None, asked: Shown = "open") -> Desk:
    """Return the desk of the reader.

    Args:
        context: the log as the reader may see it.
        words: beside the log; None where there are none.
        asked: what still waits for a step, or what has ended.

    Raises:
        NotFoundError: nobody has signed in: complaints are for their parties only.
    """
    if context.reader is None:
        raise NotFoundError("complaints are shown to their parties only; sign in as one of them")
    own, some = _lines(context, words, "authority", asked)
    told, others = _lines(context, words, "told", asked)
    return Desk(shown=asked, own=own, told=told, more=some or others, today=context.today)


def _lines(context: Context, words: ComplaintWords | None, role: str, asked: Shown) -> tuple[tuple[Line, ...], bool]:
    rows: list[Row] = []
    more = False
    states = OPEN if asked == "open" else ("closed", "not-accepted", "handed-over")
    for state in states:
        found, left = _rows(context, role, state)
        rows, more = [*rows, *found], more or left
    if asked == "open":  # what has ended and still waits for its notice
        rows += [row for row in _rows(context, role, "closed")[0] if row["due"]]
    lines = [line_of(context, row, words) for row in rows]
    if asked == "ended":
        return tuple(sorted(lines, key=lambda one: -int(one.row["place"] or 0))), more
    return tuple(sorted(lines, key=_urgency)), more


def _urgency(line: Line) -> tuple[bool, bool, int, str]:
    return (line.level != "grave", not line.late, LEVELS.index(line.level), str(line.row["due"] or "9999"))


def _rows(context: Context, role: str, state: str) -> tuple[list[Row], bool]:
    where: dict[str, Cell] = {"origin": context.store.origin, role: context.reader, "state": state}
    if role == "told":
        del where["state"]
    page = context.store.page(COMPLAINTS, where=where, order=("place",), descending=True, limit=MOST)
    own = [row for row in page.rows if row["state"] == state and int(row["place"] or 0) < context.size]
    return own, page.next is not None


def line_of(context: Context, row: Row, words: ComplaintWords | None) -> Line:
    """Return one complaint in a line, as its reader may see it."""
    text = text_of(context, row, words) if row["authority"] == context.reader else None
    hazard = None if text is None else hazard_in(text[:_READ])
    due = row["due"]
    return Line(
        number=str(row["complaint"]).rpartition("/")[2], row=row, level=_graver(row, hazard), hazard=hazard,
        left=None if not due else (date.fromisoformat(str(due)) - context.today).days,
        firm=context.named(str(row["firm"])) if row["firm"] else None,
        product=context.named(str(row["product"])) if row["product"] else None, words=text,
    )  # fmt: skip


def text_of(context: Context, row: Row, words: ComplaintWords | None) -> str | None:
    """Return what was complained, in the words of whoever complained; None where they are not kept, or are not what was sealed."""
    said = context.body(str(row["received"]), ComplaintReceived)
    if said is None or words is None:
        return None
    try:
        return shown(words, said.complaint, said.text)
    except VerificationError:
        return None


def _graver(row: Row, hazard: Hazard | None) -> Level:
    grave = row["hazard"] in GRAVE
    said: Level = ("grave" if grave else "harm") if row["harmed"] else "danger" if row["hazard"] else "none"
    return min(said, "none" if hazard is None else hazard.level, key=LEVELS.index)
