"""How often somebody may ask or send a form: counted in memory only, so that no address is ever written down."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock


class RateLimit:
    """At most `most` times within `seconds` for each sender, and `most_together` for all of them.

    Args:
        clock: seconds that only go forward.
        salt: under which senders are told apart; it is gone with the process.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        salt: bytes,
        most: int = 5,
        most_together: int = 120,
        seconds: float = 600.0,
        remembered: int = 10_000,
    ) -> None:
        self._clock, self._salt, self._lock = clock, salt, Lock()
        self._most, self._together, self._seconds, self._remembered = most, most_together, seconds, remembered
        self._senders: OrderedDict[bytes, list[float]] = OrderedDict()
        self._all: list[float] = []

    def allows(self, sender: str) -> bool:
        """Return whether this sender may send now, and count it."""
        now = self._clock()
        name = sha256(self._salt + sender.encode()).digest()
        with self._lock:
            self._all = [at for at in self._all if now - at < self._seconds]
            own = [at for at in self._senders.pop(name, []) if now - at < self._seconds]
            self._senders[name] = own
            while len(self._senders) > self._remembered:
                self._senders.popitem(last=False)
            if len(own) >= self._most or len(self._all) >= self._together:
                return False
            own.append(now)
            self._all.append(now)
            return True


class RequestLimit:
    """So many requests a minute for each sender, on average; after a pause some more at once. Costs the same for any number.

    Args:
        clock: seconds that only go forward.
        salt: under which senders are told apart; it is gone with the process.
        per_minute: how many.
        remembered: how many senders are told apart at once; the one that has been quiet longest is forgotten first.
    """

    def __init__(self, *, clock: Callable[[], float], salt: bytes, per_minute: int, remembered: int = 50_000) -> None:
        self._clock, self._salt, self._lock = clock, salt, Lock()
        self._most, self._rate, self._remembered = float(per_minute), per_minute / 60.0, remembered
        self._senders: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def allows(self, sender: str) -> bool:
        """Return whether this sender may ask now, and count it."""
        now = self._clock()
        name = sha256(self._salt + sender.encode()).digest()
        with self._lock:
            left, since = self._senders.pop(name, (self._most, now))
            left = min(self._most, left + (now - since) * self._rate)
            allowed = left >= 1.0
            self._senders[name] = (left - 1.0 if allowed else left, now)
            while len(self._senders) > self._remembered:
                self._senders.popitem(last=False)
            return allowed
