"""Who reported what about what within a day: known in memory alone, salted, so that a report sent again is joined to the first."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Final

DAY: Final = 86_400.0


class SameSender:
    """Remembers, for a day, which number somebody got for what they reported about a mark; nothing of it is ever written down.

    Args:
        clock: seconds that only go forward.
        salt: under which senders are told apart; it is gone with the process.
        seconds: for how long.
        remembered: how many at once; the oldest is forgotten first.
    """

    def __init__(
        self, *, clock: Callable[[], float], salt: bytes, seconds: float = DAY, remembered: int = 10_000
    ) -> None:  # fmt: skip
        self._clock, self._salt, self._lock = clock, salt, Lock()
        self._seconds, self._remembered = seconds, remembered
        self._known: OrderedDict[bytes, tuple[float, str]] = OrderedDict()

    def first(self, sender: str, about: str) -> str:
        """Return the number that this sender got about the same within the time; "" where there is none."""
        with self._lock:
            at, number = self._known.get(self._name(sender, about), (0.0, ""))
        return number if number and self._clock() - at < self._seconds else ""

    def note(self, sender: str, about: str, number: str) -> None:
        """Remember the number that this sender got."""
        with self._lock:
            self._known[self._name(sender, about)] = (self._clock(), number)
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)

    def _name(self, sender: str, about: str) -> bytes:
        return sha256(self._salt + sha256(sender.encode("utf-8", "replace")).digest() + about.encode()).digest()
