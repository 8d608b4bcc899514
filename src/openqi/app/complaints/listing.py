"""Complaints of a ledger by its register: one by its number, those of an authority or firm, what is due; never a walk over all."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openqi.evidence.fold import Cell, Row
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.surveillance.complaints.register import COMPLAINTS
from openqi.store.store import Store

STATES: Final = ("received", "accepted", "testing", "not-accepted", "handed-over", "closed")
_PIECE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which complaints are listed: of an authority or told to a firm, in a state, about something, by day.

    Args:
        authority, firm: URIs; one of the two. As a firm only what was told to it is listed.
        state: one of STATES.
        due: only what is due by the end of this day, the first due first; takes an authority and a state.
        about: URI of a firm or product, of an authority's.
        most: how many at most.
    """

    authority: str | None = None
    firm: str | None = None
    state: str | None = None
    due: str | None = None
    about: str | None = None
    most: int = 100


def by_number(store: Store, number: str) -> Row:
    """Return the row of a complaint by its number or URI.

    Raises:
        NotFoundError: there is none that stands.
    """
    uris = (number,) if ":" in number else tuple(f"https://{store.origin}/{part}/{number}" for part in ("complaint", "case"))
    for uri in uris:
        page = store.page(COMPLAINTS, where={"origin": store.origin, "complaint": uri}, limit=1)
        for row in page.rows:
            return row
    raise NotFoundError(f"there is no complaint {number[:60]!r}; `openqi complaint list` lists them")


def listed(store: Store, asked: Asked) -> list[Row]:
    """Return complaints, the newest first, or where days are asked for the first due first.

    Raises:
        FormatError: what is asked for does not go together.
    """
    if (asked.authority is None) == (asked.firm is None):
        raise FormatError("list the complaints of an authority (--authority) or those told to a firm (--firm), one of the two")
    where: dict[str, Cell] = {"origin": store.origin}
    where |= {"authority": asked.authority} if asked.authority is not None else {"told": asked.firm}
    if asked.firm is not None and (asked.state or asked.due or asked.about):
        raise FormatError("what was told to a firm is listed whole; leave out state, due and about")
    if asked.due is not None:
        return _due(store, where, asked)
    if asked.state is not None and asked.about is not None:
        raise FormatError("list by state or by what they are about, one of the two")
    if asked.state is not None:
        _check_state(asked.state)
        where["state"] = asked.state
    if asked.about is not None:
        return [*_taken(store, where | {"firm": asked.about}, asked.most)] or [
            *_taken(store, where | {"product": asked.about}, asked.most)
        ]
    return [*_taken(store, where, asked.most)]


def _check_state(state: str) -> None:
    if state not in STATES:
        raise FormatError(f"state {state[:40]!r} is not known; known are {', '.join(STATES)}")


def _due(store: Store, where: dict[str, Cell], asked: Asked) -> list[Row]:
    _check_state(str(asked.state))
    found: list[Row] = []
    for row in _pages(store, where | {"state": asked.state}, "due", descending=False, at_least={"due": ""}):
        if str(row["due"]) > str(asked.due) or len(found) == asked.most:
            break
        found.append(row)
    return found


def _taken(store: Store, where: dict[str, Cell], most: int) -> Iterator[Row]:
    for number, row in enumerate(_pages(store, where, "place", descending=True)):
        if number == most:
            return
        yield row


def _pages(
    store: Store, where: dict[str, Cell], order: str, *, descending: bool, at_least: dict[str, Cell] | None = None
) -> Iterator[Row]:
    after: tuple[Cell, ...] | None = None
    while True:
        page = store.page(
            COMPLAINTS, where=where, order=(order,), descending=descending, at_least=at_least, after=after, limit=_PIECE
        )
        yield from page.rows
        if page.next is None:
            return
        after = page.next
