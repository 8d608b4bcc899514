"""Memberships: who acts for which organisation with which key; invitations, organisations, tokens of programs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from openqi.app.ledger import Ledger, Signer
from openqi.app.people.custody import Custody
from openqi.app.people.granting import Granting
from openqi.app.people.naming import check_names
from openqi.app.people.passwords import check_password, hashed
from openqi.app.people.sessions import Sessions, digest
from openqi.app.people.visitor import Hat, Visitor, check_fresh
from openqi.evidence.algorithms.signing import SigningKey, signing_key
from openqi.evidence.canonical import base64url
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.kernel.identifier import check_uri, check_usci
from openqi.kernel.instant import format_instant
from openqi.records import Names
from openqi.records.governance import Identifier, PartyRegistered
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import ACCOUNTS, INVITATIONS, KEY_CHANGES, KEYS, MEMBERSHIPS, PASSWORDS, TOKENS

DAYS: Final = 14
TOKEN_START: Final = "oqi_"  # noqa: S105 -- how tokens begin, so that a leaked one is recognised
_MOST_TOKEN_DAYS: Final = 366


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of an organisation as those who manage it see them."""

    membership: str
    account: str
    name: str
    login: str
    manages: bool
    kid: str | None
    kept: bool
    since: str
    until: str | None


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """What somebody says of themselves who makes an account.

    Args:
        login, name: what they type, and what they are called.
        password: None where they sign in in another way: whoever makes the account keeps it in the same transaction, or the first
            session of the account has to set one.
        language: `zh`, `en` or "".
    """

    login: str
    name: str
    password: str | None
    language: str = ""


class Members:
    """Memberships of people in the organisations of one log.

    Args:
        desk: where they lie.
        ledger: where keys are granted and revoked, and organisations are registered.
        operator: signs for that.
        custody: keeps keys.
        sessions: of people.
        clock, chance: the present instant; as many random bytes as asked for.
    """

    def __init__(
        self, desk: Desk, ledger: Ledger, operator: Signer, *, custody: Custody, sessions: Sessions, clock: Callable[[], datetime],
        chance: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self._desk, self._ledger = desk, ledger
        self._custody, self._sessions, self._clock, self._chance = custody, sessions, clock, chance
        self.granting = Granting(desk, ledger, operator)

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return format_instant(self._clock() + ahead)

    def settle(self) -> None:
        """Finish what a killed process left: a kept key that the log does not know yet, a change of keys, one that has ended."""
        with self._desk.reading() as connection:
            found = connection.execute(select(MEMBERSHIPS).where(MEMBERSHIPS.c.kid.is_not(None))).all()
            changing = set(connection.execute(select(KEY_CHANGES.c.membership)).scalars())
        for one in found:
            if one.until is not None and one.until <= self._now():
                self.granting.end(one)
            elif one.id in changing:
                self.granting.finish(one.id)
            elif not self._ledger.store.stream(one.kid):
                key = self._custody.kept(one.id, one.party)
                if key is not None:
                    self.granting.grant(one.party, key.public_key)

    def invite(self, party: str, *, manages: bool, by: str) -> str:
        """Return the secret of an invitation to act for a party, which one person may use within two weeks.

        Args:
            party: URI of a registered party.
            manages: whether they will also look after its people.
            by: account that invites.
        """
        secret = base64url(self._chance(24))
        made = {
            "id": digest(secret), "party": party, "manages": manages, "made_by": by, "made_at": self._now(),
            "ends_at": self._now(timedelta(days=DAYS)),
        }  # fmt: skip
        with self._desk.writing() as connection:
            connection.execute(insert(INVITATIONS), made)
            self._sessions.note(connection, by, "invited somebody")
        return secret

    def invited_by(self, visitor: Visitor, *, manages: bool) -> str:
        """Return the secret of an invitation by a visitor who manages the organisation whose hat is worn."""
        return self.invite(_managed(visitor).party, manages=manages, by=visitor.account)

    def invitation(self, secret: str) -> tuple[str, bool]:
        """Return (party, whether one will manage it) of an invitation; raises NotFoundError where it was used or has ended."""
        with self._desk.reading() as connection:
            return self._open(connection, digest(secret))

    def _open(self, connection: Connection, invitation: str) -> tuple[str, bool]:
        open_now = (INVITATIONS.c.used_at.is_(None)) & (INVITATIONS.c.ends_at > self._now())
        found = connection.execute(select(INVITATIONS).where(INVITATIONS.c.id == invitation, open_now)).one_or_none()
        if found is None:
            raise NotFoundError("this invitation was used, has ended, or never was; ask for a new one")
        return found.party, found.manages

    def accept(self, secret: str, newcomer: Newcomer | Visitor) -> str:
        """Return the account that has joined: a new one, or that of a visitor. The invitation is used up.

        Raises:
            NotFoundError: the invitation was used or has ended.
            RefusedError: `login-taken`, `password-weak`, or `renew-first` (who came in by a recovery code joins nothing yet).
            FormatError: no name.
        """
        return self.accept_known(digest(secret), newcomer)

    def accept_known(
        self, invitation: str, newcomer: Newcomer | Visitor, and_: Callable[[Connection, str], None] = lambda *_: None
    ) -> str:
        """Return the account that has joined, as `accept`, by an invitation's id at the desk.

        Args:
            invitation: its id, the digest of its secret.
            newcomer: who joins.
            and_: done for the account in the same transaction, such as keeping another way to sign in.
        """
        if isinstance(newcomer, Visitor) and newcomer.renews:
            raise RefusedError("renew-first", "set a new password or add a passkey first")
        with self._desk.writing() as connection:
            party, manages = self._open(connection, invitation)
            account = newcomer.account if isinstance(newcomer, Visitor) else self.account(connection, newcomer)
            and_(connection, account)
            used = update(INVITATIONS).where(INVITATIONS.c.id == invitation, INVITATIONS.c.used_at.is_(None))
            if connection.execute(used.values(used_at=self._now())).rowcount != 1:  # of two at once the second has waited here
                raise NotFoundError("this invitation was used in this moment; ask for a new one")
            key = self.join(connection, account, party, manages=manages)
        self.granting.grant(party, key.public_key)
        return account

    def account(self, connection: Connection, newcomer: Newcomer) -> str:
        """Return the id of a new account, made in the transaction of a connection."""
        login, name = check_names(newcomer.login, newcomer.name)
        kept = None if newcomer.password is None else hashed(check_password(newcomer.password, login))
        if connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == login)).one_or_none():
            raise RefusedError("login-taken", "this sign-in name is taken; sign in with it, or choose another")
        account, now = base64url(self._chance(12)), self._now()
        row = {"id": account, "login": login, "name": name, "language": newcomer.language, "made_at": now}
        connection.execute(insert(ACCOUNTS), row)
        if kept is not None:
            connection.execute(insert(PASSWORDS), {"account": account, "hash": kept, "changed_at": now})
        self._sessions.note(connection, account, "account made")
        return account

    def join(self, connection: Connection, account: str, party: str, *, manages: bool, seed: bytes | None = None) -> SigningKey:
        """Return the key of a new membership, made in the transaction of a connection; a seed brings a key that there is."""
        membership, grown = base64url(self._chance(12)), seed or self._custody.new_seed()
        key = signing_key(grown)
        row = {"id": membership, "account": account, "party": party, "manages": manages, "since": self._now()}
        connection.execute(insert(MEMBERSHIPS), row | {"kid": key.public_key.kid})
        self._custody.keep(connection, membership, party, grown)
        self._sessions.note(connection, account, "joined an organisation")
        return key

    def end(self, visitor: Visitor, membership: str) -> None:
        """End a membership of the organisation whose hat is worn; its key signs nothing any more, from this index of the log on.

        Raises:
            NotFoundError: it is not one of this organisation, or has ended.
            RefusedError: the visitor does not manage it.
        """
        party = _managed(visitor).party
        with self._desk.writing() as connection:
            asked = select(MEMBERSHIPS).where(MEMBERSHIPS.c.id == membership, MEMBERSHIPS.c.party == party)
            found = connection.execute(asked.where(MEMBERSHIPS.c.until.is_(None))).one_or_none()
            if found is None:
                raise NotFoundError("this organisation has no such membership, or it has ended")
            connection.execute(update(MEMBERSHIPS).where(MEMBERSHIPS.c.id == membership).values(until=self._now()))
            self._custody.forget(connection, membership)
            # Else somebody who has to go comes back with an invitation of their own.
            theirs = (INVITATIONS.c.made_by == found.account, INVITATIONS.c.party == party, INVITATIONS.c.used_at.is_(None))
            connection.execute(delete(INVITATIONS).where(*theirs))
            self._sessions.note(connection, found.account, "membership ended")
        self.granting.end(found)

    def of_party(self, visitor: Visitor) -> tuple[Member, ...]:
        """Return the people of the organisation whose hat is worn."""
        if visitor.hat is None:
            return ()
        found = self._desk.asked(_OF_PARTY, of=visitor.hat.party)
        return tuple(
            Member(
                membership=one.id, account=one.account, name=one.name,
                login=one.login if visitor.hat.manages and not one.ended_at else "",
                manages=one.manages, kid=one.kid, kept=one.kept is not None, since=one.since, until=one.until,
            )
            for one in found
        )  # fmt: skip

    def register(self, visitor: Visitor, *, party: str, name: Names, usci: str = "") -> Record:
        """Return the sealed record that registers an organisation; only the operator's people may ask it.

        Raises:
            FormatError: no URI, or a USCI whose check character is wrong.
            RefusedError: the visitor does not act for the operator, or has to prove again who they are.
        """
        identifiers = (Identifier(scheme="usci", value=check_usci(usci)),) if usci else ()
        body = PartyRegistered(party=check_uri(party), name=name, identifiers=identifiers)
        return self._ledger.state(body, self._custody.signer(visitor))

    def new_token(self, visitor: Visitor, name: str, days: int) -> str:
        """Return a bearer token with which a program acts under the hat that is worn.

        Raises:
            FormatError: no name, or a term that is too long.
            RefusedError: no hat is worn, or the visitor has to prove again who they are.
        """
        hat = visitor.hat
        if hat is None:
            raise RefusedError("hat-worn", "choose for which organisation you act; if there is none, ask for an invitation")
        check_fresh(visitor)
        if not (0 < len(name) <= 100 and 1 <= days <= _MOST_TOKEN_DAYS):
            raise FormatError(f"a token has a name of 1 to 100 characters and lasts 1 to {_MOST_TOKEN_DAYS} days")
        token = TOKEN_START + base64url(self._chance(32))
        row = {"id": digest(token), "membership": hat.membership, "name": name, "made_at": self._now()}
        with self._desk.writing() as connection:
            connection.execute(insert(TOKENS), row | {"ends_at": self._now(timedelta(days=days))})
            self._sessions.note(connection, visitor.account, "token made")
        return token

    def by_token(self, token: str) -> Visitor | None:
        """Return for whom a program acts; None where its token was never given or has ended."""
        if not token.startswith(TOKEN_START):
            return None
        with self._desk.reading() as connection:
            asked = select(TOKENS.c.membership).where(TOKENS.c.id == digest(token), TOKENS.c.ends_at > self._now())
            membership = connection.execute(asked).scalar_one_or_none()
        return None if membership is None else self._sessions.holder(membership)

    def drop_tokens(self, visitor: Visitor) -> None:
        """End every token of the hat that is worn."""
        if visitor.hat is not None:
            with self._desk.writing() as connection:
                connection.execute(delete(TOKENS).where(TOKENS.c.membership == visitor.hat.membership))
                self._sessions.note(connection, visitor.account, "tokens ended")


_OF_PARTY = (
    select(*MEMBERSHIPS.c, ACCOUNTS.c.name, ACCOUNTS.c.login, ACCOUNTS.c.ended_at, KEYS.c.kid.label("kept"))
    .select_from(
        MEMBERSHIPS.join(ACCOUNTS, ACCOUNTS.c.id == MEMBERSHIPS.c.account).outerjoin(KEYS, KEYS.c.membership == MEMBERSHIPS.c.id)
    )
    .where(MEMBERSHIPS.c.party == bindparam("of"))
    .order_by(MEMBERSHIPS.c.since)
    .limit(500)
)


def _managed(visitor: Visitor) -> Hat:
    """The hat of somebody who manages its organisation."""
    if visitor.hat is None or not visitor.hat.manages:
        raise RefusedError("manages", "only who manages an organisation looks after its people; ask one of them")
    return visitor.hat
