"""Who is there: accounts, passwords, sessions, memberships, kept keys, invitations, tokens, and what happened to them."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table

from openqi.store.desk.desk import EXACT, metadata


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, EXACT, nullable=null)


ACCOUNTS: Final = Table(
    "people_accounts", metadata,
    Column("id", EXACT, primary_key=True), Column("login", EXACT, nullable=False, unique=True), _text("name"), _text("language"),
    _text("made_at"), _text("ended_at", null=True),
)  # fmt: skip
"""A person at this station; `login` is what they type, in lower case."""

PASSWORDS: Final = Table(
    "people_passwords", metadata,
    Column("account", EXACT, ForeignKey("people_accounts.id"), primary_key=True), _text("hash"), _text("changed_at"),
)  # fmt: skip

SESSIONS: Final = Table(
    "people_sessions", metadata,
    Column("id", EXACT, primary_key=True), Column("account", EXACT, ForeignKey("people_accounts.id"), nullable=False),
    _text("membership", null=True), _text("csrf"), _text("proved_at"), _text("made_at"), _text("seen_at"),
    Index("ix_people_sessions_account", "account"),
)  # fmt: skip
"""`id` is the SHA-256 of the secret in the cookie, which lies nowhere else. A session that has ended is gone."""

MEMBERSHIPS: Final = Table(
    "people_memberships", metadata,
    Column("id", EXACT, primary_key=True), Column("account", EXACT, ForeignKey("people_accounts.id"), nullable=False),
    _text("party"), Column("manages", Boolean, nullable=False), _text("kid", null=True), _text("since"), _text("until", null=True),
    Index("ix_people_memberships_account", "account"), Index("ix_people_memberships_party", "party"),
)  # fmt: skip

KEYS: Final = Table(
    "people_keys", metadata,
    Column("membership", EXACT, ForeignKey("people_memberships.id"), primary_key=True), _text("kid"),
    Column("nonce", LargeBinary, nullable=False), Column("sealed", LargeBinary, nullable=False),
)  # fmt: skip
"""Keys that the station keeps for a person under a hat, encrypted."""

KEY_CHANGES: Final = Table(
    "people_key_changes", metadata,
    Column("membership", EXACT, ForeignKey("people_memberships.id"), primary_key=True), _text("old", null=True), _text("key"),
    _text("at"),
)  # fmt: skip
"""A public key that takes the place of an older one, until the log says so too."""

INVITATIONS: Final = Table(
    "people_invitations", metadata,
    Column("id", EXACT, primary_key=True), _text("party"), Column("manages", Boolean, nullable=False), _text("made_by"),
    _text("made_at"), _text("ends_at"), _text("used_at", null=True), Index("ix_people_invitations_party", "party"),
)  # fmt: skip
"""`id` is the SHA-256 of the secret in the link."""

TOKENS: Final = Table(
    "people_tokens", metadata,
    Column("id", EXACT, primary_key=True), Column("membership", EXACT, ForeignKey("people_memberships.id"), nullable=False),
    _text("name"), _text("made_at"), _text("ends_at"), Index("ix_people_tokens_membership", "membership"),
)  # fmt: skip
"""Bearer tokens of programs; `id` is the SHA-256 of the token."""

ATTEMPTS: Final = Table(
    "people_attempts", metadata,
    Column("id", Integer, primary_key=True), _text("who"), _text("at"), Index("ix_people_attempts_who_at", "who", "at"),
)  # fmt: skip
"""Failed sign-ins by salted hash of the name that was typed and of the address."""

EVENTS: Final = Table(
    "people_events", metadata,
    Column("id", Integer, primary_key=True), _text("at"), _text("account"), _text("what"),
    Index("ix_people_events_account", "account"),
)  # fmt: skip
"""What happened to an account: only ever added to."""
