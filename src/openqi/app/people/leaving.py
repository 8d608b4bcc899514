"""Leaving: somebody erases their account. Their keys end in the log, and the desk forgets who they were; the log stays whole."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from openqi.app.people.granting import Granting
from openqi.app.people.visitor import Visitor, check_fresh
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk import personal
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import ACCOUNTS, INVITATIONS, MEMBERSHIPS

_NOBODY: Final = "(left) "
"""How the sign-in name of an account that was erased begins: with a space in it nobody can type it."""


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """Who leaves, for those who have written down more of them than rows of their own."""

    account: str
    login: str
    name: str


Disown = Callable[[Connection, Leaver], None]


class Leaving:
    """Erases accounts, and tells people what is kept about them.

    Args:
        desk: where people lie.
        granting: ends keys in the log.
        operator: party that operates the station; somebody has to act for it.
        clock: the present instant.
        disowning: take the name of somebody who leaves out of what stays, each in the same transaction.
    """

    def __init__(
        self, desk: Desk, granting: Granting, *, operator: str, clock: Callable[[], datetime], disowning: Sequence[Disown] = ()
    ) -> None:
        self._desk, self._granting, self._operator = desk, granting, operator
        self._clock, self._disowning = clock, tuple(disowning)

    def check(self, visitor: Visitor) -> None:
        """Raise RefusedError where a visitor may not leave now: `last-manager`, `operators-person`, or `fresh-session`."""
        check_fresh(visitor, in_person=True)
        with self._desk.reading() as connection:
            self._missed(connection, visitor.account, self._memberships(connection, visitor.account))

    def leave(self, visitor: Visitor, login: str) -> None:
        """Erase the account of a visitor.

        First the desk forgets, in one transaction, then each key ends in the log; where the process is killed in between, that
        is done when the station opens.

        Args:
            visitor: who leaves; a program with a token does not.
            login: their sign-in name, typed once more.

        Raises:
            RefusedError: as `check`, or `leaving-name` (that is not their sign-in name).
            StoreError: desk or ledger cannot be written.
        """
        check_fresh(visitor, in_person=True)
        with self._desk.writing() as connection:
            asked = select(ACCOUNTS).where(ACCOUNTS.c.id == visitor.account, ACCOUNTS.c.ended_at.is_(None))
            found = connection.execute(asked).one_or_none()
            if found is None or login.strip().casefold() != found.login:
                raise RefusedError("leaving-name", "this is not your sign-in name; type it to say that you mean your own account")
            ending = self._left(connection, found, managers=True)
        self._ended(ending)

    def erase(self, login: str) -> None:
        """Erase the account of somebody who cannot do it, as the operator does on the station's machine; also of a last manager.

        Raises:
            NotFoundError: nobody signs in with this name.
            RefusedError: `operators-person`.
            StoreError: desk or ledger cannot be written.
        """
        with self._desk.writing() as connection:
            asked = select(ACCOUNTS).where(ACCOUNTS.c.login == login.strip().casefold(), ACCOUNTS.c.ended_at.is_(None))
            found = connection.execute(asked).one_or_none()
            if found is None:
                raise NotFoundError(f"nobody signs in here as {login[:200]!r}")
            ending = self._left(connection, found, managers=False)
        self._ended(ending)

    def _left(self, connection: Connection, account: Any, *, managers: bool) -> list[Any]:
        """Memberships whose keys are still to end, after the desk has forgotten whose they were."""
        # Whoever manages the same organisations waits: of two who leave at once the second is the last.
        mine = self._memberships(connection, account.id)
        self._managers(connection, [one.party for one in mine], lock=True)
        self._missed(connection, account.id, mine, managers=managers)
        leaver = Leaver(account=account.id, login=account.login, name=account.name)
        self._forget(connection, leaver, format_instant(self._clock()))
        with_keys = (MEMBERSHIPS.c.account == account.id, MEMBERSHIPS.c.kid.is_not(None))
        return list(connection.execute(select(MEMBERSHIPS).where(*with_keys)))

    def _ended(self, memberships: Sequence[Any]) -> None:
        self._desk.settle()
        for one in memberships:
            self._granting.end(one)

    def _forget(self, connection: Connection, leaver: Leaver, now: str) -> None:
        for disown in self._disowning:
            disown(connection, leaver)
        # Else somebody comes back with an invitation that they made for themselves.
        connection.execute(delete(INVITATIONS).where(INVITATIONS.c.made_by == leaver.account, INVITATIONS.c.used_at.is_(None)))
        personal.forget(connection, leaver.account)
        going = (MEMBERSHIPS.c.account == leaver.account, MEMBERSHIPS.c.until.is_(None) | (MEMBERSHIPS.c.until > now))
        connection.execute(update(MEMBERSHIPS).where(*going).values(until=now))
        nobody = {"login": _NOBODY + leaver.account, "name": "", "language": "", "ended_at": now}
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == leaver.account).values(nobody))

    def _memberships(self, connection: Connection, account: str) -> list[Any]:
        return list(connection.execute(select(MEMBERSHIPS).where(MEMBERSHIPS.c.account == account, self._counting())))

    def _counting(self) -> Any:
        now = format_instant(self._clock())
        return (MEMBERSHIPS.c.since <= now) & (MEMBERSHIPS.c.until.is_(None) | (MEMBERSHIPS.c.until > now))

    def _managers(self, connection: Connection, parties: Sequence[str], *, lock: bool = False) -> list[Any]:
        """Memberships that count in some parties of those whose account has not ended."""
        asked = select(MEMBERSHIPS).join(ACCOUNTS).where(MEMBERSHIPS.c.party.in_(parties), ACCOUNTS.c.ended_at.is_(None))
        asked = asked.where(self._counting()).order_by(MEMBERSHIPS.c.id)
        return list(connection.execute(asked.with_for_update(of=MEMBERSHIPS) if lock else asked))

    def _missed(self, connection: Connection, account: str, mine: Sequence[Any], *, managers: bool = True) -> None:
        """Raise where nobody would be left who looks after an organisation, or acts for the operator."""
        others = [one for one in self._managers(connection, [one.party for one in mine]) if one.account != account]
        for one in mine:
            if one.party == self._operator and one.party not in {other.party for other in others}:
                raise RefusedError("operators-person", "you are the only person of the operator; invite somebody else first")
            if managers and one.manages and one.party not in {other.party for other in others if other.manages}:
                raise RefusedError("last-manager", f"nobody else manages {one.party}; invite somebody who will, then leave")

    def kept(self, visitor: Visitor) -> bytes:
        """Return what the desk keeps about a visitor as JSON: each table with its rows, without secrets."""
        with self._desk.reading() as connection:
            tables = {name: [*map(_plain, rows)] for name, rows in personal.told(connection, visitor.account)}
        told = {"account": visitor.account, "at": format_instant(self._clock()), "tables": tables}
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _plain(row: Any) -> dict[str, Any]:
    """A row with the JSON that it holds as JSON."""
    content = {"content": json.loads(row["content"])} if "content" in row else {}
    return {**row, **content}
