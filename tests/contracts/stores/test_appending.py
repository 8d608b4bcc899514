"""Every store: what an append keeps, what it refuses, and what later reads see."""

import threading
from collections.abc import Callable

import pytest

from builders import ORIGIN, append, checkpointer, sealed_record
from openqi.evidence.log.merkle import leaf_hash, root_of
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.record import Logged, log_entry, sealed_entry
from openqi.evidence.view import EMPTY_DIGEST, StreamRead, running_digest
from openqi.kernel.errors import ConflictError, DomainError, NotFoundError, RefusedError, StoreError
from openqi.store.store import Incoming, Store

A, B, C = (f"https://thing.example.org/{name}" for name in "abc")


def read_of(store: Store, subject: str) -> StreamRead:
    found = store.stream(subject)
    return StreamRead(subject=subject, count=len(found), digest=running_digest(entry.record.id for entry in found))


def contents(store: Store) -> list[str]:
    return [entry.record.id for entry in store.scan()]


def test_indices_are_dense_and_in_the_order_given(store: Store) -> None:
    first, second, third = (sealed_record(n) for n in range(3))
    assert append(store, first, second).indices == (0, 1)
    done = append(store, third)
    assert (done.indices, done.size, store.size()) == ((2,), 3, 3)
    assert contents(store) == [first.id, second.id, third.id]


def test_the_checkpoint_states_the_size_and_root_of_exactly_what_was_acknowledged(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.checkpoint()
    entries: list[bytes] = []
    for n in range(40):
        append(store, *(batch := [sealed_record(n * 10 + k) for k in range(n % 3 + 1)]))
        entries += [log_entry(record) for record in batch]
        checkpoint = parse_checkpoint(parse_note(store.checkpoint()))
        assert (checkpoint.origin, checkpoint.size) == (ORIGIN, len(entries))
        assert checkpoint.root == root_of(map(leaf_hash, entries))


def test_an_append_of_nothing_changes_nothing(store: Store) -> None:
    assert append(store).indices == ()
    assert store.size() == 0


def test_an_append_whose_read_stream_moved_conflicts_and_leaves_nothing(store: Store) -> None:
    append(store, sealed_record(0, (A,)))
    read = read_of(store, A)
    append(store, sealed_record(1, (A, B)))
    with pytest.raises(ConflictError, match="moved"):
        store.append([Incoming(record=sealed_record(n, (C,))) for n in (2, 3)], reads=(read,), checkpoint=checkpointer())
    assert store.size() == 2
    assert store.stream(C) == ()
    assert parse_checkpoint(parse_note(store.checkpoint())).size == 2


def test_an_append_conflicts_only_where_a_read_stream_moved(store: Store) -> None:
    append(store, sealed_record(0, (A,)))
    reads = (read_of(store, A), StreamRead(subject=C, count=0, digest=EMPTY_DIGEST))
    append(store, sealed_record(1, (B,)))
    done = store.append([Incoming(record=sealed_record(2, (A, B)))], reads=reads, checkpoint=checkpointer())
    assert done.indices == (2,)


def test_absence_is_a_read_like_any_other(store: Store) -> None:
    absent = read_of(store, C)
    append(store, sealed_record(0, (C,)))
    with pytest.raises(ConflictError):
        store.append([Incoming(record=sealed_record(1, (A,)))], reads=(absent,), checkpoint=checkpointer())


@pytest.mark.parametrize(
    "wrong", [StreamRead(subject=A, count=1, digest=EMPTY_DIGEST), StreamRead(subject=A, count=2, digest=bytes(32))]
)
def test_both_count_and_digest_must_be_those_of_the_stream(store: Store, wrong: StreamRead) -> None:
    append(store, sealed_record(0, (A,)))
    with pytest.raises(ConflictError):
        store.append([Incoming(record=sealed_record(1, (B,)))], reads=(wrong,), checkpoint=checkpointer())


def test_appending_the_same_again_gives_the_same_indices_whatever_moved_since(store: Store) -> None:
    read = read_of(store, A)
    batch = [Incoming(record=sealed_record(n, (A,))) for n in range(3)]
    first = store.append(batch, reads=(read,), checkpoint=checkpointer())
    append(store, sealed_record(9, (A,)))
    again = store.append(batch, reads=(read,), checkpoint=checkpointer())
    assert again.indices == first.indices
    assert again.size == store.size() == 4


def test_a_record_given_twice_stands_once(store: Store) -> None:
    record = sealed_record(0)
    assert append(store, record, record).indices == (0, 0)
    assert append(store, sealed_record(1), record, sealed_record(2)).indices == (1, 0, 2)
    assert store.size() == 3


def test_a_checkpointer_that_refuses_leaves_nothing(store: Store) -> None:
    def locked(size: int, root: bytes) -> bytes:
        raise RefusedError("key", "the key is locked")

    with pytest.raises(RefusedError):
        store.append([Incoming(record=sealed_record(0, (A,)))], checkpoint=locked)
    assert (store.size(), store.stream(A)) == (0, ())


@pytest.mark.parametrize("wrong", [checkpointer("other.example.org"), lambda size, root: checkpointer()(size + 1, root)])
def test_a_checkpointer_that_signs_something_else_leaves_nothing(store: Store, wrong: Callable[[int, bytes], bytes]) -> None:
    with pytest.raises(StoreError, match="another checkpoint"):
        store.append([Incoming(record=sealed_record(0, (A,)))], checkpoint=wrong)
    assert store.size() == 0
    assert append(store, sealed_record(0, (A,))).indices == (0,)


def test_many_threads_each_get_their_own_outcome(store: Store) -> None:
    """Forty threads race on ten streams: each stream is won once, the losers get ConflictError, indices stay dense."""
    outcomes: list[int | str] = []
    start = threading.Barrier(8)

    def race(worker: int) -> None:
        start.wait()
        for n in range(10):
            subject = f"{A}/{n}"
            read = StreamRead(subject=subject, count=0, digest=EMPTY_DIGEST)
            record = sealed_record(100 * worker + n, (subject,))
            try:
                done = store.append([Incoming(record=record)], reads=(read,), checkpoint=checkpointer())
                outcomes.append(done.indices[0])
            except ConflictError:
                outcomes.append("conflict")

    threads = [threading.Thread(target=race, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(index for index in outcomes if index != "conflict") == list(range(10))  # type: ignore[type-var]
    assert outcomes.count("conflict") == 70
    assert all(len(store.stream(f"{A}/{n}")) == 1 for n in range(10))


def test_streams_are_in_log_order_and_reach_as_far_as_known_at(store: Store) -> None:
    records = [sealed_record(n, (A, B) if n % 3 else (B,)) for n in range(9)]
    for record in records:
        append(store, record)
    for known_at in (None, *range(11)):
        stop = 9 if known_at is None else known_at
        for subject in (A, B, C):
            expected = [record.id for record in records[:stop] if subject in record.streams]
            assert [entry.record.id for entry in store.stream(subject, known_at=known_at)] == expected
            if known_at is None and expected:
                assert store.lengths([subject, "https://nobody.example"]) == {subject: len(expected)}
            for newest in (1, 2, 100):
                last = store.stream(subject, known_at=known_at, newest=newest)
                assert [entry.record.id for entry in last] == expected[-newest:]


def test_many_records_are_found_by_their_ids_and_what_is_not_there_is_left_out(store: Store) -> None:
    records = [sealed_record(n, (A,)) for n in range(5)]
    for record in records:
        append(store, record)
    wanted = [records[3].id, records[1].id, "ab" * 32, records[1].id]
    assert store.logged_many(wanted) == {one: store.logged(one) for one in wanted[:2]}
    assert store.logged_many([]) == {}
    assert store.lengths([]) == {}


def test_scan_yields_any_part_of_the_log(store: Store) -> None:
    append(store, *(sealed_record(n) for n in range(5)))
    assert [entry.index for entry in store.scan(1, 4)] == [1, 2, 3]
    assert [entry.index for entry in store.scan(3)] == [3, 4]
    assert [*store.scan(7)] == []


def test_a_record_is_found_by_its_id(store: Store) -> None:
    record = sealed_record(0)
    append(store, record)
    assert store.logged(record.id) == Logged(index=0, record=record, origin=ORIGIN, origin_index=0)
    for unknown in ("00" * 32, "no id", "../ledger"):
        with pytest.raises(NotFoundError):
            store.logged(unknown)


def test_a_foreign_record_keeps_its_home(store: Store) -> None:
    record = sealed_record(0, (A,))
    store.append([Incoming(record=record, home=("far.example.org", 12))], checkpoint=checkpointer())
    expected = Logged(index=0, record=record, origin="far.example.org", origin_index=12)
    assert store.logged(record.id) == store.stream(A)[0] == next(store.scan()) == expected
    with pytest.raises(DomainError, match="home"):
        store.append([Incoming(record=sealed_record(1), home=(ORIGIN, 1))], checkpoint=checkpointer())


def test_what_is_not_public_is_sealed_in_the_log_and_readable_in_the_store(store: Store) -> None:
    for n, visible_to in enumerate([(), ("https://party.example.org/2",)]):
        record = sealed_record(n, (A,), visible_to=visible_to)
        append(store, record)
        assert store.logged(record.id).record == record
        store.publish()
        assert store.read(f"tile/entries/000.p/{n + 1}").endswith(sealed_entry(record.id))
    assert not any(record.record.jws in store.read("tile/entries/000.p/2") for record in store.scan())


def test_a_subject_that_no_encoding_can_write_has_no_records(store: Store) -> None:
    assert store.stream("https://thing.example.org/\ud800") == ()
