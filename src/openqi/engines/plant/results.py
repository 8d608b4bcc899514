"""Results of a watch read back: rows of streams, points with violations, and the last readings of a few streams."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from openqi.engines.engine import Stream
from openqi.engines.plant.files import ReadingsFile, described, open_readings
from openqi.kernel.errors import FormatError

_ROWS = 1 << 17


def stream_rows(paths: Sequence[Path]) -> dict[str, list[Any]]:
    """Return the rows of all streams, column by column, as `stream_table` wrote them.

    Raises:
        FormatError: a file cannot be read.
    """
    found: dict[str, list[Any]] = {}
    for path in paths:
        for columns in _batches(path, None):
            for name, column in columns.items():
                found.setdefault(name, []).extend(column)
    return found


def violation_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, list[Any]]]:
    """Yield the rows of a file of violations piece by piece, in its order.

    Args:
        path: of the file.
        columns: that are wanted.

    Raises:
        FormatError: the file cannot be read.
    """
    return _batches(path, columns)


def last_readings(paths: Sequence[str], streams: Sequence[Stream], most: int) -> dict[Stream, list[tuple[Any, float | None]]]:
    """Return the last readings of some streams: time and value, None where it is missing.

    Row groups in which none of them lies are not read.

    Args:
        paths: files of readings, the earlier first.
        streams: wanted.
        most: readings of each.

    Raises:
        FormatError: a file is damaged.
    """
    wanted = sorted(set(streams))
    kept: dict[Stream, deque[tuple[Any, float | None]]] = {stream: deque(maxlen=most) for stream in wanted}
    for path in paths:
        said = described(path)
        groups = [one.place for one in said.groups if _any_within(wanted, one.first, one.last)]
        for columns in _readings(path, said, groups, wanted):
            for stream, time, value in zip(columns["stream"], columns["time"], columns["value"], strict=True):
                kept[stream].append((time, None if value is None or isnan(value) else float(value)))
    return {stream: list(rows) for stream, rows in kept.items()}


def _any_within(wanted: Sequence[Any], first: Any, last: Any) -> bool:
    return any(first <= stream and (last is None or stream <= last) for stream in wanted)


def _readings(path: str, said: ReadingsFile, groups: Sequence[int], wanted: Sequence[Any]) -> Iterator[Mapping[str, list[Any]]]:
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import compute

    if not groups:
        return
    file = open_readings(path, ["stream"] if said.text else [])
    asked = pa.array(wanted, pa.string() if said.text else pa.int64())
    try:
        for batch in file.iter_batches(batch_size=_ROWS, row_groups=list(groups), columns=["stream", "time", "value"]):
            names = batch.column(0).cast(asked.type)
            few = batch.filter(compute.is_in(names, value_set=asked))
            if few.num_rows:
                yield _plain(few, asked.type)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FormatError(f"{Path(path).name}: cannot be read: {str(error)[:200]}") from error


def _plain(batch: Any, stream_type: Any) -> dict[str, list[Any]]:
    found = {name: _column(batch.column(place)) for place, name in enumerate(batch.schema.names)}
    found["stream"] = batch.column(0).cast(stream_type).to_pylist()
    return found


def _batches(path: Path, columns: Sequence[str] | None) -> Iterator[dict[str, list[Any]]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path, memory_map=True, page_checksum_verification=True, arrow_extensions_enabled=False)
        for batch in file.iter_batches(batch_size=_ROWS, columns=None if columns is None else list(columns), use_threads=False):
            yield {name: _column(batch.column(place)) for place, name in enumerate(batch.schema.names)}
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise FormatError(f"{path.name}: results cannot be read: {str(error)[:200]}; watch into another folder") from error


def _column(column: Any) -> list[Any]:
    """The values of a column; of times finer than a microsecond the rest is left away, which only a clock would miss."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    return values
