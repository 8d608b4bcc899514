"""Which recalls there are of what: an index beside the log, made from it alone, that finds one of a million lines at one look.

Deleting the file loses nothing: the next update makes it again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from openqi.records.recall_rows import TakenRecallRow, row_of_line
from openqi.store.derived_file import LogIndex, damaged
from openqi.store.recalling import TABLES, Recalling, Updated, asked_words, list_word
from openqi.store.store import Store
from openqi.store.transaction import transaction

INDEX: Final = "recalls.sqlite"
FORMAT: Final = 1
COUNTED: Final = 1_000
"""Most hits that are counted; of more it is told that there are more."""


class FoundLine(NamedTuple):
    """A line of a recall: `list` is `own` or the layout of a foreign list, `record` and `leaf` where it stands in the log."""

    id: int
    list: str
    record: str
    leaf: int
    row: TakenRecallRow


@dataclass(frozen=True, kw_only=True)
class FoundLines:
    """A page of lines, the newest first; `count` is exact unless it is `COUNTED`, `next` the cursor of the next page."""

    lines: tuple[FoundLine, ...]
    count: int
    next: int | None


class RecallIndex:
    """The recalls of one log in one SQLite file. Any thread and process may read while one updates.

    Args:
        path: of the file; it is made where it is not there, and made anew where it was damaged.
        origin: name of the log.

    Raises:
        StoreError: the file holds another log's recalls, is of a newer format, or cannot be opened.
    """

    def __init__(self, path: Path, *, origin: str) -> None:
        self.origin = origin
        self._file = LogIndex(path=path, what="the index of recalls", origin=origin, format=FORMAT, tables=TABLES, cache=32_000)
        with self._file.errors():
            self._reader = self._file.opened()

    def update(self, store: Store) -> Updated:
        """Take in what the log says about recalls beyond the last update, in one transaction, and return what was done.

        Args:
            store: the log of this index. Where it is not the one that was indexed, or the file was damaged, all is made anew.

        Raises:
            StoreError: the store failed, or the file cannot be written; nothing has changed.
        """
        with self._file.errors():
            try:
                return self._updated(store)
            except sqlite3.DatabaseError as error:
                if not damaged(error):
                    raise
            self._reader.close()
            self._reader = self._file.anew()
            return replace(self._updated(store), rebuilt=True)

    def _updated(self, store: Store) -> Updated:
        if self.size() == store.size() and store.size():
            last = next(store.scan(store.size() - 1)).record.id
            if self._reader.execute("SELECT last FROM state").fetchone()[0] == last:
                return Updated(size=store.size(), lines=0, rebuilt=False)
        with self.writing() as connection:
            return Recalling(connection, store).run()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a connection of its own, so that reads go on, and keep all that is written or nothing."""
        with closing(self._file.connection()) as connection, transaction(connection):
            yield connection

    def size(self) -> int:
        """Return the size of the log up to which the index knows its recalls."""
        with self._file.errors():
            return int(self._reader.execute("SELECT size FROM state").fetchone()[0])

    def counts(self) -> dict[str, int]:
        """Return how many lines there are now of each list."""
        with self._file.errors():
            return dict(self._reader.execute("SELECT list, count(*) FROM line GROUP BY list ORDER BY list"))

    def search(self, text: str, *, of: str | None = None, before: int | None = None, limit: int = 20) -> FoundLines:
        """Return the lines that have every word of a text, those that came in last first.

        Args:
            text: of brand, model, lot, maker, hazard; of Chinese two characters are enough. None at all finds every line.
            of: a list alone; None for all.
            before: cursor of an earlier page.
            limit: lines of a page.
        """
        words = asked_words(text)
        if text.strip() and not words:
            return FoundLines(lines=(), count=0, next=None)
        top = 2**62 if before is None else before
        with self._file.errors():
            if words:
                asked = " AND ".join(f'"{one}"' for one in (*words, *([list_word(of)] if of else [])))
                return self._found("SELECT rowid FROM words WHERE words MATCH ? AND rowid < ?", "rowid", (asked,), top, limit)
            if of is not None:
                return self._found("SELECT id FROM line WHERE list = ? AND id < ?", "id", (of,), top, limit)
            return self._found("SELECT id FROM line WHERE id < ?", "id", (), top, limit)

    def _found(self, asked: str, key: str, told: tuple[str, ...], top: int, limit: int) -> FoundLines:
        run = self._reader.execute
        ids = run(f"{asked} ORDER BY {key} DESC LIMIT ?", (*told, top, limit + 1)).fetchall()
        (count,) = run(f"SELECT count(*) FROM ({asked} LIMIT ?)", (*told, 2**62, COUNTED)).fetchone()  # noqa: S608 -- texts of ours
        lines = [self._line(one) for (one,) in ids[:limit]]
        return FoundLines(lines=tuple(lines), count=count, next=lines[-1].id if len(ids) > limit else None)

    def of_recall(self, of: str, header: str, *, most: int = 1_000) -> tuple[FoundLine, ...]:
        """Return the lines of a recall of a list, its header first."""
        with self._file.errors():
            found = self._reader.execute(
                "SELECT id FROM line WHERE list = ? AND header = ? ORDER BY name, id LIMIT ?", (of, header, most)
            ).fetchall()
            return tuple(self._line(one) for (one,) in found)

    def by_gtin(self, gtin: str, *, most: int = 50) -> tuple[FoundLine, ...]:
        """Return the lines that name a GTIN; zeros in front do not count."""
        with self._file.errors():
            found = self._reader.execute("SELECT line FROM code WHERE gtin = ? ORDER BY line LIMIT ?", (gtin.lstrip("0"), most))
            return tuple(self._line(one) for (one,) in found.fetchall())

    def past(self, of: str, name: str) -> tuple[tuple[str, TakenRecallRow], ...]:
        """Return what a line said before, each with the record that said it, in the order of the log."""
        with self._file.errors():
            found = self._reader.execute(
                "SELECT record.id, told FROM past JOIN record USING (number) WHERE past.list = ? AND name = ? ORDER BY number",
                (of, name),
            )
            return tuple((str(record), row_of_line(told)) for record, told in found)

    def _line(self, line: int) -> FoundLine:
        of, number, leaf, told = self._reader.execute("SELECT list, number, leaf, told FROM line WHERE id = ?", (line,)).fetchone()
        record = self._reader.execute("SELECT id FROM record WHERE number = ?", (number,)).fetchone()
        return FoundLine(id=line, list=of, record="" if record is None else record[0], leaf=leaf, row=row_of_line(told))

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
