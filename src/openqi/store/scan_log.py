"""Scans kept coarsely, in a file of their own: which mark, in which minute, in which place, by a token that dies with its month.

No address, no exact place, no identity. What is forgotten is gone from the file too. It is no evidence: it may be lost.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from openqi.kernel.errors import StoreError
from openqi.store.private_file import private_file
from openqi.store.transaction import transaction

FORMAT: Final = 1
MINUTE, DAY = 60, 86_400
UNKNOWN: Final = -1
"""The device, or the place, that is not known."""
_TABLES: Final = (
    "CREATE TABLE seen (at INTEGER NOT NULL, hash BLOB NOT NULL, place INTEGER NOT NULL, device INTEGER NOT NULL)",
    "CREATE TABLE place (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE salt (month TEXT PRIMARY KEY, salt BLOB NOT NULL) WITHOUT ROWID",
)


class Seen(NamedTuple):
    """One scan: seconds since 1970 of the minute's begin, the mark's hash, number of the place, token of the device."""

    at: int
    digest: bytes
    place: int
    device: int


class Summary(NamedTuple):
    """What is kept: scans, marks, places, known devices, scans by unknown ones, first and last minute."""

    scans: int
    marks: int
    places: int
    devices: int
    unknown: int
    oldest: int | None
    newest: int | None


class ScanLog:
    """Kept scans in one SQLite file, which several processes may share. Any thread may call any method but `rows`.

    Args:
        path: of the file; it is made where it is not there.

    Raises:
        StoreError: it cannot be opened, or is no such file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        with self._errors():  # what is forgotten is not to be found in a journal beside the file either
            self._connection = private_file(path, "the kept scans", {FORMAT: _TABLES}, journal="TRUNCATE", synchronous="NORMAL")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the kept scans {self._path}: {error}; they are no evidence, the file may be moved away") from error

    def salt(self, month: str, fresh: bytes) -> bytes:
        """Return the salt of a month, the first that any process offered; those of other months are thrown away."""
        with self._lock, self._errors(), transaction(self._connection):
            run = self._connection.execute
            run("INSERT OR IGNORE INTO salt VALUES (?, ?)", (month, fresh))
            run("DELETE FROM salt WHERE month < ?", (month,))
            return bytes(run("SELECT salt FROM salt WHERE month = ?", (month,)).fetchone()[0])

    def places(self, names: tuple[str, ...]) -> dict[str, int]:
        """Return numbers of places by name; one that was not there gets the next."""
        with self._lock, self._errors(), transaction(self._connection):
            self._connection.executemany("INSERT OR IGNORE INTO place (name) VALUES (?)", [(one,) for one in names])
            return {name: number for number, name in self._connection.execute("SELECT number, name FROM place")}

    def write(self, seen: list[Seen]) -> None:
        """Keep scans.

        Raises:
            StoreError: they cannot be written; none of them was.
        """
        with self._lock, self._errors(), transaction(self._connection):
            self._connection.executemany("INSERT INTO seen VALUES (?, ?, ?, ?)", seen)

    def rows(self) -> Iterator[Seen]:
        """Yield every scan in the order in which they were kept."""
        with self._errors():
            for row in self._connection.execute("SELECT at, hash, place, device FROM seen ORDER BY rowid"):
                yield Seen(*row)

    def summary(self) -> Summary:
        """Return how many scans are kept, of how many marks, in how many places, by how many devices, and since when."""
        with self._lock, self._errors():
            row = self._connection.execute(
                "SELECT count(*), count(DISTINCT hash), count(DISTINCT place), "
                "count(DISTINCT CASE WHEN device >= 0 THEN device END), coalesce(sum(device < 0), 0), min(at), max(at) FROM seen"
            ).fetchone()
        return Summary(*row)

    def salt_of(self, month: str) -> bytes | None:
        """Return the salt of a month, if it is there still."""
        with self._lock, self._errors():
            row = self._connection.execute("SELECT salt FROM salt WHERE month = ?", (month,)).fetchone()
        return None if row is None else bytes(row[0])

    def named_places(self) -> dict[int, str]:
        """Return the names of places by number."""
        with self._errors():
            return dict(self._connection.execute("SELECT number, name FROM place"))

    def forget_mark(self, digest: bytes) -> int:
        """Return how many scans of a mark were forgotten."""
        return self._forget("hash = ?", digest)

    def forget_device(self, device: int) -> int:
        """Return how many scans by a device, under its token of this month, were forgotten."""
        return self._forget("device = ?", device)

    def forget_before(self, seconds: int) -> int:
        """Return how many scans before an instant were forgotten."""
        return self._forget("at < ?", seconds)

    def _forget(self, which: str, value: bytes | int) -> int:
        with self._lock, self._errors(), transaction(self._connection):
            return self._connection.execute(f"DELETE FROM seen WHERE {which}", (value,)).rowcount  # noqa: S608 -- three of our own

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
