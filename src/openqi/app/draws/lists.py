"""Lists of objects as people keep them, CSV, XLSX or Parquet, with named columns, as the frame of a draw."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openqi.app.files import read_file
from openqi.engines.draws.reading import Naming, among, columns_of, not_among, of_numbers, of_texts, read_columns, without
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.science.draws.columns import frame_of_columns
from openqi.science.draws.frame import LARGEST, Candidate, Exclusion, Frame

MAX_BYTES: Final = 256 * 2**20
OPTIONS: Final = Options(max_bytes=MAX_BYTES, max_unpacked=2**30, max_cells=50_000_000)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ObjectList:
    """A list as it was read: columns of Arrow, None where the list has none."""

    names: Any
    stratum: Any
    risk_class: Any
    size: Any

    def candidates(self, wanted: Collection[str]) -> list[Candidate]:
        """Return those objects of the list that are among some names."""
        ranks = among(self.names, self.risk_class, wanted)
        return [Candidate(name=name, risk_class=rank) for name, rank in ranks]

    def frame(self, exclusions: Sequence[Exclusion]) -> Frame:
        """Return the frame: the list without those who are left out.

        Raises:
            RefusedError: somebody is left out who is not on the list; else as `frame_of_columns`.
        """
        names = [one.name for one in exclusions]
        if missing := not_among(names, self.names):
            raise RefusedError("exclusions-are-on-the-list", f"{min(missing)} is excluded and was not on the list")
        every = {"name": self.names, "stratum": self.stratum, "risk_class": self.risk_class, "size": self.size}
        columns = {what: one for what, one in every.items() if one is not None}
        return frame_of_columns(columns_of(without(columns, names)), exclusions)


def read_list(path: Path, naming: Naming) -> ObjectList:
    """Return the list in a file.

    Raises:
        NotFoundError: no such file.
        FormatError: not such a table, a column that is not there, an empty name, or a size that is no whole number; says where.
    """
    if path.suffix.lower() == ".parquet":
        return _parquet(path, naming)
    table = read_table(read_file(path, MAX_BYTES), name=path.name, options=OPTIONS)
    asked = naming.of(table.columns)
    names = table.column(asked["name"])
    for row, cell in enumerate(names):
        if not cell:
            raise FormatError(f"{table.where(row)}: column {asked['name']} is empty; every object has a name")
    labels = {what: of_texts(table.column(asked[what])) for what in ("stratum", "risk_class") if what in asked}
    return ObjectList(
        names=of_texts(names), stratum=labels.get("stratum"), risk_class=labels.get("risk_class"),
        size=of_numbers(_sizes(table, asked["size"])) if "size" in asked else None,
    )  # fmt: skip


def _sizes(table: Table, column: str) -> list[int]:
    found = []
    for row, cell in enumerate(table.column(column)):
        text = cell.strip()
        if not text:
            raise FormatError(f"{table.where(row)}: column {column} is empty; a missing size is not made up")
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))):
            raise FormatError(f"{table.where(row)}: column {column}: {cell[:40]!r} is no size; a whole number from 0 to 2**40")
        found.append(int(text))
    return found


def _parquet(path: Path, naming: Naming) -> ObjectList:
    """A list in Parquet stays columns all the way."""
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}; check the path")
    columns = read_columns(str(path), naming)
    return ObjectList(
        names=columns["name"], stratum=columns.get("stratum"), risk_class=columns.get("risk_class"),
        size=columns.get("size"),
    )  # fmt: skip
