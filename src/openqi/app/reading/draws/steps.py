"""The records of one draw out of their register, as one reader may see them; those that were withdrawn by their issuer left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Final

from openqi.app.reading.context import Context
from openqi.app.reading.keys import place_of, rows_beginning
from openqi.evidence.fold import Row
from openqi.kernel.errors import NotFoundError
from openqi.pillars.surveillance.draws.register import DRAW_STEPS, Sort, start_of
from openqi.records.draws import DrawCommitted

_PIECE: Final = 100


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Ids of the records of a draw that stand, those of several sorts in log order.

    Args:
        stated: the commitment.
        committed: its id; the first that was made to this URI.
        withdrawn: whether it was withdrawn.
        again: further commitments under the same URI, which decide nothing.
        values: of sources.
        made: the result; None where there is none that the reader may see.
        shown: what shows a hidden draw.
        cancelled: that it will not be carried out.
        assigned: officers, the newest first.
        changes: of officers.
        publications: of results.
        estimates: of rates.
    """

    stated: DrawCommitted
    committed: str
    withdrawn: bool
    again: tuple[str, ...]
    values: tuple[str, ...]
    made: str | None
    shown: str | None
    cancelled: str | None
    assigned: tuple[str, ...]
    changes: tuple[str, ...]
    publications: tuple[str, ...]
    estimates: tuple[str, ...]


def steps_of(context: Context, draw: str) -> Steps:
    """Return the records of a draw.

    Raises:
        NotFoundError: nobody committed to it, or it may not be shown.
    """
    committed = [str(row["id"]) for row in _rows(context, draw, "c")]
    stated = context.body(committed[0], DrawCommitted) if committed else None
    if stated is None or stated.draw != draw:
        raise NotFoundError(f"the log knows no draw {draw[:200]}")
    own, acting = committed[0], {context.logged(committed[0]).record.issuer, *stated.parties}
    gone = _gone(context, draw)

    def standing(sort: Sort, *, of: bool = True) -> tuple[str, ...]:
        rows = _rows(context, draw, sort)
        return tuple(
            str(row["id"]) for row in rows if row["id"] not in gone and row["issuer"] in acting and (not of or row["of"] == own)
        )

    return Steps(
        stated=stated, committed=own, withdrawn=own in gone, again=tuple(committed[1:]), values=standing("v"),
        made=_last(standing("m")), shown=_last(standing("s")), cancelled=_last(standing("x")),
        assigned=tuple(reversed(standing("o"))), changes=standing("h", of=False), publications=standing("p", of=False),
        estimates=standing("e"),
    )  # fmt: skip


def _last(found: tuple[str, ...]) -> str | None:
    return found[-1] if found else None


def _gone(context: Context, draw: str) -> frozenset[str]:
    found = set()
    for row in _rows(context, draw, "w"):
        try:
            other = context.store.logged(str(row["of"]))
        except NotFoundError:
            continue
        if other.record.issuer == row["issuer"] and other.origin == row["origin"]:
            found.add(other.record.id)
    return frozenset(found)


def _rows(context: Context, draw: str, sort: Sort) -> Iterator[Row]:
    """Rows of a sort of this log in its order."""
    starts = [start_of(draw, sort, party) for party in dict.fromkeys((None, context.reader))]
    parts = [rows_beginning(context.store, DRAW_STEPS, start, piece=_PIECE) for start in starts]
    for row in merge(*parts, key=place_of):
        if row["origin"] == context.store.origin and place_of(row) < context.size:
            yield row
