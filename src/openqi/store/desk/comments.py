"""Comments and attachments at the desk: who wrote what about a record or subject, and who sees it."""

from typing import Final

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from openqi.store.desk.desk import EXACT, metadata

ENTRIES: Final = Table(
    "comment_entries", metadata,
    Column("id", EXACT, primary_key=True),
    Column("about", EXACT, nullable=False),
    Column("party", EXACT, nullable=False),
    Column("account", EXACT, nullable=False),
    Column("text", EXACT, nullable=False),
    Column("name", EXACT, nullable=False),
    Column("media_type", EXACT, nullable=False),
    Column("sha256", EXACT, nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", EXACT, nullable=False),
    Index("ix_comment_entries_about_at", "about", "at"),
    Index("ix_comment_entries_sha256", "sha256"),
)  # fmt: skip
"""Comments, and attachments (those with a name); never evidence, and erasable."""

READERS: Final = Table(
    "comment_readers", metadata,
    Column("entry", EXACT, nullable=False),
    Column("party", EXACT, nullable=False),
    PrimaryKeyConstraint("entry", "party"),
)  # fmt: skip
"""Parties whose people see a comment or attachment."""
