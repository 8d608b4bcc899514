"""The desk as a database by URL: lends connections whose transactions are whole, and brings its tables up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.resources import as_file, files
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, Row, Select, Text, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from openqi.kernel.errors import FormatError, StoreError
from openqi.store.sql.statements import PREPARED, Statements, server_engine

EXACT: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point everywhere, as SQLite and Python do."""
_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: Final = MetaData(naming_convention=_CONVENTION)
"""Every table of the desk; each module of this folder adds its own, and a migration makes them."""
_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON")
_PATIENCE: Final = 10
"""Seconds that a writer waits for another one, in this process as in others."""


class Desk:
    """The desk's database. Any thread may call any method; several processes may share one.

    Args:
        url: `sqlite:///…` (three slashes, then the path) or `postgresql://…`; the driver of PostgreSQL is pg8000 unless named.

    Raises:
        FormatError: no URL of a database that is known.
    """

    def __init__(self, url: str) -> None:
        self.where = _shown(url)
        self.engine = _engine(url)
        self._writer = Lock()
        self._statements, self._writes = Statements(self.engine), self.engine.execution_options(openqi_writes=True)

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError, self.engine.dialect.loaded_dbapi.Error) as error:
            # Only the driver's own words: a statement's parameters may hold what nobody may read in a log.
            cause = getattr(error, "orig", type(error).__name__ if isinstance(error, SQLAlchemyError) else error)
            raise StoreError(
                f"{what} the desk {self.where}: {cause}; nothing was kept, it is safe to ask the same again"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that sees one state.

        Raises:
            StoreError: the database cannot be read.
        """
        with self._errors("reading"), self.engine.connect() as connection:
            yield connection

    def asked(self, statement: Select[Any], **named: Any) -> list[Row[Any]]:
        """Return the rows of one short statement, at a fraction of what `reading` costs.

        Args:
            statement: made once, say at the top of a module: it is compiled when it is first asked and then known by its
                identity. Nothing in it has another text for other cells, as `in_` has.
            named: cells of its parameters (`bindparam`).

        Raises:
            StoreError: the database cannot be read.
            KeyError: a parameter is missing, or none of the statement's.
        """
        with self._errors("reading"):
            return self._statements.asked(statement, named)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection in one transaction: all of it is durable once the block has ended, or nothing of it.

        On SQLite it excludes all other writers from its beginning, so that what it reads cannot move before it writes.

        Raises:
            StoreError: the database cannot be written; nothing was kept.
        """
        with self._turn(), self._errors("writing"), self._writes.begin() as connection:
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for one's turn among the threads of this process: a file has each of them ask again and again."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._writer.acquire(timeout=_PATIENCE):
            raise StoreError(f"writing the desk {self.where}: another thread writes for {_PATIENCE} s; nothing was kept, ask again")
        try:
            yield
        finally:
            self._writer.release()

    def revision(self) -> str:
        """Return which form the tables have: the name of the last migration, "" where there is none yet.

        Raises:
            StoreError: the database cannot be read.
        """
        from alembic.migration import MigrationContext

        with self.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def upgrade(self, to: str = "head") -> None:
        """Bring the tables to the form that this version knows, all of it in one transaction.

        Args:
            to: up to which migration; a backup is filled in as it was, and brought up from there.

        Raises:
            StoreError: the tables are of a newer version, or the database cannot be written; nothing was changed.
        """
        from alembic.util import CommandError

        with self.writing() as connection:
            if connection.dialect.name == "postgresql":  # of two processes that start at once, one waits for the other
                connection.execute(text("SELECT pg_advisory_xact_lock(4815162342)"))
            try:
                _alembic(connection, to)
            except CommandError as error:
                raise StoreError(f"the desk {self.where} is of a newer version than this program ({error}); use that") from error

    def settle(self) -> None:
        """Have what was erased stay in no file beside the database: on SQLite everything that was written goes into it now.

        Where somebody reads meanwhile it is left for the next time; PostgreSQL does this by itself.

        Raises:
            StoreError: the database cannot be written.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with self._errors("settling"):
            lent = self.engine.raw_connection()
        try:
            lent.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            return  # somebody else is at it, or writes
        finally:
            lent.close()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _alembic(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    with as_file(files("openqi.store.desk") / "migrations") as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        command.upgrade(config, revision)


def newest_revision() -> str:
    """Return the name of the last migration that this version knows."""
    from alembic.script import ScriptDirectory

    with as_file(files("openqi.store.desk") / "migrations") as folder:
        return ScriptDirectory(str(folder)).get_current_head() or ""


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError as error:
        raise FormatError("the desk's URL is not one; write sqlite:///path or postgresql://user@host/database") from error


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername=PREPARED)
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise FormatError(f"a desk is kept in sqlite or postgresql, not in {parsed.get_backend_name()}")
    try:
        if parsed.get_backend_name() == "postgresql":
            return server_engine(parsed, pool_size=8, max_overflow=8, pool_use_lifo=True)
        engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 10}, hide_parameters=True)
    except (NoSuchModuleError, ImportError) as error:
        raise FormatError(f"the driver of {parsed.drivername} is not installed: pip install 'openqi[postgresql]'") from error
    event.listen(engine, "connect", _prepared)
    event.listen(engine, "begin", partial(_begun))
    return engine


def _prepared(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where this program says so, not where the driver guesses
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get("openqi_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
