"""Two processes append to one folder at once: on subjects of their own, and on one that both continue.

python race.py FOLDER TURNS     prints {"size": …, "conflicts": …}
"""

import json
import sys
from contextlib import closing
from pathlib import Path

from acts import PipedPromises, Promises, check, founded, open_store, start

from builders import checkpointer, sealed_record
from openqi.evidence.view import StreamRead, running_digest
from openqi.kernel.errors import ConflictError
from openqi.store.store import Incoming, Store

SHARED = "https://thing.example.org/shared"


def main() -> None:
    folder, turns = Path(sys.argv[1]) / "folder", int(sys.argv[2])
    promises = founded(folder, 1)
    children = [start(racer(folder, number, turns)) for number in (1, 2)]
    conflicts = 0
    for child in children:
        status, lines = child.end()
        assert status == 0, "a writer failed"
        told = [json.loads(line) for line in lines.splitlines()]
        conflicts += sum(kind == "blob" for kind, _ in told)
        promises.take(b"".join(json.dumps(line).encode() + b"\n" for line in told if line[0] != "blob"))
    check(folder, promises)
    assert len(promises.indices) == 1 + 4 * turns
    check_bases(folder, 2 * turns)
    print(json.dumps({"size": len(promises.indices), "conflicts": conflicts}))


def check_bases(folder: Path, turns: int) -> None:
    """Each record of the shared stream was decided on exactly the records that stand before it: nobody was overlooked."""
    with closing(open_store(folder)) as store:
        shared = store.stream(SHARED)
        assert len(shared) == turns
        for place, entry in enumerate(shared):
            assert entry.record.body["number"] % 1000 == place


def racer(folder: Path, number: int, turns: int):  # type: ignore[no-untyped-def]
    def write(promises: PipedPromises) -> None:
        own = f"https://thing.example.org/{number}"
        with closing(open_store(folder)) as store:
            for _ in range(turns):
                read = read_of(store, own)
                add(store, promises, 10**6 * number + 500_000 + read.count, own, read)  # must never conflict
                while True:
                    read = read_of(store, SHARED)
                    try:
                        add(store, promises, 10**6 * number + read.count, SHARED, read)
                        break
                    except ConflictError:
                        now = read_of(store, SHARED)
                        assert now.count > read.count, "a conflict although nothing moved"
                        promises.note(blob="conflict")

    return write


def add(store: Store, promises: Promises, number: int, subject: str, read: StreamRead) -> None:
    record = sealed_record(number, (subject,))
    done = store.append([Incoming(record=record)], reads=(read,), checkpoint=checkpointer())
    promises.note(records=[record], indices=done.indices, note=store.checkpoint())


def read_of(store: Store, subject: str) -> StreamRead:
    found = store.stream(subject)
    return StreamRead(subject=subject, count=len(found), digest=running_digest(entry.record.id for entry in found))


if __name__ == "__main__":
    main()
