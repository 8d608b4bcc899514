"""Draws in one line each: who committed, where it stands, and which commitments have no draw although their randomness is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.draws.steps import Steps, steps_of
from openqi.app.reading.lists import cursor_of
from openqi.app.reading.naming import Named
from openqi.evidence.fold import Cell, Row
from openqi.kernel.errors import NotFoundError
from openqi.pillars.surveillance.draws.register import DRAWS
from openqi.records.draw_lists import FrameFrozen
from openqi.records.draws import DrawCancelled, DrawCommitted, DrawMade, DrawShown

DrawState = Literal["waiting", "due", "hidden", "overdue", "drawn", "cancelled", "withdrawn"]
"""`waiting` for randomness; `due`: it can be known, nobody is drawn; `overdue`: nor on the day of the first visit."""
STATES: Final[tuple[DrawState, ...]] = ("overdue", "due", "waiting", "hidden", "drawn", "cancelled", "withdrawn")
_PIECE: Final = 100
_LOOKED: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class DrawLine:
    """A draw in one line.

    Args:
        draw: its URI and name.
        organiser: who commits.
        committed: the commitment.
        stated: likewise.
        objects: how many are on the list; None where the list may not be seen.
        made: the public result, of a hidden draw once it is shown; None where there is none.
        drawn: how many objects were drawn; None likewise.
        cancelled: why it will not be carried out; None where it will.
        known_at: when the last of its sources can be known.
        state: where it stands.
    """

    draw: Named
    organiser: Named
    committed: Seen
    stated: DrawCommitted
    objects: int | None
    made: Seen | None
    drawn: int | None
    cancelled: Seen | None
    known_at: str
    state: DrawState


@dataclass(frozen=True, kw_only=True)
class DrawList:
    """A page of draws, those that were committed to last first; `after` leads to the next page."""

    draws: tuple[DrawLine, ...]
    after: str
    organiser: Named | None = None
    state: DrawState | None = None


def draw_list(
    context: Context, *, organiser: str = "", state: DrawState | None = None, after: str = "", most: int | None = 50
) -> DrawList:
    """Return a page of draws.

    Args:
        context: the log.
        organiser: whose; empty for all.
        state: of which; None for all.
        after: `after` of the page before.
        most: how many; None for all, which a folder of files needs.

    Raises:
        FormatError: `after` is no cursor.
    """
    found: list[DrawLine] = []
    further = ""
    for looked, (row, place) in enumerate(_rows(context, organiser, cursor_of(after))):
        if (most is not None and len(found) == most) or looked == (_LOOKED if most is not None else 2**62):
            break
        further = place
        line = _line_or_none(context, str(row["key"]))
        if line is not None and state in (None, line.state):
            found.append(line)
    else:
        further = ""
    return DrawList(
        draws=tuple(found), after=further, state=state, organiser=context.named(organiser) if organiser else None
    )  # fmt: skip


def _rows(context: Context, organiser: str, after: tuple[Cell, ...] | None) -> Iterator[tuple[Row, str]]:
    """Rows with the cursor behind each, those that came last first."""
    while True:
        page = context.store.page(
            DRAWS, where={"organiser": organiser} if organiser else {}, order=("place",), descending=True, after=after, limit=_PIECE
        )
        for row in page.rows:
            if int(row["place"] or 0) < context.size:
                yield row, f"{row['place']} {row['key']}"
        if page.next is None:
            return
        after = tuple(page.next)


def _line_or_none(context: Context, uri: str) -> DrawLine | None:
    try:
        return draw_line(context, uri)
    except NotFoundError:
        return None


def draw_line(context: Context, uri: str) -> DrawLine:
    """Return a draw in one line.

    Raises:
        NotFoundError: nobody committed to it, or it may not be shown.
    """
    name = f"{uri}\n{context.reader or ''}\n{context.today}"
    return context.kept("draw line", name, lambda: line_of(context, steps_of(context, uri)), tags=(uri,))


def line_of(context: Context, steps: Steps) -> DrawLine:
    """Return the line of a draw out of its steps."""
    stated, frame = steps.stated, context.body(steps.stated.frame, FrameFrozen)
    made = steps.made if steps.shown is None else steps.shown
    result = None if made is None else context.body(made, DrawMade) or context.body(made, DrawShown)
    return DrawLine(
        draw=context.named(stated.draw), organiser=context.named(stated.organiser), committed=context.seen(steps.committed),
        stated=stated, objects=None if frame is None else frame.objects, made=None if made is None else context.seen(made),
        drawn=None if result is None else result.items.count,
        cancelled=None if steps.cancelled is None else context.seen(steps.cancelled),
        known_at=_known_at(stated), state=state_of(context, steps),
    )  # fmt: skip


def state_of(context: Context, steps: Steps) -> DrawState:
    """Return where a draw stands on the present day."""
    stated, today = steps.stated, context.today.isoformat()
    if steps.withdrawn:
        return "withdrawn"
    if steps.cancelled is not None:
        return "cancelled"
    if steps.shown is not None or (steps.made is not None and stated.key is None):
        return "drawn"
    if _known_at(stated)[:10] >= today:
        return "waiting"
    if stated.key is not None:
        return "overdue" if today > stated.visits_until else "hidden"
    return "overdue" if today >= stated.visits_from else "due"


def _known_at(stated: DrawCommitted) -> str:
    """When the last of the sources can be known; a foreign record may name none."""
    return max((one.not_before for one in stated.sources), default="")


def reason_of(context: Context, steps: Steps) -> DrawCancelled | None:
    """Return why a draw will not be carried out."""
    return None if steps.cancelled is None else context.body(steps.cancelled, DrawCancelled)
