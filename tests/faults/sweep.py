"""Strikes the N-th system call of a store's session, for every N, and checks the folder after each. Run under the shim.

python sweep.py FOLDER FORM SCENARIO FIRST STRIDE     prints {"struck": {call: times}, "calls": how many a session makes}
"""

import ctypes
import json
import shutil
import sys
from collections import Counter
from pathlib import Path

from acts import Promises, act, check, crashed_copy, founded, killed_lines

FORMS = {"refused": 1, "kept": 2, "full": 3, "short": 4, "kill-before": 5, "kill-after": 6, "full-for-good": 7}
# `grow` starts one entry below a full tile, so that the session fills it, opens the next and drops the partial one.
SCENARIOS = {"create": 0, "grow": 255}


def main() -> None:
    base, form, scenario, first, stride = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    shim = ctypes.CDLL(None)
    shim.shim_disarm.restype = ctypes.c_char_p
    template = base / "template"
    promised = founded(template, SCENARIOS[scenario]) if SCENARIOS[scenario] else Promises()
    struck: Counter[str] = Counter()
    number = first
    while True:
        folder = base / "struck"
        if SCENARIOS[scenario]:
            shutil.copytree(template, folder)
        promises = Promises(dict(promised.indices), set(promised.blobs), list(promised.checkpoints))
        arm = lambda at=number: shim.shim_arm(str(folder).encode(), ctypes.c_long(at), FORMS[form])  # noqa: E731
        call = killed(folder, promises, arm) if form.startswith("kill") else faulted(base, folder, promises, arm, shim, form)
        if not call:
            break
        struck[call] += 1
        check(folder, promises)
        shutil.rmtree(folder)
        number += stride
    print(json.dumps({"struck": struck, "calls": number - 1}))


def faulted(base: Path, folder: Path, promises: Promises, arm, shim, form: str) -> str:
    """A session in which one call fails; also checks what a crash right after the failure would have left."""
    copies = []

    def failed() -> None:
        copies.append((crashed_copy(folder, base / f"crashed{len(copies)}"), Promises(dict(promises.indices), set(promises.blobs))))

    arm()
    failures = act(folder, promises, failed, tries=1 if form == "full-for-good" else 2)
    call: str = shim.shim_disarm().decode()
    assert len(failures) <= (1 if call else 0) or form == "full-for-good", f"more failed than was struck: {failures}"
    for copy, kept in copies:
        check(copy, kept)
        shutil.rmtree(copy)
    return call


def killed(folder: Path, promises: Promises, arm) -> str:
    """A session in a process that is killed at one call; "" where it ended before."""
    ended = []

    def child(pipe: int) -> None:
        import os

        class Piped(Promises):
            def note(self, *, records=None, indices=(), blob="", note=b"") -> None:
                lines = [self.line("record", [record.id, index]) for record, index in zip(records or [], indices, strict=True)]
                lines += [self.line("blob", blob)] if blob else []
                lines += [self.line("checkpoint", note.decode())] if note else []
                os.write(pipe, b"".join(lines))

        arm()
        act(folder, Piped(), lambda: None)
        os.write(pipe, b'["ended", ""]\n')

    lines = killed_lines(child, lambda pid: None)
    if lines.endswith(b'["ended", ""]\n'):
        ended.append(True)
        lines = lines[: -len(b'["ended", ""]\n')]
    promises.take(lines)
    return "" if ended else "killed"


if __name__ == "__main__":
    main()
