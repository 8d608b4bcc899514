"""The journal of live readings: a file that only grows, each frame on disk before anybody is told that it was taken."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from openqi.app.files import read_file, write_file
from openqi.app.watching.live.frames import Frame, Header, frame_at, framed, is_torn, read
from openqi.kernel.errors import FormatError

MAX_SEGMENT: Final = 2**30
_FOLDER: Final = "journal"


class Journal:
    """The open segment of a journal.

    Args:
        path: of its file.
        header: of the segment.
        frames: so many frames it has, the header among them.
    """

    def __init__(self, path: Path, header: Header, frames: int) -> None:
        self.path, self.header, self.frames = path, header, frames
        self._file: BinaryIO = path.open("ab", buffering=0)

    def append(self, frame: Frame) -> None:
        """Write a frame; it is on disk when this returns.

        Raises:
            OSError: it could not be written. What is on disk is then not known, so nothing more is written here.
        """
        self._write(framed(frame, self.frames, self.header.salt))
        self.frames += 1

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        os.fdatasync(self._file.fileno()) if hasattr(os, "fdatasync") else os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def size(self) -> int:
        """Bytes of the segment."""
        return self._file.tell()


def begun(root: Path, header: Header) -> Journal:
    """Return a new segment; it is there whole or not at all."""
    folder = root / _FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{header.number:08d}.log"
    write_file(path, framed(header, 0), replace=False)
    return Journal(path, header, 1)


def segments(root: Path) -> list[tuple[int, Path]]:
    """Return numbers and files of the segments that are there, rising.

    Raises:
        FormatError: a file is none.
    """
    paths = sorted((root / _FOLDER).glob("*.log"))
    for path in paths:
        if not path.stem.isdecimal():
            raise FormatError(f"{path} is no segment of a journal; put it elsewhere")
    return [(int(path.stem), path) for path in paths]


def forgotten(root: Path) -> bool:
    """Return whether nothing has come in yet; the first segment, which then holds nothing, is taken away."""
    there = segments(root)
    if [number for number, _ in there] != [1] or next(frames_of(there[0][1], mend=True)[1], None) is not None:
        return False
    for _, path in there:
        path.unlink()
    return True


def frames_of(path: Path, *, mend: bool = False) -> tuple[Header, Iterator[Frame]]:
    """Return the header of a segment, and its frames.

    Args:
        path: of the segment.
        mend: cut off the last frame where it is not whole: it was being written, so nobody was told that it was taken.

    Raises:
        FormatError: a frame is damaged.
    """
    data = read_file(path, MAX_SEGMENT)
    first = frame_at(data, 0, 0)
    if first is None:
        raise FormatError(f"{path}: its first frame is damaged; restore a copy")
    header = read(first[0], Header, str(path))
    ends = [first[1]]
    while ends[-1] < len(data):
        found = frame_at(data, ends[-1], len(ends), header.salt)
        if found is None:
            if not mend or not is_torn(data, ends[-1], header.salt):
                raise FormatError(f"{path}: the frame at byte {ends[-1]} is damaged; it was whole once, so restore a copy")
            _cut(path, ends[-1])
            break
        ends.append(found[1])

    def frames() -> Iterator[Frame]:
        for place, begin in enumerate(ends[:-1], 1):
            content = frame_at(data, begin, place, header.salt)
            assert content is not None
            yield read(content[0], Frame, str(path))

    return header, frames()


def reopened(path: Path) -> tuple[Journal, Iterator[Frame]]:
    """Return the segment that was being written, ready to go on, and what it holds.

    Raises:
        FormatError: a frame is damaged.
    """
    header, found = frames_of(path, mend=True)
    frames = list(found)
    return Journal(path, header, len(frames) + 1), iter(frames)


def _cut(path: Path, size: int) -> None:
    with path.open("rb+") as file:
        file.truncate(size)
        file.flush()
        os.fsync(file.fileno())
