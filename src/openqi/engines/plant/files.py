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
    """A row group: its place, how many readings, its first stream, and the first of the next one; None where there is none."""

    place: int
    rows: int
    first: Stream
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
        return parquet.ParquetFile(
            path,
            memory_map=True,
            page_checksum_verification=True,
            read_dictionary=list(texts) or None,
            arrow_extensions_enabled=False,
        )
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
    groups = _groups(file, name)
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


def _groups(file: Any, name: str) -> tuple[Group, ...]:
    """The row groups that hold anything, by the first stream in each.

    The statistics of the footer would say it too, but not every file has them, and Arrow ends the process where they are damaged.
    """
    import pyarrow as pa

    found: list[tuple[int, int, Stream]] = []
    for place in range(file.metadata.num_row_groups):
        if rows := file.metadata.row_group(place).num_rows:
            try:
                batch = next(file.iter_batches(batch_size=1, row_groups=[place], columns=["stream"], use_threads=False))
                first = batch.column(0).to_pylist()[0]
            except (pa.ArrowException, OSError, ValueError, StopIteration, IndexError) as error:
                raise damaged(name, error) from error
            if first is None:
                raise FormatError(f"{name}: a reading has no stream (null); say of which it is")
            found.append((place, rows, first))
    for (_, _, earlier), (_, _, later) in pairwise(found):
        if earlier > later:  # type: ignore[operator]
            raise unsorted(name, later)
    lasts = [first for _, _, first in found[1:]]
    return tuple(
        Group(place=place, rows=rows, first=first, last=last)
        for (place, rows, first), last in zip(found, [*lasts, None], strict=False)
    )


def damaged(name: str, error: Exception) -> FormatError:
    """Return the error of a file that cannot be read to its end."""
    return FormatError(f"{name}: damaged, or not what its footer says: {str(error)[:200]}")


def planned(files: Sequence[ReadingsFile]) -> list[Part]:
    """Return the parts of some files: the same for the same files, whoever works on them.

    Args:
        files: the earlier readings first.
    """
    paths = tuple(file.path for file in files)
    starts = sorted((group.first, group.rows) for file in files for group in file.groups)
    total = sum(rows for _, rows in starts)
    parts = max(1, min(total // PART_ROWS, max((len(file.groups) for file in files), default=0) // 2))
    cuts: list[Stream] = []
    before = 0
    for first, rows in starts:
        # The stream that goes on from the row group before belongs to the part before, which stops reading right behind it.
        cut = first + "\0" if isinstance(first, str) else first + 1
        if before * parts >= total * (len(cuts) + 1) and starts[0][0] < first < starts[-1][0] and cut not in cuts[-1:]:  # type: ignore[operator]
            cuts.append(cut)
        before += rows
    edges = [None, *cuts, None]
    return [Part(number=number, files=paths, low=low, high=high) for number, (low, high) in enumerate(pairwise(edges))]
