"""A passphrase is stretched slowly, on purpose: within one process of the tests the same one with its salt is stretched once."""

from functools import cache
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt


@cache
def _derived(secret: bytes, **cost: Any) -> bytes:
    return Scrypt(**cost).derive(secret)


class Remembered:
    """Scrypt at its real cost, which is paid the first time."""

    def __init__(self, **cost: Any) -> None:
        self._cost = cost

    def derive(self, secret: bytes) -> bytes:
        """See `Scrypt.derive`."""
        return _derived(secret, **self._cost)
