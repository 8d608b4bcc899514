"""A part, piece by piece: of each row group that it touches the readings of its streams, as buffers that nobody copies.

Only the column of the streams is read of a row group that a part shares with another, to see what is its own.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openqi.engines.engine import Part, Stream
from openqi.engines.plant.files import Group, damaged, described, open_readings, unsorted
from openqi.kernel.errors import FormatError
from openqi.science.charts.continuing import borders

LARGE_GROUP: Final = 1 << 22
"""A row group with more readings than this is taken in pieces of `PIECE`."""
PIECE: Final = 1 << 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Some runs of one file behind each other; a run is what stands there of one stream.

    Args:
        file: its name.
        streams: of each run.
        offsets: where each run begins, and where the last one ends.
        values: floats (a buffer), NaN where a reading is missing.
        times: whole numbers (a buffer).
        units: of each run; empty where the file says none.
    """

    file: str
    streams: tuple[Stream, ...]
    offsets: Sequence[int]
    values: Any
    times: Any
    units: tuple[str | None, ...]


def load(part: Part) -> Iterator[Piece]:
    """Yield the pieces of a part, the earlier files first.

    Raises:
        FormatError: a file is damaged or not sorted by stream, or a stream has several units in one run.
    """
    import pyarrow as pa  # type: ignore[import-untyped]

    for path in part.files:
        name = Path(path).name
        try:
            yield from _file(path, name, part)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise damaged(name, error) from error


def _file(path: str, name: str, part: Part) -> Iterator[Piece]:
    seen: Stream | None = None
    said = described(path)
    columns = ["stream", "time", "value", *(["unit"] if said.has_unit else [])]
    file = open_readings(path, [name for name in ("stream", "unit") if name in columns and (said.text or name == "unit")])
    for group in said.groups:
        if _outside(group, part):
            continue
        for table in _tables(file, group, columns, name, part):
            streams, offsets = _runs(table.column("stream"), name)
            for before, stream in zip((seen, *streams), streams, strict=False):
                if before is not None and before >= stream and not (before == stream and before == seen):  # type: ignore[operator]
                    raise unsorted(name, stream)
            seen = streams[-1]
            if (piece := _piece(table, name, part, streams, offsets)) is not None:
                yield piece


def _outside(group: Group, part: Part) -> bool:
    below = part.low is not None and group.last is not None and group.last < part.low  # type: ignore[operator]
    return below or (part.high is not None and group.first >= part.high)  # type: ignore[operator]


def _tables(file: Any, group: Group, columns: list[str], name: str, part: Part) -> Iterator[Any]:
    """The readings of a row group in one table, of a large one in some; behind the part's last stream nothing is unpacked."""
    import pyarrow as pa

    if group.rows > LARGE_GROUP:
        for batch in file.iter_batches(batch_size=PIECE, row_groups=[group.place], columns=columns, use_threads=False):
            yield pa.table(batch)
    elif part.high is not None and (group.last is None or group.last >= part.high):  # type: ignore[operator]
        streams, offsets = _runs(file.read_row_group(group.place, columns=["stream"], use_threads=False).column(0), name)
        rows = int(offsets[bisect_left(streams, part.high)])
        for batch in file.iter_batches(batch_size=max(rows, 1), row_groups=[group.place], columns=columns, use_threads=False):
            if rows <= 0:
                break
            yield pa.table(batch.slice(0, rows))
            rows -= batch.num_rows
    else:
        yield file.read_row_group(group.place, columns=columns, use_threads=False)


def _runs(column: Any, name: str) -> tuple[tuple[Stream, ...], Any]:
    """Streams of the runs, and where they begin."""
    import pyarrow as pa

    row = _whole(column)
    row.validate(full=True)  # Arrow reads a damaged file as if its indices and texts were right
    if row.null_count:
        raise FormatError(f"{name}: a reading has no stream (null); say of which it is")
    is_text = pa.types.is_dictionary(row.type)
    numbers = row.indices if is_text else row
    if numbers.type not in (pa.int32(), pa.int64()):
        numbers = numbers.cast(pa.int64())
    offsets = borders(_buffer(numbers, "i" if numbers.type == pa.int32() else "q"))
    firsts = row.take(pa.array(offsets[:-1]))
    return tuple(firsts.to_pylist()), offsets


def _piece(table: Any, name: str, part: Part, streams: tuple[Stream, ...], offsets: Any) -> Piece | None:
    """What of a table is the part's own, None where nothing is."""
    import pyarrow as pa
    from pyarrow import compute

    begin = 0 if part.low is None else bisect_left(streams, part.low)
    end = len(streams) if part.high is None else bisect_left(streams, part.high)
    if begin >= end:
        return None
    first, rows = int(offsets[begin]), int(offsets[end] - offsets[begin])
    own = table.slice(first, rows)
    times, values = _whole(own.column("time")), _whole(own.column("value"))
    if times.null_count:
        raise FormatError(f"{name}: a reading has no time (null); say when it was taken")
    if values.type != pa.float64():
        values = values.cast(pa.float64())
    if values.null_count:
        values = compute.fill_null(values, float("nan"))
    starts = offsets[begin : end + 1] - first
    return Piece(
        file=name, streams=streams[begin:end], offsets=starts, values=_buffer(values, "d"),
        times=_buffer(times.view(pa.int64()) if times.type.bit_width == 64 else times.cast(pa.int64()), "q"),
        units=_units(own, name, streams[begin:end], starts),
    )  # fmt: skip


def _units(table: Any, name: str, streams: tuple[Stream, ...], starts: Any) -> tuple[str | None, ...]:
    """The unit of each run, which is one."""
    import pyarrow as pa

    if "unit" not in table.column_names:
        return ()
    row = _whole(table.column("unit"))
    row.validate(full=True)
    if not pa.types.is_dictionary(row.type):
        raise FormatError(f"{name}: column unit is {row.type}; units are texts")
    numbers = _buffer(row.indices.fill_null(-1), "i")
    known, changes = set(starts.tolist()), borders(numbers).tolist()
    for change in changes:
        if change not in known:
            stream = streams[bisect_left(starts.tolist(), change) - 1]
            raise FormatError(f"{name}: stream {stream!r} has several units; give each its own stream, or convert them")
    return tuple(row.take(pa.array(starts[:-1])).to_pylist())


def _whole(column: Any) -> Any:
    """The one array of a column."""
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return array.combine_chunks() if hasattr(array, "num_chunks") else array


def _buffer(array: Any, kind: Any) -> Any:
    """The numbers of an array where they lie."""
    size = {"i": 4, "q": 8, "d": 8}[kind]
    begin = array.offset * size
    return memoryview(array.buffers()[1])[begin : begin + len(array) * size].cast(kind)
