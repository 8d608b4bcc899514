"""What lies in a log, page by page out of its registers: the newest entries of a kind or an issuer, and what rests on a record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Final

from openqi.app.registers import COUNTS, ENTRIES, NAMES, RESTING, SHARED, What, place_key, shared_start
from openqi.evidence.fold import Cell, Fold, Row
from openqi.store.store import MAX_PAGE, Page, Store

_PIECE: Final = 500
_LAST: Final = "g"
"""Sorts after every hexadecimal digit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """One entry of a log, as far as lists need it."""

    index: int
    id: str
    kind: str
    issuer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """Some entries, newest first, and the index below which the next page begins; None at the end."""

    entries: tuple[Placed, ...]
    below: int | None


def _placed(row: Row) -> Placed:
    key = str(row["key"])
    return Placed(index=int(key[-12:], 16), id=str(row["id"]), kind=str(row["kind"]), issuer=str(row["issuer"]))


def _rows(store: Store, fold: Fold, where: Mapping[str, Cell], *, after: str | None, descending: bool, piece: int) -> Iterator[Row]:
    """Rows by their key, page after page, as far as somebody asks for them."""
    while True:
        page = store.page(
            fold,
            where=where,
            order=("key",),
            descending=descending,
            after=None if after is None else (after,),
            limit=min(piece, MAX_PAGE),
        )
        yield from page.rows
        if page.next is None:
            return
        after = str(page.next[-1])


def _down(store: Store, reader: str | None, kind: str | None, issuer: str | None, below: int, piece: int) -> Iterator[Placed]:
    """Entries below an index that a reader may see, newest first."""
    where: dict[str, Cell] = {name: cell for name, cell in (("issuer", issuer), ("kind", kind)) if cell is not None}
    rows: Iterator[Row] = _rows(store, ENTRIES, where, after=place_key(below), descending=True, piece=piece)
    if reader is not None:
        start = shared_start(reader, kind)
        own = _rows(store, SHARED, {}, after=start + place_key(below), descending=True, piece=piece)
        rows = merge(rows, _beginning(own, start), key=lambda row: str(row["key"])[-12:], reverse=True)
    for row in rows:
        if issuer in (None, row["issuer"]):  # of what is shared no index knows the issuer
            yield _placed(row)


def _beginning(rows: Iterator[Row], start: str) -> Iterator[Row]:
    for row in rows:
        if not str(row["key"]).startswith(start):
            return
        yield row


def newest(
    store: Store, reader: str | None, *, kind: str | None = None, issuer: str | None = None, below: int, most: int
) -> Listed:
    """Return the newest entries that a reader may see.

    Args:
        store: the log.
        reader: the party that asks, None for the public.
        kind, issuer: of which; None for any.
        below: only entries of a lower index.
        most: how many at most.
    """
    found = list(islice(_down(store, reader, kind, issuer, below, most + 1), most + 1))
    return Listed(entries=tuple(found[:most]), below=found[most - 1].index if len(found) > most else None)


def every(store: Store, reader: str | None, kind: str, below: int) -> Sequence[Placed]:
    """Return all entries of a kind below an index that a reader may see, in log order."""
    found = list(_down(store, reader, kind, None, below, _PIECE))
    found.reverse()
    return found


def all_of(store: Store, reader: str | None, *, kind: str | None, issuer: str | None, below: int) -> Iterator[Placed]:
    """Yield all entries of a kind and an issuer (None: any) below an index that a reader may see, newest first."""
    return _down(store, reader, kind, issuer, below, _PIECE)


def resting_on(store: Store, record_id: str, most: int, below: int) -> tuple[Placed, ...]:
    """Return the first entries that name a record, in log order; each was compared with the whole id."""
    start = f"{record_id[:32]} "
    rows = _beginning(_rows(store, RESTING, {}, after=start, descending=False, piece=most), start)
    indices = [int(str(row["key"])[-12:], 16) for row in islice(rows, most)]
    return tuple(
        Placed(index=one.index, id=one.record.id, kind=one.record.kind, issuer=one.record.issuer)
        for index in indices
        if index < below
        for one in store.scan(index, index + 1)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many public records there are of a kind, and how many items they are about."""

    records: int
    items: int


def counts(store: Store) -> Mapping[str, Counted]:
    """Return kind → how many public records there are; under `SEALED` how many others."""
    rows = _rows(store, COUNTS, {}, after=None, descending=False, piece=_PIECE)
    return {str(row["key"]): Counted(records=int(row["count"] or 0), items=int(row["items"] or 0)) for row in rows}


def things(store: Store, what: What, *, most: int, after: Sequence[Cell] | None = None, descending: bool = True) -> Page:
    """Return subjects of which a public record says what they are and what they are called, the newest first.

    Args:
        store: the log.
        what: of which.
        most: how many at most.
        after: `next` of the page before.
        descending: whether the newest come first.
    """
    return store.page(NAMES, where={"listed": what}, order=("place",), descending=descending, after=after, limit=most)


def every_thing(store: Store, what: What) -> Sequence[str]:
    """Return all subjects of which a public record says what they are, in the order in which they came."""
    found: list[str] = []
    page = things(store, what, most=_PIECE, descending=False)
    found += [str(row["key"]) for row in page.rows]
    while page.next is not None:
        page = things(store, what, most=_PIECE, after=page.next, descending=False)
        found += [str(row["key"]) for row in page.rows]
    return found
