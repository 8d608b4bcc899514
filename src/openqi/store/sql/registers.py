"""Registers in SQL tables: one indexed table a fold, stepped with each append, built again when the fold's version changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine.interfaces import DBAPICursor

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.record import Logged
from openqi.kernel.errors import NotFoundError, StoreError
from openqi.store.folds import Cells, Question, Segment, checked_folds, is_text, segments, shape, stepped, touched
from openqi.store.sql.database import Database
from openqi.store.sql.schema import fold_table, head, register
from openqi.store.store import Page

_STATES = select(register.c.name, register.c.version, register.c.shape, register.c.done)
_LAG = _STATES.add_columns(select(head.c.size).scalar_subquery())
_DONE = update(register).values(done=bindparam("new_done")).where(register.c.name == bindparam("stepped"))
_OPERATORS: Final[Mapping[str, Callable[[Column[Any], Cell], ColumnElement[bool]]]] = {
    ">": lambda column, cell: column > cell,
    ">=": lambda column, cell: column >= cell,
    "<": lambda column, cell: column < cell,
    "known": lambda column, _: column.is_not(None),
    "unknown": lambda column, _: column.is_(None),
}


class Shelf:
    """A fold with its table and the statements that change it."""

    def __init__(self, fold: Fold) -> None:
        self.fold, self.shape = fold, shape(fold)
        self.table: Table = fold_table(fold)
        key = self.table.c.key
        cells: dict[str, BindParameter[Any]] = {name: bindparam(f"new_{name}") for name in fold.columns}
        self.find = select(self.table)
        self.insert = insert(self.table)
        self.update = update(self.table).values(cells).where(key == bindparam("changed"))
        self.delete = delete(self.table).where(key == bindparam("gone"))

    def is_state(self, version: int, made_as: str) -> bool:
        """Return whether a table of that version and shape is this one."""
        return (version, made_as) == (self.fold.version, self.shape)


class Steps:
    """The rows of some registers while one transaction steps them: each is read once and written once."""

    def __init__(self, database: Database, cursor: DBAPICursor, shelves: Sequence[Shelf]) -> None:
        self._database, self._cursor, self._shelves = database, cursor, shelves
        self._rows: dict[str, dict[str, Cells | None]] = {shelf.fold.name: {} for shelf in shelves}
        self._stored: dict[str, set[str]] = {shelf.fold.name: set() for shelf in shelves}
        self._changed: dict[str, set[str]] = {shelf.fold.name: set() for shelf in shelves}

    @property
    def names(self) -> str:
        """Which registers these are."""
        return ", ".join(self._rows)

    def take(self, records: Sequence[Logged]) -> None:
        """Step all registers by some records, or raise what a step raises and leave them as they were."""
        changes = {}
        for shelf in self._shelves:
            name = shelf.fold.name
            pairs = touched(shelf.fold, records)
            self._load(shelf, {key for key, _ in pairs})
            changes[name] = stepped(shelf.fold, pairs, self._rows[name])
        for name, changed in changes.items():
            self._rows[name] |= changed
            self._changed[name].update(changed)

    def _load(self, shelf: Shelf, keys: set[str]) -> None:
        rows, stored = self._rows[shelf.fold.name], self._stored[shelf.fold.name]
        missing = [key for key in keys if key not in rows]
        rows.update(dict.fromkeys(missing))
        for key, *cells in self._database.look_up(self._cursor, shelf.find, shelf.table.c.key, missing):
            rows[key] = tuple(cells)
            stored.add(key)

    def write(self, done: int) -> None:
        """Write the rows that changed, and that the registers are stepped up to entry `done`."""
        run_all, cursor = self._database.run_all, self._cursor
        for shelf in self._shelves:
            name = shelf.fold.name
            rows, stored = self._rows[name], self._stored[name]
            changed = sorted(self._changed[name])  # in the order of the table, so that neighbours are written together
            present = [(key, cells) for key in changed if (cells := rows[key]) is not None]
            run_all(cursor, shelf.delete, [(key,) for key in changed if rows[key] is None and key in stored])
            run_all(cursor, shelf.insert, [(key, *cells) for key, cells in present if key not in stored])
            if shelf.fold.columns:
                run_all(cursor, shelf.update, [(*cells, key) for key, cells in present if key in stored])
        run_all(cursor, _DONE, [(done, name) for name in self._rows])


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Registers that are all stepped up to `start` and have to be stepped up to `stop`."""

    steps: Steps
    start: int
    stop: int


class Registers:
    """The registers of a ledger that this program keeps. Others that lie in the ledger are left as they are."""

    def __init__(self, database: Database, folds: Sequence[Fold]) -> None:
        self._database = database
        self._shelves = {name: Shelf(fold) for name, fold in checked_folds(folds).items()}

    def create(self, connection: Connection) -> None:
        """Make an empty table for each fold that has none or one of another version or shape."""
        states = {name: (version, made_as) for name, version, made_as, _ in connection.execute(_STATES)}
        for name, shelf in self._shelves.items():
            if name in states and shelf.is_state(*states[name]):
                continue
            shelf.table.drop(connection, checkfirst=True)
            shelf.table.create(connection)
            connection.execute(delete(register).where(register.c.name == name))
            state = {"name": name, "version": shelf.fold.version, "shape": shelf.shape, "done": 0}
            connection.execute(insert(register), state)

    def steps(self, cursor: DBAPICursor, size: int) -> Steps | None:
        """Return the registers that an append to a log of `size` entries steps: those that do not lag behind.

        A register lags behind where a program that does not know it has appended, or while it is being built; it is stepped
        before it is next read.
        """
        current = [shelf for shelf, done in self._states(cursor) if done == size]
        return Steps(self._database, cursor, current) if current else None

    def behind(self, cursor: DBAPICursor, size: int) -> Task | None:
        """Return the registers that lag behind most and how far to step them, None where none lags."""
        states = [(shelf, done) for shelf, done in self._states(cursor) if done < size]
        if not states:
            return None
        start = min(done for _, done in states)
        stop = min((done for _, done in states if done > start), default=size)
        return Task(steps=Steps(self._database, cursor, [shelf for shelf, done in states if done == start]), start=start, stop=stop)

    def _states(self, cursor: DBAPICursor) -> list[tuple[Shelf, int]]:
        if not self._shelves:
            return []
        self._database.run(cursor, _STATES)
        return [
            (shelf, done)
            for name, version, made_as, done in cursor.fetchall()
            if (shelf := self._shelves.get(name)) and shelf.is_state(version, made_as)
        ]

    def lagging(self) -> bool:
        """Return whether a register has to be built before it may be read.

        Raises:
            StoreError: another program has built it in another version since.
        """
        if not self._shelves:
            return False
        with self._database.asking("reading") as cursor:
            self._database.run(cursor, _LAG)
            found = cursor.fetchall()
        states = {name: (version, made_as, size - done) for name, version, made_as, done, size in found}
        for name, shelf in self._shelves.items():
            version, made_as, _ = states.get(name, (0, "", 0))
            if not shelf.is_state(version, made_as):
                raise StoreError(
                    f"register {name} was built in version {version} by another program; this one knows {shelf.fold.version}. "
                    "Open the store again, with the newer program"
                )
        return any(states[name][2] for name in self._shelves)

    def row(self, fold: Fold, key: str) -> Row | None:
        """Return one row; raises NotFoundError where the register is not kept here."""
        return self.rows(fold, (key,)).get(key)

    def rows(self, fold: Fold, keys: Sequence[str]) -> Mapping[str, Row]:
        """Return key → row, of those that there are; raises NotFoundError where the register is not kept here."""
        shelf = self._shelf(fold)
        names = tuple(column.name for column in shelf.table.columns)
        with self._database.asking("reading") as cursor:
            found = list(self._database.look_up(cursor, shelf.find, shelf.table.c.key, list(filter(is_text, keys))))
        return {cells[0]: dict(zip(names, cells, strict=True)) for cells in found}

    def page(self, fold: Fold, asked: Question) -> Page:
        """Return the page that answers a question; one row more is looked for, to know whether there is another page."""
        table = self._shelf(fold).table
        rows: list[Mapping[str, Cell]] = []
        with self._database.reading("reading") as connection:
            for segment in segments(asked):
                left = asked.limit + 1 - len(rows)
                if left:
                    rows += [dict(row) for row in connection.execute(_run(table, asked, segment).limit(left)).mappings()]
        more = len(rows) > asked.limit
        rows = rows[: asked.limit]
        return Page(rows=tuple(rows), next=tuple(rows[-1][name] for name in asked.columns) if more else None)

    def count(self, fold: Fold, asked: Question, below: Cell) -> int:
        """Return how many rows a question finds up to its limit, of which the first column of its order is below a cell."""
        table, found = self._shelf(fold).table, 0
        with self._database.reading("reading") as connection:
            for segment in segments(asked):
                if found < asked.limit:
                    some = _run(table, asked, segment).with_only_columns(table.c.key)
                    if below is not None:
                        some = some.where(table.c[asked.columns[0]] < below)
                    limited = some.limit(asked.limit - found).subquery()
                    found += int(connection.execute(select(func.count()).select_from(limited)).scalar_one())
        return found

    def _shelf(self, fold: Fold) -> Shelf:
        shelf = self._shelves.get(fold.name)
        if shelf is None or shelf.fold.version != fold.version:
            raise NotFoundError(f"register {fold.name}, version {fold.version}, is not kept here; open the store with this fold")
        return shelf


def _run(table: Table, asked: Question, segment: Segment) -> Any:
    """The statement of one segment. Its sort is that of the index, so that nothing is ever sorted."""
    terms: list[ColumnElement[bool]] = [table.c[name] == cell for name, cell in segment.equal]
    terms += [_OPERATORS[operator](table.c[name], cell) for name, operator, cell in segment.then]
    columns = [table.c[name] for name in asked.columns]
    order = [column.desc().nulls_last() if asked.descending else column.asc().nulls_first() for column in columns]
    return select(table).where(and_(True, *terms)).order_by(*order)
