"""Which marks were printed, in a private file: no mark is printed twice unless somebody says why, and that is kept too."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openqi.kernel.errors import RefusedError, StoreError
from openqi.store.private_file import private_file
from openqi.store.transaction import transaction

FORMAT: Final = 1
_TABLES: Final = (
    """CREATE TABLE job (number INTEGER PRIMARY KEY, at TEXT NOT NULL, marks INTEGER NOT NULL, again INTEGER NOT NULL,
    code TEXT NOT NULL, file TEXT NOT NULL, reason TEXT NOT NULL)""",
    "CREATE TABLE printed (hash BLOB, job INTEGER, PRIMARY KEY (hash, job)) WITHOUT ROWID",
)
_SHOWN: Final = 3
_CHUNK: Final = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintJob:
    """One print: its number, when, how many marks, how many of them again, which code, into which file, and why again."""

    number: int
    at: str
    marks: int
    again: int
    code: str
    file: str
    reason: str


class PrintRegister:
    """Printed marks by their hash, in one SQLite file that only its owner may read.

    Args:
        path: of the file; it is made where it is not there.

    Raises:
        StoreError: it cannot be opened, or is no such file. It is never thrown away: without it marks would be printed twice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._errors():
            self._connection = private_file(path, "the print register", {FORMAT: _TABLES}, journal="DELETE", erases=False)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the print register {self._path}: {error}; bring back a copy of the file") from error

    @contextmanager
    def printing(self, marks: Sequence[tuple[bytes, str]], job: PrintJob) -> Iterator[PrintJob]:
        """Note a print, unless what is done in the block fails; what is written there must be in place only afterwards.

        Two who print at once wait for each other. A crash after the note and before the file is in place leaves a mark noted that
        nobody printed: then somebody has to say why it is printed again. The other way round it could be printed twice in silence.

        Args:
            marks: hash and spelling of each.
            job: what is known of it; its number and how many are printed again are filled in.

        Raises:
            RefusedError: a mark was printed before and no reason is given, or a mark stands there twice.
            StoreError: the register failed.
        """
        seen: set[bytes] = set()
        for digest, mark in marks:
            if digest in seen:
                raise RefusedError("printed-once", f"{mark} stands twice among what is to be printed; take one of them out")
            seen.add(digest)
        with self._errors(), transaction(self._connection):
            run = self._connection.execute
            before = self._before(marks)
            if before and not job.reason:
                raise RefusedError("printed-once", _told(before, len(marks)))
            number = run(
                "INSERT INTO job (at, marks, again, code, file, reason) VALUES (?, ?, ?, ?, ?, ?) RETURNING number",
                (job.at, len(marks), len(before), job.code, job.file, job.reason),
            ).fetchone()[0]
            cells = sorted((digest, number) for digest, _ in marks)
            self._connection.executemany("INSERT INTO printed VALUES (?, ?)", cells)
            yield PrintJob(
                number=number, at=job.at, marks=len(marks), again=len(before), code=job.code, file=job.file, reason=job.reason
            )

    def _before(self, marks: Sequence[tuple[bytes, str]]) -> list[tuple[str, int, str]]:
        found: list[tuple[str, int, str]] = []
        for start in range(0, len(marks), _CHUNK):
            part = dict(marks[start : start + _CHUNK])
            rows = self._connection.execute(
                "SELECT printed.hash, max(job.number), max(job.at) FROM printed JOIN job ON job.number = printed.job "  # noqa: S608 -- question marks
                f"WHERE printed.hash IN ({','.join('?' * len(part))}) GROUP BY printed.hash",
                list(part),
            )
            found += [(part[bytes(digest)], number, at) for digest, number, at in rows]
        return found

    def jobs(self) -> list[PrintJob]:
        """Return every print, the newest first."""
        with self._errors():
            rows = self._connection.execute(
                "SELECT number, at, marks, again, code, file, reason FROM job ORDER BY number DESC"
            ).fetchall()
        names = ("number", "at", "marks", "again", "code", "file", "reason")
        return [PrintJob(**dict(zip(names, row, strict=True))) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _told(before: list[tuple[str, int, str]], of: int) -> str:
    shown = "; ".join(f"{mark} in print {number} at {at}" for mark, number, at in sorted(before)[:_SHOWN])
    more = f" and {len(before) - _SHOWN} more" if len(before) > _SHOWN else ""
    return (
        f"{len(before)} of {of} marks were printed before: {shown}{more}; nothing was written. "
        "A label that was spoilt is printed again with --again and the reason"
    )
