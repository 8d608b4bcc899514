"""People: accounts, passwords, sessions, memberships, kept keys, invitations, tokens, attempts, events."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from openqi.store.desk.desk import EXACT

revision: Final = "0001_people"
down_revision: Final = None


def _text(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, EXACT, nullable=null)


def _made(name: str, *columns: "sa.Column[Any]", key: str = "id", to: tuple[str, str] | None = None) -> None:
    """Make a table with one key column of text and perhaps one reference."""
    more: list[Any] = [sa.PrimaryKeyConstraint(key, name=f"pk_{name}")]
    if to is not None:
        more.append(sa.ForeignKeyConstraint([to[0]], [f"{to[1]}.id"], name=f"fk_{name}_{to[0]}"))
    op.create_table(name, *columns, *more)


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "people_accounts", _text("id"), _text("login"), _text("name"), _text("language"), _text("made_at"),
        _text("ended_at", null=True), sa.PrimaryKeyConstraint("id", name="pk_people_accounts"),
        sa.UniqueConstraint("login", name="uq_people_accounts_login"),
    )  # fmt: skip
    _made(
        "people_passwords", _text("account"), _text("hash"), _text("changed_at"), key="account", to=("account", "people_accounts")
    )
    _made(
        "people_sessions", _text("id"), _text("account"), _text("membership", null=True), _text("csrf"), _text("proved_at"),
        _text("made_at"), _text("seen_at"), to=("account", "people_accounts"),
    )  # fmt: skip
    _made(
        "people_memberships", _text("id"), _text("account"), _text("party"), sa.Column("manages", sa.Boolean, nullable=False),
        _text("kid", null=True), _text("since"), _text("until", null=True), to=("account", "people_accounts"),
    )  # fmt: skip
    _made(
        "people_keys", _text("membership"), _text("kid"), sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False), key="membership", to=("membership", "people_memberships"),
    )  # fmt: skip
    _made(
        "people_invitations", _text("id"), _text("party"), sa.Column("manages", sa.Boolean, nullable=False), _text("made_by"),
        _text("made_at"), _text("ends_at"), _text("used_at", null=True),
    )  # fmt: skip
    _made(
        "people_tokens", _text("id"), _text("membership"), _text("name"), _text("made_at"), _text("ends_at"),
        to=("membership", "people_memberships"),
    )  # fmt: skip
    for name, columns in (("people_attempts", ("who", "at")), ("people_events", ("at", "account", "what"))):
        op.create_table(name, sa.Column("id", sa.Integer, primary_key=True), *map(_text, columns))
    for name, indexed in (
        ("sessions", ("account",)), ("memberships", ("account",)), ("memberships", ("party",)), ("invitations", ("party",)),
        ("tokens", ("membership",)), ("attempts", ("who", "at")), ("events", ("account",)),
    ):  # fmt: skip
        op.create_index(f"ix_people_{name}_{'_'.join(indexed)}", f"people_{name}", list(indexed))
