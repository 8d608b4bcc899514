"""Lists of objects in Parquet: columns that nobody copies into objects, whole or some row groups of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openqi.kernel.errors import FormatError
from openqi.science.draws.columns import Coded, Columns

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


def read_columns(path: str, naming: Naming, groups: Sequence[int] | None = None) -> dict[str, Any]:
    """Return the columns of a list by what they say, each an Arrow array.

    Args:
        path: of the Parquet file.
        naming: of its columns.
        groups: row groups; None for all of them.

    Raises:
        FormatError: not such a file, a column that is not there or of another type, or a cell that is empty; says where.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

    name = Path(path).name
    try:
        file = parquet.ParquetFile(path, memory_map=True, arrow_extensions_enabled=False)
        asked = naming.of(file.schema_arrow.names)
        if missing := [column for column in asked.values() if column not in file.schema_arrow.names]:
            known = ", ".join(file.schema_arrow.names[:30])
            raise FormatError(f"{name}:1: no column {missing[0]!r}. The columns are {known}")
        chosen = range(file.metadata.num_row_groups) if groups is None else groups
        read = file.read_row_groups([*chosen], columns=[*asked.values()])
        return {what: _cast(read.column(column), what, f"{name}: column {column}") for what, column in asked.items()}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FormatError(f"{name}:1: not a Parquet file that can be read: {str(error)[:200]}") from error


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
        if what != "name":
            return _labels(column, where)
        wanted = pa.large_string()
    whole = column.cast(wanted).combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], wanted)
    return whole if whole.offset == 0 else pa.concat_arrays([whole, pa.array([], wanted)])


def _labels(column: Any, where: str) -> Any:
    """A column of few different texts as places among them, never written out."""
    import pyarrow as pa
    from pyarrow import types

    coded = column if types.is_dictionary(column.type) else column.dictionary_encode()
    found = coded.cast(pa.dictionary(pa.int32(), pa.large_string())).unify_dictionaries().combine_chunks()
    if isinstance(found, pa.ChunkedArray):
        found = found.chunk(0) if found.num_chunks else pa.array([], found.type)
    if found.dictionary.null_count:
        raise FormatError(f"{where} has a label that is empty; what is missing is not made up")
    return found


def not_among(names: Sequence[str], column: Any) -> list[str]:
    """Return those names that no object of a column has."""
    import pyarrow as pa
    from pyarrow import compute

    wanted = pa.array(names, pa.large_string())
    found: list[str] = wanted.filter(compute.invert(compute.is_in(wanted, value_set=column))).to_pylist()
    return found


def without(columns: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    """Return columns without the objects of some names."""
    import pyarrow as pa
    from pyarrow import compute

    if not names:
        return columns
    out = pa.array(sorted(names), pa.large_string())
    kept = compute.invert(compute.is_in(columns["name"], value_set=out))
    return {what: column.filter(kept) for what, column in columns.items()}


def of_texts(cells: Sequence[str]) -> Any:
    """Return texts as a column."""
    import pyarrow as pa

    return pa.array(cells, pa.large_string())


def of_numbers(numbers: Sequence[int]) -> Any:
    """Return whole numbers as a column."""
    import pyarrow as pa

    return pa.array(numbers, pa.int64())


def among(names: Any, labels: Any, wanted: Collection[str]) -> list[tuple[str, str]]:
    """Return name and label of those objects of two columns that are wanted; no labels, where there is no such column."""
    import pyarrow as pa
    from pyarrow import compute

    places = compute.indices_nonzero(compute.is_in(names, value_set=pa.array(sorted(wanted), pa.large_string())))
    told = [""] * len(places) if labels is None else labels.take(places).to_pylist()
    return list(zip(names.take(places).to_pylist(), told, strict=True))


def columns_of(columns: Mapping[str, Any]) -> Columns:
    """Return Arrow columns as buffers."""
    names = columns["name"]
    _, offsets, text = names.buffers()
    offsets = bytes(8) if offsets is None else memoryview(offsets)[: 8 * (len(names) + 1)]
    return Columns(
        text=b"" if text is None else memoryview(text)[: int.from_bytes(offsets[-8:], "little")].tobytes(),
        offsets=offsets,
        stratum=_coded(columns.get("stratum")),
        risk_class=_coded(columns.get("risk_class")),
        size=None if "size" not in columns else memoryview(columns["size"].buffers()[1])[: 8 * len(names)],
    )


def _coded(column: Any) -> Coded | None:
    if column is None:
        return None
    import pyarrow as pa
    from pyarrow import types

    found = column if types.is_dictionary(column.type) else column.dictionary_encode()
    codes = found.indices.cast(pa.int32())
    codes = codes if codes.offset == 0 else pa.concat_arrays([codes, pa.array([], pa.int32())])
    return Coded(labels=found.dictionary.to_pylist(), codes=memoryview(codes.buffers()[1])[: 4 * len(codes)])
