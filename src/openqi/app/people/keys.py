"""The keys with which somebody signs: shown, replaced, taken home, brought along; the log says what the desk says, or soon will."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import Connection, select, update

from openqi.app.people.custody import Custody
from openqi.app.people.granting import Granting, KeyLine
from openqi.app.people.possession import Challenge, read_proof
from openqi.app.people.sessions import Sessions
from openqi.app.people.visitor import Hat, Visitor, check_fresh
from openqi.evidence.algorithms.algorithm import PublicKey
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.canonical import base64url
from openqi.evidence.keyfile import CHANCE, encrypted
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import KEYS, MEMBERSHIPS

ANSWERED_WITHIN: Final = timedelta(hours=1)
"""So long a challenge may be answered."""


@dataclass(frozen=True, kw_only=True)
class HatKeys:
    """The keys of one hat: the one that signs now, then those that it took the place of.

    Args:
        hat: for whom.
        lines: of the log, the newest first; none where the log does not know the key yet.
        ledger_key: whether it is the key with which the operator grants all others, which is changed beside the station.
    """

    hat: Hat
    lines: tuple[KeyLine, ...]
    ledger_key: bool


class Keys:
    """Keys of people.

    Args:
        desk: where memberships and kept keys lie.
        granting: has the log say the same.
        custody: keeps keys.
        sessions: notes what happened to an account.
        station, origin: address of the station and name of its log, which a challenge names.
        clock, chance: the present instant; as many random bytes as asked for.
    """

    def __init__(
        self, desk: Desk, granting: Granting, custody: Custody, sessions: Sessions, *, station: str, origin: str,
        clock: Callable[[], datetime], chance: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self._desk, self._granting, self._custody, self._sessions = desk, granting, custody, sessions
        self._station, self._origin, self._clock, self._chance = station, origin, clock, chance
        self._stretching = Lock()  # stretching a passphrase takes 128 MiB: one at a time, however many ask

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return format_instant(self._clock() + ahead)

    def of(self, visitor: Visitor) -> tuple[HatKeys, ...]:
        """Return the keys of every hat of a visitor."""
        ledger_key = self._granting.ledger_key
        return tuple(HatKeys(hat=hat, lines=self._granting.line(hat.kid), ledger_key=hat.kid == ledger_key) for hat in visitor.hats)

    def replace(self, visitor: Visitor, membership: str) -> str:
        """Return the kid of a new key that the station keeps; the key that was used until now signs nothing any more.

        Raises:
            NotFoundError: no such hat.
            RefusedError: `fresh-session`, `ledger-key`, `key-ended`, or `key-moved`.
            StoreError: desk or ledger cannot be written; what the desk has noted is finished later.
        """
        hat, seed = self._changing(visitor, membership), self._custody.new_seed()
        key = signing_key(seed).public_key
        with self._desk.writing() as connection:
            self._moved(connection, visitor, hat, key, "key replaced")
            self._custody.keep(connection, hat.membership, hat.party, seed)
        self._granting.finish(hat.membership)
        return key.kid

    def take_home(self, visitor: Visitor, membership: str, passphrase: str) -> bytes:
        """Return the kept key as a key file under a passphrase; the station has forgotten it then.

        Raises:
            NotFoundError: no such hat.
            RefusedError: as `replace`, `own-key` (none is kept), or `passphrase-too-short`.
        """
        hat = self._changing(visitor, membership)
        key = self._custody.kept(hat.membership, hat.party)
        if key is None:
            raise RefusedError("own-key", f"no key of yours for {hat.party} is kept here; you have it already")
        # A private key of Ed25519 begins with the seed that it has grown from (RFC 8032 section 5.1.5).
        chance = self._chance(CHANCE)
        with self._stretching:
            file = encrypted(key.private[:32], passphrase, chance)
        with self._desk.writing() as connection:
            self._still(connection, visitor, hat)
            self._custody.forget(connection, hat.membership)
            self._sessions.note(connection, visitor.account, "key taken home")
        return file

    def challenge(self, visitor: Visitor, membership: str) -> Challenge:
        """Return what a key of one's own has to sign, so that it takes the place of the present one; raises as `replace`."""
        hat = self._changing(visitor, membership)
        told = Challenge(
            station=self._station, origin=self._origin, party=hat.party, replaces=hat.kid or "",
            until=self._now(ANSWERED_WITHIN), nonce=base64url(self._chance(16)),
        )  # fmt: skip
        return replace(told, seal=self._seal(told, visitor, hat))

    def bring(self, visitor: Visitor, membership: str, proof: bytes) -> str:
        """Return the kid of a key of one's own with which one signs from now on; the station keeps none any more.

        Args:
            visitor: who brings it.
            membership: of the hat.
            proof: the challenge, signed with the key: what `openqi key prove` wrote.

        Raises:
            NotFoundError: no such hat.
            FormatError: no proof.
            RefusedError: as `replace`; `possession` (the signature does not hold, or the challenge is another one),
                `challenge-late`, `key-records`, or `key-once` (the log has granted this key before).
            StoreError: as `replace`.
        """
        hat = self._changing(visitor, membership)
        challenge, key = read_proof(proof)
        if not hmac.compare_digest(challenge.seal, self._seal(challenge, visitor, hat)):
            raise RefusedError("possession", "this answers another challenge than one for your present key; download a new one")
        if parse_instant(challenge.until) < parse_instant(self._now()):
            raise RefusedError("challenge-late", f"this challenge was to be answered by {challenge.until}; download a new one")
        if self._granting.granted_by(key.kid) is not None:
            raise RefusedError("key-once", f"the log has granted the key {key.kid} before; make a new one with `openqi key new`")
        with self._desk.writing() as connection:
            self._moved(connection, visitor, hat, key, "own key brought")
        self._granting.finish(hat.membership)
        return key.kid

    def _seal(self, challenge: Challenge, visitor: Visitor, hat: Hat) -> str:
        return challenge.sealed(self._custody.derived("key challenge"), f"{visitor.account} {hat.membership} {hat.kid}")

    def _changing(self, visitor: Visitor, membership: str) -> Hat:
        """The hat whose key is to be changed, after asking whether it may be."""
        hat = next((one for one in visitor.hats if one.membership == membership), None)
        if hat is None:
            raise NotFoundError("you have no such membership, or it has ended; choose one of those that are shown")
        check_fresh(visitor, in_person=True)
        if hat.kid == self._granting.ledger_key:
            raise RefusedError("ledger-key", "with this key the operator grants all others; it is changed beside the station")
        self._granting.finish(hat.membership)
        span = None if hat.kid is None else self._granting.span(hat.kid)
        if span is not None and span.end is not None:
            raise RefusedError(
                "key-ended", "the log says that this key has ended; ask who manages your organisation for an invitation"
            )
        return hat

    def _still(self, connection: Connection, visitor: Visitor, hat: Hat) -> None:
        """Raise unless the membership and its key are in this transaction what the visitor saw."""
        asked = select(MEMBERSHIPS.c.kid, MEMBERSHIPS.c.until, KEYS.c.kid.label("kept"))
        asked = asked.outerjoin(KEYS, KEYS.c.membership == MEMBERSHIPS.c.id)
        mine = (MEMBERSHIPS.c.id == hat.membership, MEMBERSHIPS.c.account == visitor.account)
        found = connection.execute(asked.where(*mine).with_for_update(of=MEMBERSHIPS)).one_or_none()
        ended = found is None or (found.until is not None and found.until <= self._now())
        if found is None or ended or found.kid != hat.kid or (found.kept is not None) != hat.kept:
            raise RefusedError("key-moved", "your key was changed in the meantime; look at the page again")

    def _moved(self, connection: Connection, visitor: Visitor, hat: Hat, key: PublicKey, what: str) -> None:
        """Note that another key takes the place of the present one, which nobody keeps any more."""
        self._still(connection, visitor, hat)
        self._custody.forget(connection, hat.membership)
        self._granting.noted(connection, hat.membership, hat.kid, key, self._now())
        connection.execute(update(MEMBERSHIPS).where(MEMBERSHIPS.c.id == hat.membership).values(kid=key.kid))
        self._sessions.note(connection, visitor.account, what)
