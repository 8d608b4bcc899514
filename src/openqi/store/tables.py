"""Registers in memory: plain dictionaries, with one sorted list an index."""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from typing import Any

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.record import Logged
from openqi.kernel.errors import NotFoundError
from openqi.store.folds import Cells, Question, row_of, stepped, touched
from openqi.store.store import Page

_Sorted = list[tuple[tuple[int, Any], ...]]
_LAST = ((2, None),)


def _rank(cell: Cell) -> tuple[int, Any]:
    """Cells in order: what is not known comes first."""
    return (0, None) if cell is None else (1, cell)


class MemoryTable:
    """The rows of one fold."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self._rows: dict[str, Cells] = {}
        self._sorted: dict[tuple[str, ...], _Sorted] = {index: [] for index in ((), *fold.indexes)}

    def stepped(self, records: Sequence[Logged]) -> Mapping[str, Cells | None]:
        """Return the rows that change by these records, None for one that goes; the table stays as it is."""
        return stepped(self.fold, touched(self.fold, records), self._rows)

    def change(self, changed: Mapping[str, Cells | None]) -> None:
        """Take in what `stepped` returned."""
        for key, cells in changed.items():
            before = self._rows.pop(key, None)
            if cells is not None:
                self._rows[key] = cells
            for index, ranked in self._sorted.items():
                if before is not None:
                    del ranked[bisect_left(ranked, self._place(index, key, before))]
                if cells is not None:
                    insort(ranked, self._place(index, key, cells))

    def _place(self, index: tuple[str, ...], key: str, cells: Cells) -> tuple[tuple[int, Any], ...]:
        row = row_of(self.fold, key, cells)
        return tuple(_rank(row[name]) for name in (*index, "key"))

    def row(self, key: str) -> Row | None:
        """Return the row of a key."""
        cells = self._rows.get(key)
        return None if cells is None else row_of(self.fold, key, cells)

    def page(self, asked: Question) -> Page:
        """Return the page that answers a question."""
        ranked = self._sorted[(*(name for name, _ in asked.equal), *asked.columns[:-1])]
        prefix = tuple(_rank(cell) for _, cell in asked.equal)
        first = bisect_left(ranked, prefix if asked.bound is None else (*prefix, _rank(asked.bound)))
        last = bisect_left(ranked, (*prefix, *_LAST))
        if asked.after is not None:
            cursor = (*prefix, *map(_rank, asked.after))
            if asked.descending:
                last = min(last, bisect_left(ranked, cursor))
            else:
                first = max(first, bisect_left(ranked, (*cursor, *_LAST)))
        span = range(last - 1, first - 1, -1) if asked.descending else range(first, last)
        found = [ranked[place] for place in span[: asked.limit]]
        rows = tuple(row_of(self.fold, key, self._rows[key]) for *_, (_, key) in found)
        more = len(span) > asked.limit
        return Page(rows=rows, next=tuple(cell for _, cell in found[-1][len(prefix) :]) if more else None)


def table_of(tables: Mapping[str, MemoryTable], fold: Fold) -> MemoryTable:
    """Return the table of a fold; raises NotFoundError where the store was not opened with this version of it."""
    table = tables.get(fold.name)
    if table is None or table.fold.version != fold.version:
        raise NotFoundError(f"register {fold.name}, version {fold.version}, is not kept here; open the store with this fold")
    return table
