"""A million marks issued by the command and proven: time, memory, one unit's proof; beside a signature a unit, and pymerkle.

`python -m benchmarks.marks issue [COUNT]`. The command runs in a process of its own, whose peak memory is told.
"""

import importlib.util
import os
import random
import resource
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.licence_folder import BASE, GTIN, PASSPHRASE, LicenceFolder, licence_folder

from benchmarks.measure import Table, peak_memory, timed
from openqi.app.folder import ledger_folder, policy_of
from openqi.app.licensed.proving import unit_proof, unit_report
from openqi.app.marks import INDEX, MarkAnswer, mark_answer, reading_marks
from openqi.evidence.batch import batch_rows, parse_batch, verify_item
from openqi.evidence.batching import items
from openqi.store.marks import MarkIndex

SIGNED = 20_000
_OPENQI = (sys.executable, "-c", "from openqi.interfaces.cli.main import main; main()")


def measure(count: int = 1_000_000) -> None:
    """Measure and print."""
    table = Table(f"{count:,} marks under a licence, one process on one of {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        world = licence_folder(Path(name))
        total = _issued(table, world, count) + _indexed(table, world) + _proved(table, world)
        table.add("... issued, indexed and proven in all", total, "s", at_most=30 * max(count / 1_000_000, 0.1))
        _one(table, world)
        _stated(table, world)
        _peers(table, world, count)
    table.show()


def _issued(table: Table, world: LicenceFolder, count: int) -> float:
    """The whole command: addresses, private file, rows, root, decision, signature, checkpoint."""
    making = ("--count", count, "--base", BASE, "--gtin", GTIN, "-o", world.root / "marks.txt")
    command = [*_OPENQI, "mark", "issue", world.ledger, "L-2026-001", *making, *world.asked()]
    known = os.environ | {"OPENQI_PASSPHRASE": PASSPHRASE}
    with timed() as watch:
        subprocess.run([str(one) for one in command], env=known, check=True, stdout=subprocess.DEVNULL)
    table.add("the command that issues them", watch.seconds, "s")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    table.add("... processor time of it", used.ru_utime + used.ru_stime, "s")
    table.add("... peak memory", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, "MiB", at_most=1e9 / 2**20)
    table.add("... private file of addresses", (world.root / "marks.txt").stat().st_size / 1e6, "MB")
    return watch.seconds


def _indexed(table: Table, world: LicenceFolder) -> float:
    with ledger_folder(world.ledger).reading() as store:
        index = MarkIndex(world.ledger / INDEX, origin=store.origin)
        with timed() as watch:
            updated = index.update(store)
        index.close()
    table.add(f"{updated.marks:,} marks indexed", watch.seconds, "s")
    return watch.seconds


def _proved(table: Table, world: LicenceFolder) -> float:
    """All rows added up to the root by the kit's plain definition, and a thousand of them proved one by one."""
    marks = (world.root / "marks.txt").read_bytes().split()
    with reading_marks(world.ledger) as reader, ledger_folder(world.ledger).reading() as store:
        answer = mark_answer(reader, marks[0].decode(), scanned=False)
        assert isinstance(answer, MarkAnswer)
        batch = parse_batch(store.logged(answer.found.record).record.body["items"])
        content = store.blob(batch.blob)
    with timed() as watch:
        rows = batch_rows(batch, content)
    assert len(rows) == len(marks)
    del rows
    table.add("all of them added up to the root again", watch.seconds, "s")
    chosen = random.Random(1).sample(range(len(marks)), min(1000, len(marks)))
    with timed() as single:
        for item in items(answer.found.record, batch, content, chosen):
            verify_item(item, batch)
    table.add(f"{len(chosen):,} single proofs made and verified, tree included", single.seconds, "s")
    table.add("... peak memory of proving", peak_memory(), "MiB", at_most=1e9 / 2**20)
    return watch.seconds + single.seconds


def _one(table: Table, world: LicenceFolder) -> None:
    mark = (world.root / "marks.txt").read_bytes().split()[7].decode()
    with reading_marks(world.ledger) as reader, ledger_folder(world.ledger).reading() as store:
        answer = mark_answer(reader, mark, scanned=False)
        assert isinstance(answer, MarkAnswer)
        with timed() as made:
            data = unit_proof(store, answer, policy=policy_of(world.ledger, None) or b"")
    table.add("the proof of one unit as a file", len(data) / 1000, "kB")
    table.add("... made", made.seconds, "s")
    with timed() as watch:
        report = unit_report(data)
    assert report.first_failure is None, report
    table.add("... verified without any network", watch.seconds * 1000, "ms")


def _stated(table: Table, world: LicenceFolder) -> None:
    """What became of all of them by name, in one record, and its index."""
    known = os.environ | {"OPENQI_PASSPHRASE": PASSPHRASE}
    command = [*_OPENQI, "mark", "state", world.ledger, "--marks", world.root / "marks.txt"]
    with timed() as watch:
        asked = [*command, "--to", "activated", *world.asked()]
        subprocess.run([str(one) for one in asked], env=known, check=True, stdout=subprocess.DEVNULL)
    table.add("a state of each of them by name, in one record", watch.seconds, "s")
    with ledger_folder(world.ledger).reading() as store:
        index = MarkIndex(world.ledger / INDEX, origin=store.origin)
        with timed() as watch:
            index.update(store)
        index.close()
    table.add("... indexed", watch.seconds, "s")


def _peers(table: Table, world: LicenceFolder, count: int) -> None:
    """The same rows: a signature each, and a tree of pymerkle where it is installed."""
    with ledger_folder(world.ledger).reading() as store:
        rows = next(
            store.blob(one.record.body["items"]["rows"]["sha256"]).split(b"\n")[:-1]
            for one in store.scan() if one.record.kind == "conformity.marks-issued/2"
        )  # fmt: skip
    key, some = Ed25519PrivateKey.generate(), rows[:SIGNED]
    with timed() as watch:
        signatures = [key.sign(row) for row in some]
    table.add(f"peer: a signature a unit, {len(some):,} times {count / len(some):g}", watch.seconds * count / len(some), "s")
    public = key.public_key()
    with timed() as watch:
        for row, signature in zip(some, signatures, strict=True):
            public.verify(signature, row)
    table.add("... verified, as many times as that", watch.seconds * count / len(some), "s")
    if importlib.util.find_spec("pymerkle") is None:
        print("pymerkle is not installed: `uv sync --group bench`")
        return
    from pymerkle import InmemoryTree, verify_inclusion

    with timed() as watch:
        tree = InmemoryTree(algorithm="sha256")
        for row in rows:
            tree.append_entry(row)
        root = tree.get_state()
    table.add("peer: pymerkle, the tree over the same rows", watch.seconds, "s")
    chosen = random.Random(1).sample(range(len(rows)), min(1000, len(rows)))
    with timed() as watch:
        for leaf in chosen:
            verify_inclusion(sha256(b"\x00" + rows[leaf]).digest(), root, tree.prove_inclusion(leaf + 1))
    table.add(f"... {len(chosen):,} single proofs made and verified", watch.seconds, "s")
