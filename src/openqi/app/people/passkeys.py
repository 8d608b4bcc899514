"""Passkeys of people: added, told apart, removed; signing in and proving oneself with one instead of a password."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from openqi.app.people.sessions import Sessions, digest
from openqi.app.people.visitor import Visitor
from openqi.app.people.ways import check_proved, keeping_a_way
from openqi.app.people.webauthn import MINUTES, Asserted, RelyingParty
from openqi.app.settings import Settings
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.passkeys import CHALLENGES, PASSKEYS
from openqi.store.desk.people import ACCOUNTS

MOST: Final = 20
_REGISTER, _SIGN_IN, _PROVE = "register", "sign-in", "prove"


@dataclass(frozen=True, kw_only=True)
class Passkey:
    """A passkey as its owner sees it; `synced` says that its maker copies it between devices."""

    id: str
    name: str
    synced: bool
    made_at: str
    used_at: str | None


class Passkeys:
    """Passkeys at one station.

    Args:
        desk: where they lie, with the challenges, so that any process may answer.
        sessions: what a passkey opens or makes fresh.
        settings: the station's; its address is what passkeys are bound to.
        clock, chance: the present instant; as many random bytes as asked for.
    """

    def __init__(
        self, desk: Desk, sessions: Sessions, settings: Settings, *, clock: Callable[[], datetime], chance: Callable[[int], bytes]
    ) -> None:
        self._desk, self._sessions, self._clock, self._chance = desk, sessions, clock, chance
        self._issuers = settings.issuers
        host = settings.relying_party
        name = settings.name.en or settings.name.zh
        self._party = RelyingParty(host=host, origin=settings.origin, name=name) if host else None

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return format_instant(self._clock() + ahead)

    def _relying(self) -> RelyingParty:
        if self._party is None:
            raise RefusedError("passkeys-need-name", "this station is reached under a number; passkeys need a host name")
        return self._party

    def _challenge(self, purpose: str, holder: str) -> bytes:
        challenge, now = self._chance(32), self._now()
        row = {"id": sha256(challenge).hexdigest(), "purpose": purpose, "holder": holder}
        with self._desk.writing() as connection:
            connection.execute(delete(CHALLENGES).where(CHALLENGES.c.ends_at <= now))
            connection.execute(insert(CHALLENGES), row | {"ends_at": self._now(timedelta(minutes=MINUTES))})
        return challenge

    def _used(self, challenge: bytes, purpose: str, holder: str) -> None:
        """Use a challenge up before anything else is looked at: of two answers to it that come at once, one deletes it."""
        named = (CHALLENGES.c.id == sha256(challenge).hexdigest()) & (CHALLENGES.c.purpose == purpose)
        with self._desk.writing() as connection:
            found = delete(CHALLENGES).where(named, CHALLENGES.c.holder == holder, CHALLENGES.c.ends_at > self._now())
            if connection.execute(found).rowcount != 1:
                raise RefusedError("passkey-late", "this was answered already, or not within five minutes; try again")

    def all(self, visitor: Visitor) -> tuple[Passkey, ...]:
        """Return the passkeys of one's own account, the oldest first."""
        with self._desk.reading() as connection:
            asked = select(PASSKEYS).where(PASSKEYS.c.account == visitor.account).order_by(PASSKEYS.c.made_at, PASSKEYS.c.id)
            found = connection.execute(asked).all()
        return tuple(
            Passkey(id=one.id, name=one.name, synced=one.synced, made_at=one.made_at, used_at=one.used_at) for one in found
        )

    def begin(self, visitor: Visitor) -> dict[str, Any]:
        """Return the options with which a browser makes a passkey for one's own account.

        Raises:
            RefusedError: `fresh-session`, `passkeys-need-name`, `passkeys-many`.
        """
        check_proved(visitor)
        known = self.all(visitor)
        if len(known) >= MOST:
            raise RefusedError("passkeys-many", f"an account has at most {MOST} passkeys; remove one first")
        with self._desk.reading() as connection:
            login = connection.execute(select(ACCOUNTS.c.login).where(ACCOUNTS.c.id == visitor.account)).scalar_one()
        challenge = self._challenge(_REGISTER, visitor.session)
        return self._relying().creation(
            challenge, account=visitor.account, login=login, name=visitor.name, known=[one.id for one in known]
        )

    def add(self, visitor: Visitor, name: str, answer: str) -> None:
        """Keep the passkey that a browser has made for one's own account.

        Raises:
            RefusedError: `fresh-session`, `passkey-late`, `passkey-refused`, `passkey-known`.
            FormatError: no name.
        """
        check_proved(visitor)
        called = name.strip()
        if not (0 < len(called) <= 100 and called.isprintable()):
            raise FormatError("give the passkey a name of 1 to 100 characters, such as the device that it lies on")
        party = self._relying()
        challenge = party.answered(answer)
        self._used(challenge, _REGISTER, visitor.session)
        made = party.registered(answer, challenge)
        row = {
            "id": made.id, "account": visitor.account, "credential": made.credential, "counter": made.counter,
            "synced": made.synced, "name": called, "made_at": self._now(),
        }  # fmt: skip
        with self._desk.writing() as connection:
            if connection.execute(select(PASSKEYS.c.id).where(PASSKEYS.c.id == made.id)).one_or_none():
                raise RefusedError("passkey-known", "this passkey is kept already")
            connection.execute(insert(PASSKEYS), row)
            self._sessions.note(connection, visitor.account, "passkey added")
            if visitor.renews:
                self._sessions.renewed(connection, visitor)

    def remove(self, visitor: Visitor, passkey: str) -> None:
        """Forget a passkey of one's own account.

        Raises:
            RefusedError: `fresh-session`, or `last-way-in`.
            NotFoundError: the account has no such passkey.
        """
        check_proved(visitor)
        with self._desk.writing() as connection:
            own = (PASSKEYS.c.id == passkey) & (PASSKEYS.c.account == visitor.account)
            with keeping_a_way(connection, visitor.account, self._issuers):
                gone = connection.execute(delete(PASSKEYS).where(own)).rowcount
            if gone != 1:
                raise NotFoundError("your account has no such passkey, or it was removed; open the page again")
            self._sessions.note(connection, visitor.account, "passkey removed")

    def begin_sign_in(self) -> tuple[str, dict[str, Any]]:
        """Return a ticket for the browser that asks, and the options with which it finds a passkey of this station."""
        party, ticket = self._relying(), base64url(self._chance(24))
        return ticket, party.request(self._challenge(_SIGN_IN, digest(ticket)))

    def sign_in(self, ticket: str, answer: str, address: str) -> str:
        """Return the secret of a new session of whoever the passkey belongs to.

        Raises:
            RefusedError: `passkey-refused`, `passkey-late`, or `sign-in-later`.
        """
        asserted = self._relying().asserted(answer)
        with self._sessions.attempts.counted(f"passkey {asserted.id}", f"address {address}"):
            self._used(asserted.challenge, _SIGN_IN, digest(ticket))
            account = self._proved(asserted)
            if asserted.account != account:  # whoever types no name has to be named by the passkey
                raise RefusedError("passkey-refused", "the passkey names another account than it belongs to")
        return self._sessions.open(account)

    def begin_proof(self, visitor: Visitor) -> dict[str, Any]:
        """Return the options with which a browser proves again who a visitor is, with one of their own passkeys."""
        party = self._relying()
        known = [one.id for one in self.all(visitor)]
        if not known:
            raise RefusedError("passkey-none", "your account has no passkey; prove with your password")
        return party.request(self._challenge(_PROVE, visitor.session), known=known)

    def prove(self, visitor: Visitor, answer: str, address: str) -> None:
        """Make a session fresh; raises RefusedError as `sign_in`."""
        asserted = self._relying().asserted(answer)
        with self._sessions.attempts.counted(f"passkey {asserted.id}", f"address {address}"):
            self._used(asserted.challenge, _PROVE, visitor.session)
            if self._proved(asserted, of=visitor.account) != visitor.account:
                raise RefusedError("passkey-refused", "this is a passkey of another account")
        with self._desk.writing() as connection:
            self._sessions.proved(connection, visitor, self._now())

    def _proved(self, asserted: Asserted, *, of: str | None = None) -> str:
        """The account whose passkey has answered rightly; its counter has moved on."""
        with self._desk.reading() as connection:
            asked = select(PASSKEYS).join(ACCOUNTS).where(PASSKEYS.c.id == asserted.id, ACCOUNTS.c.ended_at.is_(None))
            found = connection.execute(asked).one_or_none()
        if found is None or (of is not None and found.account != of):
            raise RefusedError("passkey-refused", "this passkey is not known here; it may have been removed")
        account = str(found.account)
        try:
            counter = self._relying().check(asserted, bytes(found.credential))
        except RefusedError:
            self._sessions.noted(account, "passkey failed")
            raise
        # Compared by the statement that writes: of two answers with one counter, one is refused, in any process.
        moved = (PASSKEYS.c.counter < counter) if counter else (PASSKEYS.c.counter == 0)
        change = update(PASSKEYS).where(PASSKEYS.c.id == asserted.id, moved).values(counter=counter, used_at=self._now())
        with self._desk.writing() as connection:
            kept = connection.execute(change).rowcount == 1
        if not kept:
            self._sessions.noted(account, "passkey counter went back")
            raise RefusedError("passkey-copied", "the passkey's counter went back: there may be a copy of it; remove it")
        return account
