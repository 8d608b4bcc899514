"""Connections of pg8000 that have each statement parsed once, ask it in one round trip, and notice that the server has gone.

pg8000 itself converts a statement's parameter marks character by character and has the server parse it each time, in three round
trips, between one that begins a transaction and three that end it; and it reads each row from the socket by itself.
"""

import select
import socket
from binascii import unhexlify
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from pg8000 import dbapi
from pg8000.converters import bool_in, bytes_in, make_params, string_in
from pg8000.core import EXECUTE_MSG, SYNC_MSG, TERMINATE_MSG, Context, H_pack, _flush, _write, i_pack, i_unpack
from pg8000.exceptions import DatabaseError, InterfaceError
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

_KEPT: Final = 200
"""How many statements a connection keeps prepared; the server's memory for them goes with the connection."""
_STALE: Final = ("0A000", "26000")
"""The server's codes for a plan that no longer fits its tables, and for a statement that it has forgotten."""


_READY, _ROW = b"ZD"
_NOTHING: Final = i_pack(-1)
_TAKEN: Final = 65_536
_READERS: Final[Mapping[Any, Callable[[bytes], Any]]] = {
    string_in: bytes.decode, int: int, bool_in: b"t".__eq__, bytes_in: lambda cell: unhexlify(cell[2:]),
}  # fmt: skip


class Connection(dbapi.Connection):  # type: ignore[misc]  # pg8000 has no types
    """A connection whose statements have their parameters as `$1`, `$2` …, and are kept prepared."""

    _sock: Any
    _usock: Any

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if self._usock.family in (socket.AF_INET, socket.AF_INET6):
            # Else the end of what does not fit one packet waits 40 ms for the server to say that it has the beginning.
            self._usock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._kept: OrderedDict[str, tuple[bytes, Any, Any]] = OrderedDict()

    def cursor(self) -> "Cursor":
        """Return a cursor whose statements are kept prepared where they have parameters."""
        return Cursor(self)

    def close(self) -> None:
        """Close, whether or not the other end is still there."""
        if self._usock is None:
            raise InterfaceError("connection is closed")
        opened, self._sock, self._usock = (self._sock, self._usock), None, None
        with suppress(OSError):
            opened[0].write(TERMINATE_MSG)
            opened[0].flush()
        for one in opened:
            with suppress(OSError):
                one.close()

    def __del__(self) -> None:
        # A connection that was lent when its engine let go of all of them is given back to nobody.
        if getattr(self, "_usock", None) is not None and getattr(self, "_sock", None) is not None:
            self.close()

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
        if self._sock is None:
            raise InterfaceError("connection is closed")
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
        context = Context(text, columns=kept[1], input_funcs=kept[2])
        bound = [b"\0", kept[0], b"\0\0", H_pack(len(params))]
        for cell in params:
            written = b"" if cell is None else cell.encode(self._client_encoding)
            bound += (_NOTHING,) if cell is None else (i_pack(len(written)), written)
        bound.append(b"\0\0")
        _write(self._sock, b"".join((b"B", i_pack(sum(map(len, bound)) + 4), *bound, EXECUTE_MSG, SYNC_MSG)))
        _flush(self._sock)
        self.handle_messages(context)
        return context

    def handle_messages(self, context: Context) -> None:
        """Take what the server sends until it is ready for the next statement; raises the error that it sent."""
        data, at, code = self._rest, 0, 0
        readers: list[Callable[[bytes], Any]] | None = None
        while code != _READY:
            end = at + 5 if len(data) < at + 5 else at + 1 + i_unpack(data, at + 1)[0]
            if len(data) < end:
                data, at = data[at:] + self._received(end - len(data)), 0
                continue
            code = data[at]
            if code == _ROW:
                if readers is None:
                    readers = [self._reader(function) for function in context.input_funcs]
                context.rows.append(_row(data, at + 7, readers))
            else:
                self.message_types[data[at : at + 1]](data[at + 5 : end], context)
            at = end
        self._rest = data[at:]
        if context.error is not None:
            raise context.error

    def _received(self, least: int) -> bytes:
        try:
            found = self._sock.read(least) if least > _TAKEN else self._sock.read1(_TAKEN)
        except OSError as error:
            raise InterfaceError("network error") from error
        if not found:
            raise InterfaceError("network error")
        return bytes(found)

    def _reader(self, function: Callable[[str], Any]) -> Callable[[bytes], Any]:
        """What reads a cell as pg8000's own function does, where it can without a text between."""
        encoding = self._client_encoding
        if function in _READERS and encoding in ("utf8", "utf-8"):
            return _READERS[function]
        return lambda cell: function(cell.decode(encoding))

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
        if args:
            self.prepared(operation, args)
            return
        if not operation.startswith("BEGIN"):
            self._begin()
        # It may be a definition, or several statements in one text, which cannot be prepared.
        self._hold(connection.execute_simple(operation))

    def prepared(self, text: str, cells: Sequence[Any]) -> None:
        """Execute one statement as `execute` does, kept prepared also where it has no parameters."""
        self._begin()
        self._hold(self._c.asked(text, cells))

    def _begin(self) -> None:
        if not self._c.autocommit and not self._c._in_transaction:
            self._c.begin()

    def _hold(self, found: Context) -> None:
        self._context = found
        self._row_iter = None if found.rows is None else iter(found.rows)


def _row(data: bytes, at: int, readers: Sequence[Callable[[bytes], Any]]) -> list[Any]:
    row: list[Any] = []
    for reader in readers:
        start = at + 4
        size = i_unpack(data, at)[0]
        if size < 0:
            row.append(None)
            at = start
        else:
            at = start + size
            row.append(reader(data[start:at]))
    return row


def keep_prepared(engine: Engine, settings: str) -> None:
    """Have an engine of the dialect pg8000 make such connections, with these settings, and lend none that was cut."""

    @event.listens_for(engine, "do_connect")
    def _connected(_dialect: Any, _record: Any, args: list[Any], named: dict[str, Any]) -> Connection:
        connection = Connection(*args, **named)
        if settings:
            connection.execute_simple(settings)
        return connection

    @event.listens_for(engine, "checkout")
    def _lent(connection: Any, _record: Any, _lent: Any) -> None:
        if connection.is_cut:
            raise InvalidatePoolError("the server has closed the connection")
