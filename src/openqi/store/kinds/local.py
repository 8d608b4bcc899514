"""The default store: one folder with a SQLite ledger, blobs as files, and the log's static files. No server."""

from collections.abc import Sequence
from pathlib import Path

from openqi.evidence.fold import Fold
from openqi.kernel.errors import DomainError
from openqi.store.folder_store import opened
from openqi.store.sql.database import sqlite_database
from openqi.store.store import Store, StoreKind


def _open(location: str | Path | None, *, origin: str, folds: Sequence[Fold]) -> Store:
    if location is None:
        raise DomainError("a local store lies in a folder; name one")
    folder = Path(location)
    return opened(folder, sqlite_database(folder / "ledger.sqlite"), origin=origin, folds=folds)


STOREKIND = StoreKind(name="local", open=_open)
