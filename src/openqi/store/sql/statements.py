"""Statements that Core writes once and the driver runs: a short question costs what the database needs, and little more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine import result_tuple
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql import ClauseElement, Select

_KEPT: Final = 1000
PREPARED: Final = "postgresql+pg8000"
"""The driver whose statements are kept prepared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A statement as its text, and how cells go into it and rows come out of it.

    Attributes:
        text: with marks for its parameters.
        names: of its parameters, in the order in which the driver takes them.
        given: cells that the statement itself holds, by name.
        into: what has to be done to a cell before the driver takes it, by name.
        out: what has to be done to a column of a row; None where nothing has.
        row: makes rows whose cells have names.
    """

    text: str
    names: tuple[str, ...]
    given: Mapping[str, Any]
    into: Mapping[str, Callable[[Any], Any]]
    out: tuple[Callable[[Any], Any] | None, ...] | None
    row: Callable[[Sequence[Any]], Any] | None

    def cells(self, named: Mapping[str, Any]) -> list[Any]:
        """Return the cells of the parameters in the driver's order; raises KeyError where one is missing or foreign."""
        cells = {**self.given, **named}
        if len(cells) > len(self.names):
            raise KeyError(f"a parameter of {', '.join(named)} is none of the statement's: {', '.join(self.names)}")
        for name, done in self.into.items():
            cells[name] = done(cells[name])
        return [cells[name] for name in self.names]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return rows with named cells, of the types that the columns have in Python."""
        if self.row is None:
            return [tuple(cells) for cells in found]
        if self.out is None:
            return [self.row(cells) for cells in found]
        out = self.out
        return [self.row([cell if done is None else done(cell) for cell, done in zip(cells, out, strict=True)]) for cells in found]


class Statements:
    """The statements of one engine. Any thread may call any method."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._prepared = engine.url.drivername == PREPARED
        self._repeats = engine.dialect.name != "sqlite"  # nobody cuts a file off, and one in memory would be gone
        self.made: Callable[[ClauseElement], Statement] = lru_cache(_KEPT)(self._made)

    def _made(self, statement: ClauseElement) -> Statement:
        dialect = self.engine.dialect
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise TypeError("this statement has another text for other cells, as IN has; it cannot be written once")
        binds = {name: compiled.binds[name] for name in compiled.positiontup}
        kinds = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
        columns = dict(statement.selected_columns.items()) if isinstance(statement, Select) else {}
        out = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns.values())
        return Statement(
            text=str(compiled),
            names=tuple(compiled.positiontup),
            given={name: bind.value for name, bind in binds.items() if not bind.required},
            into={name: kind for name, kind in kinds.items() if kind is not None},
            out=out if any(out) else None,
            row=result_tuple(list(columns)) if columns else None,
        )

    def asked(self, statement: Select[Any], named: Mapping[str, Any]) -> list[Any]:
        """Return the rows of a statement, with named cells; the rest is as of `fetched`."""
        made = self.made(statement)
        return made.rows(self.fetched(made.text, made.cells(named)))

    def fetched(self, text: str, cells: Sequence[Any]) -> Sequence[Any]:
        """Return the rows that one reading statement finds, as the driver has them, in the newest acknowledged state.

        On a server it is asked without a transaction; where that has cut the connection since it was last used, on a new one.

        Raises:
            Exception: the driver's own errors.
        """
        try:
            return self._fetched(text, cells)
        except (OSError, self.engine.dialect.loaded_dbapi.Error) as error:
            if not (self._repeats and self._is_cut(error)):
                raise
        self.engine.dispose()  # the others were cut too
        return self._fetched(text, cells)

    def execute(self, cursor: DBAPICursor, text: str, cells: Sequence[Any]) -> None:
        """Execute one statement on the cursor of a transaction."""
        if self._prepared:
            cursor.prepared(text, cells)
        else:
            cursor.execute(text, cells)

    def _is_cut(self, error: Any) -> bool:
        return isinstance(error, OSError) or self.engine.dialect.is_disconnect(error, None, None)

    def _fetched(self, text: str, cells: Sequence[Any]) -> Sequence[Any]:
        lent = self.engine.raw_connection()
        whole = False
        try:
            if self._prepared:
                found: Sequence[Any] = lent.driver_connection.asked(text, cells).rows  # type: ignore[union-attr]
            else:
                cursor = lent.cursor()
                cursor.execute(text, cells)
                found = cursor.fetchall()
            whole = True
        except self.engine.dialect.loaded_dbapi.DatabaseError as error:
            whole = not self._is_cut(error)  # the server has said all that it has to say
            raise
        finally:
            if not whole and self._repeats:
                lent.invalidate()  # an answer may still be on its way
            lent.close()
        return found


def server_engine(url: URL, *, settings: str = "", **pool: Any) -> Engine:
    """Return an engine for a PostgreSQL server; raises what `create_engine` raises where the driver is not installed.

    Args:
        url: of the database, with its driver.
        settings: what a new connection is told; with another driver than pg8000 nothing is.
        pool: how many connections are kept, as for `create_engine`.
    """
    if url.drivername != PREPARED:
        # The order of parameters is known for every driver only where they have an order.
        return create_engine(url, paramstyle="format", pool_pre_ping=True, hide_parameters=True, **pool)
    engine = create_engine(url, paramstyle="numeric_dollar", hide_parameters=True, **pool)
    from openqi.store.sql.prepared import keep_prepared

    keep_prepared(engine, settings)
    return engine
