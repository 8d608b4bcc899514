"""How often somebody may send a form: counted in memory only, so that no address is ever written down."""

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
