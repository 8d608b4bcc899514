"""One CSV file that grows: whole lines are taken, half a line is awaited; that it was cut or written anew is noticed."""

import os
from pathlib import Path
from typing import BinaryIO, Final

from openqi.app.watching.live.arriving import Arrival, arrival
from openqi.formats.live_reading import MAX_PAYLOAD, NoReadingError, Reading, header_columns, row_reading

AT_ONCE: Final = 65_536
"""So many bytes are read at once."""
_SEEN: Final = 64
Place = tuple[int, int, int, bytes]
"""Device, number of the file there, bytes that were taken as lines, and the last of them."""


class Followed:
    """A file that is being read.

    Args:
        file: open.
        name: under which it is followed, also when it is called otherwise meanwhile.
        clock: kind of the times.
        done: bytes that were taken as lines.
        tail: the last of them.
    """

    def __init__(self, file: BinaryIO, name: str, clock: str, done: int, tail: bytes) -> None:
        self.file, self._name, self._clock = file, name, clock
        self._stem = Path(name).stem
        self._done, self._tail, self._rest = done, tail, b""
        self._seen: tuple[int, int] | None = None
        self._skipping = False
        self.identity = identity(file)
        """Device and number, which stay when it is renamed."""
        self.quiet_since: float | None = None
        self._columns = self._header() if done else None
        self._headed = bool(done)

    def position(self) -> Place:
        """Return how far it was read."""
        return (*self.identity, self._done, self._tail)

    def close(self) -> None:
        """Let go of it."""
        self.file.close()

    def more(self) -> list[Arrival]:
        """Return what whole lines it holds more, at most `AT_ONCE` bytes."""
        said = os.fstat(self.file.fileno())
        now = (said.st_size, said.st_mtime_ns)
        if now == self._seen:
            return []
        found: list[Arrival] = []
        if not self._is_itself():
            found.append(happened(self._name, "rewritten", f"{self._name} was cut, or written anew; it is read from its beginning"))
            self._done, self._tail, self._rest, self._headed, self._skipping = 0, b"", b"", False, False
        self.file.seek(self._done + len(self._rest))
        read = self.file.read(AT_ONCE)
        self._seen = now if self._done + len(self._rest) + len(read) >= said.st_size else None
        return found + self._lines(self._rest + read)

    def last(self) -> list[Arrival]:
        """Return what is left of half a line, to which nothing will be added."""
        if not self._rest or self._skipping:
            return []
        return [happened(self._name, "half-line", f"{self._name} was put aside within a line", self._rest)]

    def _is_itself(self) -> bool:
        """Whether what was read of it last is still there."""
        self.file.seek(self._done - len(self._tail))
        return self.file.read(len(self._tail) + len(self._rest)) == self._tail + self._rest

    def _lines(self, data: bytes) -> list[Arrival]:
        *lines, self._rest = data.split(b"\n")
        found = [one for line in lines if (one := self._line(line)) is not None]
        taken = sum(map(len, lines)) + len(lines)
        if len(self._rest) > MAX_PAYLOAD:
            if not self._skipping:
                found.append(happened(self._name, "oversize", f"a line of more than {MAX_PAYLOAD} bytes", self._rest))
            self._skipping, taken, self._rest = True, len(data), b""
        self._done += taken
        self._tail = (self._tail + data[:taken])[-_SEEN:]
        return found

    def _line(self, line: bytes) -> Arrival | None:
        if self._skipping:
            self._skipping = False
            return None
        if not self._headed:
            self._headed, self._columns = True, _columns(line)
            if self._columns is not None:
                return None
            return happened(self._name, "header", "the first line is no header of time, value, perhaps stream, unit", line)
        return arrival(line, self._name, lambda: self._reading(line)) if line.strip() else None

    def _reading(self, line: bytes) -> Reading:
        if self._columns is None:
            raise NoReadingError("header", "the file has no header that names its columns")
        if len(line) > MAX_PAYLOAD:
            raise NoReadingError("oversize", f"a line of more than {MAX_PAYLOAD} bytes")
        return row_reading(_text(line), self._columns, stream=self._stem, clock=self._clock)

    def _header(self) -> tuple[str, ...] | None:
        self.file.seek(0)
        return _columns(self.file.read(MAX_PAYLOAD).split(b"\n")[0])


def opened(path: Path, name: str, known: Place | None, clock: str) -> Followed | None:
    """Return a file from where it was read before, if it is that one, else from its beginning; None where there is none."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    if known is not None and known[:2] == identity(file):
        return Followed(file, name, clock, known[2], known[3])
    return Followed(file, name, clock, 0, b"")


def renamed(path: Path, known: Place) -> Path | None:
    """Return where the file is now that bore a name when it was read; None where it still does, or is nowhere beside."""
    for other in [path, *sorted(path.parent.iterdir())]:
        try:
            said = other.stat()
            if (said.st_dev, said.st_ino) != known[:2]:
                continue
            if other == path:
                return None
            with other.open("rb") as file:  # the number of a file that is gone may be given to another one
                file.seek(known[2] - len(known[3]))
                if file.read(len(known[3])) == known[3]:
                    return other
        except OSError:
            continue
    return None


def happened(name: str, reason: str, detail: str, data: bytes = b"") -> Arrival:
    """Return something that happened to a file, which is kept as what is set aside is kept."""
    return Arrival(None, (reason, detail), name, len(data), data[:1_024], False)


def identity(file: BinaryIO) -> tuple[int, int]:
    """Return device and number of an open file."""
    said = os.fstat(file.fileno())
    return said.st_dev, said.st_ino


def _columns(line: bytes) -> tuple[str, ...] | None:
    try:
        return header_columns(_text(line.removeprefix(b"\xef\xbb\xbf")))
    except NoReadingError:
        return None


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8").removesuffix("\r")
    except UnicodeDecodeError:
        raise NoReadingError("row", "the line is not UTF-8") from None
