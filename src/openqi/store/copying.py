"""Tables as lines of JSON that any database takes: one snapshot is read, and another database is filled with it."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Integer, MetaData, Table, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from openqi.kernel.errors import FormatError, StoreError
from openqi.store.kinds.postgresql import URL
from openqi.store.sql.database import Database, postgresql_database, sqlite_database

BYTES: Final = "base64"
_ROWS: Final = 500


def ledger_database(folder: Path, kind: str) -> Database:
    """Return the database that keeps the ledger of a folder.

    Raises:
        StoreError: a store of that kind has none.
    """
    if kind == "local":
        return sqlite_database(folder / "ledger.sqlite")
    if kind == "postgresql":
        return postgresql_database((folder / URL).read_text(encoding="utf-8").split("\n")[0].strip())
    raise StoreError(f"{folder}: a store of kind {kind[:40]!r} is not copied; copied are local and postgresql")


@contextmanager
def _errors(what: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or type(error).__name__  # never a statement with its parameters
        raise StoreError(f"{what}: {cause}; nothing was changed where it was read, it is safe to ask the same again") from error


@contextmanager
def snapshots(first: Engine, second: Engine, *, still: Sequence[str]) -> Iterator[tuple[Connection, Connection]]:
    """Lend connections to two databases whose views are of one instant, and stay so however much is written meanwhile.

    For the moment in which both views begin nobody writes to the first one. So the pair is a state that has been, as a killed
    machine would have left it, and what mends that mends this.

    Args:
        first, second: the databases.
        still: tables of the first one; on PostgreSQL they are locked against writing for that moment.

    Raises:
        StoreError: one of them cannot be read, or writers do not let go of the first one within ten seconds.
    """
    with ExitStack() as opened, _errors("copying"):
        with ExitStack() as holding:
            _hold(holding.enter_context(first.connect()), still)
            views = [opened.enter_context(_view(engine)) for engine in (first, second)]
        yield views[0], views[1]


def _hold(connection: Connection, still: Sequence[str]) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        names = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in sorted(still))
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
    else:
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE").close()  # type: ignore[union-attr]


@contextmanager
def _view(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for means in ("seqscan", "sort"):  # whole tables are read
                connection.exec_driver_sql(f"SET LOCAL enable_{means} = on")
            connection.exec_driver_sql("SELECT 1 FROM pg_class LIMIT 1")
        else:
            if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
                connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # only a read begins SQLite's view
        yield connection


def tables_here(connection: Connection, known: Sequence[Table]) -> tuple[Table, ...]:
    """Return those of some tables that a database has, with the columns that it has, in an order in which they can be filled."""
    names = {table.name for table in known} & set(inspect(connection).get_table_names())
    found = MetaData()
    if names:
        found.reflect(connection, only=sorted(names))
    return tuple(table for table in found.sorted_tables if table.name in names)


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield the rows of a table in the order of its key, each as a line of JSON: an object of its columns."""
    asked = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=_ROWS).execute(asked).mappings():
        cells = {name: {BYTES: b64encode(cell).decode()} if isinstance(cell, bytes) else cell for name, cell in row.items()}
        yield json.dumps(cells, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def fill(connection: Connection, table: Table, rows: Iterable[bytes]) -> int:
    """Return how many rows were brought into an empty table; numbers that the database gives go on behind them.

    Raises:
        FormatError: a line is no row of the table.
        StoreError: the database refuses one, or the table is not empty.
    """
    with _errors(f"filling {table.name}"):
        if connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None:
            raise StoreError(f"table {table.name} is not empty; name an empty database")
        done, part = 0, []
        for line in rows:
            part.append(_row(table, line))
            if len(part) == _ROWS:
                connection.execute(insert(table), part)
                done, part = done + len(part), []
        if part:
            connection.execute(insert(table), part)
        _go_on(connection, table)
        return done + len(part)


def _row(table: Table, line: bytes) -> Mapping[str, Any]:
    try:
        cells = json.loads(line)
        if type(cells) is not dict or set(cells) != set(table.columns.keys()):
            raise FormatError(f"a row of {table.name} has other columns than the table")
        return {name: b64decode(cell[BYTES], validate=True) if type(cell) is dict else cell for name, cell in cells.items()}
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"a line of {table.name} is no row: {str(error)[:100]}") from error


def _go_on(connection: Connection, table: Table) -> None:
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    named = connection.execute(text("SELECT pg_get_serial_sequence(:table, :key)"), {"table": table.name, "key": keys[0].name})
    sequence = named.scalar()
    if sequence is not None:
        quote = connection.dialect.identifier_preparer.quote
        newest = f"SELECT setval('{sequence}', max({quote(keys[0].name)})) FROM {quote(table.name)}"  # noqa: S608 -- our names
        connection.exec_driver_sql(newest)
