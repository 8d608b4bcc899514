"""Ways to sign in beside the password: passkeys and their challenges; codes and links of those who lost their way in."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, Table

from openqi.store.desk.desk import EXACT, metadata

PASSKEYS: Final = Table(
    "people_passkeys", metadata,
    Column("id", EXACT, primary_key=True),
    Column("account", EXACT, ForeignKey("people_accounts.id"), nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("name", EXACT, nullable=False),
    Column("made_at", EXACT, nullable=False),
    Column("used_at", EXACT),
    Index("ix_people_passkeys_account", "account"),
)  # fmt: skip
"""Passkeys: `id` is the credential's in base64url, `credential` its attested data with the public key, nothing secret."""

CHALLENGES: Final = Table(
    "people_challenges", metadata,
    Column("id", EXACT, primary_key=True),
    Column("purpose", EXACT, nullable=False),
    Column("holder", EXACT, nullable=False),
    Column("ends_at", EXACT, nullable=False),
    Index("ix_people_challenges_ends_at", "ends_at"),
)  # fmt: skip
"""Challenges that wait for an answer, by hash; `holder` is the session that asked, or the hash of a ticket. An answer ends one."""

CODES: Final = Table(
    "people_codes", metadata,
    Column("id", EXACT, primary_key=True),
    Column("account", EXACT, ForeignKey("people_accounts.id"), nullable=False),
    Column("made_at", EXACT, nullable=False),
    Column("used_at", EXACT),
    Index("ix_people_codes_account", "account"),
)  # fmt: skip
"""Recovery codes by hash; each serves once."""

LINKS: Final = Table(
    "people_links", metadata,
    Column("id", EXACT, primary_key=True),
    Column("account", EXACT, ForeignKey("people_accounts.id"), nullable=False),
    Column("made_at", EXACT, nullable=False),
    Column("ends_at", EXACT, nullable=False),
    Column("used_at", EXACT),
    Index("ix_people_links_account", "account"),
)  # fmt: skip
"""Links that the operator at the machine made; `id` is the SHA-256 of the secret in the link."""

RENEWALS: Final = Table(
    "people_renewals", metadata,
    Column("session", EXACT, ForeignKey("people_sessions.id", ondelete="CASCADE"), primary_key=True),
)  # fmt: skip
"""Sessions in which nothing may be done but to set a new password or to add a passkey."""
