"""What a program does to a local store while faults strike, what it was promised, and whether the promise was kept."""

import fcntl
import json
import os
import select
import shutil
import signal
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from builders import ORIGIN, checkpointer, genesis_record, policy, sealed_record
from openqi.evidence.fold import Fold, Row
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.merkle import verify_consistency
from openqi.evidence.log.note import Checkpoint, parse_checkpoint, parse_note
from openqi.evidence.log.prover import consistency_proof
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import StoreError
from openqi.store.kinds.local import STOREKIND
from openqi.store.store import Incoming, Store


def _step(row: Row | None, logged: Logged) -> Row:
    seen = 0 if row is None else row["seen"]
    assert isinstance(seen, int)
    return {"seen": seen + 1, "last": logged.index}


SEEN = Fold(
    name="seen", version=1, columns={"seen": int, "last": int}, keys=lambda logged: logged.record.streams, step=_step,
    indexes=(("last",),),
)  # fmt: skip


@dataclass
class Promises:
    """What was acknowledged: index of each record, blobs, and every checkpoint that anybody may have seen."""

    indices: dict[str, int] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)
    checkpoints: list[Checkpoint] = field(default_factory=list)

    def note(
        self, *, records: list[Record] | None = None, indices: tuple[int, ...] = (), blob: str = "", note: bytes = b""
    ) -> None:
        for record, index in zip(records or [], indices, strict=True):
            assert self.indices.setdefault(record.id, index) == index, "a record was acknowledged at two indices"
        if blob:
            self.blobs.add(blob)
        if note:
            self.checkpoints.append(parse_checkpoint(parse_note(note)))

    def take(self, lines: bytes) -> None:
        """Take in the whole lines that a killed process has left."""
        for line in lines.split(b"\n")[:-1]:
            kind, value = json.loads(line)
            if kind == "record":
                assert self.indices.setdefault(value[0], value[1]) == value[1], "a record was acknowledged at two indices"
            elif kind == "blob":
                self.blobs.add(value)
            else:
                self.note(note=value.encode())


def open_store(folder: Path) -> Store:
    return STOREKIND.open(folder, origin=ORIGIN, folds=(SEEN,))


def batch(number: int, size: int) -> list[Record]:
    """Records of a batch, some of them sealed; no two batches share one."""
    return [
        sealed_record(1000 * number + n, (f"https://thing.example.org/{n % 3}",), visible_to=() if n % 3 == 2 else None)
        for n in range(size)
    ]


def append(store: Store, records: list[Record]) -> tuple[int, ...]:
    return store.append([Incoming(record=record) for record in records], checkpoint=checkpointer()).indices


def founded(folder: Path, size: int) -> Promises:
    """Make a published log of `size` entries, and return what was promised meanwhile."""
    promises = Promises()
    with closing(open_store(folder)) as store:
        records = [genesis_record(), *batch(0, size - 1)]
        promises.note(records=records, indices=append(store, records), note=store.checkpoint())
    return promises


def act(folder: Path, promises: Promises, failed: Callable[[], None], *, tries: int = 2) -> list[str]:
    """Open, append, keep a blob, publish, append, close; each step again where it fails, as a caller would.

    Returns:
        what failed. `failed` is called right after, before anything is tried again.
    """
    failures: list[str] = []

    def insist(step: Callable[[], None]) -> None:
        for _ in range(tries):
            try:
                return step()
            except StoreError as error:
                failures.append(str(error))
                failed()
        return None

    opened: list[Store] = []
    insist(lambda: opened.append(open_store(folder)))
    if not opened:
        return failures
    store = opened[0]

    def add(records: list[Record]) -> None:
        promises.note(records=records, indices=append(store, records), note=store.checkpoint())

    try:
        insist(lambda: add([genesis_record(), *batch(1, 3)]))
        insist(lambda: promises.note(blob=store.put_blob(b"content")))
        insist(store.publish)
        insist(lambda: add(batch(2, 1)))
    finally:
        try:
            store.close()
        except StoreError as error:
            failures.append(str(error))
            failed()
    return failures


def check(folder: Path, promises: Promises, *, signatures: bool = True) -> None:
    """Assert that all promises are kept, that the whole log is clean, and that what was asked can be asked again."""
    with closing(open_store(folder)) as store:
        entries = [*store.scan()]
        assert [entry.index for entry in entries] == [*range(store.size())]
        placed = {entry.record.id: entry.index for entry in entries}
        lost = {name: index for name, index in promises.indices.items() if placed.get(name) != index}
        assert not lost, f"acknowledged records are not where they were: {lost}"
        for blob in promises.blobs:
            store.blob(blob)
        store.publish()
        if entries:
            check_log(store, promises, signatures)
        assert {row["key"]: row for row in store.page(SEEN, limit=1000).rows} == recomputed(entries)
        assert [*(folder / "tmp").iterdir()] == []
        again = [entry.record for entry in entries[-5:]]
        assert append(store, again) == tuple(entry.index for entry in entries[-5:])


def check_log(store: Store, promises: Promises, signatures: bool) -> None:
    newest = parse_checkpoint(parse_note(store.checkpoint()))
    assert store.read("checkpoint") == store.checkpoint()
    report = fsck(store.read, policy=policy(), records=signatures)
    assert report.findings == ()
    assert report.size == newest.size
    subtree = subtree_from_tiles(store.read, newest.size)
    for old in promises.checkpoints:
        proof = consistency_proof(old.size, newest.size, subtree)
        verify_consistency(old.size, newest.size, proof, old.root, newest.root)


def recomputed(entries: list[Logged]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for entry in entries:
        for key in entry.record.streams:
            rows[key] = {**_step(rows.get(key), entry), "key": key}
    return rows


def crashed_copy(folder: Path, place: Path) -> Path:
    """Copy a folder as it lies there now: what a crash of the program at this moment would leave."""
    if folder.exists():
        shutil.copytree(folder, place, ignore=shutil.ignore_patterns("*-shm"))
    return place


class PipedPromises(Promises):
    """Promises that a process tells the one that may kill it, the moment they are made."""

    def __init__(self, pipe: int) -> None:
        super().__init__()
        self.pipe = pipe

    def note(
        self, *, records: list[Record] | None = None, indices: tuple[int, ...] = (), blob: str = "", note: bytes = b""
    ) -> None:
        lines = [["record", [record.id, index]] for record, index in zip(records or [], indices, strict=True)]
        lines += [["blob", blob]] if blob else []
        lines += [["checkpoint", note.decode()]] if note else []
        os.write(self.pipe, b"".join(json.dumps(line).encode() + b"\n" for line in lines))


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process that acts on a store until it ends or is killed."""

    pid: int
    pipe: int

    def has_acknowledged(self) -> None:
        """Wait until the process has promised something, or has ended."""
        select.select([self.pipe], [], [], 30)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> tuple[int, bytes]:
        """Wait for the process to be gone; return its status and the lines that it left."""
        _, status = os.waitpid(self.pid, 0)
        with os.fdopen(self.pipe, "rb") as file:
            return status, file.read()


def start(task: Callable[[PipedPromises], None]) -> Child:
    """Run a task in a forked process; one that raises ends with status 1."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 1 << 20)  # room for all lines, since they are only read at the end
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reading)
            task(PipedPromises(writing))
            status = 0
        finally:
            if status:
                traceback.print_exc()
            os._exit(status)
    os.close(writing)
    return Child(pid=pid, pipe=reading)
