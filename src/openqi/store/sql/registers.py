"""Registers in SQL tables: one indexed table a fold, stepped with each append, built again when the fold's version changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.schema import CreateIndex, DropIndex

from openqi.evidence.fold import Fold
from openqi.evidence.record import Logged
from openqi.kernel.errors import NotFoundError, StoreError
from openqi.store.folds import Cells, checked_folds, stepped, touched
from openqi.store.sql.database import Database
from openqi.store.sql.schema import head, register
from openqi.store.sql.shelf import Shelf

_STATES = select(register.c.name, register.c.version, register.c.shape, register.c.done)
_LAG = _STATES.add_columns(select(head.c.size).scalar_subquery())


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
        for key, *cells in self._database.look_up("stepping", shelf.stored, missing, self._cursor):
            rows[key] = tuple(cells)
            stored.add(key)

    def write(self, done: int) -> None:
        """Write the rows that changed, and that the registers are stepped up to entry `done`."""
        bulk, cursor = self._database.bulk, self._cursor
        for shelf in self._shelves:
            name = shelf.fold.name
            rows, stored = self._rows[name], self._stored[name]
            changed = sorted(self._changed[name])  # in the order of the table, so that neighbours are written together
            present = [(key, cells) for key in changed if (cells := rows[key]) is not None]
            bulk.delete(cursor, shelf.table.c.key, [key for key in changed if rows[key] is None and key in stored])
            bulk.insert(cursor, shelf.table, [(key, *cells) for key, cells in present if key not in stored])
            if shelf.fold.columns:
                bulk.update(cursor, tuple(shelf.table.columns), [(key, *cells) for key, cells in present if key in stored])
        bulk.update(cursor, (register.c.name, register.c.done), [(name, done) for name in self._rows])


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
        """Make an empty table for each fold that has none or one of another version or shape, and missing indexes of the others."""
        states = {name: (version, made_as) for name, version, made_as, _ in connection.execute(_STATES)}
        indexes = _indexes(connection)
        for name, shelf in self._shelves.items():
            if name in states and shelf.is_state(*states[name]):
                _mend_indexes(connection, shelf.table, indexes)
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
        return [
            (shelf, done)
            for name, version, made_as, done in self._database.found(cursor, _STATES)
            if (shelf := self._shelves.get(name)) and shelf.is_state(version, made_as)
        ]

    def lagging(self) -> bool:
        """Return whether a register has to be built before it may be read.

        Raises:
            StoreError: another program has built it in another version since.
        """
        if not self._shelves:
            return False
        found = self._database.asked("reading", _LAG)
        states = {name: (version, made_as, size - done) for name, version, made_as, done, size in found}
        for name, shelf in self._shelves.items():
            version, made_as, _ = states.get(name, (0, "", 0))
            if not shelf.is_state(version, made_as):
                raise StoreError(
                    f"register {name} was built in version {version} by another program; this one knows {shelf.fold.version}. "
                    "Open the store again, with the newer program"
                )
        return any(states[name][2] for name in self._shelves)

    def shelf(self, fold: Fold) -> Shelf:
        """Return where a fold lies; raises NotFoundError where the register is not kept here."""
        shelf = self._shelves.get(fold.name)
        if shelf is None or shelf.fold.version != fold.version:
            raise NotFoundError(f"register {fold.name}, version {fold.version}, is not kept here; open the store with this fold")
        return shelf


def _indexes(connection: Connection) -> set[str]:
    """Return the names of a server's indexes; of SQLite none, which has had the right ones from the beginning."""
    if connection.dialect.name != "postgresql":
        return set()
    return set(connection.exec_driver_sql("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()").scalars())


def _mend_indexes(connection: Connection, table: Table, there: set[str]) -> None:
    """On a server, put the indexes in whose order questions are asked in place of those that earlier versions made."""
    for index in sorted(table.indexes, key=lambda index: str(index.name)) if there else ():
        wanted, found = str(index.name).endswith("_first"), str(index.name) in there
        if wanted and not found:
            connection.execute(CreateIndex(index))
        elif found and not wanted:
            connection.execute(DropIndex(index))
