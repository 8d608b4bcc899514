"""Keys of memberships in the log: granted, replaced and ended, also where a process was killed between desk and log.

The desk is written first and says what the log is to say: a key of a membership that the log does not know yet, a change of
keys that waits, a membership that has ended. So whatever is found there may be done again, and is done once.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from openqi.app.ledger import Ledger, Signer
from openqi.app.signing_keys import key_ring
from openqi.evidence.algorithms.algorithm import PublicKey, public_key
from openqi.evidence.keys import GENESIS, KEY_GRANTED, KeySpan
from openqi.evidence.record import Record
from openqi.kernel.errors import RefusedError
from openqi.records.governance import Key
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import KEY_CHANGES, KEYS, MEMBERSHIPS


@dataclass(frozen=True, kw_only=True)
class KeyLine:
    """A key with which somebody signs or signed for a party, and the indices of the log for which it counts.

    Args:
        kid: the key.
        start, end: it counts from index `start` on and before `end`; None where it counts still.
        revoked: whether it was revoked; else one that ended was replaced.
        record: that granted it.
    """

    kid: str
    start: int
    end: int | None
    revoked: bool
    record: str


class Granting:
    """Has the log say of the keys of memberships what the desk says.

    Args:
        desk: where memberships lie.
        ledger: where keys are granted and revoked.
        operator: signs for that.
    """

    def __init__(self, desk: Desk, ledger: Ledger, operator: Signer) -> None:
        self._desk, self._ledger, self._operator = desk, ledger, operator

    @property
    def ledger_key(self) -> str:
        """The key with which the operator grants all others; it lies beside the ledger, not with a person."""
        return self._operator.key.public_key.kid

    def granted_by(self, kid: str) -> Record | None:
        """Return the record of this log that grants a key; None where there is none."""
        for logged in self._ledger.store.stream(kid):
            body, kind = logged.record.body, logged.record.kind
            stated = [body["key"]] if kind == KEY_GRANTED else body["keys"] if kind == GENESIS else []
            if logged.origin == self._ledger.origin and kid in [one["kid"] for one in stated]:
                return logged.record
        return None

    def span(self, kid: str) -> KeySpan | None:
        """Return for which indices of the log a key counts, as the log is now; None where it was never granted."""
        found = self.granted_by(kid)
        return None if found is None else key_ring(self._ledger.store, found)[0].spans.get(kid)

    def line(self, kid: str | None) -> tuple[KeyLine, ...]:
        """Return a key and those that it took the place of, the newest first."""
        found: list[KeyLine] = []
        while kid is not None and (record := self.granted_by(kid)) is not None and len(found) < 100:
            span = key_ring(self._ledger.store, record)[0].spans[kid]
            found.append(KeyLine(kid=kid, start=span.start, end=span.end, revoked=span.revoked, record=record.id))
            kid = record.body.get("replaces") if record.kind == KEY_GRANTED else None
        return tuple(found)

    def grant(self, party: str, key: PublicKey, *, replaces: str | None = None) -> None:
        """Have the log grant a key to a party, in the place of another; a key that it grants already is left as it is."""
        if self.granted_by(key.kid) is not None:
            return
        try:
            self._ledger.grant_key(party, Key(**key.as_json()), self._operator, replaces=replaces)
        except RefusedError:
            if self.granted_by(key.kid) is None:  # else another process has finished it meanwhile
                raise

    def finish(self, membership: str) -> None:
        """Finish a change of keys that the desk has noted: the log grants the new key, and the old one ends there."""
        with self._desk.reading() as connection:
            asked = select(KEY_CHANGES, MEMBERSHIPS.c.party).join(MEMBERSHIPS).where(KEY_CHANGES.c.membership == membership)
            change = connection.execute(asked).one_or_none()
        if change is None:
            return
        key = public_key(json.loads(change.key))
        before = None if change.old is None else self.span(change.old)
        # A key that was revoked in this moment has no successor: whoever revoked it meant to end it.
        back = before is not None and before.end is not None and self.granted_by(key.kid) is None
        if not back:
            self.grant(change.party, key, replaces=None if before is None else change.old)
        with self._desk.writing() as connection:
            if back:
                connection.execute(delete(KEYS).where(KEYS.c.membership == membership))
                connection.execute(update(MEMBERSHIPS).where(MEMBERSHIPS.c.id == membership).values(kid=change.old))
            connection.execute(delete(KEY_CHANGES).where(KEY_CHANGES.c.membership == membership, KEY_CHANGES.c.key == change.key))

    def end(self, membership: Any) -> None:
        """End every key of a membership that has ended, from now on in the log; the desk then knows none of them any more."""
        with self._desk.reading() as connection:
            asked = select(KEY_CHANGES.c.old).where(KEY_CHANGES.c.membership == membership.id)
            old = connection.execute(asked).scalar_one_or_none()
        for kid in dict.fromkeys((membership.kid, old)):
            span = None if kid is None or kid == self.ledger_key else self.span(kid)
            if kid is not None and span is not None and span.end is None:
                self._ledger.revoke_key(membership.party, kid, self._operator, reason="the membership ended")
        with self._desk.writing() as connection:
            connection.execute(delete(KEY_CHANGES).where(KEY_CHANGES.c.membership == membership.id))
            connection.execute(update(MEMBERSHIPS).where(MEMBERSHIPS.c.id == membership.id).values(kid=None))

    def noted(self, connection: Connection, membership: str, old: str | None, key: PublicKey, at: str) -> None:
        """Note in the transaction of a connection that a key takes the place of another; `finish` does it in the log."""
        cells = {"membership": membership, "old": old, "key": json.dumps(key.as_json(), sort_keys=True), "at": at}
        connection.execute(KEY_CHANGES.insert().values(cells))
