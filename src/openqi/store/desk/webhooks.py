"""Webhooks at the desk: where an organisation has its notices sent, and what was sent there."""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from openqi.store.desk.desk import EXACT, metadata

HOOKS: Final = Table(
    "webhook_hooks", metadata,
    Column("id", EXACT, primary_key=True),
    Column("party", EXACT, nullable=False),
    Column("url", EXACT, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("rotated_at", EXACT),
    Column("failures", Integer, nullable=False),
    Column("made_by", EXACT, nullable=False),
    Column("made_at", EXACT, nullable=False),
    Column("ended_at", EXACT),
    Column("why", EXACT, nullable=False),
    Index("ix_webhook_hooks_party", "party"),
)  # fmt: skip
"""Addresses to which an organisation has its notices sent; secrets are derived from the passphrase, id and generation."""

DELIVERIES: Final = Table(
    "webhook_deliveries", metadata,
    Column("id", EXACT, primary_key=True),
    Column("hook", EXACT, nullable=False),
    Column("ref", EXACT, nullable=False),
    Column("body", EXACT, nullable=False),
    Column("state", EXACT, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("status", Integer, nullable=False),
    Column("told", EXACT, nullable=False),
    Column("made_at", EXACT, nullable=False),
    Column("due_at", EXACT, nullable=False),
    UniqueConstraint("hook", "ref"),
    Index("ix_webhook_deliveries_state_due_at", "state", "due_at"),
)  # fmt: skip
"""What is to be sent: `waiting`, `sent` or `given up`; the id is the webhook-id."""
