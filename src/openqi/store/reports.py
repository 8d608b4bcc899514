"""What people reported about marks, until it is sealed and beside it: words and photos that can be erased, in an own file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from openqi.kernel.errors import NotFoundError, StoreError
from openqi.store.private_file import private_file
from openqi.store.transaction import transaction

FORMAT: Final = 2
_TABLES: Final = (
    """CREATE TABLE report (token TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, mark TEXT NOT NULL, matter TEXT NOT NULL,
    text TEXT, received_at TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE opening (commitment TEXT PRIMARY KEY, salt BLOB NOT NULL, text TEXT) WITHOUT ROWID",
)
_SINCE_2: Final = (
    "ALTER TABLE report ADD COLUMN joined TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE opening ADD COLUMN record TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE photo (owner TEXT PRIMARY KEY, media TEXT NOT NULL, content BLOB NOT NULL)",
)
"""`text` is NULL once it was erased. `opening` holds what a sealed case committed to. A photo is owned by the number of a report,
and once that is sealed by the commitment."""
_COLUMNS: Final = (
    "number, mark, matter, text, received_at, record, joined, coalesce((SELECT media FROM photo WHERE owner = report.number), '')"
)
MOST: Final = 4 * 1024**3
"""Bytes of the file from which on photos are no longer taken; words are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One report: its number, the mark's name, what it is about, the words (None once erased), and the record that sealed it.

    `joined` is the number of an earlier report that this one adds to; `photo` the media type of the photo that is kept with it.
    """

    number: str
    mark: str
    matter: str
    text: str | None
    received_at: str
    record: str
    joined: str = ""
    photo: str = ""


class Kept(Protocol):
    """A photo that was stripped to its pixels."""

    @property
    def media(self) -> str: ...
    @property
    def data(self) -> bytes: ...


class Reports:
    """Reports in one SQLite file. Any thread may call any method.

    Args:
        path: of the file; it is made where it is not there. One of an earlier format is brought up to this one.
        most: bytes of the file from which on no photo is taken.

    Raises:
        StoreError: it cannot be opened, or is of a newer format.
    """

    def __init__(self, path: Path, *, most: int = MOST) -> None:
        self._path, self._lock, self._most = path, Lock(), most
        with self._errors("opening"):
            self._connection = private_file(path, "the reports", {1: _TABLES, FORMAT: _SINCE_2})

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"{what} the reports {self._path}: {error}; nothing was kept, it is safe to send the same again"
            ) from error

    def receive(self, token: str, report: Report, photo: Kept | None = None) -> Report:
        """Keep a report durably and return it; a token that was seen before gives back the report that it brought then.

        Where the file has grown too large the words are kept and the photo is not, which the report that is returned says.
        """
        cells = (token, report.number, report.mark, report.matter, report.text, report.received_at, report.record, report.joined)
        with self._lock, self._errors("keeping"), transaction(self._connection):
            run = self._connection.execute
            new = run("INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token) DO NOTHING", cells).rowcount > 0
            if new and photo is not None and self._room():
                run("INSERT INTO photo VALUES (?, ?, ?)", (report.number, photo.media, photo.data))
            return _report(self._connection.execute(f"SELECT {_COLUMNS} FROM report WHERE token = ?", (token,)).fetchone())  # noqa: S608 -- a constant

    def _room(self) -> bool:
        pages, free, size = (
            int(self._connection.execute(f"PRAGMA {what}").fetchone()[0]) for what in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size < self._most

    def by_number(self, number: str) -> Report:
        """Return a report by its number; raises NotFoundError."""
        with self._lock, self._errors("reading"):
            row = self._connection.execute(f"SELECT {_COLUMNS} FROM report WHERE number = ?", (number,)).fetchone()  # noqa: S608 -- a constant
        if row is None:
            raise NotFoundError(f"there is no report {number[:40]!r}; check the number")
        return _report(row)

    def sealed(self, number: str, record: str) -> None:
        """Note which record a report was sealed into; words and photo then lie with that record's commitment alone."""
        with self._lock, self._errors("noting"), transaction(self._connection):
            self._connection.execute("UPDATE report SET record = ?, text = NULL WHERE number = ?", (record, number))
            self._connection.execute("DELETE FROM photo WHERE owner = ?", (number,))

    def added(self, number: str) -> tuple[Report, ...]:
        """Return what was added to a report later, in the order in which it came."""
        asked = f"SELECT {_COLUMNS} FROM report WHERE joined = ? ORDER BY received_at, number"  # noqa: S608 -- a constant
        with self._lock, self._errors("reading"):
            return tuple(map(_report, self._connection.execute(asked, (number,)).fetchall()))

    def sealed_as(self, record: str) -> Report:
        """Return the report that was sealed into a record; raises NotFoundError."""
        asked = f"SELECT {_COLUMNS} FROM report WHERE record = ?"  # noqa: S608 -- a constant
        with self._lock, self._errors("reading"):
            row = self._connection.execute(asked, (record,)).fetchone()
        if row is None or not record:
            raise NotFoundError(f"no report that is kept here was sealed into record {record[:64]!r}")
        return _report(row)

    def commit(self, commitment: str, salt: bytes, text: str, photo: Kept | None = None) -> None:
        """Keep durably what a commitment stands for, before the record that states it is sealed."""
        with self._lock, self._errors("keeping"), transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO opening VALUES (?, ?, ?, '')", (commitment, salt, text))
            if photo is not None:
                self._connection.execute("INSERT OR REPLACE INTO photo VALUES (?, ?, ?)", (commitment, photo.media, photo.data))

    def stated(self, commitment: str, record: str) -> None:
        """Note which record states a commitment, so that what was added to its report is erased with it."""
        with self._lock, self._errors("noting"), transaction(self._connection):
            self._connection.execute("UPDATE opening SET record = ? WHERE commitment = ?", (record, commitment))

    def photo(self, owner: str) -> tuple[str, bytes]:
        """Return media type and content of the photo of a report (by its number) or of a commitment.

        Raises:
            NotFoundError: none was sent, or it was erased.
        """
        with self._lock, self._errors("reading"):
            row = self._connection.execute("SELECT media, content FROM photo WHERE owner = ?", (owner,)).fetchone()
        if row is None:
            raise NotFoundError("there is no photo; none was sent, or it was erased")
        return str(row[0]), bytes(row[1])

    def opening(self, commitment: str) -> tuple[bytes, str]:
        """Return salt and text behind a commitment; raises NotFoundError where they were erased or never kept here."""
        with self._lock, self._errors("reading"):
            row = self._connection.execute("SELECT salt, text FROM opening WHERE commitment = ?", (commitment,)).fetchone()
        if row is None:
            raise NotFoundError("what this commitment stands for was erased, or is not kept here")
        return bytes(row[0]), str(row[1])

    def erase(self, commitment: str) -> None:
        """Forget words, photo and salt behind a commitment, and what was added; nothing can be learnt from the log."""
        with self._lock, self._errors("erasing"), transaction(self._connection):
            asked = "SELECT number FROM report JOIN opening USING (record) WHERE commitment = ? AND record <> ''"
            for (number,) in self._connection.execute(asked, (commitment,)).fetchall():
                self._forget(number)
            self._connection.execute("DELETE FROM opening WHERE commitment = ?", (commitment,))
            self._connection.execute("DELETE FROM photo WHERE owner = ?", (commitment,))

    def erase_report(self, number: str) -> None:
        """Forget words and photo of a report that is not sealed, and all that was added to it; that it came stays known."""
        with self._lock, self._errors("erasing"), transaction(self._connection):
            self._forget(number)

    def _forget(self, number: str) -> None:
        run = self._connection.execute
        run("DELETE FROM photo WHERE owner = ? OR owner IN (SELECT number FROM report WHERE joined = ?)", (number, number))
        run("UPDATE report SET text = NULL WHERE number = ? OR joined = ?", (number, number))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


def _report(row: tuple[str, str, str, str | None, str, str, str, str]) -> Report:
    number, mark, matter, text, received_at, record, joined, photo = row
    return Report(
        number=number, mark=mark, matter=matter, text=text, received_at=received_at, record=record, joined=joined, photo=photo
    )
