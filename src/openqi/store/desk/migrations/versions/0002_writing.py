"""Writing: tokens of forms with what came of them, and drafts, tickets and imports."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from openqi.store.desk.desk import EXACT

revision: Final = "0002_writing"
down_revision: Final = "0001_people"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "writing_tokens",
        sa.Column("account", EXACT, nullable=False), sa.Column("token", EXACT, nullable=False),
        sa.Column("party", EXACT, nullable=False), sa.Column("act", EXACT, nullable=False),
        sa.Column("digest", EXACT, nullable=False), sa.Column("state", EXACT, nullable=False),
        sa.Column("records", EXACT, nullable=False), sa.Column("rule", EXACT, nullable=False),
        sa.Column("told", EXACT, nullable=False), sa.Column("at", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("account", "token", name="pk_writing_tokens"),
    )  # fmt: skip
    op.create_index("ix_writing_tokens_at", "writing_tokens", ["at"])
    op.create_table(
        "writing_attempts",
        sa.Column("id", sa.Integer, primary_key=True), sa.Column("account", EXACT, nullable=False),
        sa.Column("token", EXACT, nullable=False), sa.Column("records", EXACT, nullable=False),
    )  # fmt: skip
    op.create_index("ix_writing_attempts_account_token", "writing_attempts", ["account", "token"])
    op.create_table(
        "writing_papers",
        sa.Column("id", EXACT, nullable=False), sa.Column("what", EXACT, nullable=False),
        sa.Column("account", EXACT, nullable=False), sa.Column("party", EXACT, nullable=False),
        sa.Column("act", EXACT, nullable=False), sa.Column("content", EXACT, nullable=False),
        sa.Column("size", sa.Integer, nullable=False), sa.Column("made_at", EXACT, nullable=False),
        sa.Column("changed_at", EXACT, nullable=False), sa.PrimaryKeyConstraint("id", name="pk_writing_papers"),
    )  # fmt: skip
    op.create_index("ix_writing_papers_account_what_party_changed_at", "writing_papers", ["account", "what", "party", "changed_at"])
