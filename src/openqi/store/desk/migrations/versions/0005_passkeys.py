"""Passkeys, their challenges, recovery codes and links, and sessions that have to set a new way in."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from openqi.store.desk.desk import EXACT

revision: Final = "0005_passkeys"
down_revision: Final = "0004_search"


def upgrade() -> None:
    """Make it."""
    _passkeys()
    _recovery()


def _account(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    named = sa.ForeignKeyConstraint(["account"], ["people_accounts.id"], name=f"fk_{table}_account")
    return sa.Column("account", EXACT, nullable=False), named


def _passkeys() -> None:
    op.create_table(
        "people_passkeys",
        sa.Column("id", EXACT, primary_key=True),
        *_account("people_passkeys"),
        sa.Column("credential", sa.LargeBinary, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("synced", sa.Boolean, nullable=False),
        sa.Column("name", EXACT, nullable=False),
        sa.Column("made_at", EXACT, nullable=False),
        sa.Column("used_at", EXACT),
    )
    op.create_index("ix_people_passkeys_account", "people_passkeys", ["account"])
    op.create_table(
        "people_challenges",
        sa.Column("id", EXACT, primary_key=True),
        sa.Column("purpose", EXACT, nullable=False),
        sa.Column("holder", EXACT, nullable=False),
        sa.Column("ends_at", EXACT, nullable=False),
    )
    op.create_index("ix_people_challenges_ends_at", "people_challenges", ["ends_at"])


def _recovery() -> None:
    op.create_table(
        "people_codes",
        sa.Column("id", EXACT, primary_key=True),
        *_account("people_codes"),
        sa.Column("made_at", EXACT, nullable=False),
        sa.Column("used_at", EXACT),
    )
    op.create_index("ix_people_codes_account", "people_codes", ["account"])
    op.create_table(
        "people_links",
        sa.Column("id", EXACT, primary_key=True),
        *_account("people_links"),
        sa.Column("made_at", EXACT, nullable=False),
        sa.Column("ends_at", EXACT, nullable=False),
        sa.Column("used_at", EXACT),
    )
    op.create_index("ix_people_links_account", "people_links", ["account"])
    named = sa.ForeignKeyConstraint(["session"], ["people_sessions.id"], name="fk_people_renewals_session", ondelete="CASCADE")
    op.create_table("people_renewals", sa.Column("session", EXACT, primary_key=True), named)
