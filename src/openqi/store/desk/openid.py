"""Sign-in through OpenID Connect: whose identity at a provider belongs to which account, and ways of signing in under way."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, PrimaryKeyConstraint, Table

from openqi.store.desk.desk import EXACT, metadata


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, EXACT, nullable=null)


LINKS: Final = Table(
    "openid_links", metadata,
    _text("issuer"), _text("sub"), Column("account", EXACT, ForeignKey("people_accounts.id"), nullable=False), _text("made_at"),
    _text("used_at"), PrimaryKeyConstraint("issuer", "sub"), Index("ix_openid_links_account", "account"),
)  # fmt: skip
"""An identity is the pair of issuer and `sub`, and belongs to one account at most. No claim besides is kept."""

FLOWS: Final = Table(
    "openid_flows", metadata,
    Column("id", EXACT, primary_key=True), _text("browser"), _text("provider"), _text("purpose"), _text("session", null=True),
    _text("invitation", null=True), _text("login"), _text("name"), _text("language"), _text("next"), _text("made_at"),
    Index("ix_openid_flows_made_at", "made_at"),
)  # fmt: skip
"""Ways to a provider that may still come back: `id` is the SHA-256 of `state`, `browser` that of a cookie. PKCE's verifier and
the nonce grow from `state` and a key of the station, so that nobody reads them here."""
