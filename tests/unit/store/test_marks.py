"""The index of marks: found at one look, made from the log alone, made again whenever it is not sound."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marks_world import MarkStage, item, rows, uri
from openqi.evidence.record import Record
from openqi.formats.digital_link import mark_hash, mark_name
from openqi.kernel.errors import FormatError, NotFoundError, StoreError
from openqi.store.kinds.local import STOREKIND
from openqi.store.marking import hash_of
from openqi.store.marks import FORMAT, Found, MarkIndex


@pytest.fixture(autouse=True)
def no_file_stays_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test opened, also where it means to leave it open as a killed process would."""
    opened, connect = list[sqlite3.Connection](), sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *place, **more: opened.append(connect(*place, **more)) or opened[-1])
    yield
    for connection in opened:
        connection.close()


@pytest.fixture
def stage() -> MarkStage:
    return MarkStage()


def index_of(stage: MarkStage, folder: Path) -> MarkIndex:
    index = MarkIndex(folder / "marks.sqlite", origin=stage.store.origin)
    index.update(stage.store)
    return index


def found(stage: MarkStage, index: MarkIndex, record: Record, leaf: int, number: int, *, cases: int = 0) -> bool:
    place = stage.store.logged(record.id).index
    said = Found(record=record.id, leaf=leaf, item=item(number), place=place, cases=cases)
    return index.find(mark_name(uri(number))) == said


def test_a_mark_is_found_with_its_record_leaf_and_item(stage, tmp_path):
    first, second = stage.issue(range(3)), stage.issue(range(3, 8))
    index = index_of(stage, tmp_path)
    assert all(found(stage, index, first, n, n) for n in range(3))
    assert all(found(stage, index, second, n - 3, n) for n in range(3, 8))
    assert index.counts() == {first.id: 3, second.id: 5}
    assert index.find(mark_name(uri(8))) is None


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.data())
@settings(max_examples=15)
def test_updates_in_any_steps_give_the_same_index(tmp_path_factory, sizes, data):
    stage, folder = MarkStage(), tmp_path_factory.mktemp("index")
    stepwise = MarkIndex(folder / "steps.sqlite", origin=stage.store.origin)
    issued, start, came = [], 0, 0
    for size in sizes:
        issued.append((stage.issue(range(start, start + size)), start, size))
        start += size
        if data.draw(st.booleans()):
            came += stepwise.update(stage.store).marks
    came += stepwise.update(stage.store).marks
    whole = index_of(stage, folder)
    assert came == start
    assert whole.counts() == stepwise.counts() == {record.id: size for record, _, size in issued}
    assert whole.size() == stepwise.size() == stage.store.size()
    for record, first, size in issued:
        assert all(found(stage, index, record, n, first + n) for n in range(size) for index in (whole, stepwise))


def test_an_update_without_news_changes_nothing(stage, tmp_path):
    stage.issue(range(3))
    index = index_of(stage, tmp_path)
    again = index.update(stage.store)
    assert (again.records, again.marks, again.rebuilt, again.findings, again.size) == (0, 0, False, {}, stage.store.size())


def test_a_deleted_file_is_made_again(stage, tmp_path):
    record = stage.issue(range(3))
    index_of(stage, tmp_path).close()
    for file in tmp_path.iterdir():
        file.unlink()
    assert found(stage, index_of(stage, tmp_path), record, 1, 1)


@pytest.mark.parametrize("damage", ["text", "cut", "zeros", "empty", "middle"])
def test_a_damaged_file_is_made_again_or_refused_and_never_answers_wrongly(stage, tmp_path, damage):
    record = stage.issue(range(400))
    index_of(stage, tmp_path).close()
    file = tmp_path / "marks.sqlite"
    content = bytearray(file.read_bytes())
    content = {
        "text": bytearray(b"this is no database, but long enough to be one " * 200),
        "cut": content[: len(content) // 2],
        "zeros": bytearray(len(content)),
        "empty": bytearray(),
        "middle": content[:4096] + os.urandom(len(content) - 4096),
    }[damage]
    file.write_bytes(content)
    try:
        index = index_of(stage, tmp_path)
        assert found(stage, index, record, 7, 7)
    except StoreError as error:
        assert "delete it" in str(error)
        for left in tmp_path.iterdir():
            left.unlink()
        assert found(stage, index_of(stage, tmp_path), record, 7, 7)


def test_a_file_that_is_damaged_while_open_is_made_again_by_the_next_update(stage, tmp_path):
    record = stage.issue(range(400))
    index = index_of(stage, tmp_path)
    index.close()
    file = tmp_path / "marks.sqlite"
    index = MarkIndex(file, origin=stage.store.origin)
    with file.open("r+b") as open_file:
        open_file.seek(4096)
        open_file.write(b"\xff" * (file.stat().st_size - 4096))
    later = stage.issue(range(400, 402))
    try:
        updated = index.update(stage.store)
        assert updated.rebuilt
        assert found(stage, index, record, 7, 7)
        assert found(stage, index, later, 1, 401)
    except StoreError as error:
        assert "delete it" in str(error)


def test_the_index_of_another_log_is_not_touched(stage, tmp_path):
    stage.issue(range(2))
    index_of(stage, tmp_path).close()
    other = MarkStage(origin="log.example/2")
    with pytest.raises(StoreError, match=r"log\.example/1"):
        MarkIndex(tmp_path / "marks.sqlite", origin=other.store.origin)
    mine = MarkIndex(tmp_path / "marks.sqlite", origin=stage.store.origin)
    with pytest.raises(StoreError, match=r"log\.example/1"):
        mine.update(other.store)
    assert mine.find(mark_name(uri(1))) is not None


def test_where_the_log_is_another_than_was_indexed_all_is_made_anew(stage, tmp_path):
    stage.issue(range(5))
    index = index_of(stage, tmp_path)
    copy = MarkStage()  # the same up to here, then it went on differently
    record = copy.issue(range(3, 9))
    updated = index.update(copy.store)
    assert updated.rebuilt
    assert index.counts() == {record.id: 6}
    assert index.find(mark_name(uri(0))) is None
    assert found(copy, index, record, 0, 3)
    assert index.update(MarkStage().store).rebuilt  # an older copy was brought back: the log is shorter
    assert index.counts() == {}


def test_a_newer_format_is_refused(stage, tmp_path):
    index_of(stage, tmp_path).close()
    connection = sqlite3.connect(tmp_path / "marks.sqlite")
    connection.execute(f"PRAGMA user_version={FORMAT + 1}")
    connection.close()
    with pytest.raises(StoreError, match=f"format {FORMAT + 1}"):
        MarkIndex(tmp_path / "marks.sqlite", origin=stage.store.origin)


def test_an_index_of_an_older_format_is_made_anew_by_itself(stage, tmp_path):
    record = stage.issue(range(3))
    index = index_of(stage, tmp_path)
    index.update(stage.store)
    index.close()
    connection = sqlite3.connect(tmp_path / "marks.sqlite")
    connection.execute("DROP TABLE marked")
    connection.execute("DROP TABLE stated")
    connection.execute("PRAGMA user_version=1")
    connection.close()
    with pytest.raises(StoreError, match="format 1"):
        MarkIndex(tmp_path / "marks.sqlite", origin=stage.store.origin, read_only=True)
    again = index_of(stage, tmp_path)
    again.update(stage.store)
    assert again.counts() == {record.id: 3}
    assert not again.states(record.id).single


def test_a_server_reads_beside_the_process_that_updates(stage, tmp_path):
    writer = index_of(stage, tmp_path)
    server = MarkIndex(tmp_path / "marks.sqlite", origin=stage.store.origin, read_only=True)
    record = stage.issue(range(3))
    assert server.find(mark_name(uri(1))) is None
    writer.update(stage.store)
    assert found(stage, server, record, 1, 1)
    with pytest.raises(StoreError, match="read only"):
        server.update(stage.store)
    with pytest.raises(StoreError):
        MarkIndex(tmp_path / "nothing.sqlite", origin=stage.store.origin, read_only=True)
    assert not (tmp_path / "nothing.sqlite").exists()


def test_a_held_state_stays_until_it_is_let_go(stage, tmp_path):
    stage.issue(range(3))
    index = index_of(stage, tmp_path)
    index.hold()
    assert index.find(mark_name(uri(3))) is None
    record = stage.issue(range(3, 5))
    index.update(stage.store)
    assert index.find(mark_name(uri(3))) is None
    index.let_go()
    assert found(stage, index, record, 0, 3)


def test_several_processes_may_update_at_once(stage, tmp_path):
    records = [stage.issue(range(n * 50, n * 50 + 50)) for n in range(4)]
    indexes = [MarkIndex(tmp_path / "marks.sqlite", origin=stage.store.origin) for _ in range(4)]
    came: list[int] = []
    threads = [threading.Thread(target=lambda one=one: came.append(one.update(stage.store).marks)) for one in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [0, 0, 0, 200]
    assert all(found(stage, index, records[3], 4, 154) for index in indexes)


def test_rows_that_are_not_at_hand_are_said_and_come_in_later(stage, tmp_path):
    first, second = stage.issue(range(3), keep=False), stage.issue(range(3, 5))
    index = MarkIndex(tmp_path / "marks.sqlite", origin=stage.store.origin)
    updated = index.update(stage.store)
    assert updated.marks == 2
    assert list(updated.findings) == [first.id]
    assert "NotFoundError" in updated.findings[first.id]
    assert index.find(mark_name(uri(0))) is None
    assert found(stage, index, second, 0, 3)
    stage.store.put_blob(rows(range(3))[1])
    again = index.update(stage.store)
    assert (again.marks, again.findings) == (3, {})
    assert found(stage, index, first, 2, 2)


def test_rows_that_do_not_add_up_prove_nothing(stage, tmp_path):
    record = stage.issue(range(3))
    _, other = rows(range(5, 8))

    class Lying:
        origin = stage.store.origin
        size, scan, logged = stage.store.size, stage.store.scan, stage.store.logged

        @staticmethod
        def blob(name: str) -> bytes:
            return other

    index = MarkIndex(tmp_path / "marks.sqlite", origin=stage.store.origin)
    updated = index.update(Lying())
    assert list(updated.findings) == [record.id]
    assert [index.find(mark_name(uri(n))) for n in (0, 5)] == [None, None]


def test_a_damaged_blob_does_not_hide_other_marks(tmp_path):
    stage = MarkStage(store=STOREKIND.open(tmp_path / "ledger", origin="log.example/1", folds=()))
    first, second = stage.issue(range(3)), stage.issue(range(3, 5))
    name = first.body["items"]["rows"]["sha256"]
    (tmp_path / "ledger" / "blobs" / name[:2] / name).write_bytes(b"damaged")
    index = index_of(stage, tmp_path)
    assert found(stage, index, second, 0, 3)
    assert index.find(mark_name(uri(0))) is None


def test_each_claim_to_a_mark_is_kept_in_the_order_of_the_log(stage, tmp_path):
    first, second = stage.issue(range(3)), stage.issue(range(2, 4))
    index = index_of(stage, tmp_path)
    assert [claim.record for claim in index.claims(mark_hash(uri(2)))] == [first.id, second.id]
    assert found(stage, index, first, 2, 2)


def test_cases_are_counted_until_they_are_withdrawn(stage, tmp_path):
    record = stage.issue(range(3))
    index = index_of(stage, tmp_path)
    case = stage.case(1, record)
    stage.case(1, record, name=2)
    stage.case(2, record, name=3, visible_to=())  # that it exists is nobody's business
    index.update(stage.store)
    assert found(stage, index, record, 1, 1, cases=2)
    assert found(stage, index, record, 2, 2)
    stage.withdraw(case, stage.operator)
    index.update(stage.store)
    assert found(stage, index, record, 1, 1, cases=1)


@pytest.mark.parametrize(
    "name", ["", "ni:///sha-256;", "ni:///sha-256;abc", "ni:///sha-512;" + "A" * 43, "x" * 57, "ni:///sha-256;" + "/" * 43]
)
def test_what_is_no_name_of_a_mark_is_refused(stage, tmp_path, name):
    with pytest.raises(FormatError):
        index_of(stage, tmp_path).find(name)


def test_a_name_and_its_hash_say_the_same():
    assert hash_of(mark_name(uri(1))) == mark_hash(uri(1))


def test_a_failed_update_leaves_the_index_as_it_was(stage, tmp_path):
    stage.issue(range(3))
    index = index_of(stage, tmp_path)
    size = index.size()
    stage.issue(range(3, 6))

    class Failing:
        origin = stage.store.origin
        size, logged, blob = stage.store.size, stage.store.logged, stage.store.blob

        @staticmethod
        def scan(start: int = 0, stop: int | None = None):
            yield from list(stage.store.scan(start, stop))[:1]
            raise NotFoundError("the disk went away")

    with pytest.raises(NotFoundError):
        index.update(Failing())
    assert index.size() == size
    assert index.update(stage.store).marks == 3
