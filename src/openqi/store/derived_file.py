"""A SQLite file beside a log that is made from it alone: where it was damaged or is of an older format it is made anew."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from openqi.kernel.errors import StoreError
from openqi.store.store import Store
from openqi.store.transaction import transaction


@dataclass(frozen=True, kw_only=True)
class DerivedFile:
    """One such file; any thread and process may read it while one writes.

    Args:
        path: of the file.
        what: it is, for messages: `the index of marks`.
        cache: kibibytes of it that a connection keeps.
        read_only: it is there, and another process writes.
    """

    path: Path
    what: str
    cache: int = 64_000
    read_only: bool = False

    def error(self, error: sqlite3.Error) -> StoreError:
        """Return an error of the database as ours, with what can be done."""
        why = "It holds nothing of its own: delete it, and it is made again"
        return StoreError(f"{self.what} {self.path}: {error}. {why}")

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise errors of the database in the block as ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise self.error(error) from error

    def connection(self) -> sqlite3.Connection:
        """Return a connection. Each read sees the newest state, and transactions begin where this program says so."""
        mode = "ro" if self.read_only else "rwc"
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, timeout=60)
        connection.execute("PRAGMA mmap_size=17179869184")
        connection.execute(f"PRAGMA cache_size=-{self.cache}")
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    def throw_away(self) -> None:
        """Delete the file and what lies beside it."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True)
class LogIndex(DerivedFile):
    """A derived file that follows one log: its table `state` tells which, how far it was taken in, and the last record of that.

    Args:
        origin: name of the log.
        format: of the file.
        tables: statements that make it; `state` has a number, an origin, a size and the id of the last record.
    """

    origin: str
    format: int
    tables: Sequence[str]

    def opened(self) -> sqlite3.Connection:
        """Return a connection to the file, made where it is not there, and made anew where it was damaged.

        Raises:
            StoreError: it holds another log's, or is of a newer format.
            sqlite3.Error: it cannot be opened.
        """
        try:
            return self._checked()
        except sqlite3.DatabaseError as error:
            if self.read_only or not damaged(error):
                raise
        return self.anew()

    def anew(self) -> sqlite3.Connection:
        """Return a connection to the file after making it anew; raises as `opened`."""
        self.throw_away()
        return self._checked()

    def _checked(self) -> sqlite3.Connection:
        connection = self.connection()
        try:
            if not self.read_only:
                self._create(connection)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != self.format:
                raise StoreError(f"{self.path} has format {version}, this version knows {self.format}; delete it and update")
            (origin,) = connection.execute("SELECT origin FROM state").fetchone()
            if origin != self.origin:
                held = f"{self.path} is {self.what} of the log {origin}"
                raise StoreError(f"{held}, not of {self.origin}; name another file")
        except (sqlite3.Error, StoreError):
            connection.close()
            raise
        return connection

    def _create(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        with transaction(connection):
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            old = connection.execute("PRAGMA user_version").fetchone()[0] < self.format
            for name in names if old else ():  # all of it is in the log, and comes in again; what belongs to a table goes with it
                connection.execute(f'DROP TABLE IF EXISTS "{name}"')
            if old:
                for statement in self.tables:
                    connection.execute(statement)
                connection.execute("INSERT INTO state VALUES (0, ?, 0, '')", (self.origin,))
                connection.execute(f"PRAGMA user_version={self.format}")


class Reached(NamedTuple):
    """How far an index knows its log: `known` entries, the last of which is `last`; `moved` where the log is another one now."""

    size: int
    known: int
    last: str
    moved: bool


def reached(connection: sqlite3.Connection, store: Store, what: str) -> Reached:
    """Return how far an index is behind its log.

    Raises:
        StoreError: the store failed, or the index is another log's.
    """
    origin, known, last = connection.execute("SELECT origin, size, last FROM state").fetchone()
    if origin != store.origin:
        raise StoreError(f"{what} is of the log {origin}, not of {store.origin}")
    size = store.size()
    same = known == 0 or (known <= size and next(store.scan(known - 1, known)).record.id == last)
    return Reached(size, known, last, not same)


def damaged(error: sqlite3.DatabaseError) -> bool:
    """Return whether the file itself is no sound database; a full disk, a lock, a missing permission are another class of error."""
    return type(error) is sqlite3.DatabaseError
