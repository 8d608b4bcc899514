"""What happened to whom, for the journal of whoever operates the station: events by name, accounts by a salted reference alone."""

import logging
from hashlib import sha256
from typing import Any, Final

SECURITY: Final = "openqi.security"
"""Under which name the events are logged."""


class Security:
    """Tells security events.

    Args:
        salt: under which accounts are told apart without being named; the same as of the journal of requests.
    """

    def __init__(self, salt: bytes) -> None:
        self._salt, self._log = salt, logging.getLogger(SECURITY)

    def tell(self, what: str, account: str = "") -> None:
        """Tell an event; `what` is a name that this program gives it, never something that anybody typed."""
        told: dict[str, Any] = {"event": what}
        if account:
            told["account"] = reference(self._salt, account)
        self._log.info("event", extra={"told": told})


def reference(salt: bytes, account: str) -> str:
    """Return the short reference of an account."""
    return sha256(salt + account.encode()).hexdigest()[:12]


def journal_salt(secret: str) -> bytes:
    """Return the salt of a station's journal, out of its passphrase."""
    return sha256(b"openqi journal\n" + secret.encode()).digest()
