"""Identities of accounts: which person at a provider is which person here, by issuer and `sub` and by nothing else."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from openqi.app.people.members import Members, Newcomer
from openqi.app.people.naming import check_names
from openqi.app.people.openid.tokens import Identity
from openqi.app.people.sessions import Sessions
from openqi.app.people.visitor import Visitor, check_fresh
from openqi.app.people.ways import keeping_a_way
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.openid import LINKS
from openqi.store.desk.people import ACCOUNTS


@dataclass(frozen=True, kw_only=True)
class Link:
    """An identity of an account as its person sees it."""

    issuer: str
    sub: str
    made_at: str
    used_at: str


class Identities:
    """Identities of accounts.

    Args:
        desk: where they lie.
        sessions, members: of people.
        issuers: with which people may sign in at this station now.
        clock: the present instant.
    """

    def __init__(
        self, desk: Desk, sessions: Sessions, members: Members, issuers: Collection[str], clock: Callable[[], datetime]
    ) -> None:
        self._desk, self._sessions, self._members, self._clock = desk, sessions, members, clock
        self._issuers = tuple(issuers)

    def _now(self) -> str:
        return format_instant(self._clock())

    def of(self, visitor: Visitor) -> tuple[Link, ...]:
        """Return the identities of a visitor, the oldest first."""
        with self._desk.reading() as connection:
            asked = select(LINKS).where(LINKS.c.account == visitor.account).order_by(LINKS.c.made_at, LINKS.c.issuer, LINKS.c.sub)
            found = connection.execute(asked).all()
        return tuple(Link(issuer=one.issuer, sub=one.sub, made_at=one.made_at, used_at=one.used_at) for one in found)

    def sign_in(self, identity: Identity) -> str:
        """Return the secret of a new session of the account that has an identity.

        The session is as fresh as the provider says that the person proved themselves; where it says nothing, not at all.

        Raises:
            RefusedError: `openid-unlinked`.
        """
        with self._desk.writing() as connection:
            account = self._account(connection, identity)
            if account is None:
                raise RefusedError(
                    "openid-unlinked", "no account here is linked with this identity; sign in and link it on the page of your"
                    " account, or ask whoever manages your organisation for an invitation",
                )  # fmt: skip
            return self._started(connection, account, identity)

    def _started(self, connection: Connection, account: str, identity: Identity) -> str:
        used = update(LINKS).where(LINKS.c.issuer == identity.issuer, LINKS.c.sub == identity.sub)
        connection.execute(used.values(used_at=self._now()))
        proved = "" if identity.proved_at is None else format_instant(identity.proved_at)
        return self._sessions.start(connection, account, proved_at=proved, how="signed in through a provider")

    def join(self, identity: Identity, invitation: str, newcomer: Newcomer) -> str:
        """Return the secret of a session of a new account without a password that accepts an invitation with an identity.

        Args:
            identity: with which it will sign in.
            invitation: its id at the desk.
            newcomer: what they say of themselves.

        Raises:
            NotFoundError: the invitation was used or has ended.
            RefusedError: `openid-taken`, `login-taken`.
        """
        account = self._members.accept_known(invitation, newcomer, lambda connection, one: self._kept(connection, one, identity))
        with self._desk.writing() as connection:
            return self._started(connection, account, identity)

    def check_invitation(self, secret: str, newcomer: Newcomer) -> None:
        """Raise before somebody is sent to a provider for nothing.

        Raises:
            NotFoundError: the invitation was used or has ended.
            RefusedError: `login-taken`.
            FormatError: no name, or no sign-in name.
        """
        self._members.invitation(secret)
        login, _ = check_names(newcomer.login, newcomer.name)
        with self._desk.reading() as connection:
            if connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == login)).one_or_none():
                raise RefusedError("login-taken", "this sign-in name is taken; sign in with it, or choose another")

    def link(self, visitor: Visitor, identity: Identity) -> None:
        """Link an identity with the account of a visitor.

        Raises:
            RefusedError: `fresh-session`, or `openid-taken`, it belongs to another account or to this one already.
        """
        check_fresh(visitor)  # a session that somebody left open, or stole, neither adds nor takes away a way in
        with self._desk.writing() as connection:
            self._kept(connection, visitor.account, identity)

    def _kept(self, connection: Connection, account: str, identity: Identity) -> None:
        taken = select(LINKS.c.account).where(LINKS.c.issuer == identity.issuer, LINKS.c.sub == identity.sub)
        if connection.execute(taken).one_or_none() is not None:
            raise RefusedError("openid-taken", "this identity is linked with an account already; sign in with it, or take another")
        now = self._now()
        row = {"issuer": identity.issuer, "sub": identity.sub, "account": account, "made_at": now, "used_at": now}
        connection.execute(insert(LINKS), row)
        self._sessions.note(connection, account, "provider linked")

    def unlink(self, visitor: Visitor, issuer: str, sub: str) -> None:
        """Unlink an identity of a visitor, never the last way in; all other sessions of the account end, as with a new password.

        Raises:
            NotFoundError: it is not one of theirs.
            RefusedError: `fresh-session`, or `last-way-in`.
        """
        check_fresh(visitor)  # a session that somebody left open, or stole, neither adds nor takes away a way in
        with self._desk.writing() as connection:
            mine = (LINKS.c.account == visitor.account) & (LINKS.c.issuer == issuer) & (LINKS.c.sub == sub)
            with keeping_a_way(connection, visitor.account, self._issuers):
                gone = connection.execute(delete(LINKS).where(mine)).rowcount
            if gone != 1:
                raise NotFoundError("this identity is not linked with your account; open the page of your account again")
            self._sessions.note(connection, visitor.account, "provider unlinked")
        self._sessions.end_others(visitor)

    def prove(self, visitor: Visitor, identity: Identity) -> None:
        """Keep that a visitor proved again who they are.

        Args:
            visitor: the visitor.
            identity: with which; its `proved_at` was checked.

        Raises:
            RefusedError: `openid-other`, the identity is not one of theirs.
        """
        with self._desk.writing() as connection:
            if self._account(connection, identity) != visitor.account or identity.proved_at is None:
                raise RefusedError("openid-other", "this identity is not linked with your account; take one that is")
            self._sessions.proved(connection, visitor, format_instant(identity.proved_at))

    def _account(self, connection: Connection, identity: Identity) -> str | None:
        asked = select(LINKS.c.account).join(ACCOUNTS, ACCOUNTS.c.id == LINKS.c.account).where(ACCOUNTS.c.ended_at.is_(None))
        mine = (LINKS.c.issuer == identity.issuer) & (LINKS.c.sub == identity.sub)
        return connection.execute(asked.where(mine)).scalar_one_or_none()
