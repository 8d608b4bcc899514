"""Warns a person that a way into their account has changed: on their page of notices, and by a letter at once where one can go."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, insert

from openqi.store.desk.notices import NOTICES

TOPIC: Final = "way-in"
WARNED: Final = frozenset({
    "passkey added", "passkey counter went back", "passkey removed", "password changed", "password removed", "password set",
    "provider linked", "provider unlinked", "recovered with a link", "recovery code used", "recovery codes made",
    "recovery link made", "token made",
})  # fmt: skip
"""Events after which somebody else may come in, or the person no longer."""


def warn(connection: Connection, account: str, what: str, *, at: str, chance: Callable[[int], bytes]) -> None:
    """Leave a notice in the transaction of the event, where it is one of those; under whichever hat the person looks.

    Args:
        connection: in whose transaction.
        account: whose way in has changed.
        what: the event.
        at: when.
        chance: as many random bytes as asked for; the notice is named by some.
    """
    if what not in WARNED:
        return
    name = chance(16).hex()
    told = {"topic": TOPIC, "ref": f"/account?told={name}", "kind": "", "about": "", "how": "now", "at": at}
    connection.execute(insert(NOTICES).values(id=name, account=account, party="", **told))
