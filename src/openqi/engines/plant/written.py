"""Files that a part writes: under another name first, then on disk, then under their own; each with its SHA-256."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROWS: Final = 1 << 17
"""So many rows are collected before they are written as a row group."""

_REPEATED: Final = ["stream", "unit", "bits", "rules", "run_length_method"]
"""Columns in which the same comes again and again."""


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file that is on disk: its path below the folder of results, SHA-256 and how many rows it has."""

    path: str
    sha256: str
    rows: int


class Growing:
    """A Parquet file that grows by tables of one schema; it is there under its name only once it is whole.

    Args:
        root: folder of results.
        path: below it.
        schema: of the tables.
        rising: columns of whole numbers that mostly rise a little. Where any are named, the file is not compressed besides: that
            would take twice the time for a third of the bytes.
    """

    def __init__(self, root: Path, path: str, schema: Any, *, rising: Sequence[str] = ()) -> None:
        from pyarrow import parquet  # type: ignore[import-untyped]

        self._root, self._path, self._schema = root, path, schema
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        self._aside = root / f"{path}.{os.getpid()}.half"
        packing: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
        if rising:
            packing = {"compression": "none", "column_encoding": dict.fromkeys(rising, "DELTA_BINARY_PACKED")}
            packing["write_statistics"] = ["stream", "time"]  # what somebody looks for in a file
        self._file = parquet.ParquetWriter(self._aside, schema, use_dictionary=_REPEATED, **packing)
        self._waiting: list[Any] = []
        self._pending, self._rows = 0, 0

    def add(self, table: Any) -> None:
        """Add rows."""
        self._waiting.append(table)
        self._pending += table.num_rows
        if self._pending >= ROWS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._pending:
            self._file.write_table(pa.concat_tables(self._waiting), row_group_size=1 << 20)
            self._rows += self._pending
        self._waiting, self._pending = [], 0

    def whole(self) -> WrittenFile:
        """Write what waits, and return the file, which is on disk now."""
        self._flush()
        self._file.close()
        with self._aside.open("rb+") as file:
            os.fsync(file.fileno())
        digest = file_digest(self._aside)
        self._aside.replace(self._root / self._path)
        return WrittenFile(path=self._path, sha256=digest, rows=self._rows)

    def gone(self) -> None:
        """Take away what is not whole."""
        self._file.close()
        self._aside.unlink(missing_ok=True)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
