"""One suite for every store of the catalogue: what `Store` promises, each promise against the plainest definition of it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import KEY, ORIGIN, append, checkpointer, genesis_record, policy, sealed_record
from openqi.evidence.fold import Fold, Row
from openqi.evidence.fsck import fsck
from openqi.evidence.merkle import consistency_proof, leaf_hash, root_of, subtree_of, verify_consistency
from openqi.evidence.note import cosigned, parse_checkpoint, parse_note, signed
from openqi.evidence.record import Logged, log_entry, sealed_entry
from openqi.evidence.tiles import encode_bundle, levels, subtree_from_tiles, tiles
from openqi.evidence.view import EMPTY_DIGEST, StreamRead, running_digest
from openqi.kernel.catalogue import load
from openqi.kernel.errors import CatalogueError, ConflictError, DomainError, NotFoundError, RefusedError, StoreError
from openqi.store.store import MAX_BLOB, Incoming, Store, StoreKind

KINDS = load("openqi.store.kinds", StoreKind)
A, B, C = (f"https://thing.example.org/{name}" for name in "abc")


def _keys(logged: Logged) -> Sequence[str]:
    return logged.record.streams


def _step(row: Row | None, logged: Logged) -> Row | None:
    """Counts a subject's records; every fifth number removes the row; unknown until a second record has come."""
    number = logged.record.body["number"]
    if number % 5 == 4:
        return None
    if row is None:
        return {"seen": 1, "last": None, "shade": None}
    return {"seen": row["seen"] + 1, "last": number, "shade": "even" if number % 2 == 0 else "odd"}  # type: ignore[operator]


COUNTED = Fold(
    name="counted", version=1, columns={"seen": int, "last": int, "shade": str}, keys=_keys, step=_step,
    indexes=(("shade", "last"), ("last",), ("seen", "shade", "last")),
)  # fmt: skip


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens fresh stores of each kind, each in a folder of its own where the kind has one, and closes them."""
    with ExitStack() as stack:
        count = iter(range(10**6))

        def open_store(folds: Sequence[Fold] = (), origin: str = ORIGIN) -> Store:
            place = None if request.param == "memory" else tmp_path / f"store{next(count)}"
            store = KINDS[request.param].open(place, origin=origin, folds=folds)
            stack.callback(store.close)
            return store

        yield open_store


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    return opened()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens the same folder again and again, as other processes would."""
    with ExitStack() as stack:

        def open_store(folds: Sequence[Fold] = (), origin: str = ORIGIN) -> Store:
            store = KINDS["local"].open(tmp_path / "shared", origin=origin, folds=folds)
            stack.callback(store.close)
            return store

        yield open_store


def read_of(store: Store, subject: str) -> StreamRead:
    found = store.stream(subject)
    return StreamRead(subject=subject, count=len(found), digest=running_digest(entry.record.id for entry in found))


def contents(store: Store) -> list[str]:
    return [entry.record.id for entry in store.scan()]


# Appending


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


# Reading


def test_streams_are_in_log_order_and_reach_as_far_as_known_at(store: Store) -> None:
    records = [sealed_record(n, (A, B) if n % 3 else (B,)) for n in range(9)]
    for record in records:
        append(store, record)
    for known_at in (None, *range(11)):
        stop = 9 if known_at is None else known_at
        for subject in (A, B, C):
            expected = [record.id for record in records[:stop] if subject in record.streams]
            assert [entry.record.id for entry in store.stream(subject, known_at=known_at)] == expected


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


# Static files


def expected_files(entries: Sequence[bytes], size: int) -> dict[str, bytes]:
    """Every file of a log of that size, each from nothing."""
    leaves = [leaf_hash(entry) for entry in entries[:size]]
    files = {tile.path: encode_bundle(entries[256 * tile.index :][: tile.width]) for tile in tiles(size, -1)}
    for level in range(levels(size)):
        span = 256**level
        for tile in tiles(size, level):
            roots = [
                root_of(leaves[place * span : (place + 1) * span])
                for place in range(tile.index * 256, tile.index * 256 + tile.width)
            ]
            files[tile.path] = b"".join(roots)
    return files


def test_static_files_are_those_of_a_log_built_from_nothing_at_every_size_published(store: Store) -> None:
    entries: list[bytes] = []
    sizes = []
    for step in (1, 2, 253, 1, 1, 254, 256, 300):
        batch = [sealed_record(len(entries) + n) for n in range(step)]
        entries += map(log_entry, batch)
        append(store, *batch)
        store.publish()
        sizes.append(len(entries))
        assert store.read("checkpoint") == store.checkpoint()
        for size in sizes:  # who holds an older checkpoint still finds all of its files
            for path, content in expected_files(entries, size).items():
                assert store.read(path) == content, path


def test_a_log_of_several_rows_of_tiles_is_whole(store: Store) -> None:
    """66,000 entries need a third row of tiles; sealed ones are small, and the records are made without a signature each."""
    base = sealed_record(0)
    size = 66_000
    for start in range(0, size, 11_000):
        batch = [relabelled(base, n) for n in range(start, start + 11_000)]
        store.append([Incoming(record=record) for record in batch], checkpoint=checkpointer())
        store.publish()
    assert fsck(store.read, policy=policy(), records=False).findings == ()
    assert len(store.read("tile/2/000.p/1")) == 32
    assert subtree_from_tiles(store.read, size)(0, size) == parse_checkpoint(parse_note(store.checkpoint())).root


def relabelled(base, n: int):  # type: ignore[no-untyped-def]
    """A record of another id in no time; its bytes are no record, which nobody here parses."""
    from dataclasses import replace

    jws = b"%d" % n
    return replace(base, jws=jws, id=sha256(jws).hexdigest())


def test_all_checkpoints_are_consistent_with_each_other(store: Store) -> None:
    notes = []
    for n in range(30):
        append(store, *(sealed_record(100 * n + k) for k in range(1 + n * 7 % 23)))
        notes.append(parse_checkpoint(parse_note(store.checkpoint())))
    store.publish()
    subtree = subtree_from_tiles(store.read, notes[-1].size)
    for old in notes:
        proof = consistency_proof(old.size, notes[-1].size, subtree)
        verify_consistency(old.size, notes[-1].size, proof, old.root, notes[-1].root)


def test_fsck_finds_nothing_in_a_log_with_records_of_every_visibility(store: Store) -> None:
    append(store, genesis_record())
    append(store, *(sealed_record(n, (A,), visible_to=() if n % 4 == 0 else None) for n in range(300)))
    store.publish()
    report = fsck(store.read, policy=policy())
    assert (report.findings, report.size, report.sealed) == ((), 301, 75)


def test_publishing_is_repeatable_and_an_empty_log_has_no_files(store: Store) -> None:
    store.publish()
    with pytest.raises(NotFoundError):
        store.read("checkpoint")
    append(store, sealed_record(0))
    with pytest.raises(NotFoundError):
        store.read("checkpoint")
    store.publish()
    before = store.read("checkpoint")
    store.publish()
    assert store.read("checkpoint") == before


@pytest.mark.parametrize(
    "path", ["", "..", "../ledger.sqlite", "ledger.sqlite", "tile/0/../../x", "tile/0/000.p/300", "/etc/passwd", "tile/\0"]
)
def test_no_other_file_than_those_of_the_log_is_ever_read(store: Store, path: str) -> None:
    append(store, sealed_record(0))
    store.publish()
    with pytest.raises(NotFoundError):
        store.read(path)


def test_cosignatures_gather_on_the_newest_checkpoint(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.cosign(checkpointer()(0, bytes(32)))
    append(store, sealed_record(0))
    old = parse_note(store.checkpoint())
    store.publish()
    for name in ("one.example.org", "two.example.org"):  # both witnesses saw the note without the other's line
        store.cosign(cosigned(old, KEY, name, 1_700_000_000).encode())
    note = parse_note(store.checkpoint())
    assert [line.name for line in note.signatures] == [ORIGIN, "one.example.org", "two.example.org"]
    store.cosign(note.encode())
    assert parse_note(store.checkpoint()) == note
    store.publish()
    assert store.read("checkpoint") == note.encode()
    append(store, sealed_record(1))
    with pytest.raises(StoreError, match="newest"):
        store.cosign(note.encode())
    other = signed(parse_note(store.checkpoint()), KEY, "x")
    assert len(other.signatures) == 2


# Blobs


def test_a_blob_comes_back_as_it_was(store: Store) -> None:
    for content in (b"", b"x", bytes(range(256)) * 1000):
        name = store.put_blob(content)
        assert name == sha256(content).hexdigest()
        assert store.put_blob(content) == name
        assert store.blob(name) == content


def test_an_erased_blob_is_gone_and_may_come_again(store: Store) -> None:
    name = store.put_blob(b"personal")
    store.erase_blob(name)
    store.erase_blob(name)
    with pytest.raises(NotFoundError):
        store.blob(name)
    assert store.blob(store.put_blob(b"personal")) == b"personal"


@pytest.mark.parametrize("name", ["", "ab", "../../ledger.sqlite", "AB" * 32, "00" * 32, "\ud800" * 64])
def test_a_name_that_no_blob_has_is_not_found(store: Store, name: str) -> None:
    with pytest.raises(NotFoundError):
        store.blob(name)


def test_a_blob_beyond_the_bound_is_refused_before_it_is_read(store: Store) -> None:
    with pytest.raises(DomainError, match="at most"):
        store.put_blob(bytes(MAX_BLOB + 1))


# Registers


def recomputed(records: Sequence[Logged], fold: Fold = COUNTED) -> dict[str, dict[str, object]]:
    """The register by its plain definition."""
    rows: dict[str, Row] = {}
    for logged in records:
        for key in fold.keys(logged):
            row = fold.step(rows.get(key), logged)
            rows.pop(key, None)
            if row is not None:
                rows[key] = row
    return {key: {**row, "key": key} for key, row in rows.items()}


def rank(cell: object) -> tuple[bool, object]:
    return (cell is not None, cell if cell is not None else 0)


def all_pages(store: Store, limit: int, **question: object) -> list[Row]:
    rows: list[Row] = []
    after = None
    while True:
        page = store.page(COUNTED, after=after, limit=limit, **question)  # type: ignore[arg-type]
        assert len(page.rows) <= limit
        assert page.next is None or len(page.rows) == limit
        rows += page.rows
        if page.next is None:
            return rows
        after = page.next


def test_a_register_has_a_row_for_each_key(opened: Callable[..., Store]) -> None:
    store = opened([COUNTED])
    append(store, sealed_record(0, (A, B)), sealed_record(2, (A,)))
    assert store.row(COUNTED, A) == {"key": A, "seen": 2, "last": 2, "shade": "even"}
    assert store.row(COUNTED, B) == {"key": B, "seen": 1, "last": None, "shade": None}
    assert store.row(COUNTED, C) is None
    assert store.row(COUNTED, "\ud800") is None
    append(store, sealed_record(4, (A,)))
    assert store.row(COUNTED, A) is None
    append(store, sealed_record(5, (A,)))
    assert store.row(COUNTED, A) == {"key": A, "seen": 1, "last": None, "shade": None}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 30), st.sets(st.integers(0, 9), min_size=1, max_size=3)), max_size=8), max_size=6
    ),
    limit=st.integers(1, 4),
    descending=st.booleans(),
)
def test_registers_are_what_the_log_adds_up_to_and_pages_cover_each_row_once(
    opened: Callable[..., Store], batches: list[list[tuple[int, set[int]]]], limit: int, descending: bool
) -> None:
    store = opened([COUNTED])
    for batch in batches:
        append(store, *(sealed_record(number, [f"{A}/{place}" for place in sorted(places)]) for number, places in batch))
    rows = recomputed([*store.scan()])
    assert {key: store.row(COUNTED, key) for key in rows} == rows

    def expected(columns: Sequence[str], where: dict[str, object], at_least: int | None = None) -> list[dict[str, object]]:
        kept = [row for row in rows.values() if all(row[name] == cell for name, cell in where.items())]
        if at_least is not None:
            kept = [row for row in kept if row[columns[0]] is not None and row[columns[0]] >= at_least]  # type: ignore[operator]
        return sorted(kept, key=lambda row: [rank(row[name]) for name in (*columns, "key")], reverse=descending)

    assert all_pages(store, limit, descending=descending) == expected((), {})
    assert all_pages(store, limit, order=("last",), descending=descending) == expected(("last",), {})
    assert all_pages(store, limit, order=("seen",), descending=descending) == expected(("seen", "shade", "last"), {})
    for shade in ("even", "odd", None):
        where = {"shade": shade}
        assert all_pages(store, limit, where=where, order=("last",), descending=descending) == expected(("last",), where)
        assert all_pages(store, limit, where=where, descending=descending) == expected(("last",), where)
        bound = {"last": 7}
        assert all_pages(store, limit, where=where, at_least=bound, descending=descending) == expected(("last",), where, 7)
        both = {"shade": shade, "seen": 1}
        assert all_pages(store, limit, where=both, descending=descending) == expected(("last",), both)
    assert all_pages(store, limit, at_least={"last": 9}, order=("last",), descending=descending) == expected(("last",), {}, 9)
    keyed = [row for row in expected((), {}) if str(row["key"]) >= f"{A}/5"]
    assert all_pages(store, limit, at_least={"key": f"{A}/5"}, descending=descending) == keyed


def test_a_cursor_from_before_the_bound_stays_within_it(opened: Callable[..., Store]) -> None:
    store = opened([COUNTED])
    for n in (10, 11, 12, 15, 16, 17):
        append(store, sealed_record(n, (f"{A}/{n % 5}",)))
    for descending in (False, True):
        found = store.page(COUNTED, order=("last",), at_least={"last": 16}, descending=descending, after=(None, A)).rows
        assert [row["last"] for row in found] == ([] if descending else [16, 17])
        found = store.page(COUNTED, order=("last",), at_least={"last": 16}, descending=descending, after=(15, A)).rows
        assert [row["last"] for row in found] == ([] if descending else [16, 17])


@pytest.mark.parametrize(
    "question",
    [
        {"where": {"seen": 1}, "order": ("last",)}, {"order": ("shade", "seen")}, {"where": {"last": 1, "seen": 1}},
        {"where": {"shade": "odd"}, "order": ("seen",)}, {"order": ("last", "shade")},
    ],
)  # fmt: skip
def test_a_question_that_no_index_serves_is_refused(opened: Callable[..., Store], question: dict[str, object]) -> None:
    store = opened([COUNTED])
    with pytest.raises(RefusedError, match="no-index"):
        store.page(COUNTED, **question)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question",
    [
        {"limit": 0}, {"limit": 10_001}, {"order": ("colour",)}, {"where": {"shade": 3}}, {"where": {"shade": "\ud800"}},
        {"after": ("a", "b")}, {"after": (3,)}, {"after": (None,)}, {"order": ("last",), "at_least": {"last": None}},
        {"order": ("last",), "at_least": {"shade": "odd"}}, {"where": {"last": True}}, {"where": {"last": 2**70}},
    ],
)  # fmt: skip
def test_a_question_that_does_not_fit_the_register_says_so(opened: Callable[..., Store], question: dict[str, object]) -> None:
    store = opened([COUNTED])
    with pytest.raises(DomainError):
        store.page(COUNTED, **question)  # type: ignore[arg-type]


def test_only_the_folds_that_the_store_was_opened_with_are_kept(opened: Callable[..., Store]) -> None:
    store = opened()
    with pytest.raises(NotFoundError, match="open the store"):
        store.row(COUNTED, A)
    with pytest.raises(NotFoundError, match="open the store"):
        store.page(COUNTED)


def fold_like(**changes: object) -> Fold:
    from dataclasses import replace

    return replace(COUNTED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Counted; drop"}, {"columns": {"key": str}, "indexes": ()}, {"columns": {"a b": str}, "indexes": ()},
        {"columns": {"seen": float}, "indexes": ()}, {"indexes": (("colour",),)}, {"indexes": ((),)}, {"version": "1"},
    ],
)  # fmt: skip
def test_a_fold_that_is_none_is_refused_when_the_store_opens(opened: Callable[..., Store], wrong: dict[str, object]) -> None:
    with pytest.raises(DomainError, match="fold"):
        opened([fold_like(**wrong)])


def test_two_folds_of_one_name_are_refused(opened: Callable[..., Store]) -> None:
    with pytest.raises(CatalogueError, match="counted"):
        opened([COUNTED, fold_like(version=2)])


BAD_ROWS: list[dict[str, object]] = [
    {"seen": 1, "last": 1}, {"seen": "1", "last": 1, "shade": None}, {"seen": 1, "last": 1, "shade": None, "colour": 1},
    {"seen": True, "last": 1, "shade": None}, {"seen": 1, "last": 2**63, "shade": None}, {"seen": 1, "last": 1, "shade": "\udc00"},
    {"seen": 1, "last": 1, "shade": None, "key": "another"},
]  # fmt: skip


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_step_that_makes_a_row_of_another_form_fails_its_append_whole(
    opened: Callable[..., Store], row: dict[str, object]
) -> None:
    fold = fold_like(step=lambda before, logged: row if logged.record.body["number"] == 1 else _step(before, logged))
    store = opened([fold])
    append(store, sealed_record(0, (A,)))
    with pytest.raises(DomainError, match="counted"):
        append(store, sealed_record(2, (B,)), sealed_record(1, (A,)))
    assert store.size() == 1
    assert store.stream(B) == ()
    assert [found["key"] for found in store.page(fold).rows] == [A]
    assert append(store, sealed_record(2, (B,))).indices == (1,)


def test_a_step_that_refuses_fails_its_append_in_every_register(opened: Callable[..., Store]) -> None:
    def refusing(row: Row | None, logged: Logged) -> Row | None:
        if logged.record.body["number"] == 3:
            raise RefusedError("three", "no threes here")
        return _step(row, logged)

    store = opened([COUNTED, fold_like(name="strict", step=refusing)])
    append(store, sealed_record(0, (A,)))
    with pytest.raises(RefusedError, match="three"):
        append(store, sealed_record(2, (A,)), sealed_record(3, (A,)))
    assert store.row(COUNTED, A) == {"key": A, "seen": 1, "last": None, "shade": None}
    assert store.size() == 1


# A folder that several programs hold open


def test_what_one_program_acknowledged_every_other_sees_at_once(local: Callable[..., Store]) -> None:
    one, two = local([COUNTED]), local([COUNTED])
    for n in range(6):
        writer, reader = (one, two) if n % 2 else (two, one)
        record = sealed_record(n, (A,))
        assert append(writer, record).indices == (n,)
        assert reader.size() == n + 1
        assert reader.logged(record.id).index == n
        assert len(reader.stream(A)) == n + 1
        assert reader.checkpoint() == writer.checkpoint()
        assert reader.row(COUNTED, A) == writer.row(COUNTED, A)
        reader.publish()
        assert writer.read("checkpoint") == writer.checkpoint()
    with pytest.raises(ConflictError):
        two.append(
            [Incoming(record=sealed_record(9, (A,)))],
            reads=(StreamRead(subject=A, count=0, digest=EMPTY_DIGEST),), checkpoint=checkpointer(),
        )  # fmt: skip


def test_a_register_that_another_program_did_not_know_is_stepped_before_it_is_read(local: Callable[..., Store]) -> None:
    knowing, unknowing = local([COUNTED]), local()
    append(knowing, sealed_record(0, (A,)))
    append(unknowing, sealed_record(1, (A,)), sealed_record(2, (B,)))
    append(knowing, sealed_record(3, (A,)))
    assert {row["key"]: row for row in knowing.page(COUNTED).rows} == recomputed([*knowing.scan()])


def test_a_register_is_built_again_on_a_new_version_or_shape_and_kept_otherwise(local: Callable[..., Store]) -> None:
    append(local(), *(sealed_record(n, (f"{A}/{n % 7}",)) for n in range(60)))
    first = local([COUNTED])
    assert {row["key"]: row for row in first.page(COUNTED).rows} == recomputed([*first.scan()])

    def forbidden(row: Row | None, logged: Logged) -> Row | None:
        raise RefusedError("again", "the register was built again")

    local([fold_like(step=forbidden)])
    new = fold_like(version=2, step=lambda row, logged: {"seen": 100, "last": None, "shade": "new"})
    second = local([new])
    assert {row["seen"] for row in second.page(new, where={"shade": "new"}).rows} == {100}
    with pytest.raises(StoreError, match="version 2"):
        first.page(COUNTED)
    append(first, sealed_record(61, (C,)))  # an older program may go on appending; it leaves the newer register alone
    assert second.row(new, C) == {"key": C, "seen": 100, "last": None, "shade": "new"}
    assert local([fold_like(version=3, columns={"seen": int}, indexes=(), step=lambda row, logged: {"seen": 5})]).size() == 61


def test_a_register_that_cannot_be_built_says_which_entries_stop_it(local: Callable[..., Store]) -> None:
    def refusing(row: Row | None, logged: Logged) -> Row | None:
        raise RefusedError("never", "no record is good enough")

    append(local(), sealed_record(0, (A,)))
    with pytest.raises(StoreError, match=r"counted.*never.*new version"):
        local([fold_like(step=refusing)])


def test_a_folder_of_another_log_is_not_opened(local: Callable[..., Store]) -> None:
    append(local(), sealed_record(0))
    with pytest.raises(StoreError, match="open it by its own name"):
        local(origin="other.example.org")
    assert subtree_of([leaf_hash(b"")])(0, 1)


def test_where_a_store_lies_must_fit_its_kind(tmp_path: Path) -> None:
    with pytest.raises(DomainError):
        KINDS["memory"].open(tmp_path, origin=ORIGIN, folds=())
    with pytest.raises(DomainError):
        KINDS["local"].open(None, origin=ORIGIN, folds=())
