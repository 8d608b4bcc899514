"""Which tables the desk has: every module of this folder that brings some is named here."""

from sqlalchemy import Table

from openqi.store.desk import comments, notices, openid, passkeys, people, search, webhooks, writing
from openqi.store.desk.desk import metadata

MODULES = (people, passkeys, openid, writing, notices, webhooks, comments, search)


def desk_tables() -> tuple[Table, ...]:
    """Return all tables of the desk, in an order in which they can be filled."""
    return tuple(metadata.sorted_tables)
