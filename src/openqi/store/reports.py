"""What people reported about marks, until it is sealed and beside it: texts that can be erased, in a file of their own."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from openqi.kernel.errors import NotFoundError, StoreError
from openqi.store.marking import transaction

FORMAT: Final = 1
_TABLES: Final = (
    """CREATE TABLE report (token TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, mark TEXT NOT NULL, matter TEXT NOT NULL,
    text TEXT, received_at TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE opening (commitment TEXT PRIMARY KEY, salt BLOB NOT NULL, text TEXT) WITHOUT ROWID",
)
"""`text` is NULL once it was erased. `opening` holds what a sealed case committed to."""
_COLUMNS: Final = "number, mark, matter, text, received_at, record"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One report: its number, the mark's name, what it is about, the words (None once erased), and the record that sealed it."""

    number: str
    mark: str
    matter: str
    text: str | None
    received_at: str
    record: str


class Reports:
    """Reports in one SQLite file. Any thread may call any method.

    Args:
        path: of the file; it is made where it is not there.

    Raises:
        StoreError: it cannot be opened, or is of a newer format.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        with self._errors("opening"):
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=60)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA secure_delete=ON")  # what was erased is not to be found in the file either
            with transaction(self._connection):
                if not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    for statement in _TABLES:
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA user_version={FORMAT}")
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version != FORMAT:
            self._connection.close()
            raise StoreError(f"{path} has format {version}, this version knows {FORMAT}; use a newer OpenQI or another file")

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"{what} the reports {self._path}: {error}; nothing was kept, it is safe to send the same again"
            ) from error

    def receive(self, token: str, report: Report) -> Report:
        """Keep a report durably and return it; a token that was seen before gives back the report that it brought then."""
        cells = (token, report.number, report.mark, report.matter, report.text, report.received_at, report.record)
        with self._lock, self._errors("keeping"), transaction(self._connection):
            self._connection.execute("INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token) DO NOTHING", cells)
            return _report(self._connection.execute(f"SELECT {_COLUMNS} FROM report WHERE token = ?", (token,)).fetchone())  # noqa: S608 -- a constant

    def by_number(self, number: str) -> Report:
        """Return a report by its number; raises NotFoundError."""
        with self._lock, self._errors("reading"):
            row = self._connection.execute(f"SELECT {_COLUMNS} FROM report WHERE number = ?", (number,)).fetchone()  # noqa: S608 -- a constant
        if row is None:
            raise NotFoundError(f"there is no report {number[:40]!r}; check the number")
        return _report(row)

    def sealed(self, number: str, record: str) -> None:
        """Note which record a report was sealed into; its words then lie with that record's commitment alone."""
        with self._lock, self._errors("noting"), transaction(self._connection):
            self._connection.execute("UPDATE report SET record = ?, text = NULL WHERE number = ?", (record, number))

    def commit(self, commitment: str, salt: bytes, text: str) -> None:
        """Keep durably what a commitment stands for, before the record that states it is sealed."""
        with self._lock, self._errors("keeping"), transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO opening VALUES (?, ?, ?)", (commitment, salt, text))

    def opening(self, commitment: str) -> tuple[bytes, str]:
        """Return salt and text behind a commitment; raises NotFoundError where they were erased or never kept here."""
        with self._lock, self._errors("reading"):
            row = self._connection.execute("SELECT salt, text FROM opening WHERE commitment = ?", (commitment,)).fetchone()
        if row is None:
            raise NotFoundError("what this commitment stands for was erased, or is not kept here")
        return bytes(row[0]), str(row[1])

    def erase(self, commitment: str) -> None:
        """Forget text and salt behind a commitment; the log stays whole, and nothing can be learnt from it."""
        with self._lock, self._errors("erasing"), transaction(self._connection):
            self._connection.execute("DELETE FROM opening WHERE commitment = ?", (commitment,))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


def _report(row: tuple[str, str, str, str | None, str, str]) -> Report:
    number, mark, matter, text, received_at, record = row
    return Report(number=number, mark=mark, matter=matter, text=text, received_at=received_at, record=record)
