"""One at a time in a folder: two builds would draw two serials for one item, and one of the marks would be lost."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openqi.kernel.errors import ConflictError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def only_one(folder: Path, running: str = "") -> Iterator[None]:
    """Hold the lock of a folder; the system lets go of it however the process ends.

    Args:
        folder: that is worked in.
        running: what is said where another holds it; by default that it is a build of the workspace.

    Raises:
        ConflictError: another process holds it.
    """
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            if sys.platform == "win32":
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConflictError(running or f"another build of {folder.parent} is running; wait for it, then build again") from error
        yield
    finally:
        os.close(handle)
