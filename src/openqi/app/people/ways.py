"""Ways in: what an account may sign in with; a password is set or given up, and the last way in is never removed."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from openqi.app.people.passwords import check_password, hashed
from openqi.app.people.sessions import Sessions
from openqi.app.people.visitor import Visitor, check_fresh
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.openid import LINKS
from openqi.store.desk.passkeys import PASSKEYS
from openqi.store.desk.people import ACCOUNTS, PASSWORDS

WAYS: Final[tuple[Table, ...]] = (PASSWORDS, PASSKEYS)
"""Tables each row of which is a way in for its `account`. Recovery codes are none: they run out."""


@dataclass(frozen=True, kw_only=True)
class WaysIn:
    """What an account signs in with: since when it has its password, None where it has none; how many passkeys and ways."""

    password_since: str | None
    passkeys: int
    count: int


def check_proved(visitor: Visitor) -> None:
    """Raise RefusedError `fresh-session` unless somebody has just proved who they are, or has to set a new way in."""
    if not visitor.renews:
        check_fresh(visitor)


@contextmanager
def keeping_a_way(connection: Connection, account: str, issuers: Collection[str]) -> Iterator[None]:
    """Lend a block in which a way into an account is removed; raises RefusedError `last-way-in` where none is left after it.

    The row of the account is locked before, so that two processes do not remove the last two ways beside each other.

    Args:
        connection: in whose transaction.
        account: whose.
        issuers: with which people may sign in at this station now.
    """
    connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account).with_for_update())
    yield
    if ways_in(connection, account, issuers) < 1:
        raise RefusedError("last-way-in", "this is the last way into your account; add another one first")


def set_password(connection: Connection, account: str, new: str, at: str) -> None:
    """Set the password of an account in the transaction of a connection; raises RefusedError `password-weak`."""
    login = connection.execute(select(ACCOUNTS.c.login).where(ACCOUNTS.c.id == account).with_for_update()).scalar_one()
    row = {"hash": hashed(check_password(new, login)), "changed_at": at}
    if connection.execute(update(PASSWORDS).where(PASSWORDS.c.account == account).values(row)).rowcount == 0:
        connection.execute(insert(PASSWORDS), row | {"account": account})


def ways_in(connection: Connection, account: str, issuers: Collection[str]) -> int:
    """Return how many ways into an account there are; an identity at a provider that the settings no longer name is none."""
    linked = select(func.count()).select_from(LINKS).where(LINKS.c.account == account, LINKS.c.issuer.in_(list(issuers)))
    return _count(connection, account) + int(connection.execute(linked).scalar_one())


def _count(connection: Connection, account: str, ways: tuple[Table, ...] = WAYS) -> int:
    counts = (select(func.count()).select_from(table).where(table.c.account == account) for table in ways)
    return sum(connection.execute(one).scalar_one() for one in counts)


class Ways:
    """Ways into accounts.

    Args:
        desk: where they lie.
        sessions: what ends when one changes.
        issuers: with which people may sign in at this station now.
        clock: the present instant.
    """

    def __init__(self, desk: Desk, sessions: Sessions, *, issuers: Collection[str], clock: Callable[[], datetime]) -> None:
        self._desk, self._sessions, self._issuers, self._clock = desk, sessions, tuple(issuers), clock

    def of(self, visitor: Visitor) -> WaysIn:
        """Return the ways into one's own account."""
        with self._desk.reading() as connection:
            asked = select(PASSWORDS.c.changed_at).where(PASSWORDS.c.account == visitor.account)
            since = connection.execute(asked).scalar_one_or_none()
            passkeys = _count(connection, visitor.account, (PASSKEYS,))
            return WaysIn(password_since=since, passkeys=passkeys, count=ways_in(connection, visitor.account, self._issuers))

    def set_password(self, visitor: Visitor, new: str) -> None:
        """Set a password where there is none, or one's own is forgotten; all other sessions of the account end.

        Raises:
            RefusedError: `fresh-session`, `password-weak`, or `password-old` (there is one, which has to be given to change it).
        """
        check_proved(visitor)
        if not visitor.renews and self.of(visitor).password_since is not None:
            raise RefusedError("password-old", "your account has a password; give it to change it")
        with self._desk.writing() as connection:
            set_password(connection, visitor.account, new, format_instant(self._clock()))
            self._sessions.end_in(connection, visitor.account, but=visitor.session)
            self._sessions.renewed(connection, visitor)
            self._sessions.note(connection, visitor.account, "password set")

    def remove_password(self, visitor: Visitor) -> None:
        """Give up the password of one's own account; all other sessions end.

        Raises:
            RefusedError: `fresh-session`, or `last-way-in`.
        """
        check_proved(visitor)
        with self._desk.writing() as connection:
            with keeping_a_way(connection, visitor.account, self._issuers):
                gone = connection.execute(delete(PASSWORDS).where(PASSWORDS.c.account == visitor.account)).rowcount
            if gone:
                self._sessions.end_in(connection, visitor.account, but=visitor.session)
                self._sessions.note(connection, visitor.account, "password removed")
