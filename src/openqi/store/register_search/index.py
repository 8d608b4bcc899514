"""The index of a register in one SQLite file: put, drop, find. Everything in it comes from the register and can be made again."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openqi.store.derived_file import DerivedFile, damaged
from openqi.store.register_search.postings import BLOCK, bits_of, decoded, encoded, listed, places_of, union
from openqi.store.transaction import transaction

FORMAT: Final = 1
_TABLES: Final = (
    """CREATE TABLE entry (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, text TEXT NOT NULL, facets TEXT NOT NULL, turn TEXT
    )""",
    "CREATE INDEX entry_turn ON entry (turn) WHERE turn IS NOT NULL",
    """CREATE TABLE posting (
        term TEXT NOT NULL, block INTEGER NOT NULL, docs BLOB NOT NULL, PRIMARY KEY (term, block)
    ) WITHOUT ROWID""",
    """CREATE TABLE state (
        one INTEGER PRIMARY KEY CHECK (one = 0), origin TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL
    )""",
)
_DROPPED: Final = tuple(f"DROP TABLE IF EXISTS {name}" for name in ("entry", "posting", "state"))
_HELD: Final = "SELECT number, text, facets, turn FROM entry WHERE name = ?"
_FACET: Final = "\t"
"""Begins the terms of facets; no word begins so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry of a register: its name there, the text under which it is found, and what it is counted and filtered by.

    `turn` is the day on which it is to be looked at again, though nothing was recorded: something falls due, say.
    """

    name: str
    text: str
    facets: tuple[str, ...] = ()
    turn: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A term that an entry must have, or any term with this beginning."""

    term: str
    beginning: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A page of entries, the newest first; how many there are in all, and how many of them with each facet that was asked for.

    `next` is the cursor of the next page, None at the end.
    """

    names: tuple[str, ...]
    count: int
    facets: Mapping[str, int]
    next: int | None


class RegisterIndex:
    """Entries by their terms. Any thread and process may find while one writes.

    Args:
        path: of the file; made where it is not there, made anew where it was damaged or is of another format or version.
        origin: the log whose register this is.
        cut: makes the terms of a text; `version` grows when it changes.
    """

    def __init__(self, path: Path, *, origin: str, cut: Callable[[str], Iterable[str]], version: int) -> None:
        self._origin, self._cut, self._version = origin, cut, version
        self._file = DerivedFile(path=path, what="the index of the register")
        with self._file.errors():
            try:
                self._check()
            except sqlite3.DatabaseError as error:
                if not damaged(error):
                    raise
                self._file.throw_away()
                self._check()

    def _check(self) -> None:
        with closing(self._file.connection()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            with transaction(connection):
                made = connection.execute("PRAGMA user_version").fetchone()[0] == FORMAT
                held = connection.execute("SELECT origin, version FROM state").fetchone() if made else None
                if held != (self._origin, self._version):
                    for statement in (*_DROPPED, *_TABLES):
                        connection.execute(statement)
                    connection.execute("INSERT INTO state VALUES (0, ?, ?, 0)", (self._origin, self._version))
                    connection.execute(f"PRAGMA user_version={FORMAT}")

    def position(self) -> int:
        """Return up to where the register was taken in, as the writer has said."""
        with self._file.errors(), closing(self._file.connection()) as connection:
            return int(connection.execute("SELECT position FROM state").fetchone()[0])

    def put(self, entries: Iterable[Entry], *, position: int, since: int | None = None) -> bool:
        """Take entries in, in place of those of the same name, in one transaction; return whether they were taken.

        Args:
            entries: at best 65,536 of them at once where there are many.
            position: up to where the register was read; kept beside them.
            since: the position that is to be there now; where another writer was first, nothing is done.
        """
        with self._file.errors(), closing(self._file.connection()) as connection, transaction(connection):
            if since is not None and connection.execute("SELECT position FROM state").fetchone()[0] != since:
                return False
            self._put(connection, {one.name: one for one in entries})
            connection.execute("UPDATE state SET position = ?", (position,))
        return True

    def _put(self, connection: sqlite3.Connection, fresh: dict[str, Entry]) -> None:
        added: dict[tuple[str, int], list[int]] = {}
        gone: dict[tuple[str, int], list[int]] = {}
        rows, last = [], connection.execute("SELECT coalesce(max(number), -1) FROM entry").fetchone()[0]
        empty = last < 0
        for one in fresh.values():
            facets = _FACET.join(one.facets)
            held = None if empty else connection.execute(_HELD, (one.name,)).fetchone()
            if held is not None and held[1:] == (one.text, facets, one.turn):
                continue
            if held is None:
                number = last = last + 1
            else:
                number = held[0]
                self._note(gone, number, held[1], tuple(filter(None, held[2].split(_FACET))))
            self._note(added, number, one.text, one.facets)
            rows.append((number, one.name, one.text, facets, one.turn))
        connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)", rows)
        self._merge(connection, added, gone, first=empty)

    def _note(self, terms: dict[tuple[str, int], list[int]], number: int, text: str, facets: tuple[str, ...]) -> None:
        block, place = divmod(number, BLOCK)
        for term in {*self._cut(text), *(_FACET + one for one in facets), ""}:
            terms.setdefault((term, block), []).append(place)

    def _merge(
        self, connection: sqlite3.Connection, added: dict[tuple[str, int], list[int]], gone: dict[tuple[str, int], list[int]],
        *, first: bool,
    ) -> None:  # fmt: skip
        ready = []
        for key in sorted({*added, *gone}):
            places = added.get(key, [])
            held = None if first else connection.execute("SELECT docs FROM posting WHERE term = ? AND block = ?", key).fetchone()
            if held is None and len(places) < 1_000:
                ready.append((*key, listed(sorted(places))))
            else:
                bits = 0 if held is None else decoded(held[0])
                ready.append((*key, encoded(bits & ~bits_of(gone.get(key, ())) | bits_of(places))))
        connection.executemany("INSERT OR REPLACE INTO posting VALUES (?, ?, ?)", ready)

    def find(
        self, wanted: Sequence[Wanted], *, facets: Sequence[str] = (), counted: Sequence[str] = (), before: int | None = None,
        limit: int = 20,
    ) -> Found:  # fmt: skip
        """Return the entries that have all terms and facets, the newest first; without any, all entries.

        Args:
            wanted: terms.
            facets: all of which they must have.
            counted: facets of which it is said how many of the found have them.
            before: cursor of an earlier page.
            limit: entries of a page.
        """
        asked = [*wanted, *(Wanted(term=_FACET + one) for one in facets)] or [Wanted(term="")]
        with self._file.errors(), closing(self._file.connection()) as connection:
            connection.execute("BEGIN")
            bits = self._matching(connection, asked)
            many = {one: self._of(connection, Wanted(term=_FACET + one)) for one in counted}
            numbers = self._page(bits, before, limit + 1)
            names = self._names(connection, numbers[:limit])
        return Found(
            names=tuple(names),
            count=sum(one.bit_count() for one in bits.values()),
            facets={name: sum((bits[block] & of.get(block, 0)).bit_count() for block in bits) for name, of in many.items()},
            next=numbers[limit - 1] if len(numbers) > limit else None,
        )

    def having(self, facets: Sequence[str], most: int = 10_000) -> tuple[str, ...]:
        """Return entries that have any of some facets, at most so many."""
        found: dict[str, None] = {}
        with self._file.errors(), closing(self._file.connection()) as connection:
            for one in facets:
                numbers = self._page(self._of(connection, Wanted(term=_FACET + one)), None, most)
                found |= dict.fromkeys(self._names(connection, numbers))
        return tuple(found)[:most]

    def turned(self, day: str, most: int) -> tuple[str, ...]:
        """Return entries that are to be looked at again on a day or were before it, at most so many."""
        asked = "SELECT name FROM entry WHERE turn <= ? ORDER BY turn LIMIT ?"
        with self._file.errors(), closing(self._file.connection()) as connection:
            return tuple(name for (name,) in connection.execute(asked, (day, most)))

    def _matching(self, connection: sqlite3.Connection, asked: Sequence[Wanted]) -> dict[int, int]:
        found: dict[int, int] | None = None
        for one in asked:
            of = self._of(connection, one)
            found = of if found is None else {block: both for block, bits in found.items() if (both := bits & of.get(block, 0))}
            if not found:
                return {}
        return found or {}

    def _of(self, connection: sqlite3.Connection, one: Wanted) -> dict[int, int]:
        if not one.beginning:
            rows = connection.execute("SELECT block, docs FROM posting WHERE term = ?", (one.term,))
            return {block: bits for block, docs in rows if (bits := decoded(docs))}
        parts: dict[int, list[bytes]] = {}
        above = one.term[:-1] + chr(ord(one.term[-1]) + 1)
        for block, docs in connection.execute("SELECT block, docs FROM posting WHERE term >= ? AND term < ?", (one.term, above)):
            parts.setdefault(block, []).append(docs)
        return {block: union(docs) for block, docs in parts.items()}

    def _names(self, connection: sqlite3.Connection, numbers: Sequence[int]) -> list[str]:
        return [connection.execute("SELECT name FROM entry WHERE number = ?", (one,)).fetchone()[0] for one in numbers]

    def _page(self, bits: Mapping[int, int], before: int | None, limit: int) -> list[int]:
        found: list[int] = []
        for block in sorted(bits, reverse=True):
            inside = bits[block]
            if before is not None and before < (block + 1) * BLOCK:
                inside &= (1 << max(before - block * BLOCK, 0)) - 1
            for place in places_of(inside):
                found.append(block * BLOCK + place)
                if len(found) == limit:
                    return found
        return found
