"""What a log says about marks, as rows of their index: issues with every mark, their states, cases opened and withdrawn."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import rows_of_batch
from openqi.evidence.canonical import base64url_bytes
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError, NotFoundError, StoreError, VerificationError
from openqi.records import Items, as_json, body
from openqi.records.conformity import MarksIssued
from openqi.records.governance import Withdrawn, withdrawal
from openqi.records.licence_rows import LicensedMarkRow, MarkStateRow, plain_hash
from openqi.records.licences import LicensedMarksIssued, MarkStatesStated
from openqi.records.rows import MarkRow, decoded
from openqi.records.surveillance import CaseOpened
from openqi.store.derived_file import reached
from openqi.store.store import Store

NAME: Final = "ni:///sha-256;"
TABLES: Final = (
    "CREATE TABLE state (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT NULL, last TEXT NOT NULL)",
    "CREATE TABLE record (number INTEGER PRIMARY KEY, id TEXT NOT NULL, marks INTEGER NOT NULL, finding TEXT NOT NULL)",
    "CREATE TABLE mark (hash BLOB, number INTEGER, leaf INTEGER, item TEXT, PRIMARY KEY (hash, number, leaf)) WITHOUT ROWID",
    "CREATE TABLE reported (hash BLOB, id TEXT, PRIMARY KEY (hash, id)) WITHOUT ROWID",
    "CREATE INDEX reported_id ON reported (id)",
    "CREATE TABLE stated (number INTEGER PRIMARY KEY, id TEXT, issue TEXT, whole INTEGER, marks INTEGER, finding TEXT)",
    "CREATE INDEX stated_issue ON stated (issue, whole)",
    "CREATE TABLE marked (hash BLOB, number INTEGER, PRIMARY KEY (hash, number)) WITHOUT ROWID",
)
"""`number` is where a record stands in the log; `last` is the id of the last entry that was looked at.

`stated` are the records that tell what became of the marks of an `issue`: of all (`whole`), or of those in `marked`.
"""
_HELD: Final = ("record", "mark", "reported", "stated", "marked")
_CHUNK: Final = 1_000_000
_MarkRow: TypeAlias = MarkRow | LicensedMarkRow | MarkStateRow
_ISSUES: Final = (MarksIssued.KIND, LicensedMarksIssued.KIND)


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


def _marks(lines: Sequence[bytes], kind: type[_MarkRow]) -> list[tuple[bytes, str]]:
    """The hash and the item of each row. Most rows of licensed marks have no item, and need not be read as JSON."""
    found = [(plain_hash(line) or b"", "") for line in lines]
    others = [place for place, (digest, _) in enumerate(found) if not digest]
    for place, row in zip(others, decoded([lines[place] for place in others], kind), strict=True):
        found[place] = (hash_of(row.mark), getattr(row, "item", None) or "")
    return found


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
        size, known, last, rebuilt = reached(self._connection, self._store, "the index of marks")
        if rebuilt:
            for table in _HELD:
                run(f"DELETE FROM {table}")  # noqa: S608 -- names of ours
            known = 0
        for (name,) in run(
            "SELECT id FROM record WHERE finding != '' UNION ALL SELECT id FROM stated WHERE finding != ''"
        ).fetchall():
            self._take(self._store.logged(name))
        for logged in self._store.scan(known, size):
            self._take(logged)
            last = logged.record.id
        run("UPDATE state SET size = ?, last = ?", (size, last))
        of_all = "SELECT id, finding, number FROM record UNION ALL SELECT id, finding, number FROM stated"
        findings = {name: said for name, said, _ in run(f"SELECT * FROM ({of_all}) WHERE finding != '' ORDER BY number")}  # noqa: S608
        return Updated(size=size, records=self.records, marks=self.marks, rebuilt=rebuilt, findings=findings)

    def _take(self, logged: Logged) -> None:
        record = logged.record
        if record.kind in _ISSUES:
            self._issue(logged)
        elif record.kind == MarkStatesStated.KIND:
            self._state(logged)
        elif record.kind == CaseOpened.KIND and record.public:
            self._open_case(record)
        elif record.kind == Withdrawn.KIND:
            self._withdraw_case(record)

    def _issue(self, logged: Logged) -> None:
        """Bring in the rows of a marks record, all of them or none: a record whose rows do not add up proves no leaf."""
        kind: type[MarksIssued] | type[LicensedMarksIssued] = (
            MarksIssued if logged.record.kind == MarksIssued.KIND else LicensedMarksIssued
        )
        row: type[MarkRow] | type[LicensedMarkRow] = MarkRow if kind is MarksIssued else LicensedMarkRow
        count, finding = self._kept(lambda: self._insert(logged.index, self._rows(body(logged.record, kind).items), row))
        self._connection.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (logged.index, logged.record.id, count, finding)
        )
        if not finding:
            self.records, self.marks = self.records + 1, self.marks + count

    def _state(self, logged: Logged) -> None:
        """Bring in what became of marks. Whether whoever says it may, and whether it stands, is judged by whoever answers."""
        try:
            said = body(logged.record, MarkStatesStated)
        except FormatError:  # a foreign record of another form says nothing
            return
        items, whole = said.items, int(said.whole)
        count, finding = (0, "") if items is None else self._kept(lambda: self._mark(logged.index, self._rows(items)))
        cells = (logged.index, logged.record.id, said.marks, whole, count, finding)
        self._connection.execute("INSERT OR REPLACE INTO stated VALUES (?, ?, ?, ?, ?, ?)", cells)

    def _kept(self, insert: Callable[[], int]) -> tuple[int, str]:
        """How many rows were brought in, and why none where they do not add up to their root."""
        run = self._connection.execute
        run("SAVEPOINT rows")
        try:
            count, finding = insert(), ""
        except (FormatError, NotFoundError, VerificationError) as error:
            run("ROLLBACK TO rows")
            count, finding = 0, f"{type(error).__name__}: {error}"
        run("RELEASE rows")
        return count, finding

    def _rows(self, items: Items) -> list[bytes]:
        try:
            content = self._store.blob(items.rows.sha256)
        except StoreError as error:  # one damaged file of a content must not keep all other marks from being found
            raise NotFoundError(str(error)) from error
        return rows_of_batch(parse_batch(as_json(items)), content)

    def _insert(self, number: int, lines: Sequence[bytes], kind: type[_MarkRow]) -> int:
        for start in range(0, len(lines), _CHUNK):
            cells = [
                (digest, number, leaf, item)
                for leaf, (digest, item) in enumerate(_marks(lines[start : start + _CHUNK], kind), start)
            ]
            cells.sort()  # in the order of the tree, so that neighbours go to one page
            self._connection.executemany("INSERT INTO mark VALUES (?, ?, ?, ?)", cells)
        return len(lines)

    def _mark(self, number: int, lines: Sequence[bytes]) -> int:
        for start in range(0, len(lines), _CHUNK):
            cells = [(digest, number) for digest, _ in _marks(lines[start : start + _CHUNK], MarkStateRow)]
            cells.sort()
            self._connection.executemany("INSERT OR IGNORE INTO marked VALUES (?, ?)", cells)
        return len(lines)

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
