"""How fast evidence is: appends, proofs, fsck, dossiers and folds, beside the limits and peers of the same run.

`python -m benchmarks.evidence [--records 1000000] [--folder DIR]`; with a million records it takes some minutes and 4 GB of disk.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

from benchmarks.measure import Table, best, peak_memory, timed
from benchmarks.world import DOZEN, checkpointer, dossier_of, fold_of, founded, record, signer
from openqi.app.dossiers import verified
from openqi.evidence.algorithms.kinds.ed25519 import verify_with_cryptography, verify_with_nacl
from openqi.evidence.batching import batch_of
from openqi.evidence.canonical import base64url_bytes
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.merkle import leaf_hash, root_of, verify_inclusion
from openqi.evidence.log.prover import inclusion_proof, subtree_of
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.evidence.record import parse_record
from openqi.store.kinds.local import STOREKIND
from openqi.store.store import Incoming, Store

BATCH = 1_000


def each(verify: Callable[[bytes, bytes, bytes], None], public: bytes, triples: Iterable[tuple[bytes, bytes]]) -> None:
    """Verify all signatures."""
    for message, signature in triples:
        verify(public, message, signature)


def appends(table: Table, folder: Path) -> None:
    """Durable appends with signature check in batches, and one at a time, beside bare verification and bare fsync."""
    sealed = [record(number).jws for number in range(20_000)]
    triples = [(jws.rpartition(b".")[0], base64url_bytes(jws.rpartition(b".")[2].decode())) for jws in sealed[:5000]]
    public = signer().key.public_key.data
    nacl = len(triples) / best(lambda: each(verify_with_nacl, public, triples), repeats=3)
    other = len(triples) / best(lambda: each(verify_with_cryptography, public, triples), repeats=3)
    table.add("bare Ed25519 verify, PyNaCl, same messages", nacl, "/s")
    table.add("bare Ed25519 verify, cryptography", other, "/s")
    ledger = founded(STOREKIND.open(folder / "appends", origin="bench.example/log", folds=()))
    with timed() as watch:
        for start in range(0, len(sealed), BATCH):
            ledger.append_signed([parse_record(jws) for jws in sealed[start : start + BATCH]])
    table.add(f"durable appends with check, batches of {BATCH}", len(sealed) / watch.seconds, "/s", at_least=0.6 * nacl)
    _single(table, ledger.store, folder)
    ledger.store.close()


def _single(table: Table, store: Store, folder: Path) -> None:
    fresh = [record(number) for number in range(50_000, 51_000)]
    syncs, appended = [], []
    with (folder / "fsync.bin").open("wb", buffering=0) as file:
        for start in range(0, len(fresh), 50):  # by turns, so that both meet the same disk, but not each other's journal
            for one in fresh[start : start + 50]:
                with timed() as watch:
                    file.write(one.jws[:300])
                    os.fdatasync(file.fileno())
                syncs.append(watch.seconds)
            for one in fresh[start : start + 50]:
                with timed() as watch:
                    store.append([Incoming(record=one)], checkpoint=checkpointer)
                appended.append(watch.seconds)
    sync, single = sorted(syncs)[len(syncs) // 2], sorted(appended)[len(appended) // 2]
    table.add("one fdatasync of 300 bytes, median", sync * 1e6, "us")
    table.add("one synchronous append, median", single * 1e6, "us", at_most=2 * sync * 1e6)
    with timed() as watch:
        store.publish()
    table.add(f"publish {store.size():,} entries as static files", watch.seconds, "s")


def batch_record(table: Table) -> None:
    """100,000 items as one batch record."""
    before = peak_memory()
    with timed() as watch:
        batch, content = batch_of(
            {"item": f"https://maker.example/cell/{n:06d}", "value": f"1.{900000 + n}"} for n in range(100_000)
        )
    table.add("100,000 items as one batch record", watch.seconds, "s", at_most=1)
    table.add("... its blob", len(content) / 1e6, "MB", at_most=30)
    table.add("... memory on top", max(peak_memory() - before, 0.0), "MiB", at_most=30)
    assert batch.count == 100_000


def inclusion(table: Table, leaves: int = 1 << 20) -> None:
    """Verification of inclusion proofs, ours and pymerkle's."""
    hashes = [leaf_hash(number.to_bytes(8, "big")) for number in range(leaves)]
    with timed() as watch:
        root = root_of(hashes)
    table.add(f"root over {leaves:,} leaf hashes", leaves / watch.seconds, "leaves/s")
    subtree = subtree_of(hashes)
    proofs = [(index, inclusion_proof(index, leaves, subtree)) for index in range(0, leaves, leaves // 5000)]

    def verify_all() -> None:
        for index, proof in proofs:
            verify_inclusion(hashes[index], index, leaves, proof, root)

    seconds = best(verify_all)
    table.add(f"inclusion proofs verified at {leaves:,} leaves", len(proofs) / seconds, "/s", at_least=90_000)
    try:
        import pymerkle
    except ImportError:
        print("pymerkle is not installed: `make bench` installs it")
        return
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(1 << 14):
        tree.append_entry(number.to_bytes(8, "big"))
    state = tree.get_root()
    theirs = [(tree.get_leaf(index), tree.prove_inclusion(index)) for index in range(1, 2001)]
    seconds = best(lambda: [pymerkle.verify_inclusion(base, state, proof) for base, proof in theirs], repeats=3)
    table.add(f"pymerkle {pymerkle.__version__}: inclusion proofs verified at {1 << 14:,} leaves", len(theirs) / seconds, "/s")


def large_log(table: Table, folder: Path, count: int) -> None:
    """A log of `count` records: append, publish, proofs from tiles, fsck, folds."""
    store = STOREKIND.open(folder / "large", origin="bench.example/log", folds=(fold_of(1),))
    founded(store)
    numbers: Iterator[int] = iter(range(100_000, 100_000 + count - store.size()))
    seconds, folded = 0.0, 0
    while block := [Incoming(record=record(number)) for number in islice(numbers, 5 * BATCH)]:
        with timed() as watch:
            store.append(block, checkpoint=checkpointer)
        seconds, folded = seconds + watch.seconds, folded + len(block)
    table.add("append without check, with a fold, batches of 5,000", folded / seconds, "/s")
    with timed() as watch:
        store.publish()
    table.add(f"publish {store.size():,} entries", store.size() / watch.seconds, "/s")
    _tiles(table, store)
    _folds(table, store, folder)


def _tiles(table: Table, store: Store) -> None:
    size = store.size()
    places = [int.from_bytes(sha256(str(n).encode()).digest()[:8], "big") % size for n in range(2000)]
    subtree = subtree_from_tiles(store.read, size)
    seconds = best(lambda: [inclusion_proof(place, size, subtree) for place in places], repeats=3)
    table.add(f"proofs from tiles at {size:,} leaves, random, 256 tiles in memory", len(places) / seconds, "/s", at_least=2000)
    near = range(size // 2, size // 2 + 2000)
    seconds = best(lambda: [inclusion_proof(place, size, subtree) for place in near], repeats=3)
    table.add("... of neighbours", len(near) / seconds, "/s")
    with timed() as watch:
        report = fsck(store.read, records=False)
    assert not report.findings
    table.add("fsck without signatures", size / watch.seconds, "entries/s", at_least=500_000)


def _folds(table: Table, store: Store, folder: Path) -> None:
    fold = fold_of(1)
    seconds = best(lambda: store.page(fold, where={"shelf": "7"}, order=("seen",), limit=50))
    table.add(f"a fold over {store.size():,} records: a page by index", seconds * 1e3, "ms", at_most=5)
    with timed() as watch:
        store.append([Incoming(record=record(n)) for n in range(90_000, 91_000)], checkpoint=checkpointer)
    with_fold = watch.seconds
    store.close()
    bare = STOREKIND.open(folder / "large", origin="bench.example/log", folds=())
    with timed() as watch:
        bare.append([Incoming(record=record(n)) for n in range(91_000, 92_000)], checkpoint=checkpointer)
    table.add(
        "... one incremental step (append with less append without)",
        max(with_fold - watch.seconds, 0) * 1e3 / 1000,
        "ms",
        at_most=0.1,
    )
    bare.close()
    with timed() as watch:
        again = STOREKIND.open(folder / "large", origin="bench.example/log", folds=(fold_of(2),))
        again.page(fold_of(2), where={"shelf": "7"}, order=("seen",), limit=1)
    table.add("... rebuilt for a new version", watch.seconds, "s", at_most=60)
    again.close()


def dossiers(table: Table) -> None:
    """A dossier of 100 records proved and replayed."""
    data, policy = dossier_of(100)
    count = len(parse_dossier(data).entries)
    report = verified(data, policy=policy)
    assert (report.proved, report.replayed) == ("passed", "passed"), report
    table.add(
        f"a dossier of {count} records proved and replayed", best(lambda: verified(data, policy=policy)) * 1e3, "ms", at_most=50
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    table = Table(title=f"evidence, {os.cpu_count()} cores, {DOZEN} bytes a record")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        batch_record(table)
        appends(table, folder)
        dossiers(table)
        inclusion(table)
        large_log(table, folder, given.records)
    table.show()


if __name__ == "__main__":
    main()
