"""What of the desk is about a person: every column that names an account or a membership, and what becomes of it when they leave.

A new table with such a column gets a line in `PERSONAL`; a test looks at every table and fails until it has one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Select, Table, delete, select, update

from openqi.store.desk import comments, notices, openid, passkeys, people, webhooks, writing
from openqi.store.desk.tables import desk_tables

ERASED, NAMELESS, KEPT = "erased", "nameless", "kept"
NAMES: Final = frozenset({"account", "membership", "made_by", "person", "owner", "author", "by", "login", "who", "user", "member"})
"""Names of columns that speak of a person."""
_OF_PEOPLE: Final = frozenset({"people_accounts", "people_memberships"})


@dataclass(frozen=True, kw_only=True)
class Personal:
    """One column that names a person.

    Args:
        table, column: which.
        membership: whether it names a membership; else an account.
        leaving: `erased` (the rows go), `nameless` (they stay, and name nobody), or `kept` (whoever erases looks after them).
        secret: columns that are told to nobody, not even to the person.
    """

    table: Table
    column: str
    membership: bool = False
    leaving: str = ERASED
    secret: tuple[str, ...] = ()

    @property
    def named(self) -> Column[Any]:
        """The column."""
        return self.table.c[self.column]

    def rows(self, account: str) -> Any:
        """Return the condition under which a row is about an account."""
        if self.membership:
            return self.named.in_(select(people.MEMBERSHIPS.c.id).where(people.MEMBERSHIPS.c.account == account))
        return self.named == account


PERSONAL: Final = (
    Personal(table=people.ACCOUNTS, column="id", leaving=KEPT),  # its name and login are taken out; memberships point here
    Personal(table=people.PASSWORDS, column="account", secret=("hash",)),
    Personal(table=people.SESSIONS, column="account", secret=("id", "csrf")),
    Personal(table=people.MEMBERSHIPS, column="account", leaving=KEPT),  # its key is still to be ended in the log
    Personal(table=people.KEYS, column="membership", membership=True, secret=("nonce", "sealed")),
    Personal(table=people.KEY_CHANGES, column="membership", membership=True, leaving=KEPT),  # names a key to be ended too
    Personal(table=people.TOKENS, column="membership", membership=True, secret=("id",)),
    Personal(table=people.INVITATIONS, column="made_by", leaving=NAMELESS, secret=("id",)),
    Personal(table=people.EVENTS, column="account"),
    Personal(table=passkeys.PASSKEYS, column="account"),
    Personal(table=passkeys.CODES, column="account", secret=("id",)),
    Personal(table=passkeys.LINKS, column="account", secret=("id",)),
    Personal(table=openid.LINKS, column="account"),
    Personal(table=writing.TOKENS, column="account"),
    Personal(table=writing.ATTEMPTS, column="account"),
    Personal(table=writing.PAPERS, column="account"),
    Personal(table=notices.NOTICES, column="account"),
    Personal(table=notices.MAILS, column="account"),
    Personal(table=notices.CHOICES, column="account"),
    Personal(table=notices.ADDRESSES, column="account", secret=("code",)),
    Personal(table=webhooks.HOOKS, column="made_by", leaving=NAMELESS),
    Personal(table=comments.ENTRIES, column="account", leaving=NAMELESS),
)  # fmt: skip
NOBODYS: Final = frozenset(
    {("people_attempts", "who"), ("people_accounts", "login"), ("people_sessions", "membership"), ("openid_flows", "login")}
)
"""Columns that speak of a person and have no line: a salted hash that lasts an hour, two of rows that have one, and what
somebody typed who has no account yet, which lasts ten minutes."""


def unhandled() -> tuple[str, ...]:
    """Return every column of the desk that speaks of a person by its name or by what it points to and has no line above."""
    lines = {(one.table.name, one.column) for one in PERSONAL} | NOBODYS
    found = [
        f"{table.name}.{column.name}"
        for table in desk_tables() for column in table.columns
        if (column.name in NAMES or any(key.column.table.name in _OF_PEOPLE for key in column.foreign_keys))
        and (table.name, column.name) not in lines
    ]  # fmt: skip
    return tuple(found)


def forget(connection: Connection, account: str) -> None:
    """Erase what the desk has of an account, and take its name from what stays; what is kept is left to the caller."""
    order = {table.name: place for place, table in enumerate(desk_tables())}
    for one in sorted(PERSONAL, key=lambda one: order[one.table.name], reverse=True):
        if one.leaving == ERASED:
            connection.execute(delete(one.table).where(one.rows(account)))
        elif one.leaving == NAMELESS:
            connection.execute(update(one.table).where(one.rows(account)).values({one.column: ""}))


def told(connection: Connection, account: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield each table of the desk with what it has of an account, without what is secret."""
    for one in PERSONAL:
        readable = (column for column in one.table.columns if not isinstance(column.type, LargeBinary))
        shown = [column for column in readable if column.name not in one.secret]
        asked: Select[Any] = select(*shown).where(one.rows(account)).order_by(*one.table.primary_key.columns)
        yield one.table.name, [dict(row._mapping) for row in connection.execute(asked)]
