"""Parquet files of readings as their footers describe them: columns, types, order; and how they are cut into parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from openqi.engines.engine import Part, Stream
from openqi.kernel.errors import FormatError

COLUMNS: Final = ("stream", "time", "value")
PART_ROWS: Final = 1 << 22
"""A part is about so many readings; never so few that a part would read less than two row groups of the longest file."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A row group: how many readings, and between which streams they lie; None where the file does not say."""

    rows: int
    first: Stream | None
    last: Stream | None


@dataclass(frozen=True, kw_only=True)
class ReadingsFile:
    """What the footer of a file says.

    Args:
        path: of the file.
        groups: its row groups.
        text: whether streams are called by texts; else by whole numbers.
        clock: type of the times, `timestamp[us]` or `int64` for example.
        has_unit: whether there is a column `unit`.
    """

    path: str
    groups: tuple[Group, ...]
    text: bool
    clock: str
    has_unit: bool


def open_readings(path: str, texts: Sequence[str] = ()) -> Any:
    """Return an open file of readings (`pyarrow.parquet.ParquetFile`).

    Args:
        path: of the file.
        texts: columns of texts, which come as numbers into a dictionary.

    Raises:
        FormatError: it is not Parquet.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path, memory_map=True, read_dictionary=list(texts) or None, arrow_extensions_enabled=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FormatError(f"{path}: not a Parquet file that can be read: {str(error)[:200]}") from error


def described(path: str) -> ReadingsFile:
    """Return what the footer of a file says.

    Raises:
        FormatError: a column is missing or of another type, or row groups are not in the order of their streams.
    """
    file = open_readings(path)
    schema, name = file.schema_arrow, Path(path).name
    missing = [column for column in COLUMNS if column not in schema.names]
    if missing:
        raise FormatError(
            f"{name}: no column {', '.join(missing)}; readings have stream, time and value, here are {', '.join(schema.names[:30])}"
        )
    text = _check_types(name, schema)
    groups = tuple(_group(file.metadata.row_group(place)) for place in range(file.metadata.num_row_groups))
    known = [group for group in groups if group.first is not None and group.last is not None]
    for earlier, later in pairwise(known):
        if earlier.last > later.first:  # type: ignore[operator]
            raise unsorted(name, later.first)
    clock = str(schema.field("time").type)
    return ReadingsFile(path=path, groups=groups, text=text, clock=clock, has_unit="unit" in schema.names)


def unsorted(name: str, stream: object) -> FormatError:
    """Return the error of a file in which a stream stands behind one that comes after it."""
    return FormatError(f"{name}: not sorted by stream: {stream!r} stands behind a later one; sort each file by stream, then time")


def _check_types(name: str, schema: Any) -> bool:
    from pyarrow import types

    stream, time, value = (schema.field(column).type for column in COLUMNS)
    if types.is_dictionary(stream):
        stream = stream.value_type
    text = types.is_string(stream) or types.is_large_string(stream)
    if not text and not types.is_integer(stream):
        raise FormatError(f"{name}: column stream is {stream}; names are texts or whole numbers")
    if not types.is_timestamp(time) and not types.is_integer(time):
        raise FormatError(f"{name}: column time is {time}; times are timestamps or whole numbers")
    if not types.is_floating(value) and not types.is_integer(value):
        raise FormatError(f"{name}: column value is {value}; values are floats or whole numbers")
    return bool(text)


def _group(group: Any) -> Group:
    for place in range(group.num_columns):
        column = group.column(place)
        if column.path_in_schema == "stream":
            if (said := column.statistics) is not None and said.has_min_max:
                return Group(rows=group.num_rows, first=said.min, last=said.max)
            break
    return Group(rows=group.num_rows, first=None, last=None)


def planned(files: Sequence[ReadingsFile]) -> list[Part]:
    """Return the parts of some files: the same for the same files, whoever works on them.

    Args:
        files: the earlier readings first.
    """
    paths = tuple(file.path for file in files)
    starts = sorted((group.first, group.rows) for file in files for group in file.groups if group.first is not None)
    total = sum(group.rows for file in files for group in file.groups)
    if sum(rows for _, rows in starts) < total:  # a file that does not say where its streams lie is read whole by every part
        return [Part(number=0, files=paths, low=None, high=None)]
    parts = max(1, min(total // PART_ROWS, max((len(file.groups) for file in files), default=0) // 2))
    cuts: list[Stream] = []
    before = 0
    for first, rows in starts:
        if before * parts >= total * (len(cuts) + 1) and first != starts[0][0] and first not in cuts[-1:]:
            cuts.append(first)
        before += rows
    edges = [None, *cuts, None]
    return [Part(number=number, files=paths, low=low, high=high) for number, (low, high) in enumerate(pairwise(edges))]
