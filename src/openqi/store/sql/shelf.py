"""The table of one fold and the questions to it, each written once; every answer says whether the register lags behind the log."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    case,
    func,
    select,
    true,
)

from openqi.evidence.fold import Cell, Fold
from openqi.store.folds import Question, Segment, shape
from openqi.store.sql.database import Lookup
from openqi.store.sql.schema import fold_table, head, register

_COMPARED: Final[Mapping[str, Callable[[Column[Any], BindParameter[Any]], ColumnElement[bool]]]] = {
    "=": lambda column, cell: column == cell,
    ">": lambda column, cell: column > cell,
    ">=": lambda column, cell: column >= cell,
    "<": lambda column, cell: column < cell,
}
_SAID: Final[Mapping[str, Callable[[Column[Any]], ColumnElement[bool]]]] = {
    "known": lambda column: column.is_not(None),
    "unknown": lambda column: column.is_(None),
}
Terms = tuple[tuple[str, str], ...]
"""Columns with operators, without the cells."""


class Shelf:
    """A fold with its table and the statements that read it.

    The first cell of each row that these find is how far the register lags behind the log in the very state that is read: None
    where another program has built it in another version. There is always a row, with nothing but None after that cell where
    there is none of the register; no row at all where nobody has built it.
    """

    def __init__(self, fold: Fold) -> None:
        self.fold, self.shape = fold, shape(fold)
        self.table: Table = fold_table(fold)
        self.names = tuple(column.name for column in self.table.columns)
        self.stored = Lookup(self.table.c.key, select(self.table).where)
        """Rows as they lie in the table, without that first cell: for who steps them."""
        self.rows = Lookup(self.table.c.key, self._rows)
        self._page, self._count = cache(self._page_of), cache(self._count_of)

    def is_state(self, version: int, made_as: str) -> bool:
        """Return whether a table of that version and shape is this one."""
        return (version, made_as) == (self.fold.version, self.shape)

    def page(self, asked: Question, segment: Segment, most: int) -> tuple[Select[Any], Mapping[str, Cell]]:
        """Return the statement that finds the first rows of a segment, in order, with its cells."""
        terms, cells = _terms(segment)
        return self._page(terms, asked.columns, asked.descending), {**cells, "most": most}

    def count(self, asked: Question, segment: Segment, below: Cell, most: int) -> tuple[Select[Any], Mapping[str, Cell]]:
        """Return the statement that counts the rows of a segment, of which the first column of the order is below a cell."""
        bounds = () if below is None else ((asked.columns[0], "<", below),)
        terms, cells = _terms(segment, bounds)
        return self._count(terms), {**cells, "most": most}

    def _state(self) -> Subquery:
        ours = (register.c.version == self.fold.version) & (register.c.shape == self.shape)
        lag = case((ours, select(head.c.size).scalar_subquery() - register.c.done))
        return select(lag.label("lag")).where(register.c.name == self.fold.name).subquery("state")

    def _rows(self, term: ColumnElement[bool]) -> Select[Any]:
        state = self._state()
        return select(state.c.lag, *self.table.columns).select_from(state.outerjoin(self.table, term))

    def _page_of(self, terms: Terms, columns: tuple[str, ...], descending: bool) -> Select[Any]:
        # The sort of the inner one is that of the index, so that nothing is ever sorted but the few rows that were found.
        bare = len(columns) == 1 and all(name == columns[0] for name, _ in terms)
        order = _order(self.table.c, columns, descending, bare=bare)
        found = self._limited(select(self.table).order_by(*order), terms).subquery("found")
        state = self._state()
        joined = select(state.c.lag, *found.c).select_from(state.outerjoin(found, true()))
        return joined.order_by(*_order(found.c, columns, descending, bare=bare))

    def _count_of(self, terms: Terms) -> Select[Any]:
        state, found = self._state(), self._limited(select(self.table.c.key), terms).subquery("found")
        return select(state.c.lag, select(func.count()).select_from(found).scalar_subquery()).select_from(state)

    def _limited(self, rows: Select[Any], terms: Terms) -> Select[Any]:
        columns = self.table.c
        written = [
            _SAID[operator](columns[name])
            if operator in _SAID
            else _COMPARED[operator](columns[name], bindparam(f"cell{number}", type_=columns[name].type))
            for number, (name, operator) in enumerate(terms)
        ]
        return rows.where(and_(True, *written)).limit(bindparam("most", type_=Integer))


def _terms(segment: Segment, bounds: tuple[tuple[str, str, Cell], ...] = ()) -> tuple[Terms, dict[str, Cell]]:
    equal = [(name, "unknown" if cell is None else "=", cell) for name, cell in segment.equal]
    compared = (*equal, *segment.then, *bounds)
    terms = tuple((name, operator) for name, operator, _ in compared)
    return terms, {f"cell{number}": cell for number, (_, operator, cell) in enumerate(compared) if operator not in _SAID}


def _order(columns: Any, names: tuple[str, ...], descending: bool, *, bare: bool) -> list[Any]:
    """The order of a question.

    Where nothing but the key is asked for it is that of the table's own index, else one that the fold's indexes alone have: a
    server would walk the whole table along its keys to find the few rows of a rare kind.
    """
    if bare:
        return [columns[names[0]].desc() if descending else columns[names[0]].asc()]
    return [columns[name].desc().nulls_last() if descending else columns[name].asc().nulls_first() for name in names]
