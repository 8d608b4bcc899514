"""What is no evidence, in a file of its own: how often a mark was scanned on which day. Nobody and no address is noted."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from openqi.kernel.errors import StoreError
from openqi.store.transaction import transaction

FORMAT: Final = 1
_TABLE: Final = "CREATE TABLE scan (hash BLOB, day INTEGER, count INTEGER NOT NULL, PRIMARY KEY (hash, day)) WITHOUT ROWID"
_READ: Final = "SELECT sum(count), min(day), max(day) FROM scan WHERE hash = ?"
_MANY: Final = 250
_MOST: Final = 1_000_000
_ADD: Final = "INSERT INTO scan VALUES {} ON CONFLICT (hash, day) DO UPDATE SET count = count + excluded.count"
Noted = dict[int, dict[bytes, int]]
"""Day → mark → how often: one small dictionary a day, not one a mark."""


class Scans(NamedTuple):
    """How often a mark was scanned, and on which day first and last; no day where it never was."""

    total: int
    first_day: date | None
    last_day: date | None


_NEVER: Final = Scans(total=0, first_day=None, last_day=None)


class ScanCounter:
    """Scans by mark and day in one SQLite file, which several processes may share; each adds what it noted.

    A killed process loses what it noted since it last wrote. All methods belong to one thread, such as an event loop, but
    `write`, which may run in another; neither waits for the other. A scan that is being written may be counted twice for as
    long as one state is held: these are counts, not evidence.

    Args:
        path: of the file; it is made where it is not there.

    Raises:
        StoreError: it cannot be opened, or is no such file. What it holds lies nowhere else, so it is never thrown away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fresh: Noted = {}
        self._leaving: Noted = {}
        self._written = self._held = False
        with self._errors():
            self._writer = self._connection()
            self._create()
            self._reader = self._connection()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"the scan counts {self._path}: {error}; bring back a copy of the file, or move it away")

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=60)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA mmap_size=17179869184")
        connection.execute("PRAGMA wal_autocheckpoint=16000")
        return connection

    def _create(self) -> None:
        self._writer.execute("PRAGMA journal_mode=WAL")
        with transaction(self._writer):
            if not self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._writer.execute(_TABLE)
                self._writer.execute(f"PRAGMA user_version={FORMAT}")
        version = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if version != FORMAT:
            self._writer.close()
            raise StoreError(f"{self._path} has format {version}, this version knows {FORMAT}; use a newer OpenQI or another file")

    def note(self, digest: bytes, day: date) -> None:
        """Count one scan of the mark whose URI has that SHA-256; a later `flush` keeps it.

        A million marks a day may wait; where a full disk lets nothing out, others are not counted, and the service goes on.
        """
        noted = self._fresh.setdefault(day.toordinal(), {})
        count = noted.get(digest, 0)
        if count or len(noted) < _MOST:
            noted[digest] = count + 1

    def scans(self, digest: bytes) -> Scans:
        """Return the scans of a mark: those that were written when the state was held, or now, and those of this process."""
        if self._written and not self._held:
            self._forget()
        try:
            total, first, last = self._reader.execute(_READ, (digest,)).fetchone()
        except sqlite3.Error as error:
            raise self._error(error) from error
        for waiting in (self._leaving, self._fresh):
            for day, noted in waiting.items():
                if digest in noted:
                    total = (total or 0) + noted[digest]
                    first, last = min(first or day, day), max(last or day, day)
        if not total:
            return _NEVER
        return Scans(total, date.fromordinal(first), date.fromordinal(last))

    def hold(self) -> None:
        """Read from one state until `let_go`, which costs half as much; not for long, for the file grows meanwhile."""
        if not self._held:
            if self._written:
                self._forget()
            with self._errors():
                self._reader.execute("BEGIN")
            self._held = True

    def let_go(self) -> None:
        """Read the newest state again."""
        if self._held:
            self._held = False
            with self._errors():
                self._reader.execute("COMMIT")

    def _forget(self) -> None:
        self._leaving, self._written = {}, False

    def hand_over(self) -> bool:
        """Return whether there is something to `write`; what is noted from now on waits for the next time."""
        self.let_go()
        if self._written:
            self._forget()
        if not self._leaving:
            self._leaving, self._fresh = self._fresh, {}
        return bool(self._leaving)

    def write(self) -> None:
        """Write durably what was handed over.

        Raises:
            StoreError: it cannot be written; nothing is forgotten, so that the next `write` tries again.
        """
        if not self._leaving or self._written:
            return
        with self._errors(), transaction(self._writer):
            for day, noted in self._leaving.items():
                digests = sorted(noted)  # neighbours go to one page
                # Some hundreds a statement: each statement gives the interpreter away once, and it comes back late under load.
                for start in range(0, len(digests), _MANY):
                    part = digests[start : start + _MANY]
                    cells = [cell for digest in part for cell in (digest, day, noted[digest])]
                    self._writer.execute(_ADD.format(",".join(["(?,?,?)"] * len(part))), cells)
        self._written = True

    def flush(self) -> None:
        """Write durably what was noted; raises StoreError as `write` does."""
        while self.hand_over():
            self.write()

    def close(self) -> None:
        """Flush, and let go of the file."""
        try:
            self.flush()
        finally:
            self._reader.close()
            self._writer.close()
