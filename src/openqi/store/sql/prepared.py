"""Connections of pg8000 that have each statement parsed once, ask it in one round trip, and notice that the server has gone.

pg8000 itself converts a statement's parameter marks character by character and has the server parse it each time, in three round
trips, between one that begins a transaction and three that end it.
"""

import select
import socket
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from pg8000 import dbapi
from pg8000.converters import make_params
from pg8000.core import Context
from pg8000.exceptions import DatabaseError, InterfaceError
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

_KEPT: Final = 200
"""How many statements a connection keeps prepared; the server's memory for them goes with the connection."""
_STALE: Final = ("0A000", "26000")
"""The server's codes for a plan that no longer fits its tables, and for a statement that it has forgotten."""


class Connection(dbapi.Connection):  # type: ignore[misc]  # pg8000 has no types
    """A connection whose statements have their parameters as `$1`, `$2` …, and are kept prepared."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if self._usock.family in (socket.AF_INET, socket.AF_INET6):
            # Else the end of what does not fit one packet waits 40 ms for the server to say that it has the beginning.
            self._usock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._kept: OrderedDict[str, tuple[bytes, Any, Any]] = OrderedDict()

    def cursor(self) -> "Cursor":
        """Return a cursor whose statements are kept prepared where they have parameters."""
        return Cursor(self)

    def commit(self) -> None:
        """Commit, in one round trip instead of three."""
        self.execute_simple("commit")

    def rollback(self) -> None:
        """Roll back, in one round trip instead of three, where there is a transaction at all."""
        if self._in_transaction:
            self.execute_simple("rollback")

    def begin(self) -> None:
        """Begin a transaction now and not with the first statement."""
        self.execute_simple("begin transaction")

    def asked(self, text: str, cells: Sequence[Any] = ()) -> Context:
        """Return what one statement finds. Outside of a transaction none is begun for it.

        Raises:
            DatabaseError: the server refuses it.
            InterfaceError: the connection was cut.
        """
        params = make_params(self.py_types, cells)
        try:
            return self._asked(text, params)
        except DatabaseError as error:
            found = error.args[0]
            if not isinstance(found, dict) or found.get("C") not in _STALE:
                raise
            self._forget(text)
            if self._in_transaction:  # which has failed; who asks it all again has the statement prepared anew
                raise
        return self._asked(text, params)

    def _asked(self, text: str, params: Sequence[str | None]) -> Context:
        kept = self._kept.get(text)
        if kept is None:
            while len(self._kept) >= _KEPT:
                self._forget(next(iter(self._kept)))
            kept = self._kept[text] = self.prepare_statement(text, ())
        else:
            self._kept.move_to_end(text)
        return self.execute_named(kept[0], params, kept[1], kept[2], text)

    def _forget(self, text: str) -> None:
        kept = self._kept.pop(text, None)
        if kept is not None:
            self.close_prepared_statement(kept[0])

    @property
    def is_cut(self) -> bool:
        """Whether the other end has closed, as far as this machine has heard; nothing is sent.

        A server that ends says so, and nothing else is ever heard while nothing is asked.
        """
        if self._usock is None:
            return True
        if not hasattr(select, "poll"):
            return bool(select.select([self._usock], [], [], 0)[0])
        poll = select.poll()
        poll.register(self._usock, select.POLLIN)
        return bool(poll.poll(0))


class Cursor(dbapi.Cursor):  # type: ignore[misc]  # pg8000 has no types
    """A cursor whose statements with parameters are kept prepared by its connection."""

    def execute(self, operation: str, args: Sequence[Any] = (), stream: Any = None) -> None:
        """Execute one statement whose parameters are `$1`, `$2` …, beginning a transaction where the connection has none."""
        connection = self._c
        if connection is None:
            raise InterfaceError("Cursor closed")
        if stream is not None:
            super().execute(operation, args, stream)
            return
        if not connection.autocommit and not connection._in_transaction and not operation.startswith("BEGIN"):
            connection.begin()
        # Without parameters it may be a definition, or several statements in one text, which cannot be prepared.
        self._context = connection.asked(operation, args) if args else connection.execute_simple(operation)
        self._row_iter = None if self._context.rows is None else iter(self._context.rows)


def keep_prepared(engine: Engine) -> None:
    """Have an engine of the dialect pg8000 make such connections, and lend none that was cut."""

    @event.listens_for(engine, "do_connect")
    def _connected(_dialect: Any, _record: Any, args: list[Any], named: dict[str, Any]) -> Connection:
        return Connection(*args, **named)

    @event.listens_for(engine, "checkout")
    def _lent(connection: Any, _record: Any, _lent: Any) -> None:
        if connection.is_cut:
            raise InvalidatePoolError("the server has closed the connection")
