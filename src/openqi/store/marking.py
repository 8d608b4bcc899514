"""What a log says about marks, as rows of their index: issues with every mark, cases that were opened, cases withdrawn."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from openqi.evidence.batch import batch_rows, parse_batch
from openqi.evidence.canonical import base64url_bytes
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError, NotFoundError, StoreError, VerificationError
from openqi.records import as_json, body
from openqi.records.conformity import MarksIssued
from openqi.records.governance import Withdrawn, withdrawal
from openqi.records.rows import MarkRow, decoded
from openqi.records.surveillance import CaseOpened
from openqi.store.store import Store

NAME: Final = "ni:///sha-256;"
TABLES: Final = (
    "CREATE TABLE state (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT NULL, last TEXT NOT NULL)",
    "CREATE TABLE record (number INTEGER PRIMARY KEY, id TEXT NOT NULL, marks INTEGER NOT NULL, finding TEXT NOT NULL)",
    "CREATE TABLE mark (hash BLOB, number INTEGER, leaf INTEGER, item TEXT, PRIMARY KEY (hash, number, leaf)) WITHOUT ROWID",
    "CREATE TABLE reported (hash BLOB, id TEXT, PRIMARY KEY (hash, id)) WITHOUT ROWID",
    "CREATE INDEX reported_id ON reported (id)",
)
"""`number` is where a marks record stands in the log; `last` is the id of the last entry that was looked at."""
_HELD: Final = ("record", "mark", "reported")
_CHUNK: Final = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Updated:
    """What an update did: up to which log size, how many records and marks came in, whether the index was made anew.

    `findings` says of each marks record without rows in the index why: its blob is not at hand, or holds other rows.
    """

    size: int
    records: int
    marks: int
    rebuilt: bool
    findings: Mapping[str, str]


def hash_of(mark_name: str) -> bytes:
    """Return the SHA-256 that the name of a mark states.

    Raises:
        FormatError: no such name.
    """
    digest = base64url_bytes(mark_name[len(NAME) :])
    if len(digest) != 32 or not mark_name.startswith(NAME):
        raise FormatError(f"{mark_name[:80]!r} is no name of a mark: that is {NAME} and 43 characters of base64url")
    return digest


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep everything that is written in the block, or nothing, and let no other writer in between."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


class Marking:
    """One update of an index, inside one transaction of its connection."""

    def __init__(self, connection: sqlite3.Connection, store: Store) -> None:
        self._connection, self._store = connection, store
        self.records = self.marks = 0

    def run(self) -> Updated:
        """Take in what the log says beyond the last update, and try again what was not at hand then.

        Raises:
            StoreError: the store failed, or the index is another log's.
        """
        run = self._connection.execute
        origin, known, last = run("SELECT origin, size, last FROM state").fetchone()
        if origin != self._store.origin:
            raise StoreError(f"the index holds the marks of the log {origin}, not of {self._store.origin}")
        size = self._store.size()
        rebuilt = known > 0 and not (known <= size and next(self._store.scan(known - 1, known)).record.id == last)
        if rebuilt:
            for table in _HELD:
                run(f"DELETE FROM {table}")  # noqa: S608 -- names of ours
            known = 0
        for (name,) in run("SELECT id FROM record WHERE finding != ''").fetchall():
            self._issue(self._store.logged(name))
        for logged in self._store.scan(known, size):
            self._take(logged)
            last = logged.record.id
        run("UPDATE state SET size = ?, last = ?", (size, last))
        findings = dict(run("SELECT id, finding FROM record WHERE finding != '' ORDER BY number"))
        return Updated(size=size, records=self.records, marks=self.marks, rebuilt=rebuilt, findings=findings)

    def _take(self, logged: Logged) -> None:
        record = logged.record
        if record.kind == MarksIssued.KIND:
            self._issue(logged)
        elif record.kind == CaseOpened.KIND and record.public:
            self._open_case(record)
        elif record.kind == Withdrawn.KIND:
            self._withdraw_case(record)

    def _issue(self, logged: Logged) -> None:
        """Bring in the rows of a marks record, all of them or none: a record whose rows do not add up proves no leaf."""
        run, name = self._connection.execute, logged.record.id
        run("SAVEPOINT rows")
        try:
            lines, finding = self._rows(logged), ""
            self._insert(logged.index, lines)
        except (FormatError, NotFoundError, VerificationError) as error:
            run("ROLLBACK TO rows")
            lines, finding = [], f"{type(error).__name__}: {error}"
        run("RELEASE rows")
        run("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (logged.index, name, len(lines), finding))
        if not finding:
            self.records, self.marks = self.records + 1, self.marks + len(lines)

    def _rows(self, logged: Logged) -> list[bytes]:
        items = body(logged.record, MarksIssued).items
        try:
            content = self._store.blob(items.rows.sha256)
        except StoreError as error:  # one damaged file of a content must not keep all other marks from being found
            raise NotFoundError(str(error)) from error
        return batch_rows(parse_batch(as_json(items)), content)

    def _insert(self, number: int, lines: Sequence[bytes]) -> None:
        for start in range(0, len(lines), _CHUNK):
            rows = decoded(lines[start : start + _CHUNK], MarkRow)
            cells = [(hash_of(row.mark), number, leaf, row.item) for leaf, row in enumerate(rows, start)]
            cells.sort()  # in the order of the tree, so that neighbours go to one page
            self._connection.executemany("INSERT INTO mark VALUES (?, ?, ?, ?)", cells)

    def _open_case(self, record: Record) -> None:
        try:
            digest = hash_of(body(record, CaseOpened).mark)
        except FormatError:  # a case about something that is no mark
            return
        self._connection.execute("INSERT OR IGNORE INTO reported VALUES (?, ?)", (digest, record.id))

    def _withdraw_case(self, record: Record) -> None:
        name = str(record.body.get("record"))
        if self._connection.execute("SELECT 1 FROM reported WHERE id = ?", (name,)).fetchone():
            opened = self._store.logged(name).record
            if withdrawal(opened, [record], lambda other: self._store.logged(other).origin):
                self._connection.execute("DELETE FROM reported WHERE id = ?", (name,))
