"""Files that are made from a log alone: made anew where they are damaged or old, and never taken for another log's."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from openqi.kernel.errors import StoreError
from openqi.store.derived_file import LogIndex, damaged, reached
from openqi.store.kinds.memory import STOREKIND

STATE = "CREATE TABLE state (only INTEGER PRIMARY KEY, origin TEXT, size INTEGER, last TEXT)"
WORDS = "CREATE VIRTUAL TABLE words USING fts5(text)"


def index(path: Path, **more: object) -> LogIndex:
    usual = LogIndex(path=path / "kept.sqlite", what="the index", origin="log.example/1", format=1, tables=(STATE, WORDS))
    return replace(usual, **more)  # type: ignore[arg-type]


def test_a_file_of_an_older_format_is_emptied_with_all_that_its_tables_have_beside_them(tmp_path: Path):
    index(tmp_path).opened().execute("INSERT INTO words VALUES ('old')")
    newer = index(tmp_path, format=2).opened()
    assert newer.execute("SELECT * FROM words").fetchall() == []
    assert newer.execute("SELECT origin, size, last FROM state").fetchall() == [("log.example/1", 0, "")]
    with pytest.raises(StoreError, match="format 2, this version knows 1"):
        index(tmp_path).opened()


def test_a_damaged_file_is_made_anew_and_one_that_is_only_read_is_left(tmp_path: Path):
    (tmp_path / "kept.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.DatabaseError) as told:
        index(tmp_path, read_only=True).opened()
    assert damaged(told.value)
    assert index(tmp_path).opened().execute("SELECT size FROM state").fetchall() == [(0,)]


def test_another_logs_file_is_not_taken(tmp_path: Path):
    index(tmp_path).opened().close()
    with pytest.raises(StoreError, match=r"the index of the log log\.example/1, not of"):
        index(tmp_path, origin="other.example/1").opened()
    other = STOREKIND.open(None, origin="other.example/1", folds=())
    with pytest.raises(StoreError, match=r"not of other\.example/1"):
        reached(index(tmp_path).opened(), other, "the index")


def test_an_error_says_that_nothing_is_lost(tmp_path: Path):
    with pytest.raises(StoreError, match="It holds nothing of its own"), index(tmp_path).errors():
        raise sqlite3.OperationalError("disk is full")
