"""Notices at the desk: what somebody is told of, how they wish to be told, and the letters that carry it."""

from typing import Final

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from openqi.store.desk.desk import EXACT, metadata

NOTICES: Final = Table(
    "notice_notices", metadata,
    Column("id", EXACT, primary_key=True),
    Column("account", EXACT, nullable=False),
    Column("party", EXACT, nullable=False),
    Column("topic", EXACT, nullable=False),
    Column("ref", EXACT, nullable=False),
    Column("kind", EXACT, nullable=False),
    Column("about", EXACT, nullable=False),
    Column("how", EXACT, nullable=False),
    Column("mail", EXACT),
    Column("at", EXACT, nullable=False),
    Column("read_at", EXACT),
    UniqueConstraint("account", "party", "topic", "ref"),
    Index("ix_notice_notices_account_at", "account", "at"),
    Index("ix_notice_notices_how_mail", "how", "mail"),
)  # fmt: skip
"""What somebody is told of, once for each thing and hat; `how` is `now`, `daily` or `none`, `mail` the letter that carried it."""

MAILS: Final = Table(
    "notice_mails", metadata,
    Column("id", EXACT, primary_key=True),
    Column("account", EXACT, nullable=False),
    Column("address", EXACT, nullable=False),
    Column("subject", EXACT, nullable=False),
    Column("text", EXACT, nullable=False),
    Column("state", EXACT, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", EXACT, nullable=False),
    Column("made_at", EXACT, nullable=False),
    Column("told", EXACT, nullable=False),
    Index("ix_notice_mails_state_due_at", "state", "due_at"),
    Index("ix_notice_mails_account", "account"),
)  # fmt: skip
"""Letters: `waiting`, `sent` or `given up`; the id is part of the Message-ID, the same however often it is tried."""

CHOICES: Final = Table(
    "notice_choices", metadata,
    Column("account", EXACT, nullable=False),
    Column("party", EXACT, nullable=False),
    Column("how", EXACT, nullable=False),
    PrimaryKeyConstraint("account", "party"),
)  # fmt: skip
"""How somebody is told of what concerns an organisation."""

ADDRESSES: Final = Table(
    "notice_addresses", metadata,
    Column("account", EXACT, primary_key=True),
    Column("address", EXACT, nullable=False),
    Column("code", EXACT, nullable=False),
    Column("asked_at", EXACT, nullable=False),
    Column("confirmed_at", EXACT),
    Column("tries", Integer, nullable=False),
)  # fmt: skip
"""Where letters go; none but the one with the code goes to an address that was not confirmed. `code` is a hash."""
