"""Files that are whole or not there: written aside, synced, renamed, and their folders synced."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class Folder:
    """A folder whose files are only ever seen whole.

    All writing happens under one lock that every process shares, so what lies in `tmp` when somebody takes it is what a
    killed process left: it is thrown away, which also forgets half a content that never got its name.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._changed: dict[Path, None] = {}
        self._settled: set[Path] = set()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock of the folder, against all threads and processes; the folder is made where it is not there."""
        made = [] if self.root in self._settled else [folder for folder in (self.root, *self.root.parents) if not folder.exists()]
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("ab") as file, _locked(file.fileno()):
            (self.root / "tmp").mkdir(exist_ok=True)
            for left in (self.root / "tmp").iterdir():
                left.unlink()
            self._changed = {folder.parent: None for folder in made}
            if self.root not in self._settled:
                self._make(self.root)
            yield

    def put(self, path: str, content: bytes) -> None:
        """Bring a file into its place, replacing what was there; it is durable after the next `sync`. Needs the lock."""
        place, aside = self.root / path, self.root / "tmp" / "aside"
        self._make(place.parent)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(place)

    def keep(self, path: str) -> None:
        """Make a file that is there durable, with its name after the next `sync`: whoever wrote it may have been killed."""
        self._make((self.root / path).parent)
        _sync(self.root / path, os.O_RDWR)

    def drop(self, path: str) -> None:
        """Take a file away, or a folder with the files in it; durable after the next `sync`. Needs the lock."""
        place = self.root / path
        if place.is_dir():
            self._settled.discard(place)
            self._changed.pop(place, None)
            for file in place.iterdir():
                file.unlink()
            place.rmdir()
        else:
            place.unlink(missing_ok=True)
        if place.parent.is_dir():
            self._changed[place.parent] = None

    def sync(self) -> None:
        """Make durable which names there are in the folders that were changed. Needs the lock."""
        for folder in self._changed:
            if sys.platform != "win32":  # Windows has no way to sync a folder
                _sync(folder, os.O_RDONLY)
        self._settled.update(self._changed)
        self._changed.clear()

    def _make(self, folder: Path) -> None:
        """Make a folder, and see to it that its own name and those of the folders above are durable after the next `sync`.

        A folder that is there already may have been made by a process that was killed before it could sync.
        """
        self._changed[folder] = None
        if folder not in self._settled:
            folder.mkdir(parents=True, exist_ok=True)
            while folder != self.root.parent and folder not in self._settled:
                folder = folder.parent
                self._changed[folder] = None


def new_file(place: Path, parts: Iterable[bytes]) -> None:
    """Write a file that is not there yet, which only its owner may read, with its folders; its content is durable, its name not."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(handle: int) -> Iterator[None]:
    """Hold an exclusive lock on an open file until it is closed; the system lets go of it however the process ends."""
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)
    yield
