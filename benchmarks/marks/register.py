"""`python -m benchmarks.marks.register`: search over a register of a million firms, and SQLite's own ways over the same rows."""

import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import islice
from os import getloadavg
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from benchmarks.marks.firms import Firm, firms
from openqi.store.register_search.index import Entry, RegisterIndex
from openqi.store.register_search.postings import BLOCK
from openqi.store.register_search.terms import VERSION, terms, wanted

COUNT: Final = 1_000_000
STATES: Final = ("kept", "due", "missed", "contradicted", "ended")
_REPEATS: Final = 20


def text_of(firm: Firm) -> str:
    """Return all under which a firm is found."""
    return f"{firm.zh} {firm.en} {firm.code} {firm.number}"


def queries(count: int) -> dict[str, str]:
    """Return what is asked for: many hits, few, one, none; a firm in the middle is asked for by name, code and number."""
    one = next(islice(firms(count), count // 2, None))
    return {
        "two characters, 5 %": "电池", "two characters, all": "公司", "two words": "北京 电池", "never together": "北京 上海",
        "no such pair": "龘龘", "whole name": one.zh, "an English word": "battery", "English words, all": "co ltd",
        "two English words": "beijing battery", "no such word": "zzzz", "code": one.code, "region of a code": one.code[:8],
        "beginning of a code": one.code[:12], "number": one.number,
    }  # fmt: skip


def timed(find: Callable[[str], int], asked: dict[str, str], repeats: int = _REPEATS) -> None:
    """Print how long each query takes, at the 50th and 95th part of a hundred, and all of them together."""
    every: list[float] = []
    for name, query in asked.items():
        took = []
        for _ in range(repeats):
            begin = perf_counter()
            hits = find(query)
            took.append(1e3 * (perf_counter() - begin))
        every += took
        print(f"    {name:22} {hits:9,} found   {_part(took, 0.5):8.1f} ms, p95 {_part(took, 0.95):8.1f} ms")
    print(f"    all queries: p95 {_part(every, 0.95):.1f} ms, longest {max(every):.1f} ms")


def _part(took: Sequence[float], part: float) -> float:
    return sorted(took)[min(int(part * len(took)), len(took) - 1)]


def own(folder: Path, count: int) -> None:
    """Build and ask the index of registers: the first page, the count of all and of each state."""
    path = folder / "register.sqlite"
    index = RegisterIndex(path, origin="benchmark", cut=terms, version=VERSION)
    begin, rows, position = perf_counter(), firms(count), 0
    while batch := list(islice(rows, BLOCK)):
        index.put(
            [
                Entry(name=f"{place:x}", text=text_of(firm), facets=(STATES[place % 5],))
                for place, firm in enumerate(batch, position)
            ],
            position=position + len(batch),
        )
        position += len(batch)
    built = perf_counter() - begin
    print(f"  register index: {count:,} firms in {built:.0f} s, {_size(path):.0f} MB (wanted: a first page in 50 ms)")
    timed(lambda query: index.find(wanted(query), counted=STATES).count if wanted(query) else 0, queries(count))
    begin = perf_counter()
    for place in range(50):
        index.put([Entry(name=f"{place:x}", text=f"更名 {place}", facets=("kept",))], position=position)
    print(f"    a changed entry is taken in in {20 * (perf_counter() - begin):.1f} ms")


def trigrams(folder: Path, count: int) -> None:
    """Build and ask SQLite's FTS5 with its trigram tokenizer: it has no term for fewer than three characters."""
    path = folder / "trigram.sqlite"
    with closing(sqlite3.connect(path)) as database:
        begin = perf_counter()
        database.execute("CREATE VIRTUAL TABLE firm USING fts5(text, tokenize = 'trigram')")
        database.executemany("INSERT INTO firm (text) VALUES (?)", ((text_of(firm),) for firm in firms(count)))
        database.commit()
        print(f"  FTS5 trigram {sqlite3.sqlite_version}: {count:,} firms in {perf_counter() - begin:.0f} s, {_size(path):.0f} MB")

        def find(query: str) -> int:
            asked = " ".join(f'"{word}"' for word in query.split())
            database.execute("SELECT rowid FROM firm WHERE firm MATCH ? ORDER BY rowid DESC LIMIT 20", (asked,)).fetchall()
            return int(database.execute("SELECT count(*) FROM firm WHERE firm MATCH ?", (asked,)).fetchone()[0])

        timed(find, queries(count), 3)


def like(folder: Path, count: int) -> None:
    """Ask a plain table with LIKE, which reads all of it."""
    path = folder / "plain.sqlite"
    with closing(sqlite3.connect(path)) as database:
        begin = perf_counter()
        database.execute("CREATE TABLE firm (id INTEGER PRIMARY KEY, text TEXT)")
        database.executemany("INSERT INTO firm (text) VALUES (?)", ((text_of(firm),) for firm in firms(count)))
        database.commit()
        print(f"  LIKE on a plain table: {count:,} firms in {perf_counter() - begin:.0f} s, {_size(path):.0f} MB")

        def find(query: str) -> int:
            words = [f"%{word}%" for word in query.split()]
            held = " AND ".join(["text LIKE ?"] * len(words))
            database.execute(f"SELECT id FROM firm WHERE {held} ORDER BY id DESC LIMIT 20", words).fetchall()
            return int(database.execute(f"SELECT count(*) FROM firm WHERE {held}", words).fetchone()[0])

        timed(find, queries(count), 2)


def _size(path: Path) -> float:
    return sum(one.stat().st_size for one in path.parent.glob(path.name + "*")) / 1e6


def main(count: int = COUNT) -> None:
    """Print the index and its peers over the same firms."""
    print(f"search over a register of {count:,} firms; load {getloadavg()[0]:.1f}")
    for one in (own, trigrams, like):
        with TemporaryDirectory() as folder:
            one(Path(folder), count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
