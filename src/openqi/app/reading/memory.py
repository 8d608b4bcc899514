"""What was once made from a log, and for how long it holds: until something that it was made from has moved.

Whatever is made notes as *tags* what it read: a subject, a kind of record, what rests on a record, what a thing is called. A
new record moves some tags. So a log that grows by one record makes pages anew that the record is about, and no others.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Final

from openqi.app.registers import named_in, naming
from openqi.evidence.keys import about_keys
from openqi.evidence.record import Record
from openqi.store.store import Store

LOG: Final = "log"
"""Moves with every record."""
KEYS: Final = "keys"
"""Moves with every record about keys."""
MOST_LIGHT: Final = 16_384
MOST_HEAVY: Final = 512
"""How many things of each weight are kept; heavy ones hold the rows of a blob."""
_EVERYBODY: Final = object()
_MOST_NEW: Final = 5_000
_MOST_MOVED: Final = 500_000


def kind_tag(kind: str) -> str:
    """Return the tag that every new record of a kind moves."""
    return f"kind {kind}"


def name_tag(uri: str) -> str:
    """Return the tag that moves when a subject is given a name."""
    return f"name {uri}"


def resting_tag(record_id: str) -> str:
    """Return the tag that moves when a new record names this one."""
    return f"resting {record_id}"


def id_tag(record_id: str) -> str:
    """Return the tag that moves when the record comes into the log."""
    return f"id {record_id}"


def moved_by(record: Record) -> set[str]:
    """Return the tags that a new record moves."""
    found = {*record.streams, kind_tag(record.kind), id_tag(record.id)}
    found.update(map(resting_tag, named_in(record)))
    named = naming(record)
    if named is not None:
        found.add(name_tag(named[0]))
    if about_keys(record.kind):
        found.add(KEYS)
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """Something made from a log of `size` entries, reading what `tags` say; `private` where only one reader may have it."""

    value: Any
    size: int
    tags: frozenset[str]
    private: bool


class Memory:
    """Keeps what was made. Any thread may ask; two that ask for the same thing at once may both make it.

    Args:
        on_keys: called when what is known of keys has to be forgotten.
        light, heavy: how many things of each weight are kept.
    """

    def __init__(self, on_keys: Callable[[], None], *, light: int = MOST_LIGHT, heavy: int = MOST_HEAVY) -> None:
        self._on_keys, self._most = on_keys, {False: light, True: heavy}
        self._kept: dict[bool, dict[Hashable, Kept]] = {False: {}, True: {}}
        self._moved: dict[str, int] = {}
        self._size = self._floor = 0
        self._day: date | None = None
        self._lock = Lock()

    @property
    def size(self) -> int:
        """The size of the log as it was taken in last."""
        return self._size

    def grow(self, store: Store, size: int, day: date) -> None:
        """Take in that the log has `size` entries on a day; what is due depends on the day, so a new one forgets everything.

        Raises:
            StoreError: the new entries cannot be read.
        """
        if size <= self._size and day == self._day:
            return
        with self._lock:
            if day != self._day or size - self._size > _MOST_NEW or len(self._moved) > _MOST_MOVED:
                self._forget(max(size, self._size))
                self._day = day
            keys = False
            for logged in store.scan(self._size, size):
                tags = moved_by(logged.record)
                keys = keys or KEYS in tags
                for tag in tags:
                    self._moved[tag] = logged.index + 1
            if keys:
                self._on_keys()
            self._size = max(size, self._size)

    def _forget(self, size: int) -> None:
        self._kept = {False: {}, True: {}}
        self._moved = {}
        self._floor = self._size = size
        self._on_keys()

    def find(self, name: Hashable, reader: str | None, size: int, *, heavy: bool = False) -> Kept | None:
        """Return what was made under a name for a reader and still holds in a log of `size` entries; None where nothing does."""
        kept = self._kept[heavy]
        found = kept.get((name, _EVERYBODY)) or kept.get((name, reader))
        return found if found is not None and self._holds(found, size) else None

    def _holds(self, found: Kept, size: int) -> bool:
        if found.size < self._floor:
            return False
        last = min(found.size, size)
        if LOG in found.tags and found.size != size:
            return False
        moved = self._moved
        return all(moved.get(tag, 0) <= last for tag in found.tags)

    def keep(self, name: Hashable, reader: str | None, found: Kept, *, heavy: bool) -> None:
        """Keep what was made; the oldest goes where there is no room. What holds nothing private is kept for every reader."""
        kept = self._kept[heavy]
        place = (name, reader if found.private else _EVERYBODY)
        kept.pop(place, None)
        while len(kept) >= self._most[heavy]:
            try:
                kept.pop(next(iter(kept)), None)
            except (StopIteration, RuntimeError):  # another thread was at it
                break
        kept[place] = found
