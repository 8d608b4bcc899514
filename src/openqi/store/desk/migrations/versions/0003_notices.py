"""Notices, letters, webhooks, comments and attachments."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from openqi.store.desk.desk import EXACT

revision: Final = "0003_notices"
down_revision: Final = "0002_writing"


def upgrade() -> None:
    """Make it."""
    _notices()
    _letters()
    _webhooks()
    _comments()


def _notices() -> None:
    op.create_table(
        "notice_notices",
        sa.Column("id", EXACT, primary_key=True),
        sa.Column("account", EXACT, nullable=False),
        sa.Column("party", EXACT, nullable=False),
        sa.Column("topic", EXACT, nullable=False),
        sa.Column("ref", EXACT, nullable=False),
        sa.Column("kind", EXACT, nullable=False),
        sa.Column("about", EXACT, nullable=False),
        sa.Column("how", EXACT, nullable=False),
        sa.Column("mail", EXACT),
        sa.Column("at", EXACT, nullable=False),
        sa.Column("read_at", EXACT),
        sa.UniqueConstraint("account", "party", "topic", "ref", name="uq_notice_notices_account_party_topic_ref"),
    )  # fmt: skip
    op.create_index("ix_notice_notices_account_at", "notice_notices", ["account", "at"])
    op.create_index("ix_notice_notices_how_mail", "notice_notices", ["how", "mail"])


def _letters() -> None:
    op.create_table(
        "notice_mails",
        sa.Column("id", EXACT, primary_key=True),
        sa.Column("account", EXACT, nullable=False),
        sa.Column("address", EXACT, nullable=False),
        sa.Column("subject", EXACT, nullable=False),
        sa.Column("text", EXACT, nullable=False),
        sa.Column("state", EXACT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", EXACT, nullable=False),
        sa.Column("made_at", EXACT, nullable=False),
        sa.Column("told", EXACT, nullable=False),
    )  # fmt: skip
    op.create_index("ix_notice_mails_state_due_at", "notice_mails", ["state", "due_at"])
    op.create_index("ix_notice_mails_account", "notice_mails", ["account"])
    op.create_table(
        "notice_choices",
        sa.Column("account", EXACT, nullable=False),
        sa.Column("party", EXACT, nullable=False),
        sa.Column("how", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("account", "party", name="pk_notice_choices"),
    )  # fmt: skip
    op.create_table(
        "notice_addresses",
        sa.Column("account", EXACT, primary_key=True),
        sa.Column("address", EXACT, nullable=False),
        sa.Column("code", EXACT, nullable=False),
        sa.Column("asked_at", EXACT, nullable=False),
        sa.Column("confirmed_at", EXACT),
        sa.Column("tries", sa.Integer, nullable=False),
    )  # fmt: skip


def _webhooks() -> None:
    op.create_table(
        "webhook_hooks",
        sa.Column("id", EXACT, primary_key=True),
        sa.Column("party", EXACT, nullable=False),
        sa.Column("url", EXACT, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("rotated_at", EXACT),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("made_by", EXACT, nullable=False),
        sa.Column("made_at", EXACT, nullable=False),
        sa.Column("ended_at", EXACT),
        sa.Column("why", EXACT, nullable=False),
    )  # fmt: skip
    op.create_index("ix_webhook_hooks_party", "webhook_hooks", ["party"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", EXACT, primary_key=True),
        sa.Column("hook", EXACT, nullable=False),
        sa.Column("ref", EXACT, nullable=False),
        sa.Column("body", EXACT, nullable=False),
        sa.Column("state", EXACT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("told", EXACT, nullable=False),
        sa.Column("made_at", EXACT, nullable=False),
        sa.Column("due_at", EXACT, nullable=False),
        sa.UniqueConstraint("hook", "ref", name="uq_webhook_deliveries_hook_ref"),
    )  # fmt: skip
    op.create_index("ix_webhook_deliveries_state_due_at", "webhook_deliveries", ["state", "due_at"])


def _comments() -> None:
    op.create_table(
        "comment_entries",
        sa.Column("id", EXACT, primary_key=True),
        sa.Column("about", EXACT, nullable=False),
        sa.Column("party", EXACT, nullable=False),
        sa.Column("account", EXACT, nullable=False),
        sa.Column("text", EXACT, nullable=False),
        sa.Column("name", EXACT, nullable=False),
        sa.Column("media_type", EXACT, nullable=False),
        sa.Column("sha256", EXACT, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("at", EXACT, nullable=False),
    )  # fmt: skip
    op.create_index("ix_comment_entries_about_at", "comment_entries", ["about", "at"])
    op.create_index("ix_comment_entries_sha256", "comment_entries", ["sha256"])
    op.create_table(
        "comment_readers",
        sa.Column("entry", EXACT, nullable=False),
        sa.Column("party", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("entry", "party", name="pk_comment_readers"),
    )  # fmt: skip
