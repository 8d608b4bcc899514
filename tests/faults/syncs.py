"""Traces what a store writes and syncs, and tells what would be lost if the power failed when it acknowledged. Run under the shim.

python syncs.py FOLDER     prints {step: [what was written but not synced]} of steps where anything was, and how many steps
"""

import ctypes
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from acts import append, batch, crashed_copy, open_store

from builders import genesis_record

TRACE = 8


def main() -> None:
    folder = Path(sys.argv[1]) / "traced" / "folder"
    folder.parent.mkdir()
    shim = ctypes.CDLL(None)
    shim.shim_trace.restype = ctypes.c_char_p
    shim.shim_arm(str(folder.parent).encode(), ctypes.c_long(1), TRACE)
    found = {}

    def step(name: str, action: Callable[[], object]) -> None:
        action()
        trace = shim.shim_trace().decode()
        found[name] = unsynced(trace)
        for before in before_checkpoints(trace):
            found[f"{name}, before its checkpoint"] = [left for left in unsynced(before) if "/log" in left]

    stores = []
    step("open", lambda: stores.append(open_store(folder)))
    store = stores[0]
    step("append", lambda: append(store, [genesis_record(), *batch(1, 300)]))
    step("publish", store.publish)
    step("blob", lambda: store.put_blob(b"content"))
    for turn in range(60):
        step(f"append {turn}", lambda turn=turn: append(store, batch(10 + turn, 40)))  # type: ignore[misc]
    copy = crashed_copy(folder, Path(sys.argv[1]) / "copy")
    step("publish again", store.publish)
    step("erase", lambda: store.erase_blob(store.put_blob(b"content")))
    step("close", store.close)
    # What a killed process has committed may be readable but not yet synced: who opens must sync it before relying on it.
    shim.shim_arm(str(copy).encode(), ctypes.c_long(1), TRACE)
    again = open_store(copy)
    if f"fdatasync {copy}/ledger.sqlite-wal\n" not in shim.shim_trace().decode():
        found["open after a crash"] = ["ledger.sqlite-wal"]
    again.close()
    print(json.dumps({step: left for step, left in found.items() if left} | {"steps": len(found)}))


def before_checkpoints(trace: str) -> Iterator[str]:
    """Yield the trace up to each moment at which a checkpoint file gets its name: all else must be durable by then."""
    lines = trace.splitlines(keepends=True)
    for place, line in enumerate(lines):
        if line.startswith("rename") and line.endswith("/log/checkpoint\n"):
            yield "".join(lines[:place])


def unsynced(trace: str) -> list[str]:
    """Return the files whose content, and the names whose folder, was changed after the last sync.

    The shared memory of SQLite and the lock are made anew by whoever comes, and what lies in `tmp` has no name yet. Old partial
    tiles and the emptied write-ahead log may come back when the power fails; a content that was erased may not.
    """
    contents: set[str] = set()
    names: set[str] = set()
    seen: set[str] = set()
    for line in trace.splitlines():
        call, _, rest = line.partition(" ")
        path, _, to = rest.partition("\t")
        if call in ("write", "pwrite", "pwrite64", "ftruncate", "ftruncate64"):
            contents.add(path)
        elif call in ("fsync", "fdatasync"):
            contents.discard(path)
            names = {name for name in names if str(Path(name).parent) != path}
        elif call == "rename":
            names.add(to)
            contents = {to if name == path else name for name in contents}
        elif call in ("unlink", "rmdir"):
            contents.discard(path)
            names.discard(path)
            names |= {path} if "/blobs/" in path else set()
        elif path not in seen:  # open or mkdir
            names.add(path)
        seen |= {path, to}
    left = contents | {f"name of {name}" for name in names}
    return sorted(name for name in left if not name.endswith(("-shm", "/lock")) and "/tmp" not in name.partition("/folder")[2])


if __name__ == "__main__":
    main()
