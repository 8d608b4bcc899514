"""Keeps scans coarsely as they come in: the minute, a town of a stated list, a token of the device that dies with its month.

Whoever can scan can write here, so that everything is bounded: what one device, one mark and one second may bring in.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from openqi.kernel.errors import FormatError, NotFoundError
from openqi.store.scan_log import DAY, MINUTE, UNKNOWN, ScanLog, Seen

DEVICE_COOKIE, PLACE_COOKIE = b"openqi-device", b"openqi-place"
SALT: Final = 32
_COOKIE: Final = re.compile(rb"[A-Za-z0-9_-]{22}")
PER_DEVICE: Final = 20
"""Scans of one device in a minute that are kept."""
PER_MARK: Final = 60
"""Scans of one mark in a minute that are kept, by whomever."""
WAITING: Final = 100_000
"""Scans that may wait to be written; more come in only where the file cannot be written, or a flood comes."""
REMEMBERED: Final = 400_000
_HOUR: Final = 3600


class Keeping:
    """Keeps scans in a log of them. All methods belong to one thread, an event loop, but `write`.

    Args:
        log: where they are kept.
        places: names of the places that are known; a scan without one of them is not kept, for it shows nothing.
        days: after so many a scan is forgotten.
        clock: the present instant, with its time zone.
        chance: as many random bytes as asked for.
    """

    def __init__(
        self, log: ScanLog, places: Sequence[str], *, days: int, clock: Callable[[], datetime], chance: Callable[[int], bytes]
    ) -> None:
        self.log, self.names, self.days, self._clock, self._chance = log, tuple(places), days, clock, chance
        self._numbers = {name.encode(): number for name, number in log.places(self.names).items() if name in {*places}}
        self._month, self._salt = "", b""
        self._fresh: list[Seen] = []
        self._leaving: list[Seen] = []
        self._minute, self._devices, self._marks = 0, dict[int, int](), dict[bytes, int]()
        self._hour, self._known = 0, set[tuple[bytes, int, int]]()
        self._swept = 0
        self._gone, self._going = set[int](), list[int]()
        self.turn()

    def turn(self) -> None:
        """Take the salt of the present month, and forget what is too old; once an hour is enough.

        Raises:
            StoreError: the log failed.
        """
        now = self._clock()
        month, hour = now.strftime("%Y-%m"), int(now.timestamp()) // _HOUR
        if month != self._month:
            self._salt, self._month = self.log.salt(month, self._chance(SALT)), month
            self._gone = set()
        if hour != self._swept:
            self.log.forget_before(int(now.timestamp()) - self.days * DAY)
            self._swept = hour

    def token(self, cookie: bytes) -> int:
        """Return the token of a device in this month, `UNKNOWN` for a cookie of another form."""
        return _token(self._salt, cookie)

    def note(self, digest: bytes, place: bytes, cookie: bytes) -> bool:
        """Return whether a scan is kept: not without a known place, not twice in an hour, not beyond what is bounded.

        Args:
            digest: SHA-256 of the mark's URI; of a mark that was issued here.
            place: name of the place, UTF-8; as a trusted proxy or the buyer says.
            cookie: what the device bears, b"" where the person allowed none.
        """
        number = self._numbers.get(place)
        if number is None or len(self._fresh) + len(self._leaving) >= WAITING:
            return False
        seconds = int(self._clock().timestamp())
        minute = seconds // MINUTE
        if minute != self._minute:
            self._minute, self._devices, self._marks = minute, {}, {}
            if minute // 60 != self._hour or len(self._known) > REMEMBERED:
                self._hour, self._known = minute // 60, set()
        device = self.token(cookie)
        # A page that is loaded again, or a picture that is passed around, is one scan an hour.
        known = (digest, number, device)
        if known in self._known or self._marks.get(digest, 0) >= PER_MARK:
            return False
        if device != UNKNOWN:
            if self._devices.get(device, 0) >= PER_DEVICE:
                return False
            self._devices[device] = self._devices.get(device, 0) + 1
        self._marks[digest] = self._marks.get(digest, 0) + 1
        self._known.add(known)
        self._fresh.append(Seen(minute * MINUTE, digest, number, device))
        return True

    def hand_over(self) -> bool:
        """Return whether there is something to `write`; what is noted from now on waits for the next time."""
        if not self._leaving:
            self._leaving, self._fresh = self._fresh, []
        return bool(self._leaving) or int(self._clock().timestamp()) // _HOUR != self._swept

    def write(self) -> None:
        """Write durably what was handed over; what cannot be written waits for the next time.

        Raises:
            StoreError: it cannot be written.
        """
        self.turn()
        if self._leaving:
            self.log.write([one for one in self._leaving if one.device not in self._gone])
            self._leaving = []

    def forget_device(self, cookie: bytes) -> None:
        """Forget the scans of a device of this month: those that wait are never written, those that are kept go with `forget`."""
        device = self.token(cookie)
        if device != UNKNOWN:
            self._gone.add(device)
            self._going.append(device)

    def forget(self) -> None:
        """Erase what was asked to be forgotten; any thread may, once a second.

        Raises:
            StoreError: the log failed; the next time tries again.
        """
        while self._going:
            self.log.forget_device(self._going[0])
            self._going.pop(0)

    def close(self) -> None:
        """Write what waits, and let go of the log."""
        try:
            while self._fresh or self._leaving:
                self.hand_over()
                self.write()
            self.forget()
        finally:
            self.log.close()


def _token(salt: bytes, cookie: bytes) -> int:
    if not _COOKIE.fullmatch(cookie):
        return UNKNOWN
    # 63 bits: any two of a million devices of a month are mistaken for each other with a probability of 5 in 10^8.
    return int.from_bytes(hmac.digest(salt, cookie, "sha256")[:8], "big") >> 1


def token_of(log: ScanLog, cookie: bytes, now: datetime) -> int:
    """Return the token under which a log has kept scans of a device this month.

    Raises:
        FormatError: no cookie of a device.
        NotFoundError: no scan was kept this month, so that no device is known.
    """
    if not _COOKIE.fullmatch(cookie):
        raise FormatError("a device is named by the 22 characters of its cookie openqi-device")
    salt = log.salt_of(now.strftime("%Y-%m"))
    if salt is None:
        raise NotFoundError("no scan was kept this month; of earlier months nobody can tell which device it was")
    return _token(salt, cookie)


def cookies_in(header: bytes) -> tuple[bytes, bytes]:
    """Return the device and the place that a Cookie header bears, b"" for what is not there; the place as UTF-8."""
    device = place = b""
    if b"openqi-" in header:
        for part in header.split(b";")[:50]:
            name, _, value = part.strip().partition(b"=")
            if name == DEVICE_COOKIE:
                device = value
            elif name == PLACE_COOKIE and len(value) <= 400:
                place = unquote_to_bytes(value)
    return device, place
