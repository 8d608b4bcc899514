"""Counts of scans: by mark and day, kept a second later, never with anybody's address, and never thrown away."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import StoreError
from openqi.store import scans
from openqi.store.scans import ScanCounter, Scans

DAY = date(2026, 11, 20)
NEVER = Scans(total=0, first_day=None, last_day=None)


def mark(number: int) -> bytes:
    return sha256(str(number).encode()).digest()


@pytest.fixture(autouse=True)
def no_file_stays_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test opened, also where it means to leave it open as a killed process would."""
    opened, connect = list[sqlite3.Connection](), sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *place, **more: opened.append(connect(*place, **more)) or opened[-1])
    yield
    for connection in opened:
        connection.close()


def test_a_mark_that_nobody_scanned_has_no_day(tmp_path):
    assert ScanCounter(tmp_path / "scans.sqlite").scans(mark(1)) == NEVER


def test_scans_are_counted_before_and_after_they_are_written(tmp_path):
    counter = ScanCounter(tmp_path / "scans.sqlite")
    counter.note(mark(1), DAY)
    counter.note(mark(1), DAY)
    assert counter.scans(mark(1)) == Scans(total=2, first_day=DAY, last_day=DAY)
    counter.flush()
    counter.note(mark(1), DAY + timedelta(days=3))
    assert counter.hand_over()
    counter.note(mark(1), DAY - timedelta(days=1))  # a clock that was set back
    assert counter.scans(mark(1)) == Scans(total=4, first_day=DAY - timedelta(days=1), last_day=DAY + timedelta(days=3))
    assert counter.scans(mark(2)) == NEVER


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5))
        | st.sampled_from(["flush", "hand over", "write", "hold", "let go", "open again"])
    )
)
@settings(max_examples=40)
def test_whatever_the_order_of_noting_and_writing_nothing_is_lost_or_counted_twice(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("desk") / "scans.sqlite"
    counter, plain = ScanCounter(path), dict[int, list[date]]()
    for step in steps:
        if isinstance(step, tuple):
            counter.note(mark(step[0]), DAY + timedelta(days=step[1]))
            plain.setdefault(step[0], []).append(DAY + timedelta(days=step[1]))
        elif step == "flush":
            counter.flush()
        elif step == "hand over":
            counter.hand_over()
        elif step == "write":
            counter.write()
        elif step == "hold":
            counter.hold()
        elif step == "let go":
            counter.let_go()
        else:
            counter.close()
            counter = ScanCounter(path)
        for number, days in plain.items():
            assert counter.scans(mark(number)) == Scans(total=len(days), first_day=min(days), last_day=max(days))
    counter.close()


def test_a_killed_process_loses_only_what_it_had_not_written(tmp_path):
    counter = ScanCounter(tmp_path / "scans.sqlite")
    counter.note(mark(1), DAY)
    counter.flush()
    counter.note(mark(1), DAY)
    del counter  # never closed
    assert ScanCounter(tmp_path / "scans.sqlite").scans(mark(1)).total == 1


def test_several_processes_add_to_one_count(tmp_path):
    counters = [ScanCounter(tmp_path / "scans.sqlite") for _ in range(3)]
    for counter in counters:
        counter.note(mark(1), DAY)
        counter.flush()
    assert {counter.scans(mark(1)).total for counter in counters} == {3}


def test_a_held_state_does_not_see_what_others_add_until_it_is_let_go(tmp_path):
    counter, other = (ScanCounter(tmp_path / "scans.sqlite") for _ in range(2))
    counter.hold()
    assert counter.scans(mark(1)) == NEVER
    other.note(mark(1), DAY)
    other.flush()
    counter.note(mark(1), DAY)
    assert counter.scans(mark(1)).total == 1
    counter.let_go()
    assert counter.scans(mark(1)).total == 2


def test_many_marks_are_written_at_once(tmp_path):
    counter = ScanCounter(tmp_path / "scans.sqlite")
    for number in range(1001):
        counter.note(mark(number), DAY)
    counter.flush()
    assert {counter.scans(mark(number)).total for number in range(1001)} == {1}


def test_what_cannot_be_written_stays_noted(tmp_path):
    counter = ScanCounter(tmp_path / "scans.sqlite")
    counter.note(mark(1), DAY)
    counter._writer.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError):
        counter.flush()
    counter.note(mark(1), DAY)
    assert counter.scans(mark(1)).total == 2
    counter._writer.execute("PRAGMA query_only=OFF")
    counter.close()
    assert ScanCounter(tmp_path / "scans.sqlite").scans(mark(1)).total == 2


def test_memory_is_bounded_where_nothing_can_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(scans, "_MOST", 10)
    counter = ScanCounter(tmp_path / "scans.sqlite")
    for number in range(20):
        counter.note(mark(number), DAY)
        counter.note(mark(0), DAY)
    assert counter.scans(mark(0)).total == 21
    assert counter.scans(mark(15)) == NEVER


@pytest.mark.parametrize("content", [b"no database at all, but long enough for one " * 100, b"\x00" * 8192])
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "scans.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError):
        ScanCounter(path)
    assert path.read_bytes() == content


def test_a_newer_format_is_refused(tmp_path):
    ScanCounter(tmp_path / "scans.sqlite").close()
    connection = sqlite3.connect(tmp_path / "scans.sqlite")
    connection.execute("PRAGMA user_version=9")
    connection.close()
    with pytest.raises(StoreError, match="format 9"):
        ScanCounter(tmp_path / "scans.sqlite")


def test_nothing_is_noted_but_mark_day_and_count(tmp_path):
    ScanCounter(tmp_path / "scans.sqlite").close()
    connection = sqlite3.connect(tmp_path / "scans.sqlite")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert tables == ["scan"]
    assert [column[1] for column in connection.execute("PRAGMA table_info(scan)")] == ["hash", "day", "count"]
    connection.close()
