"""Changes of keys that the log does not know yet."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from openqi.store.desk.desk import EXACT

revision: Final = "0007_leaving"
down_revision: Final = "0006_openid"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "people_key_changes",
        sa.Column("membership", EXACT, nullable=False), sa.Column("old", EXACT, nullable=True),
        sa.Column("key", EXACT, nullable=False), sa.Column("at", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("membership", name="pk_people_key_changes"),
        sa.ForeignKeyConstraint(["membership"], ["people_memberships.id"], name="fk_people_key_changes_membership"),
    )  # fmt: skip
