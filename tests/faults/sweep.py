"""Strikes the N-th system call of a store's session, for every N, and checks the folder after each. Run under the shim.

python sweep.py FOLDER FORM SCENARIO FIRST STRIDE     prints {"struck": {call: times}, "calls": how many a session makes}
"""

import ctypes
import json
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from acts import PipedPromises, Promises, act, check, crashed_copy, founded, start

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
        arm = partial(shim.shim_arm, str(folder).encode(), ctypes.c_long(number), FORMS[form])
        call = killed(folder, promises, arm) if form.startswith("kill") else faulted(base, folder, promises, arm, shim, form)
        if not call:
            break
        struck[call] += 1
        check(folder, promises, signatures=False)
        shutil.rmtree(folder)
        number += stride
    print(json.dumps({"struck": struck, "calls": number - 1}))


def faulted(base: Path, folder: Path, promises: Promises, arm: Callable[[], None], shim: ctypes.CDLL, form: str) -> str:
    """A session in which one call fails; also checks what a crash right after the failure would have left."""
    copies = []

    def failed() -> None:
        copies.append((crashed_copy(folder, base / f"crashed{len(copies)}"), Promises(dict(promises.indices), set(promises.blobs))))

    arm()
    failures = act(folder, promises, failed, tries=1 if form == "full-for-good" else 2)
    call: str = shim.shim_disarm().decode()
    assert len(failures) <= (1 if call else 0) or form == "full-for-good", f"more failed than was struck: {failures}"
    for copy, kept in copies:
        check(copy, kept, signatures=False)
        shutil.rmtree(copy)
    return call


def killed(folder: Path, promises: Promises, arm: Callable[[], None]) -> str:
    """A session in a process that is killed at one call; "" where it ended before."""

    def session(piped: PipedPromises) -> None:
        arm()
        assert act(folder, piped, lambda: None) == []

    status, lines = start(session).end()
    promises.take(lines)
    assert status in (0, signal.SIGKILL), "the session failed although it was only to be killed"
    return "killed" if status else ""


if __name__ == "__main__":
    main()
