"""A store whose ledger lies in PostgreSQL; its folder holds blobs, static files, and the URL of the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from openqi.evidence.fold import Fold
from openqi.kernel.errors import DomainError
from openqi.store.folder_store import opened
from openqi.store.sql.database import postgresql_database
from openqi.store.store import Store, StoreKind

URL: Final = "postgresql.url"
"""File whose first line is `postgresql://user@host/database`; a password stands in PGPASSWORD, never here."""


def _open(location: str | Path | None, *, origin: str, folds: Sequence[Fold]) -> Store:
    if location is None:
        raise DomainError("a store in PostgreSQL has a folder for blobs and static files; name one")
    folder = Path(location)
    try:
        url = (folder / URL).read_text(encoding="utf-8").split("\n")[0].strip()
    except FileNotFoundError as error:
        raise DomainError(f"{folder / URL} is missing; its first line is postgresql://user@host/database") from error
    return opened(folder, postgresql_database(url), origin=origin, folds=folds)


STOREKIND = StoreKind(name="postgresql", open=_open)
