"""Questions to registers: one statement each, which also tells whether the register has to be stepped before it may be read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from openqi.evidence.fold import Cell, Fold, Row
from openqi.kernel.errors import StoreError
from openqi.store.folds import Question, is_text, segments
from openqi.store.sql.database import Database
from openqi.store.sql.ledger import Ledger
from openqi.store.sql.registers import Registers
from openqi.store.store import Page

_T = TypeVar("_T")


class _LagsError(Exception):
    """The register lags behind, or is not the one that this program knows."""


class Reading:
    """Reads the registers of a ledger; what it finds holds every entry that was acknowledged before it was asked."""

    def __init__(self, database: Database, ledger: Ledger, registers: Registers) -> None:
        self._database, self._ledger, self._registers = database, ledger, registers

    def rows(self, fold: Fold, keys: Sequence[str]) -> Mapping[str, Row]:
        """Return key → row, of those that there are; raises NotFoundError where the register is not kept here."""
        shelf, wanted = self._registers.shelf(fold), list(filter(is_text, keys))
        if not wanted:
            return {}

        def ask() -> Mapping[str, Row]:
            found = _current(self._database.look_up("reading", shelf.rows, wanted))
            return {cells[1]: dict(zip(shelf.names, cells[1:], strict=True)) for cells in found}

        return self._stepped(ask)

    def page(self, fold: Fold, asked: Question) -> Page:
        """Return the page that answers a question; one row more is looked for, to know whether there is another page."""
        shelf = self._registers.shelf(fold)

        def ask() -> Page:
            rows: list[Row] = []
            for segment in segments(asked):
                left = asked.limit + 1 - len(rows)
                if left:
                    found = _current(self._asked(*shelf.page(asked, segment, left)))
                    rows += [dict(zip(shelf.names, cells[1:], strict=True)) for cells in found]
            more = len(rows) > asked.limit
            rows = rows[: asked.limit]
            return Page(rows=tuple(rows), next=tuple(rows[-1][name] for name in asked.columns) if more else None)

        return self._stepped(ask)

    def count(self, fold: Fold, asked: Question, below: Cell) -> int:
        """Return how many rows a question finds up to its limit, of which the first column of its order is below a cell."""
        shelf = self._registers.shelf(fold)

        def ask() -> int:
            found = 0
            for segment in segments(asked):
                if found < asked.limit:
                    found += sum(
                        cells[1] for cells in _current(self._asked(*shelf.count(asked, segment, below, asked.limit - found)))
                    )
            return found

        return self._stepped(ask)

    def _asked(self, statement: Any, cells: Mapping[str, Cell]) -> Sequence[Any]:
        return self._database.asked("reading", statement, **cells)

    def _stepped(self, ask: Callable[[], _T]) -> _T:
        while True:
            try:
                return ask()
            except _LagsError:
                self._ledger.build()  # raises where another program has built a newer version
            except StoreError:
                self._registers.lagging()  # tells why, where the table is no longer the one that this program knows
                raise


def _current(found: Sequence[Any]) -> list[Any]:
    """Return the rows of the register among those that a statement found; raises where it has to be stepped first."""
    if not found or found[0][0] != 0:
        raise _LagsError
    return [cells for cells in found if cells[1] is not None]
