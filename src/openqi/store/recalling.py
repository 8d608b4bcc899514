"""What a log says about recalls, as rows of their index: own ones by their lines, and lists that were taken in."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize

from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import rows_of_batch
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError, NotFoundError, VerificationError
from openqi.records import as_json, body
from openqi.records.governance import Withdrawn, withdrawal
from openqi.records.recall_rows import TakenRecallRow, line_of_row, row_of_line
from openqi.records.recalls import RecallPublished, RecallsTaken
from openqi.records.rows import decoded
from openqi.store.derived_file import reached
from openqi.store.store import Store

OWN: Final = "own"
"""The list of what was published in the log itself."""
TABLES: Final = (
    "CREATE TABLE state (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT NULL, last TEXT NOT NULL)",
    "CREATE TABLE record (number INTEGER PRIMARY KEY, id TEXT NOT NULL, list TEXT NOT NULL, finding TEXT NOT NULL)",
    "CREATE TABLE line (id INTEGER PRIMARY KEY, list TEXT, name TEXT, header TEXT, number INTEGER, leaf INTEGER, told TEXT)",
    "CREATE UNIQUE INDEX line_name ON line (list, name)",
    "CREATE INDEX line_list ON line (list, id)",
    "CREATE INDEX line_header ON line (list, header)",
    "CREATE TABLE past (list, name, number INTEGER, leaf INTEGER, told, PRIMARY KEY (list, name, number)) WITHOUT ROWID",
    "CREATE TABLE code (gtin TEXT, line INTEGER, PRIMARY KEY (gtin, line)) WITHOUT ROWID",
    "CREATE INDEX code_line ON code (line)",
    "CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')",
)
"""`line` holds what each line says now, `past` what it said before; `number` and `leaf` are the record and its row."""
_HELD: Final = ("record", "line", "past", "code")
_CHUNK: Final = 20_000
_WORD: Final = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\W_\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_CHINESE: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
MOST_WORDS: Final = 400
_ASKED: Final = 12
_TEXTS: Final = ("title", "name", "brand", "model", "batch", "maker", "firm", "hazard", "header", "units_text")
_LONG: Final = (("defect", 600), ("consequence", 300))


def words_of(texts: Iterable[str], *, most: int = MOST_WORDS) -> tuple[str, ...]:
    """Return the words under which texts are found: of Chinese each character and each two, of other scripts each word.

    Args:
        texts: as they stand.
        most: how many.
    """
    found: dict[str, None] = {}
    for text in texts:
        for run in _WORD.findall(normalize("NFKC", text).casefold()):
            if _CHINESE.match(run):
                found.update(dict.fromkeys((*run, *(run[place : place + 2] for place in range(len(run) - 1)))))
            else:
                found[run[:40]] = None
        if len(found) >= most:
            break
    return tuple(found)[:most]


def asked_words(text: str) -> tuple[str, ...]:
    """Return the words of a question, all of which must be there: of Chinese each two characters, one where it is alone."""
    found: dict[str, None] = {}
    for run in _WORD.findall(normalize("NFKC", text[:400]).casefold()):
        if _CHINESE.match(run):
            found.update(dict.fromkeys(run[place : place + 2] for place in range(max(len(run) - 1, 1))))
        else:
            found[run[:40]] = None
    return tuple(found)[:_ASKED]


def list_word(of: str) -> str:
    """Return the word under which every line of a list is found; no text has it."""
    return f"0list0{of.replace('-', '0')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Updated:
    """What an update did: up to which log size, how many lines came in, and whether the index was made anew."""

    size: int
    lines: int
    rebuilt: bool


class Recalling:
    """One update of an index, inside one transaction of its connection."""

    def __init__(self, connection: sqlite3.Connection, store: Store) -> None:
        self._connection, self._store = connection, store
        self.lines = 0

    def run(self) -> Updated:
        """Take in what the log says beyond the last update.

        Raises:
            StoreError: the store failed, or the index is another log's.
        """
        run = self._connection.execute
        size, known, last, rebuilt = reached(self._connection, self._store, "the index of recalls")
        # A list that was withdrawn takes back what it had changed; that is rare, and done by making all of it anew.
        rebuilt = rebuilt or any(self._takes_back(one.record) for one in self._store.scan(known, size) if known)
        if rebuilt:
            known = self._emptied()
        for (name,) in run("SELECT id FROM record WHERE finding != '' ORDER BY number").fetchall():
            self._take(self._store.logged(name))
        for logged in self._store.scan(known, size):
            self._take(logged)
            last = logged.record.id
        run("UPDATE state SET size = ?, last = ?", (size, last))
        return Updated(size=size, lines=self.lines, rebuilt=rebuilt)

    def _emptied(self) -> int:
        for table in _HELD:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of ours
        self._connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
        return 0

    def _takes_back(self, record: Record) -> bool:
        if record.kind != Withdrawn.KIND:
            return False
        found = self._connection.execute("SELECT list FROM record WHERE id = ?", (str(record.body.get("record")),)).fetchone()
        return found is not None and found[0] != OWN

    def _take(self, logged: Logged) -> None:
        record = logged.record
        if logged.origin != self._store.origin or not record.public:
            return
        if record.kind == RecallPublished.KIND and record.basis is not None:
            self._own(str(record.body.get("recall")))
            self._connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, '')", (logged.index, record.id, OWN))
        elif record.kind == Withdrawn.KIND:
            self._withdrawn(record)
        elif record.kind == RecallsTaken.KIND and record.basis is not None:
            self._taken(logged)

    def _withdrawn(self, record: Record) -> None:
        name = str(record.body.get("record"))
        if self._connection.execute("SELECT 1 FROM record WHERE id = ? AND list = ?", (name, OWN)).fetchone():
            self._own(str(self._store.logged(name).record.body.get("recall")))

    def _own(self, recall: str) -> None:
        """Bring the lines of a recall of the log itself to what its newest edition that stands says."""
        for (line,) in self._connection.execute("SELECT id FROM line WHERE list = ? AND header = ?", (OWN, recall)).fetchall():
            self._drop(line)
        stream = [one for one in self._store.stream(recall) if one.origin == self._store.origin]
        records = [one.record for one in stream]
        editions = [
            one for one in stream
            if one.record.kind == RecallPublished.KIND and one.record.basis is not None
            and withdrawal(one.record, records, lambda _: self._store.origin) is None
        ]  # fmt: skip
        if editions:
            try:
                rows = list(_own_rows(body(editions[-1].record, RecallPublished)))
            except FormatError:
                return
            self.put(OWN, editions[-1].index, rows)

    def _taken(self, logged: Logged) -> None:
        if withdrawal(logged.record, [one.record for one in self._store.stream(logged.record.streams[0])], lambda _: logged.origin):
            return
        one = body(logged.record, RecallsTaken)
        finding = ""
        try:
            lines = rows_of_batch(parse_batch(as_json(one.items)), self._store.blob(one.items.rows.sha256))
            for start in range(0, len(lines), _CHUNK):
                self.put(one.layout, logged.index, decoded(lines[start : start + _CHUNK], TakenRecallRow), start)
        except (FormatError, NotFoundError, VerificationError) as error:
            finding = f"{type(error).__name__}: {error}"
        run = self._connection.execute
        run("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (logged.index, logged.record.id, one.layout, finding))

    def put(self, of: str, number: int, rows: Sequence[TakenRecallRow], first: int = 0) -> None:
        """Bring rows of a record in; what stood under their names before is past.

        Args:
            of: the list.
            number: where the record stands in the log.
            rows: some of its rows.
            first: leaf of the first of them.
        """
        run, many = self._connection.execute, self._connection.executemany
        known = dict(self._known(of, [row.key for row in rows]))
        for line in known.values():
            run("INSERT OR REPLACE INTO past SELECT list, name, number, leaf, told FROM line WHERE id = ?", (line,))
            self._drop(line)
        top = int(run("SELECT coalesce(max(id), 0) FROM line").fetchone()[0])
        told = [(top + place, row) for place, row in enumerate(rows, 1)]
        many(
            "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((line, of, row.key, row.header, number, first + place, line_of_row(row)) for place, (line, row) in enumerate(told)),
        )
        many("INSERT INTO words (rowid, text) VALUES (?, ?)", ((line, _words(of, row)) for line, row in told))
        many("INSERT OR IGNORE INTO code VALUES (?, ?)", ((gtin.lstrip("0"), line) for line, row in told for gtin in row.gtins))
        self.lines += len(told)

    def _known(self, of: str, names: Sequence[str]) -> Iterator[tuple[str, int]]:
        for start in range(0, len(names), 500):
            part = names[start : start + 500]
            marks = ", ".join("?" * len(part))
            yield from self._connection.execute(f"SELECT name, id FROM line WHERE list = ? AND name IN ({marks})", (of, *part))  # noqa: S608 -- marks

    def _drop(self, line: int) -> None:
        run = self._connection.execute
        of, told = run("SELECT list, told FROM line WHERE id = ?", (line,)).fetchone()
        run("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)", (line, _words(of, row_of_line(told))))
        run("DELETE FROM code WHERE line = ?", (line,))
        run("DELETE FROM line WHERE id = ?", (line,))


def _words(of: str, row: TakenRecallRow) -> str:
    long = [getattr(row, name)[:most] for name, most in _LONG]
    return " ".join([list_word(of), *words_of([*(getattr(row, name) for name in _TEXTS), *row.gtins, *long])])


def _own_rows(recall: RecallPublished) -> Iterator[TakenRecallRow]:
    """A row a line of a recall of the log itself, both languages in it."""

    def both(names: Any) -> str:
        return " / ".join(filter(None, (names.zh, names.en)))

    for place, line in enumerate(recall.lines):
        yield TakenRecallRow(
            content="", header=recall.recall, key=f"{recall.recall} {line.number}", line=line.number, place=place,
            title=both(recall.name), name=both(line.name), firm=recall.firm, model="; ".join(line.models),
            batch="; ".join((*line.batches, *line.lots)), gtins=line.gtins, defect=both(recall.defect), hazard=recall.number,
            consequence=both(recall.consequence), risk=recall.risk, made_from=line.made_from or "",
            made_until=line.made_until or "", published=recall.begins,
            sold=both(recall.sold), units=line.recalled,
        )  # fmt: skip
