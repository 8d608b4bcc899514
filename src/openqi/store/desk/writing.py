"""What people write before it is evidence: drafts, tokens of forms with what came of them, tickets for keys elsewhere, imports."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite

from openqi.store.desk.desk import EXACT, Desk, metadata
from openqi.store.desk.people import MEMBERSHIPS

TOKENS = Table(
    "writing_tokens", metadata,
    Column("account", EXACT, nullable=False), Column("token", EXACT, nullable=False), Column("party", EXACT, nullable=False),
    Column("act", EXACT, nullable=False), Column("digest", EXACT, nullable=False), Column("state", EXACT, nullable=False),
    Column("records", EXACT, nullable=False), Column("rule", EXACT, nullable=False), Column("told", EXACT, nullable=False),
    Column("at", EXACT, nullable=False),
    PrimaryKeyConstraint("account", "token"), Index("ix_writing_tokens_at", "at"),
)  # fmt: skip
ATTEMPTS = Table(
    "writing_attempts", metadata,
    Column("id", Integer, primary_key=True), Column("account", EXACT, nullable=False), Column("token", EXACT, nullable=False),
    Column("records", EXACT, nullable=False), Index("ix_writing_attempts_account_token", "account", "token"),
)  # fmt: skip
PAPERS = Table(
    "writing_papers", metadata,
    Column("id", EXACT, primary_key=True), Column("what", EXACT, nullable=False), Column("account", EXACT, nullable=False),
    Column("party", EXACT, nullable=False), Column("act", EXACT, nullable=False), Column("content", EXACT, nullable=False),
    Column("size", Integer, nullable=False), Column("made_at", EXACT, nullable=False), Column("changed_at", EXACT, nullable=False),
    Index("ix_writing_papers_account_what_party_changed_at", "account", "what", "party", "changed_at"),
)  # fmt: skip
"""Drafts, tickets and imports: JSON that belongs to one account under one hat, and is never evidence."""


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What is known of a token: `open` while nothing came of it, `sealed` with the records, or `refused` with the rule."""

    party: str
    act: str
    digest: str
    state: str
    records: tuple[str, ...] = ()
    rule: str = ""
    told: str = ""
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A draft, a ticket or an import."""

    id: str
    what: str
    account: str
    party: str
    act: str
    content: Mapping[str, Any]
    size: int
    made_at: str
    changed_at: str


def noted(connection: Connection, account: str, token: str) -> Noted | None:
    """Return what is known of a token. In a writing transaction nobody else changes it until the end of that."""
    asked = select(TOKENS).where(TOKENS.c.account == account, TOKENS.c.token == token).with_for_update()
    found = connection.execute(asked).first()
    return None if found is None else _noted(found)


def noted_all(connection: Connection, account: str, tokens: Sequence[str]) -> Mapping[str, Noted]:
    """Return what is known of many tokens, of those that were ever used."""
    found: dict[str, Noted] = {}
    for start in range(0, len(tokens), 500):
        part = tokens[start : start + 500]
        rows = connection.execute(select(TOKENS).where(TOKENS.c.account == account, TOKENS.c.token.in_(part)))
        found |= {row.token: _noted(row) for row in rows}
    return found


def _noted(row: Row[Any]) -> Noted:
    told = {name: getattr(row, name) for name in ("party", "act", "digest", "state", "rule", "told", "at")}
    return Noted(records=tuple(json.loads(row.records)), **told)


def note(connection: Connection, account: str, token: str, what: Noted) -> None:
    """Keep what is known of a token now."""
    cells = {name: getattr(what, name) for name in ("party", "act", "digest", "state", "rule", "told", "at")}
    _put(connection, TOKENS, {"account": account, "token": token}, cells | {"records": json.dumps(what.records)})


def attempt(connection: Connection, account: str, token: str, records: Sequence[str]) -> None:
    """Keep which records are about to come into the log for a token."""
    connection.execute(insert(ATTEMPTS).values(account=account, token=token, records=json.dumps(list(records))))


def attempts(connection: Connection, account: str, token: str) -> tuple[tuple[str, ...], ...]:
    """Return the records of every attempt that was made for a token."""
    mine = (ATTEMPTS.c.account == account, ATTEMPTS.c.token == token)
    rows = connection.execute(select(ATTEMPTS.c.records).where(*mine).order_by(ATTEMPTS.c.id))
    return tuple(tuple(json.loads(row.records)) for row in rows)


def put(connection: Connection, paper: Paper) -> None:
    """Keep a paper, in place of the one of that id."""
    cells = {name: getattr(paper, name) for name in ("what", "account", "party", "act", "size", "made_at", "changed_at")}
    _put(connection, PAPERS, {"id": paper.id}, cells | {"content": json.dumps(paper.content)})


def paper(connection: Connection, name: str) -> Paper | None:
    """Return a paper."""
    found = connection.execute(select(PAPERS).where(PAPERS.c.id == name)).first()
    return None if found is None else _paper(found)


_MINE = (
    select(PAPERS)
    .where(*(PAPERS.c[name] == bindparam(name) for name in ("account", "what", "party")))
    .order_by(PAPERS.c.changed_at.desc(), PAPERS.c.id)
    .limit(bindparam("most"))
)


def papers(desk: Desk, account: str, what: str, party: str, limit: int) -> tuple[Paper, ...]:
    """Return the papers of an account under a hat, the newest first."""
    return tuple(_paper(row) for row in desk.asked(_MINE, account=account, what=what, party=party, most=limit))


def papers_left(connection: Connection, what: str, party: str, now: str, limit: int) -> tuple[Paper, ...]:
    """Return the papers under a hat of those who wear it no more at an instant, the newest first."""
    counts = (MEMBERSHIPS.c.party == party, MEMBERSHIPS.c.until.is_(None) | (MEMBERSHIPS.c.until > now))
    still = select(MEMBERSHIPS.c.account).where(*counts)
    theirs = (PAPERS.c.what == what, PAPERS.c.party == party, PAPERS.c.account.not_in(still))
    rows = connection.execute(select(PAPERS).where(*theirs).order_by(PAPERS.c.changed_at.desc(), PAPERS.c.id).limit(limit))
    return tuple(_paper(row) for row in rows)


def count(connection: Connection, account: str, what: str) -> tuple[int, int]:
    """Return how many papers of a sort an account has, and their size together."""
    mine = (PAPERS.c.account == account, PAPERS.c.what == what)
    found = connection.execute(select(func.count(), func.coalesce(func.sum(PAPERS.c.size), 0)).where(*mine)).one()
    return int(found[0]), int(found[1])


def drop(connection: Connection, name: str) -> None:
    """Forget a paper."""
    connection.execute(delete(PAPERS).where(PAPERS.c.id == name))


def drop_old(connection: Connection, what: str, before: str) -> None:
    """Forget the papers of a sort that nobody has changed since an instant."""
    connection.execute(delete(PAPERS).where(PAPERS.c.what == what, PAPERS.c.changed_at < before))


def drop_old_tokens(connection: Connection, before: str) -> None:
    """Forget tokens that nobody has used since an instant, and their attempts; a form that old is a new one."""
    old = select(TOKENS.c.account, TOKENS.c.token).where(TOKENS.c.at < before)
    connection.execute(delete(ATTEMPTS).where(tuple_(ATTEMPTS.c.account, ATTEMPTS.c.token).in_(old)))
    connection.execute(delete(TOKENS).where(TOKENS.c.at < before))


def forget(connection: Connection, account: str) -> None:
    """Forget everything that an account has written; what it sealed is evidence and stays."""
    for table in (PAPERS, ATTEMPTS, TOKENS):
        connection.execute(delete(table).where(table.c.account == account))


def _put(connection: Connection, table: Table, key: Mapping[str, str], cells: Mapping[str, Any]) -> None:
    insertion = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table).values(**key, **cells)
    connection.execute(insertion.on_conflict_do_update(index_elements=list(key), set_=dict(cells)))


def _paper(row: Row[Any]) -> Paper:
    told = {name: getattr(row, name) for name in ("id", "what", "account", "party", "act", "size", "made_at", "changed_at")}
    return Paper(content=json.loads(row.content), **told)
