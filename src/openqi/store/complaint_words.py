"""What people wrote in complaints and who they are: beside the log, under commitments, in a file of its own, erasable."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from openqi.kernel.errors import StoreError
from openqi.store.private_file import private_file
from openqi.store.transaction import transaction

FORMAT: Final = 1
_TABLES: Final = (
    """CREATE TABLE word (commitment TEXT PRIMARY KEY, complaint TEXT NOT NULL, what TEXT NOT NULL, salt BLOB NOT NULL,
    text TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX word_complaint ON word (complaint)",
    "CREATE INDEX word_person ON word (text) WHERE what = 'person'",
)
MOST_ALIKE: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What one commitment of a complaint stands for: `what` is text, person or answer."""

    commitment: str
    complaint: str
    what: str
    salt: bytes
    text: str


class ComplaintWords:
    """Words of complaints in one SQLite file. Any thread may call any method.

    Args:
        path: of the file; it is made where it is not there.

    Raises:
        StoreError: it cannot be opened, or is of a newer format.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        with self._errors("opening"):
            self._connection = private_file(path, "the words of complaints", {FORMAT: _TABLES})

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{what} the words of complaints {self._path}: {error}; nothing was changed, try again") from error

    def keep(self, words: Words) -> None:
        """Keep durably what a commitment stands for, before the record that states it is sealed."""
        cells = (words.commitment, words.complaint, words.what, words.salt, words.text)
        with self._lock, self._errors("keeping"), transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO word VALUES (?, ?, ?, ?, ?)", cells)

    def drop(self, commitment: str) -> None:
        """Let go of words to which no record commits after all."""
        with self._lock, self._errors("dropping"), transaction(self._connection):
            self._connection.execute("DELETE FROM word WHERE commitment = ?", (commitment,))

    def of(self, complaint: str) -> tuple[Words, ...]:
        """Return the words of a complaint that are not erased."""
        with self._lock, self._errors("reading"):
            rows = self._connection.execute(
                "SELECT commitment, complaint, what, salt, text FROM word WHERE complaint = ? ORDER BY what, commitment",
                (complaint,),
            ).fetchall()
        return tuple(
            Words(commitment=one[0], complaint=one[1], what=one[2], salt=bytes(one[3]), text=one[4]) for one in rows
        )  # fmt: skip

    def by_person(self, person: str) -> tuple[str, ...]:
        """Return the complaints of a person as they gave their name, the first twenty."""
        with self._lock, self._errors("reading"):
            rows = self._connection.execute(
                "SELECT complaint FROM word WHERE what = 'person' AND text = ? LIMIT ?", (person, MOST_ALIKE)
            ).fetchall()
        return tuple(str(row[0]) for row in rows)

    def forget(self, *complaints: str) -> int:
        """Erase the words and salts of complaints, and return how many there were.

        The file is written anew where they lay, and the log of its changes is emptied: they are in neither.

        Raises:
            StoreError: somebody else reads the file, so that the log of its changes could not be emptied; try again.
        """
        with self._lock, self._errors("erasing"):
            with transaction(self._connection):
                told = sum(self._connection.execute("DELETE FROM word WHERE complaint = ?", (one,)).rowcount for one in complaints)
            busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StoreError(f"{self._path} is being read: the words are erased, but still in its -wal file; run it again")
        return told

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
