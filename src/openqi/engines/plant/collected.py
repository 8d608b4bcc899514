"""Readings that were collected one by one, as a Parquet file in the form in which parts are read: by stream, then as they came."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openqi.engines.plant.files import open_readings
from openqi.engines.plant.tables import clock_type
from openqi.engines.plant.written import Growing

Row = tuple[str, int, float | None]
"""Stream, time, value (None where it is missing)."""


def write_readings(root: Path, path: str, rows: Sequence[Row], units: Mapping[str, str], clock: str) -> None:
    """Write a file of readings; it is there under its name only once it is whole and on disk.

    Args:
        root: folder.
        path: below it.
        rows: in the order in which they came; times of a stream rise.
        units: of the streams that have one.
        clock: type of the times.
    """
    import pyarrow as pa  # type: ignore[import-untyped]

    ordered = sorted(rows, key=lambda row: row[0])
    streams = pa.array([row[0] for row in ordered], pa.string())
    columns: dict[str, Any] = {
        "stream": streams,
        "time": pa.array([row[1] for row in ordered], pa.int64()).cast(clock_type(clock)),
        "value": pa.array([row[2] for row in ordered], pa.float64()),
    }
    said = [units.get(row[0]) for row in ordered]
    if any(said):
        columns["unit"] = pa.array(said, pa.string())
    table = pa.table(columns)
    growing = Growing(root, path, table.schema)
    try:
        growing.add(table)
    except BaseException:
        growing.gone()
        raise
    growing.whole()


def collected(path: Path) -> Iterator[Row]:
    """Yield the readings of a file that `write_readings` wrote.

    Raises:
        FormatError: it is not Parquet.
    """
    import pyarrow as pa

    for batch in open_readings(str(path)).iter_batches(columns=["stream", "time", "value"], use_threads=False):
        streams, times, values = batch.columns
        yield from zip(streams.to_pylist(), times.cast(pa.int64()).to_pylist(), values.to_pylist(), strict=True)
