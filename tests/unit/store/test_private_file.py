"""Files that hold what people wrote: for their owner alone, brought up to date, and never made of somebody else's database."""

import sqlite3
from pathlib import Path

import pytest

from openqi.kernel.errors import StoreError
from openqi.store.complaint_words import ComplaintWords
from openqi.store.prints import PrintRegister
from openqi.store.private_file import private_file
from openqi.store.reports import Reports
from openqi.store.scan_log import ScanLog

FIRST, SECOND = ("CREATE TABLE one (name TEXT)",), ("ALTER TABLE one ADD COLUMN more TEXT",)


@pytest.mark.parametrize("store", [ComplaintWords, PrintRegister, Reports, ScanLog])
def test_nobody_but_the_owner_reads_it_nor_what_lies_beside_it(tmp_path: Path, store):
    path = tmp_path / "kept.sqlite"
    path.touch(mode=0o644)
    kept = store(path)
    assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}
    kept.close()


def test_an_older_file_is_brought_up_and_a_newer_one_is_left_alone(tmp_path: Path):
    path = tmp_path / "kept.sqlite"
    private_file(path, "the kept", {1: FIRST}).execute("INSERT INTO one VALUES ('a')")
    newer = private_file(path, "the kept", {1: FIRST, 2: SECOND})
    assert newer.execute("SELECT * FROM one").fetchall() == [("a", None)]
    newer.close()
    with pytest.raises(StoreError, match="format 2, this version knows 1"):
        private_file(path, "the kept", {1: FIRST})


def test_an_update_that_fails_leaves_the_file_as_it_was(tmp_path: Path):
    path = tmp_path / "kept.sqlite"
    private_file(path, "the kept", {1: FIRST}).close()
    with pytest.raises(sqlite3.Error):
        private_file(path, "the kept", {1: FIRST, 2: (*SECOND, "no statement")})
    assert private_file(path, "the kept", {1: FIRST}).execute("SELECT * FROM one").description[0][0] == "name"


def test_the_database_of_another_program_is_not_written_to(tmp_path: Path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="another program's database"):
        private_file(path, "the kept", {1: FIRST})
    with sqlite3.connect(path) as other:
        assert [name for (name,) in other.execute("SELECT name FROM sqlite_master")] == ["theirs"]


def test_what_cannot_be_made_is_said_with_its_place(tmp_path: Path):
    with pytest.raises(StoreError, match="name a place where you may write"):
        private_file(tmp_path / "no" / "kept.sqlite", "the kept", {1: FIRST})
