"""Lists of objects as people keep them, CSV, XLSX or Parquet, with named columns, as the frame of a draw."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openqi.app.files import read_file
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.science.draws.columns import Coded, Columns, frame_of_columns
from openqi.science.draws.frame import LARGEST, Candidate, Exclusion, Frame

MAX_BYTES: Final = 256 * 2**20
OPTIONS: Final = Options(max_bytes=MAX_BYTES, max_unpacked=2**30, max_cells=50_000_000)
USUAL: Final = {"stratum": "stratum", "risk_class": "class", "size": "size"}
"""Columns that are taken where nobody names one and the list has them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """Which columns of a list say what.

    Args:
        name: of the objects.
        stratum, risk_class, size: their columns; None for the usual one where the list has it, "" for none.
    """

    name: str = "name"
    stratum: str | None = None
    risk_class: str | None = None
    size: str | None = None

    def of(self, columns: Collection[str]) -> dict[str, str]:
        """Return the columns that are read, by what they say."""
        found = {"name": self.name}
        for what, usual in USUAL.items():
            asked = getattr(self, what)
            if asked or (asked is None and usual in columns):
                found[what] = asked or usual
        return found


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ObjectList:
    """A list as it was read: columns of Arrow, and where a row stands in the file."""

    path: Path
    names: Any
    stratum: Any
    risk_class: Any
    size: Any
    table: Table | None

    def candidates(self, among: Collection[str]) -> list[Candidate]:
        """Return those objects of the list that are among some names."""
        import pyarrow as pa  # type: ignore[import-untyped]
        from pyarrow import compute

        places = compute.indices_nonzero(compute.is_in(self.names, value_set=pa.array(sorted(among), pa.large_string())))
        columns = [self.names.take(places).to_pylist()]
        columns.append(self.risk_class.take(places).to_pylist() if self.risk_class is not None else [""] * len(places))
        return [Candidate(name=name, risk_class=rank) for name, rank in zip(*columns, strict=True)]

    def frame(self, exclusions: Sequence[Exclusion]) -> Frame:
        """Return the frame: the list without those who are left out.

        Raises:
            RefusedError: somebody is left out who is not on the list; else as `frame_of_columns`.
        """
        import pyarrow as pa
        from pyarrow import compute

        names, others = self.names, (self.stratum, self.risk_class, self.size)
        if exclusions:
            out = pa.array([one.name for one in exclusions], pa.large_string())
            if missing := out.filter(compute.invert(compute.is_in(out, value_set=names))).to_pylist():
                raise RefusedError("exclusions-are-on-the-list", f"{min(missing)} is excluded and was not on the list")
            kept = compute.invert(compute.is_in(names, value_set=out))
            names, others = names.filter(kept), tuple(None if one is None else one.filter(kept) for one in others)
        stratum, risk_class, size = others
        _, offsets, text = names.buffers()
        assert names.offset == 0
        offsets = b"\0" * 8 if offsets is None else memoryview(offsets)[: 8 * (len(names) + 1)]
        columns = Columns(
            text=b"" if text is None else memoryview(text)[: int.from_bytes(offsets[-8:], "little")].tobytes(),
            offsets=offsets,
            stratum=_coded(stratum),
            risk_class=_coded(risk_class),
            size=None if size is None else memoryview(size.buffers()[1])[: 8 * len(size)],
        )
        return frame_of_columns(columns, exclusions)


def read_list(path: Path, naming: Naming) -> ObjectList:
    """Return the list in a file.

    Raises:
        NotFoundError: no such file.
        FormatError: not such a table, a column that is not there, an empty name, or a size that is no whole number; says where.
    """
    if path.suffix.lower() == ".parquet":
        return _parquet(path, naming)
    import pyarrow as pa

    table = read_table(read_file(path, MAX_BYTES), name=path.name, options=OPTIONS)
    asked = naming.of(table.columns)
    names = table.column(asked["name"])
    for row, cell in enumerate(names):
        if not cell:
            raise FormatError(f"{table.where(row)}: column {asked['name']} is empty; every object has a name")
    size = None if "size" not in asked else pa.array(_sizes(table, asked["size"]), pa.int64())
    labels = {what: pa.array(table.column(asked[what]), pa.large_string()) for what in ("stratum", "risk_class") if what in asked}
    return ObjectList(
        path=path, names=pa.array(names, pa.large_string()), stratum=labels.get("stratum"), risk_class=labels.get("risk_class"),
        size=size, table=table,
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
    import pyarrow as pa
    from pyarrow import parquet

    if not path.is_file():
        raise NotFoundError(f"there is no file {path}; check the path")
    try:
        file = parquet.ParquetFile(path, memory_map=True, arrow_extensions_enabled=False)
        asked = naming.of(file.schema_arrow.names)
        if missing := [column for column in asked.values() if column not in file.schema_arrow.names]:
            known = ", ".join(file.schema_arrow.names[:30])
            raise FormatError(f"{path.name}:1: no column {missing[0]!r}. The columns are {known}")
        read = file.read([*asked.values()])
        columns = {what: _cast(read.column(column), what, f"{path.name}: column {column}") for what, column in asked.items()}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FormatError(f"{path.name}:1: not a Parquet file that can be read: {str(error)[:200]}") from error
    return ObjectList(
        path=path, names=columns["name"], stratum=columns.get("stratum"), risk_class=columns.get("risk_class"),
        size=columns.get("size"), table=None,
    )  # fmt: skip


def _cast(column: Any, what: str, where: str) -> Any:
    """A column in the form in which it is drawn from, whole, nothing missing."""
    import pyarrow as pa
    from pyarrow import types

    if column.null_count:
        row = column.is_null().to_pylist().index(True) + 1
        raise FormatError(f"{where} is empty in row {row}; what is missing is not made up")
    kind = column.type
    if what == "size":
        if not types.is_integer(kind):
            raise FormatError(f"{where} is {kind}; sizes are whole numbers: multiply, and round as the rules say")
        wanted: Any = pa.int64()
    else:
        if not (types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind)):
            raise FormatError(f"{where} is {kind}; names and labels are texts")
        wanted = pa.large_string()
    whole = column.cast(wanted).combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], wanted)
    return whole if whole.offset == 0 else pa.concat_arrays([whole, pa.array([], wanted)])


def _coded(column: Any) -> Coded | None:
    if column is None:
        return None
    import pyarrow as pa

    found = column.dictionary_encode()
    codes = found.indices.cast(pa.int32())
    return Coded(labels=found.dictionary.to_pylist(), codes=memoryview(codes.buffers()[1])[: 4 * len(codes)])
