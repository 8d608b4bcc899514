"""How the ledger talks to a database: statements that Core writes once, a driver that runs them, errors of our own."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    URL,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql import ClauseElement, Select

from openqi.kernel.errors import DomainError, StoreError
from openqi.store.sql.bulk import Bulk, array
from openqi.store.sql.statements import PREPARED, Statement, Statements, server_engine

WAIT_SECONDS: Final = 60
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL would lose acknowledged appends when the power fails
    "foreign_keys=ON",
    "cache_size=-64000",
    "temp_store=MEMORY",
    "wal_autocheckpoint=8000",
)
_SIZES: Final = (1, 8, 64, 512)
_LOCK: Final = 7_102_534_661
"""Which advisory lock every writer of a ledger in a PostgreSQL database holds until its transaction ends."""
_PUBLISHING: Final = 7_102_534_662
"""Which one whoever publishes into a bucket that keeps no conditions."""
_PLANNING: Final = {
    "plan_cache_mode": "force_generic_plan", "jit": "off", "enable_seqscan": "off", "enable_bitmapscan": "off",
    "enable_sort": "off",
}  # fmt: skip
"""Each statement is planned once, since planning takes longer than asking; and it goes by an index of the order that is asked for.

A plan that is good for a table while it is small would stay when it is not.
"""
_IDLE: Final = 20
"""How many connections to a server are kept open while nobody asks."""


@dataclass(frozen=True, eq=False, slots=True)
class Lookup:
    """A question for the rows whose column is one of many cells.

    Attributes:
        column: which one.
        asked: writes the question where it is told how that column is compared.
    """

    column: Column[Any]
    asked: Callable[[ColumnElement[bool]], Select[Any]]


class Database:
    """An engine, how a writing transaction begins with it, and its statements.

    All but the making of tables runs compiled statements on the driver's cursor: Core spends more on a statement than SQLite.
    """

    def __init__(self, engine: Engine, *, begin: str, settle: str, where: str) -> None:
        self.engine, self.where = engine, where
        self._begin, self._settle = begin, settle
        self._server = engine.dialect.name != "sqlite"
        self.closed = False
        self._lock = Lock()  # threads wait here rather than poll the database
        self._writer: PoolProxiedConnection | None = None
        self._statements = Statements(engine)
        self.bulk = Bulk(engine, lambda number: f"${number}" if engine.url.drivername == PREPARED else "%s")
        self._looking: Callable[[Lookup, int], Statement] = cache(self._looked)

    @contextmanager
    def errors(self, what: str) -> Iterator[None]:
        """Turn errors of the database, its driver and the disk into StoreError."""
        if self.closed:
            raise StoreError(f"{what} {self.where}: this store was closed; open it again")
        driver = self.engine.dialect.loaded_dbapi.Error
        try:
            yield
        except (SQLAlchemyError, OSError, driver) as error:
            raise StoreError(
                f"{what} {self.where}: {error}. Nothing that was acknowledged is lost, and it is safe to ask the same again"
            ) from error

    def asked(self, what: str, statement: Select[Any], **named: Any) -> Sequence[Any]:
        """Return the rows of one statement as the driver has them, in the newest acknowledged state."""
        with self.errors(what):
            made = self._statements.made(statement)
            return self._statements.fetched(made.text, made.cells(named))

    @contextmanager
    def writing(self, what: str) -> Iterator[DBAPICursor]:
        """Lend the cursor of a transaction that excludes all other writers; it is durable once the block has ended.

        After an error all connections are thrown away: what state a failed write or sync left them in is not worth knowing,
        and SQLite goes on reading only, in all of them, where it once could not open a file for writing.
        """
        with self._lock, self.errors(what):
            connection, cursor = self._begun()
            sound = False
            try:
                yield cursor
                connection.commit()
                sound = True
            finally:
                if not sound:
                    self._throw_away(connection)

    def _begun(self) -> tuple[PoolProxiedConnection, DBAPICursor]:
        """The writer's connection in a new transaction; one that a server has cut since it last wrote is opened again."""
        kept, driver = self._writer, self.engine.dialect.loaded_dbapi.Error
        try:
            return self._begin_on(kept or self.engine.raw_connection())
        except (driver, OSError):
            if kept is None or not self._server:
                raise
        return self._begin_on(self.engine.raw_connection())  # nothing was asked yet, so nothing can be asked twice

    def _begin_on(self, connection: PoolProxiedConnection) -> tuple[PoolProxiedConnection, DBAPICursor]:
        self._writer = connection
        try:
            cursor = connection.cursor()
            cursor.execute(self._begin)
        except BaseException:
            self._throw_away(connection)
            raise
        return connection, cursor

    def _throw_away(self, connection: PoolProxiedConnection) -> None:
        self._writer = None
        connection.invalidate()
        self.engine.dispose()

    @contextmanager
    def defining(self, what: str) -> Iterator[Connection]:
        """Lend a connection in a transaction that excludes all other writers, for making tables."""
        with self.errors(what), self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(self._begin)
            yield connection

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Exclude all other machines until the block has ended; SQLite has only one, whose lock the folder has."""
        if not self._server:
            yield
            return
        with self.errors(what), self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_PUBLISHING})")
            yield

    def settle(self) -> None:
        """Make durable what a crash may have left readable but unsynced, before anybody relies on it."""
        with self.errors("settling"), self.engine.connect() as connection:
            connection.exec_driver_sql(self._settle).close()

    def close(self) -> None:
        """Let go of all connections, for good."""
        self.closed = True
        with self._lock:
            if self._writer is not None:
                self._writer.invalidate()  # closed for good, also where it is of a pool that was thrown away
                self._writer = None
        self.engine.dispose()

    def run(self, cursor: DBAPICursor, statement: ClauseElement, **named: Any) -> None:
        """Execute one statement within a transaction."""
        made = self._statements.made(statement)
        self._statements.execute(cursor, made.text, made.cells(named))

    def found(self, cursor: DBAPICursor, statement: Select[Any], **named: Any) -> Sequence[Any]:
        """Return the rows of one statement within a transaction."""
        self.run(cursor, statement, **named)
        return cursor.fetchall()

    def look_up(self, what: str, lookup: Lookup, cells: Sequence[Any], cursor: DBAPICursor | None = None) -> list[Any]:
        """Return the rows of a lookup, some hundreds of cells a statement; within a transaction where its cursor is given."""
        rows: list[Any] = []
        for start in range(0, len(cells), _SIZES[-1]):
            part = cells[start : start + _SIZES[-1]]
            # Filled up with the last one, so that few texts serve all numbers and the driver has them prepared.
            size = 0 if self._server else next(size for size in _SIZES if size >= len(part))
            made = self._looking(lookup, size)
            filled = [array(lookup.column, part)] if self._server else [*part, *[part[-1]] * (size - len(part))]
            asked = {f"cell{number}": cell for number, cell in enumerate(filled)}
            if cursor is not None:
                self._statements.execute(cursor, made.text, made.cells(asked))
                rows += cursor.fetchall()
            else:
                with self.errors(what):
                    rows += self._statements.fetched(made.text, made.cells(asked))
        return rows

    def _looked(self, lookup: Lookup, size: int) -> Statement:
        column = lookup.column
        if self._server:
            kind = ARRAY(Text() if column.type.python_type is str else column.type)
            made = self._statements.made(lookup.asked(column == any_(bindparam("cell0", type_=kind))))
            return replace(made, into={})  # the array is already written
        asked: list[BindParameter[Any]] = [bindparam(f"cell{number}", type_=column.type) for number in range(size)]
        return self._statements.made(lookup.asked(column.in_(asked)))


def sqlite_database(path: Path) -> Database:
    """Return the database in a SQLite file; nothing is opened yet."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "timeout": WAIT_SECONDS, "cached_statements": 512},
        max_overflow=-1,
        pool_use_lifo=True,  # whose pages are in memory
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where this program says so, not where the driver guesses
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    return Database(engine, begin="BEGIN IMMEDIATE", settle="PRAGMA wal_checkpoint(PASSIVE)", where=str(path))


def postgresql_database(url: str) -> Database:
    """Return the ledger's database in PostgreSQL; nothing is opened yet.

    Args:
        url: `postgresql://user@host:port/database`; the driver is pg8000 unless another is named. A password stands in
            `PGPASSWORD` or the server trusts the connection: never in a URL that is kept in a file.

    Raises:
        DomainError: no such URL, one with a password, or its driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DomainError("the location of the ledger is no URL; write postgresql://user@host/database") from error
    if parsed.get_backend_name() != "postgresql" or not parsed.database:
        raise DomainError(f"{parsed.render_as_string()[:200]}: write postgresql://user@host/database")
    if parsed.password is not None:
        raise DomainError("the URL of the ledger holds a password; give it in PGPASSWORD instead")
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername=PREPARED)
    secret = os.environ.get("PGPASSWORD")
    try:
        # The connection that was given back last is lent first: of many, some have all their statements prepared.
        whole = parsed.set(password=secret) if secret else parsed
        settings = "; ".join(f"SET {name} = {value}" for name, value in _PLANNING.items())
        engine = server_engine(whole, settings=settings, pool_size=_IDLE, max_overflow=-1, pool_use_lifo=True)
    except (NoSuchModuleError, ImportError) as error:
        raise DomainError(f"the driver of {parsed.drivername} is not installed: pip install 'openqi[postgresql]'") from error
    # With another driver the transaction begins by itself with the first statement. The lock goes with it.
    begin = f"{'BEGIN; ' if parsed.drivername == PREPARED else ''}SELECT pg_advisory_xact_lock({_LOCK})"
    return Database(engine, begin=begin, settle="SELECT 1", where=parsed.render_as_string())
