"""Rows by the thousand: SQLite takes them one by one from the driver, a server takes whole columns as arrays in one statement."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Engine, Table
from sqlalchemy.engine.interfaces import DBAPICursor

_PART: Final = 1000
"""How many rows a statement to a server carries, so that one of them stays far below what a server takes."""


def _text(cell: str) -> str:
    return '"' + cell.replace("\\", "\\\\").replace('"', '\\"') + '"'


_KINDS: Final[Mapping[type, tuple[str, Callable[[Any], str]]]] = {
    str: ("text", _text),
    bytes: ("bytea", lambda cell: f'"\\\\x{cell.hex()}"'),
    bool: ("boolean", lambda cell: "t" if cell else "f"),
    int: ("bigint", str),
}


def array_type(column: Column[Any]) -> str:
    """Return the name that PostgreSQL has for an array of what a column holds."""
    return f"{_KINDS[column.type.python_type][0]}[]"


def array(column: Column[Any], cells: Sequence[Any]) -> str:
    """Return the text by which PostgreSQL reads an array of what a column holds."""
    written = _KINDS[column.type.python_type][1]
    return f"{{{','.join(['NULL' if cell is None else written(cell) for cell in cells])}}}"


class Bulk:
    """Inserts, changes and deletes many rows on the driver's cursor."""

    def __init__(self, engine: Engine, mark: Callable[[int], str]) -> None:
        self._quoted, self._mark = engine.dialect.identifier_preparer.quote, mark
        self._arrays = engine.dialect.name == "postgresql"
        self._inserted, self._updated, self._deleted = cache(self._insert), cache(self._update), cache(self._delete)

    def insert(self, cursor: DBAPICursor, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows whose cells are in the order of the columns."""
        self._run(cursor, self._inserted(table), tuple(table.columns), rows)

    def update(self, cursor: DBAPICursor, columns: tuple[Column[Any], ...], rows: Sequence[Sequence[Any]]) -> None:
        """Change some columns of rows that are there; the first is the key by which they are found."""
        if not self._arrays:
            rows = [(*row[1:], row[0]) for row in rows]
        self._run(cursor, self._updated(columns), columns, rows)

    def delete(self, cursor: DBAPICursor, key: Column[Any], cells: Sequence[Any]) -> None:
        """Delete the rows of some keys."""
        self._run(cursor, self._deleted(key), (key,), [(cell,) for cell in cells])

    def _run(self, cursor: DBAPICursor, text: str, columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        if not self._arrays:
            cursor.executemany(text, rows)
            return
        for start in range(0, len(rows), _PART):
            cells = zip(*rows[start : start + _PART], strict=True)
            cursor.execute(text, [array(column, of_one) for column, of_one in zip(columns, cells, strict=True)])

    def _columns(self, columns: Sequence[Column[Any]]) -> str:
        """The columns as arrays that become rows again."""
        marks = [f"{self._mark(number)}::{array_type(column)}" for number, column in enumerate(columns, 1)]
        return f"unnest({', '.join(marks)})"

    def _insert(self, table: Table) -> str:
        names = [self._quoted(column.name) for column in table.columns]
        head = f"INSERT INTO {self._quoted(table.name)} ({', '.join(names)})"  # names of our own tables
        if self._arrays:
            return f"{head} SELECT * FROM {self._columns(tuple(table.columns))}"  # noqa: S608
        return f"{head} VALUES ({', '.join('?' for _ in names)})"

    def _update(self, columns: tuple[Column[Any], ...]) -> str:
        key, *names = [self._quoted(column.name) for column in columns]
        head = f"UPDATE {(table := self._quoted(columns[0].table.name))} SET"
        if not self._arrays:
            return f"{head} {', '.join(f'{name} = ?' for name in names)} WHERE {key} = ?"
        new = f"{self._columns(columns)} AS new({', '.join((key, *names))})"
        return f"{head} {', '.join(f'{name} = new.{name}' for name in names)} FROM {new} WHERE {table}.{key} = new.{key}"

    def _delete(self, key: Column[Any]) -> str:
        asked = f"= ANY({self._mark(1)}::{array_type(key)})" if self._arrays else "= ?"
        return f"DELETE FROM {self._quoted(key.table.name)} WHERE {self._quoted(key.name)} {asked}"  # noqa: S608
