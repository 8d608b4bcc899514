"""Search: readers, what they find, and the pieces under which they find it."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from openqi.store.desk.desk import EXACT

revision: Final = "0004_search"
down_revision: Final = "0003_notices"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "search_readers",
        sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", EXACT, nullable=False),
        sa.UniqueConstraint("name", name="uq_search_readers_name"),
    )  # fmt: skip
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer, primary_key=True), sa.Column("reader", sa.Integer, nullable=False),
        sa.Column("source", EXACT, nullable=False), sa.Column("ref", EXACT, nullable=False),
        sa.Column("kind", EXACT, nullable=False), sa.Column("title", EXACT, nullable=False),
        sa.Column("text", EXACT, nullable=False), sa.Column("at", EXACT, nullable=False),
    )  # fmt: skip
    op.create_index("ix_search_documents_source_ref", "search_documents", ["source", "ref"])
    op.create_table(
        "search_pieces",
        sa.Column("reader", sa.Integer, nullable=False), sa.Column("piece", EXACT, nullable=False),
        sa.Column("document", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("reader", "piece", "document", name="pk_search_pieces"), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_search_pieces_document", "search_pieces", ["document"])
    op.create_table(
        "search_positions",
        sa.Column("name", EXACT, primary_key=True), sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )  # fmt: skip
