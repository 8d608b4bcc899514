"""The local store where things have gone wrong: damaged files, an old copy of the ledger, a lock that nobody gives back."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from builders import ORIGIN, append, checkpointer, sealed_record
from openqi.evidence.fold import Fold
from openqi.kernel.errors import NotFoundError, StoreError
from openqi.store.kinds.local import STOREKIND
from openqi.store.sql import database
from openqi.store.sql.statements import Statements
from openqi.store.store import Incoming, Store

A = "https://thing.example.org/a"
MANY = Fold(
    name="many", version=1, columns={"state": str, "due": int}, keys=lambda logged: [logged.record.id],
    step=lambda _row, logged: {"state": "odd" if logged.index % 2 else "even", "due": logged.index // 7},
    indexes=(("state", "due"), ("due",)),
)  # fmt: skip
QUESTIONS: list[dict[str, object]] = [
    {}, {"where": {"state": "odd"}}, {"where": {"state": None}}, {"order": ("due",)}, {"where": {"state": "odd", "due": 3}},
    {"where": {"state": "odd"}, "at_least": {"due": 20}},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def opened(folder: Path) -> Iterator[Callable[..., Store]]:
    with ExitStack() as stack:

        def open_store(*folds: Fold, at: Path = folder) -> Store:
            return stack.enter_context(closing(STOREKIND.open(at, origin=ORIGIN, folds=folds)))

        yield open_store


def change(folder: Path, statement: str, *cells: object) -> None:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection, connection:
        connection.execute(statement, cells)


def test_commits_are_synced_and_readers_never_wait(opened: Callable[..., Store], folder: Path) -> None:
    store = opened()
    asked = ("journal_mode", "synchronous", "foreign_keys")
    with store._database.engine.connect() as connection:  # type: ignore[attr-defined]
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_lost_static_files_are_made_again_from_the_ledger(opened: Callable[..., Store], folder: Path) -> None:
    store = opened()
    append(store, *(sealed_record(n) for n in range(300)))
    store.publish()
    before = {path.relative_to(folder): path.read_bytes() for path in (folder / "log").rglob("*") if path.is_file()}
    shutil.rmtree(folder / "log")
    again = opened()
    assert {path.relative_to(folder): path.read_bytes() for path in (folder / "log").rglob("*") if path.is_file()} == before
    assert again.read("checkpoint") == store.checkpoint()


def test_partial_tiles_go_when_the_full_one_is_there(opened: Callable[..., Store], folder: Path) -> None:
    store = opened()
    for start, size in ((0, 10), (10, 100), (110, 146)):
        append(store, *(sealed_record(n) for n in range(start, start + size)))
        store.publish()
    assert sorted(path.name for path in (folder / "log/tile/0").iterdir()) == ["000"]
    assert sorted(path.name for path in (folder / "log/tile/entries").iterdir()) == ["000"]


def test_an_old_copy_of_the_ledger_is_refused_since_it_would_fork_the_log(opened: Callable[..., Store], folder: Path) -> None:
    store = opened()
    append(store, *(sealed_record(n) for n in range(5)))
    store.close()
    shutil.copy(folder / "ledger.sqlite", folder / "old.sqlite")
    store = opened()
    append(store, sealed_record(5))
    store.close()
    shutil.move(folder / "old.sqlite", folder / "ledger.sqlite")
    with pytest.raises(StoreError, match="old copy"):
        opened()


def test_a_ledger_that_has_grown_differently_from_what_was_published_is_refused(
    opened: Callable[..., Store], folder: Path, tmp_path: Path
) -> None:
    store, other = opened(), opened(at=tmp_path / "other")
    append(store, *(sealed_record(n) for n in range(5)))
    append(other, *(sealed_record(n) for n in range(100, 120)))
    store.close()
    other.close()
    shutil.copy(tmp_path / "other" / "ledger.sqlite", folder / "ledger.sqlite")
    with pytest.raises(StoreError, match="not those that were published"):
        opened()


def test_an_empty_ledger_beside_a_published_log_is_refused(opened: Callable[..., Store], folder: Path) -> None:
    store = opened()
    append(store, sealed_record(0))
    store.close()
    for path in folder.glob("ledger.sqlite*"):
        path.unlink()
    with pytest.raises(StoreError, match="bring back the ledger"):
        opened()


def test_a_damaged_checkpoint_file_is_not_written_over_in_silence(opened: Callable[..., Store], folder: Path) -> None:
    store = opened()
    append(store, sealed_record(0))
    store.publish()
    (folder / "log/checkpoint").write_bytes(b"zeros")
    with pytest.raises(StoreError, match="delete it"):
        store.publish()
    (folder / "log/checkpoint").unlink()
    store.publish()
    assert store.read("checkpoint") == store.checkpoint()


@pytest.mark.parametrize("column", ["id = zeroblob(32)", "jws = zeroblob(300)", "jws = (SELECT jws FROM entry WHERE idx = 1)"])
def test_a_damaged_entry_is_told_and_never_returned(opened: Callable[..., Store], folder: Path, column: str) -> None:
    store = opened()
    append(store, sealed_record(0, (A,)), sealed_record(1))
    change(folder, f"UPDATE entry SET {column} WHERE idx = 0")
    with pytest.raises(StoreError, match=r"entry 0 .* was damaged"):
        store.stream(A)
    with pytest.raises(StoreError, match=r"entry 0 .* was damaged"):
        [*store.scan()]


def test_a_damaged_blob_is_told_and_put_again(opened: Callable[..., Store], folder: Path) -> None:
    store = opened()
    name = store.put_blob(b"content")
    (folder / "blobs" / name[:2] / name).write_bytes(b"other content")
    with pytest.raises(StoreError, match="damaged"):
        store.blob(name)
    store.put_blob(b"content")
    assert store.blob(name) == b"content"


def test_what_a_killed_process_left_half_written_is_thrown_away(opened: Callable[..., Store], folder: Path) -> None:
    opened().close()
    (folder / "tmp" / "aside").write_bytes(b"half of something personal")
    opened()
    assert [*(folder / "tmp").iterdir()] == []


def test_a_ledger_of_a_later_format_is_refused(opened: Callable[..., Store], folder: Path) -> None:
    opened().close()
    change(folder, "UPDATE head SET format = 2")
    with pytest.raises(StoreError, match="newer OpenQI"):
        opened()


def test_a_file_that_is_no_ledger_is_refused(opened: Callable[..., Store], folder: Path) -> None:
    folder.mkdir()
    (folder / "ledger.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        opened()


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="file"):
        STOREKIND.open(tmp_path / "file" / "store", origin=ORIGIN, folds=())


def test_a_lock_that_is_never_given_back_is_told(
    opened: Callable[..., Store], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.2)
    store = opened()
    with closing(sqlite3.connect(folder / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"locked.*safe to ask the same again"):
            append(store, sealed_record(0))
        other.execute("ROLLBACK")
    assert append(store, sealed_record(0)).indices == (0,)


def test_a_closed_store_may_be_closed_again_and_does_nothing_else(opened: Callable[..., Store]) -> None:
    store = opened()
    append(store, sealed_record(0))
    store.close()
    store.close()
    for action in (store.size, store.publish, lambda: append(store, sealed_record(1))):
        with pytest.raises(StoreError, match="closed"):
            action()


def test_no_page_scans_or_sorts_a_register(opened: Callable[..., Store], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds the rows of a page is one seek in an index, by SQLite's own account of its plan; the rows alone are sorted."""
    store = opened(MANY)
    append(store, *(sealed_record(n) for n in range(400)))
    plans: list[list[str]] = []
    fetched = Statements.fetched
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:

        def explained(self: Statements, text: str, cells: Sequence[Any]) -> Sequence[Any]:
            steps = connection.execute(f"EXPLAIN QUERY PLAN {text}", cells).fetchall()
            inner = [number for number, _, _, told in steps if told.endswith(" found") and not told.startswith("SCAN")]
            assert len(inner) == 1, steps
            plans.append([told for _, parent, _, told in steps if parent == inner[0]])
            return fetched(self, text, cells)

        monkeypatch.setattr(Statements, "fetched", explained)
        for descending in (False, True):
            for question in QUESTIONS:
                after = None
                for _ in range(4):
                    page = store.page(MANY, **question, descending=descending, after=after, limit=3)  # type: ignore[arg-type]
                    after = page.next
                    if after is None:
                        break
    assert len(plans) >= 60
    assert not [plan for plan in plans if len(plan) > 1], "a second step would be a sort"
    # A first page without `where` reads the table or an index from its beginning, in its own order, and stops at the limit.
    assert {plan[0].split(" (")[0].replace("COVERING ", "") for plan in plans} == {
        "SCAN fold_many", "SCAN fold_many USING INDEX fold_many_1", "SEARCH fold_many USING PRIMARY KEY",
        "SEARCH fold_many USING INDEX fold_many_0", "SEARCH fold_many USING INDEX fold_many_1",
    }  # fmt: skip


def test_a_register_is_built_in_bounded_steps_and_goes_on_where_it_stopped(
    opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openqi.store.sql.ledger._BUILT", 100)
    monkeypatch.setattr("openqi.store.sql.ledger._CHUNK", 7)
    append(opened(), *(sealed_record(n) for n in range(450)))
    steps: list[int] = []
    failures = [250]

    def stepping(row, logged):  # type: ignore[no-untyped-def]
        if logged.index in failures:
            failures.remove(logged.index)
            raise StoreError("the power fails")
        steps.append(logged.index)
        return {"state": None, "due": logged.index}

    fold = Fold(name="slow", version=1, columns={"state": str, "due": int}, keys=lambda logged: [A], step=stepping)
    with pytest.raises(StoreError, match="entries 200 to 299"):
        opened(fold)
    store = opened(fold)
    assert store.row(fold, A) == {"key": A, "state": None, "due": 449}
    assert steps == [*range(250), *range(200, 450)]


def test_an_append_in_a_group_is_not_blamed_for_another(opened: Callable[..., Store]) -> None:
    """Where the leader's checkpointer fails, the others of its group are appended by a leader of their own."""
    import threading

    store = opened()
    leading, go = threading.Event(), threading.Event()
    outcomes: dict[int, object] = {}

    def failing(size: int, root: bytes) -> bytes:
        leading.set()
        go.wait(10)
        raise StoreError("the key is locked")

    def run(number: int, checkpoint) -> None:  # type: ignore[no-untyped-def]
        try:
            outcomes[number] = store.append([Incoming(record=sealed_record(number))], checkpoint=checkpoint).indices
        except StoreError as error:
            outcomes[number] = str(error)

    threads = [threading.Thread(target=run, args=(0, failing))]
    threads[0].start()
    leading.wait(10)
    threads += [threading.Thread(target=run, args=(n, checkpointer())) for n in range(1, 6)]
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    assert outcomes[0] == "the key is locked"
    assert sorted(str(outcomes[n]) for n in range(1, 6)) == [f"({n},)" for n in range(5)]
    with pytest.raises(NotFoundError):
        store.logged(sealed_record(0).id)
