"""Every store: an append that was prepared for places in the log comes in at these very places, or not at all."""

import threading
from collections.abc import Callable

import pytest

from builders import append, checkpointer, sealed_record
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.view import EMPTY_DIGEST, StreamRead
from openqi.kernel.errors import ConflictError
from openqi.store.store import Appended, Incoming, Store

A, B = (f"https://thing.example.org/{name}" for name in "ab")


def append_at(store: Store, at: int | None, *numbers: int, subject: str = A) -> Appended:
    incoming = [Incoming(record=sealed_record(n, (subject,))) for n in numbers]
    return store.append(incoming, checkpoint=checkpointer(store.origin), at=at)


def test_an_append_at_the_size_of_the_log_comes_in_there(store: Store) -> None:
    assert append_at(store, 0, 0, 1).indices == (0, 1)
    assert append_at(store, 2, 2).indices == (2,)
    assert append_at(store, None, 3).indices == (3,)


@pytest.mark.parametrize("at", [0, 1, 3, 10**6, -1])
def test_an_append_at_any_other_size_conflicts_and_keeps_nothing(store: Store, at: int) -> None:
    append(store, sealed_record(0), sealed_record(1))
    before = store.checkpoint()
    with pytest.raises(ConflictError, match=f"has 2 entries now, {at} when this was prepared"):
        append_at(store, at, 7, 8, subject=B)
    assert (store.size(), store.checkpoint(), store.stream(B)) == (2, before, ())
    assert append_at(store, 2, 7, 8, subject=B).indices == (2, 3)
    assert [one.record.id for one in store.stream(B)] == [sealed_record(n, (B,)).id for n in (7, 8)]


def test_the_same_again_gives_the_same_indices_though_the_log_has_grown(store: Store) -> None:
    first = append_at(store, 0, 0, 1)
    append_at(store, 2, 5)
    again = append_at(store, 0, 0, 1)
    assert (again.indices, again.size) == (first.indices, 3)
    assert append_at(store, 0).indices == ()


def test_what_is_there_in_part_only_conflicts_when_the_log_has_moved(store: Store) -> None:
    append_at(store, 0, 0)
    with pytest.raises(ConflictError):
        append_at(store, 0, 0, 1)
    assert store.size() == 1
    assert append_at(store, 1, 0, 1).indices == (0, 1)


def test_a_stream_that_moved_is_a_conflict_also_at_the_right_size(store: Store) -> None:
    append_at(store, 0, 0)
    read = StreamRead(subject=A, count=0, digest=EMPTY_DIGEST)
    with pytest.raises(ConflictError, match="moved"):
        store.append([Incoming(record=sealed_record(1))], reads=(read,), checkpoint=checkpointer(), at=1)
    assert store.size() == 1


def test_the_checkpoint_is_of_what_came_in(store: Store) -> None:
    append_at(store, 0, 0, 1, 2)
    assert parse_checkpoint(parse_note(store.checkpoint())).size == 3


def test_of_many_who_prepared_for_one_size_one_comes_in(store: Store) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def race(worker: int) -> None:
        start.wait()
        try:
            append_at(store, 0, *range(10 * worker, 10 * worker + 3), subject=f"{A}/{worker}")
        except ConflictError:
            outcomes.append("conflict")
        else:
            outcomes.append("in")

    threads = [threading.Thread(target=race, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["in"]
    assert store.size() == 3
    (winner,) = {one.record.streams for one in store.scan()}
    assert len(store.stream(winner[0])) == 3


def test_what_another_process_appended_is_seen(shared: Callable[..., Store]) -> None:
    first, second = shared(), shared()
    append_at(first, 0, 0)
    with pytest.raises(ConflictError):
        append_at(second, 0, 1)
    assert append_at(second, 1, 1).indices == (1,)
