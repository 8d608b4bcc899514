"""A SQLite file that only its owner may read: what people wrote, what was printed, where somebody scanned."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from openqi.kernel.errors import StoreError
from openqi.store.transaction import transaction


def private_file(
    path: Path,
    what: str,
    formats: Mapping[int, Sequence[str]],
    *,
    journal: Literal["WAL", "TRUNCATE", "DELETE"] = "WAL",
    synchronous: Literal["FULL", "NORMAL"] = "FULL",
    erases: bool = True,
) -> sqlite3.Connection:
    """Return a connection to a file that is made where it is not there, and brought up to the newest format.

    Any thread may use it, one at a time. Files beside it that the database makes have the same rights.

    Args:
        path: of the file; nobody but its owner may read it from now on.
        what: it holds, for messages.
        formats: number of a format → the statements that lead to it from the one before.
        journal: where a change lies before it is in the file.
        synchronous: how surely it is kept when the machine stops.
        erases: whether what is deleted is written over.

    Raises:
        StoreError: it cannot be made, or is of a newer format.
        sqlite3.Error: it is no such file, or the disk is full.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{what} {path}: {error.strerror}; name a place where you may write") from error
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=60)
    try:
        if erases:
            connection.execute("PRAGMA secure_delete=ON")
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        with transaction(connection):
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if not version and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StoreError(f"{path} is another program's database, not {what}; name another file")
            for number in sorted(one for one in formats if one > version):
                for statement in formats[number]:
                    connection.execute(statement)
                version = number
                connection.execute(f"PRAGMA user_version={number}")
        if version != max(formats):
            known = max(formats)
            raise StoreError(f"{path} has format {version}, this version knows {known}; use a newer OpenQI or another file")
    except (sqlite3.Error, StoreError):
        connection.close()
        raise
    return connection
