"""How the ledger talks to a database: statements that Core writes once, a driver that runs them, errors of our own."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, BindParameter, Column, Connection, Engine, bindparam, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql import ClauseElement, Insert, Select

from openqi.kernel.errors import DomainError, StoreError

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
_ROWS: Final = 500


class Database:
    """An engine, how a writing transaction begins with it, and its statements.

    The append path runs compiled statements on the driver's cursor: Core spends 15 µs a statement, which for a single append
    is more than the disk needs for its fsync.
    """

    def __init__(self, engine: Engine, *, begin: str, settle: str, where: str, many: int = 0) -> None:
        self.engine, self.where = engine, where
        self._begin, self._settle, self._many = begin, settle, many
        self.closed = False
        self._lock = Lock()  # threads wait here rather than poll the database
        self._writer: PoolProxiedConnection | None = None
        self._text: Callable[[ClauseElement], str] = cache(self._compiled)
        self._looking: dict[tuple[Select[Any], int], str] = {}

    def _compiled(self, statement: ClauseElement) -> str:
        return str(statement.compile(dialect=self.engine.dialect))

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

    @contextmanager
    def reading(self, what: str) -> Iterator[Connection]:
        """Lend a connection whose statements each see the newest acknowledged state."""
        with self.errors(what), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def asking(self, what: str) -> Iterator[DBAPICursor]:
        """Lend the driver's cursor for `run` and `look_up`: as `reading`, for what is asked most often, at a third of the time."""
        with self.errors(what):
            connection = self.engine.raw_connection()
            try:
                yield connection.cursor()
            finally:
                connection.close()

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
            if kept is None or not self._many:
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
        if not self._many:
            yield
            return
        with self.errors(what), self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_PUBLISHING})")
            yield

    def settle(self) -> None:
        """Make durable what a crash may have left readable but unsynced, before anybody relies on it."""
        with self.reading("settling") as connection:
            connection.exec_driver_sql(self._settle).close()

    def close(self) -> None:
        """Let go of all connections, for good."""
        self.closed = True
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()

    def run(self, cursor: DBAPICursor, statement: ClauseElement, *cells: Any) -> None:
        """Execute one statement whose parameters are given in the order in which they stand in its text."""
        cursor.execute(self._text(statement), cells)

    def run_all(self, cursor: DBAPICursor, statement: ClauseElement, rows: Sequence[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        if rows and self._many and isinstance(statement, Insert):
            head, _, one = self._text(statement).partition(" VALUES ")
            for start in range(0, len(rows), self._many):
                part = rows[start : start + self._many]
                cursor.execute(f"{head} VALUES {', '.join([one] * len(part))}", [cell for row in part for cell in row])
        elif rows:
            cursor.executemany(self._text(statement), rows)

    def look_up(self, cursor: DBAPICursor, select: Select[Any], column: Column[Any], cells: Sequence[Any]) -> Iterator[Any]:
        """Yield the rows of `select` whose `column` is one of `cells`, some hundreds a statement."""
        for start in range(0, len(cells), _SIZES[-1]):
            part = cells[start : start + _SIZES[-1]]
            size = next(size for size in _SIZES if size >= len(part))
            text = self._looking.get((select, size))
            if text is None:
                asked: list[BindParameter[Any]] = [bindparam(f"cell{number}", type_=column.type) for number in range(size)]
                text = self._looking[select, size] = self._compiled(select.where(column.in_(asked)))
            # Filled up with the last one, so that few texts serve all numbers and the driver has them prepared.
            cursor.execute(text, (*part, *[part[-1]] * (size - len(part))))
            yield from cursor.fetchall()


def sqlite_database(path: Path) -> Database:
    """Return the database in a SQLite file; nothing is opened yet."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "timeout": WAIT_SECONDS},
        max_overflow=-1,
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
        parsed = parsed.set(drivername="postgresql+pg8000")
    secret = os.environ.get("PGPASSWORD")
    try:
        engine = create_engine(
            parsed.set(password=secret) if secret else parsed, pool_pre_ping=True, max_overflow=-1, hide_parameters=True
        )
    except (NoSuchModuleError, ImportError) as error:
        raise DomainError(f"the driver of {parsed.drivername} is not installed: pip install 'openqi[postgresql]'") from error
    # The transaction itself begins with the driver's first statement; the lock goes with it.
    begin = f"SELECT pg_advisory_xact_lock({_LOCK})"
    return Database(engine, begin=begin, settle="SELECT 1", where=parsed.render_as_string(), many=_ROWS)
