"""Sign-in through OpenID Connect: identities of accounts, and ways of signing in under way."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from openqi.store.desk.desk import EXACT

revision: Final = "0006_openid"
down_revision: Final = "0005_passkeys"


def _text(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, EXACT, nullable=null)


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "openid_links", *map(_text, ("issuer", "sub", "account", "made_at", "used_at")),
        sa.PrimaryKeyConstraint("issuer", "sub", name="pk_openid_links"),
        sa.ForeignKeyConstraint(["account"], ["people_accounts.id"], name="fk_openid_links_account"),
    )  # fmt: skip
    op.create_index("ix_openid_links_account", "openid_links", ["account"])
    op.create_table(
        "openid_flows", *map(_text, ("id", "browser", "provider", "purpose")), _text("session", null=True),
        _text("invitation", null=True), *map(_text, ("login", "name", "language", "next", "made_at")),
        sa.PrimaryKeyConstraint("id", name="pk_openid_flows"),
    )  # fmt: skip
    op.create_index("ix_openid_flows_made_at", "openid_flows", ["made_at"])
