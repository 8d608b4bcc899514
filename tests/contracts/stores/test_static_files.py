"""Every store: the static files of the log, its checkpoints, and the blobs beside it."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import pytest

from builders import KEY, ORIGIN, append, checkpointer, genesis_record, policy, sealed_record
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.merkle import leaf_hash, root_of, verify_consistency
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.prover import consistency_proof
from openqi.evidence.log.tiles import encode_bundle, levels, subtree_from_tiles, tiles
from openqi.evidence.log.witness import cosigned, signed
from openqi.evidence.record import log_entry
from openqi.kernel.errors import DomainError, NotFoundError, StoreError
from openqi.store.store import MAX_BLOB, Incoming, Store

A, B, C = (f"https://thing.example.org/{name}" for name in "abc")


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


@pytest.mark.parametrize("opened", ["memory", "local"], indirect=True)
def test_a_log_of_several_rows_of_tiles_is_whole(store: Store) -> None:
    """In short, in memory and in files: all stores lay tiles out alike, and each of them publishes two rows above."""
    several_rows(store)


@pytest.mark.long
def test_a_log_of_several_rows_of_tiles_is_whole_in_every_store(store: Store) -> None:
    several_rows(store)


def several_rows(store: Store) -> None:
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
