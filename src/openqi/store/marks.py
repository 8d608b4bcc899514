"""Which record issued a mark: an index beside the log, made from it alone, that finds one of many million marks at one look.

Deleting the file loses nothing: the next update makes it again.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from openqi.kernel.errors import StoreError
from openqi.store.derived_file import LogIndex, damaged
from openqi.store.marking import TABLES, Marking, Updated, hash_of
from openqi.store.store import Store
from openqi.store.transaction import transaction

FORMAT: Final = 2
# Rows come in the order of the key, which is that of the log.
_STATES: Final = "SELECT s.number, s.id FROM marked AS m JOIN stated AS s ON s.number = m.number WHERE m.hash = ? AND s.issue = ?"
_CLAIMS: Final = "SELECT number, leaf, item, (SELECT count(*) FROM reported WHERE hash = ?1) FROM mark WHERE hash = ?1"


class Found(NamedTuple):
    """Where a mark was issued: the marks record, the leaf of its row in it, and the item that the row names, if it does.

    `place` is where the record stands in the log, `cases` how many public cases were opened about the mark and not withdrawn.
    """

    record: str
    leaf: int
    item: str
    place: int
    cases: int


class States(NamedTuple):
    """Records that tell what became of all marks of an issue, each with its place in the log; `single` where some tell of few."""

    whole: tuple[tuple[int, str], ...]
    single: bool


class MarkIndex:
    """The marks of one log in one SQLite file. Any thread and process may read while one updates.

    A row is in the index only if all rows of its record added up to the root that the record states: a leaf that is found
    was proved when it came in. Where several records claim one mark, all of them are kept, in the order of the log.

    Args:
        path: of the file; it is made where it is not there, and made anew where it was damaged or is of an older format.
        origin: name of the log.
        read_only: for a server beside which another process updates; the file has to be there and whole.

    Raises:
        StoreError: the file holds another log's marks, is of a newer format, or cannot be opened.
    """

    def __init__(self, path: Path, *, origin: str, read_only: bool = False) -> None:
        self.origin, self.read_only = origin, read_only
        self._file = LogIndex(
            path=path, what="the index of marks", origin=origin, format=FORMAT, tables=TABLES, read_only=read_only
        )
        self._ids: dict[int, str] = {}
        self._held = False
        with self._file.errors():
            self._reader = self._file.opened()

    def find(self, mark_name: str) -> Found | None:
        """Return where the mark of that name was issued first; None where the log has not issued it.

        Raises:
            FormatError: no name of a mark.
            StoreError: the file was damaged.
        """
        return next(iter(self.claims(hash_of(mark_name))), None)

    def claims(self, digest: bytes) -> Sequence[Found]:
        """Return every row for the mark whose URI has that SHA-256, in the order of the log; as a rule one or none."""
        known = self._ids
        try:
            rows = self._reader.execute(_CLAIMS, (digest,)).fetchall()
        except sqlite3.Error as error:  # not by the context manager of the other methods, which would cost a third of the look
            raise self._file.error(error) from error
        return [Found(known.get(at) or self._id(at), leaf, item, at, cases) for at, leaf, item, cases in rows]

    def states(self, record_id: str) -> States:
        """Return which records tell what became of all marks of a marks record, and whether any tells of some of them."""
        with self._file.errors():
            whole = self._reader.execute("SELECT number, id FROM stated WHERE issue = ? AND whole ORDER BY number", (record_id,))
            found = tuple(whole.fetchall())
            single = self._reader.execute("SELECT 1 FROM stated WHERE issue = ? AND NOT whole LIMIT 1", (record_id,)).fetchone()
        return States(found, single is not None)

    def states_of(self, digest: bytes, record_id: str) -> Sequence[tuple[int, str]]:
        """Return which records tell what became of one mark of a marks record by naming it, with their places in the log."""
        with self._file.errors():
            return self._reader.execute(_STATES, (digest, record_id)).fetchall()

    def _id(self, number: int) -> str:
        with self._file.errors():
            found = self._reader.execute("SELECT id FROM record WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise StoreError(f"the index of marks {self._file.path} was damaged: it has no record {number}; delete it and update")
        return self._ids.setdefault(number, str(found[0]))

    def size(self) -> int:
        """Return the size of the log up to which the index knows its marks."""
        with self._file.errors():
            return int(self._reader.execute("SELECT size FROM state").fetchone()[0])

    def counts(self) -> Mapping[str, int]:
        """Return how many marks each marks record has in the index, in the order of the log."""
        with self._file.errors():
            return dict(self._reader.execute("SELECT id, marks FROM record ORDER BY number"))

    def update(self, store: Store) -> Updated:
        """Take in what the log says about marks beyond the last update, in one transaction, and return what was done.

        Args:
            store: the log of this index. Where it is not the one that was indexed (a copy was brought back, say), or the file
                was damaged, everything is made anew.

        Raises:
            StoreError: the store failed, the index is read-only, or the file cannot be written; nothing has changed.
        """
        if self.read_only:
            raise StoreError(f"the index of marks {self._file.path} was opened to be read only")
        with self._file.errors():
            try:
                return self._updated(store)
            except sqlite3.DatabaseError as error:
                if not damaged(error):
                    raise
            self._reader.close()
            self._held = False
            self._ids = {}
            self._reader = self._file.anew()
            return replace(self._updated(store), rebuilt=True)

    def _updated(self, store: Store) -> Updated:
        with closing(self._file.connection()) as connection, transaction(connection):  # its own, so that reads go on
            updated = Marking(connection, store).run()
        if updated.rebuilt:
            self._ids = {}
        return updated

    def hold(self) -> None:
        """Find in one state until `let_go`, which costs half as much; not for long, for the file grows meanwhile."""
        if not self._held:
            with self._file.errors():
                self._reader.execute("BEGIN")
            self._held = True

    def let_go(self) -> None:
        """Find in the newest state again."""
        if self._held:
            self._held = False
            with self._file.errors():
                self._reader.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._held = False
        self._reader.close()
