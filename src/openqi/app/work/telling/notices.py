"""Notices of a station: made out of the log from a position, read by whom they are for, told as each of them wishes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from openqi.app.people.visitor import Visitor
from openqi.app.work.telling.told import concerns
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.notices import ADDRESSES, CHOICES, MAILS, NOTICES
from openqi.store.desk.people import ACCOUNTS, MEMBERSHIPS
from openqi.store.desk.search import move, position
from openqi.store.store import Store

NOW, DAILY, NONE = "now", "daily", "none"
WAYS: Final = (NOW, DAILY, NONE)
_POSITION: Final = "notices"
_STEP: Final = 200
_OLD: Final = timedelta(days=3)
"""What is older is shown and not mailed: a station that reads its log for the first time floods nobody."""
Follow = Callable[[Connection, Record, frozenset[str]], None]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing that somebody is told of; `ref` is the id of a record, or the address of a page."""

    id: str
    party: str
    topic: str
    ref: str
    kind: str
    about: str
    at: str
    read: bool


class Notices:
    """Notices of people.

    Args:
        store: the log that they tell of.
        desk: keeps them.
        clock: the present instant.
    """

    def __init__(
        self, store: Store, desk: Desk, *, clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self._store, self._desk, self._clock = store, desk, clock

    def now(self, ahead: timedelta = timedelta()) -> str:
        """Return the present instant, or one that is so far ahead."""
        return format_instant(self._clock() + ahead)

    def fill(self, follow: Follow = lambda *_: None, most: int = _STEP) -> int:
        """Return how many entries of the log are still to be read, after making the notices of at most `most` of them.

        Notices and position are one transaction, so that none is lost and none is made twice.

        Args:
            follow: told of every record in the same transaction, with all parties that have people here.
            most: entries to read now.
        """
        size = self._store.size()
        with self._desk.reading() as connection:
            if position(connection, _POSITION, 1) >= size:
                return 0
        with self._desk.writing() as connection:
            start = position(connection, _POSITION, 1)
            stop = min(size, start + most)
            people = self._members(connection)
            parties = frozenset(people)
            for logged in self._store.scan(start, stop):
                self._tell_of(connection, logged.record, people, parties)
                follow(connection, logged.record, parties)
            move(connection, _POSITION, 1, max(start, stop))
        return max(0, size - stop)

    def _members(self, connection: Connection) -> dict[str, list[tuple[str, str]]]:
        """Accounts of each party with the instant since which they act for it."""
        counting = or_(MEMBERSHIPS.c.until.is_(None), MEMBERSHIPS.c.until > self.now())
        asked = select(MEMBERSHIPS.c.party, MEMBERSHIPS.c.account, MEMBERSHIPS.c.since)
        asked = asked.join(ACCOUNTS, ACCOUNTS.c.id == MEMBERSHIPS.c.account).where(counting, ACCOUNTS.c.ended_at.is_(None))
        found: dict[str, list[tuple[str, str]]] = {}
        for row in connection.execute(asked):
            found.setdefault(row.party, []).append((row.account, row.since))
        return found

    def _tell_of(
        self, connection: Connection, record: Record, people: dict[str, list[tuple[str, str]]], parties: frozenset[str]
    ) -> None:  # fmt: skip
        old = record.valid_from < format_instant(self._clock() - _OLD)
        for concern in concerns(self._store, record, parties):
            accounts = [account for account, since in people[concern.party] if since <= record.valid_from]
            told = {"topic": concern.topic, "ref": record.id, "kind": record.kind, "about": record.streams[0]}
            self.tell(connection, accounts, concern.party, told, quiet=old)

    def tell(
        self, connection: Connection, accounts: Iterable[str], party: str, told: dict[str, str], *, quiet: bool = False
    ) -> None:  # fmt: skip
        """Tell accounts of something in the transaction of a connection; once, however often it is told.

        Args:
            connection: in whose transaction.
            accounts: of whom.
            party: whose hat they wear when they look.
            told: topic, ref, kind and about.
            quiet: only on the page.
        """
        for account in accounts:
            how = connection.execute(
                select(CHOICES.c.how).where(CHOICES.c.account == account, CHOICES.c.party == party)
            ).scalar_one_or_none()
            cells = {"account": account, "party": party, **told, "how": NONE if quiet else how or DAILY, "at": self.now()}
            name = sha256("\n".join((account, party, told["topic"], told["ref"])).encode()).hexdigest()[:32]
            make = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(NOTICES).values(id=name, **cells)
            connection.execute(make.on_conflict_do_nothing())

    def of(self, visitor: Visitor, *, before: str = "", limit: int = 30) -> tuple[Notice, ...]:
        """Return the notices of a visitor under the hat that is worn and of their account, the newest first.

        Args:
            visitor: whose.
            before: `at id` of the last one that was seen; "" begins with the newest.
            limit: how many at once.
        """
        mine = [NOTICES.c.account == visitor.account, NOTICES.c.party.in_((visitor.party or "", ""))]
        if before:
            at, _, name = before.partition(" ")
            mine.append(or_(NOTICES.c.at < at, (NOTICES.c.at == at) & (NOTICES.c.id < name)))
        asked = select(NOTICES).where(*mine).order_by(NOTICES.c.at.desc(), NOTICES.c.id.desc()).limit(limit)
        with self._desk.reading() as connection:
            return tuple(_notice(row) for row in connection.execute(asked))

    def unread(self, visitor: Visitor) -> int:
        """Return how many notices a visitor has not read under the hat that is worn."""
        mine = (NOTICES.c.account == visitor.account, NOTICES.c.party.in_((visitor.party or "", "")), NOTICES.c.read_at.is_(None))
        with self._desk.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(NOTICES).where(*mine)).scalar_one())

    def read_all(self, visitor: Visitor) -> None:
        """Note that a visitor has read all notices under the hat that is worn."""
        mine = (NOTICES.c.account == visitor.account, NOTICES.c.party.in_((visitor.party or "", "")), NOTICES.c.read_at.is_(None))
        with self._desk.writing() as connection:
            connection.execute(update(NOTICES).where(*mine).values(read_at=self.now()))

    def way(self, visitor: Visitor) -> str:
        """Return how a visitor is told under the hat that is worn: `now`, `daily` (unless chosen otherwise) or `none`."""
        mine = (CHOICES.c.account == visitor.account, CHOICES.c.party == (visitor.party or ""))
        with self._desk.reading() as connection:
            return connection.execute(select(CHOICES.c.how).where(*mine)).scalar_one_or_none() or DAILY

    def choose(self, visitor: Visitor, how: str) -> None:
        """Keep how a visitor wishes to be told under the hat that is worn; raises FormatError, RefusedError."""
        if how not in WAYS:
            raise FormatError(f"notices come now, daily or not at all, not {how[:40]!r}")
        if visitor.party is None:
            raise RefusedError("hat-worn", "choose for which organisation you act")
        mine = (CHOICES.c.account == visitor.account, CHOICES.c.party == visitor.party)
        with self._desk.writing() as connection:
            connection.execute(delete(CHOICES).where(*mine))
            connection.execute(insert(CHOICES).values(account=visitor.account, party=visitor.party, how=how))

    def forget(self, connection: Connection, account: str) -> None:
        """Forget everything that an account was told, and its address."""
        for table in (NOTICES, MAILS, CHOICES, ADDRESSES):
            connection.execute(delete(table).where(table.c.account == account))


def _notice(row: Any) -> Notice:
    told = {name: getattr(row, name) for name in ("id", "party", "topic", "ref", "kind", "about", "at")}
    return Notice(read=row.read_at is not None, **told)
