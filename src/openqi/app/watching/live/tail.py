"""Readings from CSV files that grow: each of a folder, or one; whichever bears a name is followed, the one before to its end."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from openqi.app.watching.live.arriving import Arrival
from openqi.app.watching.live.followed import Followed, happened, opened, renamed
from openqi.app.watching.live.frames import Position
from openqi.kernel.errors import NotFoundError

_LOOK_EVERY: Final = 0.05
_LEFT_AFTER: Final = 1.0
"""A file whose name belongs to another one now is left when nothing more came for so many seconds."""
_MOST_FILES: Final = 1_000
_ENOUGH: Final = 2_000


class Tail:
    """A CSV file, or all of a folder, followed as they grow.

    Args:
        place: file, or folder with `*.csv`.
        position: how far they were read before.
        clock: kind of the times.
        complain: is told what people should know.

    Raises:
        NotFoundError: there is no such folder.
    """

    def __init__(self, place: Path, position: Position | None, clock: str, complain: Callable[[str], None]) -> None:
        if not place.parent.is_dir():
            raise NotFoundError(f"there is no folder {place.parent}; the file may come later, its folder not")
        self._clock, self._complain = clock, complain
        self._folder = place if place.is_dir() else place.parent
        self._one = None if place.is_dir() else place.name
        self._before: Position = dict(position or {})
        self._followed: dict[str, Followed] = {}
        self._turn, self._many = 0, False

    def arrivals(self, wait: float) -> list[Arrival]:
        """Return what the files hold more; waits at most so many seconds where they hold nothing."""
        found: list[Arrival] = []
        while True:
            names = self._names()
            for step in range(len(names)):
                found += self._more_of(names[(self._turn + step) % len(names)])
                if len(found) >= _ENOUGH:
                    self._turn += step + 1
                    return found
            if found or wait <= 0:
                return found
            sleep(min(_LOOK_EVERY, wait))
            wait -= _LOOK_EVERY

    def position(self) -> Position:
        """Return how far each file was read."""
        return {**self._before, **{name: one.position() for name, one in self._followed.items()}}

    def acknowledge(self) -> None:
        """Do nothing: a file waits to be read again."""

    def publish(self, _number: int, _text: bytes) -> bool:
        """Return False: there is no broker."""
        return False

    def unsent(self) -> None:
        """Return nothing: there is no broker."""

    def close(self) -> None:
        """Let go of the files."""
        for one in self._followed.values():
            one.close()

    def _names(self) -> list[str]:
        if self._one is not None:
            return [self._one]
        there = {path.name for path in self._folder.glob("*.csv") if path.is_file()}
        if len(there) > _MOST_FILES and not self._many:
            self._many = True
            self._complain(
                f"{self._folder} has {len(there)} files; the first {_MOST_FILES} by name are followed, move old ones away"
            )
        return sorted({*sorted(there)[:_MOST_FILES], *self._followed, *self._before})

    def _more_of(self, name: str) -> list[Arrival]:
        """What a file holds more, and what happened to it."""
        found: list[Arrival] = []
        if name not in self._followed:
            found = self._take_up(name)
        if (one := self._followed.get(name)) is None:
            return self._said(found)
        self._before.pop(name, None)
        found += one.more()
        if found or not self._is_left(name, one):
            one.quiet_since = None
            return self._said(found)
        one.quiet_since = one.quiet_since or monotonic()
        if monotonic() - one.quiet_since < _LEFT_AFTER:
            return found
        found += one.last()
        one.close()
        del self._followed[name]
        self._before.pop(name, None)
        return self._said(found)

    def _take_up(self, name: str) -> list[Arrival]:
        """Open a file where it was read before; where it was renamed meanwhile, the renamed one to its end first."""
        path, known = self._folder / name, self._before.get(name)
        if known is not None and (moved := renamed(path, known)) is not None:
            path = moved
        one = opened(path, name, known, self._clock)
        if one is None:
            return [] if known is None else self._gone(name)
        self._followed[name] = one
        if known is None or known[:2] == one.identity:
            return []
        return self._gone(name)

    def _gone(self, name: str) -> list[Arrival]:
        """Say that a file is nowhere that was being read."""
        done = self._before.pop(name)[2]
        return [happened(name, "gone", f"{name} is not there any more; what it held behind byte {done} was not read")]

    def _is_left(self, name: str, one: Followed) -> bool:
        """Whether a file does not bear its name any more."""
        try:
            there = (self._folder / name).stat()
        except FileNotFoundError:
            return self._one is None
        return (there.st_dev, there.st_ino) != one.identity

    def _said(self, found: list[Arrival]) -> list[Arrival]:
        """The same; what happened to a file is told too."""
        for one in found:
            if one.fault is not None and one.fault[0] in ("gone", "rewritten", "half-line", "header"):
                self._complain(f"{self._folder / one.where}: {one.fault[1]}")
        return found
