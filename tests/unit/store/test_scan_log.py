"""Kept scans: what is forgotten is gone from the file, salts die with their month, writers share one file."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from openqi.kernel.errors import StoreError
from openqi.store.scan_log import ScanLog, Seen

MARK, OTHER = os.urandom(32), os.urandom(32)
TOKEN = 0x7AB3_C4D5_E6F7_0819


def filled(path: Path) -> ScanLog:
    log = ScanLog(path)
    log.write([Seen(minute * 60, mark, 1, device) for minute in range(200) for mark, device in ((MARK, TOKEN), (OTHER, -1))])
    return log


@pytest.mark.parametrize(
    ("forget", "trace", "left"),
    [
        (lambda log: log.forget_mark(MARK), MARK, 200),
        (lambda log: log.forget_device(TOKEN), TOKEN.to_bytes(8, "big"), 200),
        (lambda log: log.forget_before(200 * 60), OTHER, 0),
    ],
    ids=["mark", "device", "day"],
)
def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path, forget, trace: bytes, left: int):
    log = filled(tmp_path / "log")
    assert trace in (tmp_path / "log").read_bytes()
    assert forget(log) == 400 - left
    assert log.summary().scans == left
    log.close()
    assert all(trace not in one.read_bytes() for one in tmp_path.iterdir())


def test_a_month_has_one_salt_and_the_one_before_is_thrown_away(tmp_path: Path):
    first, second = ScanLog(tmp_path / "log"), ScanLog(tmp_path / "log")
    salt = first.salt("2026-11", b"1" * 32)
    assert second.salt("2026-11", b"2" * 32) == salt == b"1" * 32
    assert second.salt("2026-12", b"3" * 32) == b"3" * 32
    assert first.salt_of("2026-11") is None
    second.close(), first.close()
    assert salt not in (tmp_path / "log").read_bytes()


def test_places_keep_their_numbers(tmp_path: Path):
    log = ScanLog(tmp_path / "log")
    before = log.places(("北京", "上海"))
    after = log.places(("上海", "广州", "北京"))
    assert {name: after[name] for name in before} == before
    assert log.named_places()[after["广州"]] == "广州"


def test_what_is_kept_is_told_in_numbers(tmp_path: Path):
    told = filled(tmp_path / "log").summary()
    assert told == (400, 2, 1, 1, 200, 0, 199 * 60)
    assert ScanLog(tmp_path / "none").summary() == (0, 0, 0, 0, 0, None, None)


def test_the_file_is_private_and_no_other_is_written_over(tmp_path: Path):
    ScanLog(tmp_path / "log").close()
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600
    (tmp_path / "notes").write_text("notes of somebody" * 200)
    with pytest.raises(StoreError, match="notes"):
        ScanLog(tmp_path / "notes")
    with sqlite3.connect(tmp_path / "log") as connection:
        connection.execute("PRAGMA user_version=9")
    with pytest.raises(StoreError, match="format 9"):
        ScanLog(tmp_path / "log")
