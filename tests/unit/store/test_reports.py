"""Reports: kept once, found by their number, erased for good."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from openqi.kernel.errors import NotFoundError, StoreError
from openqi.store.reports import Report, Reports


def report(number: str, text: str = "It does not charge.") -> Report:
    return Report(number=number, mark="ni:///sha-256;x", matter="defect", text=text, received_at="2026-11-20T08:00:00Z", record="")


def test_a_token_that_was_seen_gives_back_the_report_that_it_brought_then(tmp_path: Path):
    reports = Reports(tmp_path / "reports.sqlite")
    first = reports.receive("token", report("AAAAA-AAAAA"))
    assert reports.receive("token", report("BBBBB-BBBBB", "something else")) == first
    assert reports.receive("other", report("BBBBB-BBBBB")).number == "BBBBB-BBBBB"
    reports.close()
    again = Reports(tmp_path / "reports.sqlite")
    assert again.by_number("AAAAA-AAAAA") == first
    with pytest.raises(NotFoundError, match="check the number"):
        again.by_number("CCCCC-CCCCC")
    again.close()


def test_two_reports_never_bear_one_number(tmp_path: Path):
    reports = Reports(tmp_path / "reports.sqlite")
    reports.receive("one", report("AAAAA-AAAAA"))
    with pytest.raises(StoreError, match="safe to send the same again"):
        reports.receive("two", report("AAAAA-AAAAA"))
    reports.close()


def test_what_was_sealed_has_its_words_with_the_commitment_alone_until_they_are_erased(tmp_path: Path):
    path = tmp_path / "reports.sqlite"
    reports = Reports(path)
    reports.receive("token", report("AAAAA-AAAAA", "a name and a street"))
    reports.commit("commitment", bytes(16), "a name and a street")
    reports.sealed("AAAAA-AAAAA", "ab" * 32)
    kept = reports.by_number("AAAAA-AAAAA")
    assert (kept.text, kept.record) == (None, "ab" * 32)
    assert reports.opening("commitment") == (bytes(16), "a name and a street")
    reports.erase("commitment")
    reports.erase("commitment")
    with pytest.raises(NotFoundError, match="erased"):
        reports.opening("commitment")
    reports.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"a name and a street" not in left


class Picture:
    """A photo of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.media, self.data = "image/png", data


def test_a_photo_lies_with_its_report_then_with_the_commitment_until_it_is_erased(tmp_path: Path):
    reports = Reports(tmp_path / "reports.sqlite")
    picture = Picture(b"pixels of a face" * 1000)
    assert reports.receive("token", report("AAAAA-AAAAA"), picture).photo == "image/png"
    assert reports.receive("token", report("BBBBB-BBBBB"), Picture(b"other")).number == "AAAAA-AAAAA"
    reports.commit("commitment", bytes(16), "words", picture)
    reports.sealed("AAAAA-AAAAA", "ab" * 32)
    assert reports.sealed_as("ab" * 32) == reports.by_number("AAAAA-AAAAA")
    with pytest.raises(NotFoundError, match="none was sent"):
        reports.photo("AAAAA-AAAAA")
    assert reports.photo("commitment") == ("image/png", picture.data)
    reports.erase("commitment")
    with pytest.raises(NotFoundError, match="erased"):
        reports.photo("commitment")
    reports.close()
    assert b"pixels of a face" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_what_was_added_to_a_report_is_kept_with_it_and_erased_with_it(tmp_path: Path):
    reports = Reports(tmp_path / "reports.sqlite")
    reports.receive("one", report("AAAAA-AAAAA"), Picture(b"first picture"))
    reports.receive("two", replace(report("BBBBB-BBBBB", "more words"), joined="AAAAA-AAAAA"), Picture(b"second picture"))
    assert [(one.text, one.photo) for one in reports.added("AAAAA-AAAAA")] == [("more words", "image/png")]
    reports.erase_report("AAAAA-AAAAA")
    assert reports.by_number("AAAAA-AAAAA").text is None
    assert [(one.text, one.photo) for one in reports.added("AAAAA-AAAAA")] == [(None, "")]
    reports.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert not any(one in left for one in (b"more words", b"first picture", b"second picture"))


def test_what_was_added_to_a_sealed_report_is_erased_with_its_commitment(tmp_path: Path):
    reports = Reports(tmp_path / "reports.sqlite")
    reports.receive("one", report("AAAAA-AAAAA"))
    reports.commit("commitment", bytes(16), "words")
    reports.stated("commitment", "ab" * 32)
    reports.sealed("AAAAA-AAAAA", "ab" * 32)
    reports.receive("two", replace(report("BBBBB-BBBBB", "more words"), joined="AAAAA-AAAAA"), Picture(b"second picture"))
    reports.receive("three", report("CCCCC-CCCCC", "somebody else"))
    reports.erase("commitment")
    assert [(one.text, one.photo) for one in reports.added("AAAAA-AAAAA")] == [(None, "")]
    assert reports.by_number("CCCCC-CCCCC").text == "somebody else"
    reports.close()


def test_a_full_file_takes_words_without_the_photo_and_says_so(tmp_path: Path):
    reports = Reports(tmp_path / "reports.sqlite", most=200_000)
    kept = [reports.receive(f"{n}", report(f"{n}"), Picture(bytes(90_000))).photo for n in range(4)]
    assert kept == ["image/png", "image/png", "", ""]
    assert reports.by_number("3").text == "It does not charge."
    reports.close()


def test_a_file_of_the_format_before_is_brought_up_and_loses_nothing(tmp_path: Path):
    path = tmp_path / "reports.sqlite"
    with sqlite3.connect(path) as old:  # as version 1 made it
        old.execute(
            "CREATE TABLE report (token TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, mark TEXT NOT NULL, matter TEXT NOT NULL, "
            "text TEXT, received_at TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID"
        )
        old.execute("CREATE TABLE opening (commitment TEXT PRIMARY KEY, salt BLOB NOT NULL, text TEXT) WITHOUT ROWID")
        old.execute("INSERT INTO report VALUES ('t', 'AAAAA-AAAAA', 'm', 'defect', 'words', '2026-11-20T08:00:00Z', '')")
        old.execute("PRAGMA user_version=1")
    old.close()
    reports = Reports(path)
    assert reports.by_number("AAAAA-AAAAA").text == "words"
    assert reports.receive("new", report("BBBBB-BBBBB"), Picture(b"pixels")).photo == "image/png"
    reports.close()


def test_a_file_of_another_format_or_a_damaged_one_is_refused(tmp_path: Path):
    path = tmp_path / "reports.sqlite"
    Reports(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=9")
    connection.close()
    with pytest.raises(StoreError, match="format 9"):
        Reports(path)
    (tmp_path / "damaged").write_bytes(b"no database at all, but long enough to be looked at" * 50)
    with pytest.raises(StoreError, match="opening the reports"):
        Reports(tmp_path / "damaged")
