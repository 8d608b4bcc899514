"""Reports: kept once, found by their number, erased for good."""

import sqlite3
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
