"""What the streams of a plant are held to: centre, sigma, tolerance and unit of each, sorted by stream."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import inf, isfinite, isnan, nan
from pathlib import Path
from typing import Any, Final

from openqi.engines.engine import Part, Stream
from openqi.kernel.errors import DomainError, FormatError

NUMBERS: Final = ("centre", "sigma", "lower", "upper", "target")
"""Columns with numbers; the last three, the tolerance and its target, may be left out or empty."""
_SINCE: Final = ("target",)
"""Columns that came later: a baseline without any says what it said before, so that its results go on."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Baseline:
    """Frozen limits, a place a stream.

    Args:
        streams: rising.
        centre: of each, in its unit.
        sigma: of each, >= 0.
        lower: limit of the tolerance, -inf where there is none.
        upper: likewise, inf.
        target: within the tolerance, NaN where there is none.
        units: of each, None where it was not said.
    """

    streams: tuple[Stream, ...]
    centre: array  # type: ignore[type-arg]
    sigma: array  # type: ignore[type-arg]
    lower: array  # type: ignore[type-arg]
    upper: array  # type: ignore[type-arg]
    target: array  # type: ignore[type-arg]
    units: tuple[str | None, ...]

    def within(self, part: Part) -> "Baseline":
        """Return the streams of a part."""
        begin = 0 if part.low is None else bisect_left(self.streams, part.low)
        end = len(self.streams) if part.high is None else bisect_left(self.streams, part.high)
        numbers = {name: getattr(self, name)[begin:end] for name in NUMBERS}
        return Baseline(streams=self.streams[begin:end], units=self.units[begin:end], **numbers)

    def digest(self) -> str:
        """Return a digest of all that it says."""
        found = sha256(repr((self.streams, self.units)).encode())
        for name in NUMBERS:
            if name not in _SINCE or not all(map(isnan, getattr(self, name))):
                found.update(getattr(self, name).tobytes())
        return found.hexdigest()


def baseline_of(columns: Mapping[str, Sequence[Any]], name: str) -> Baseline:
    """Return a baseline from its columns.

    Args:
        columns: `stream` (texts or whole numbers), `centre`, `sigma` (floats), perhaps `lower`, `upper`, `target` (floats or None),
            `unit`.
        name: of the file, for what is wrong with it.

    Raises:
        FormatError: a column is missing, a stream is there twice, or a limit is none.
    """
    if missing := [column for column in ("stream", "centre", "sigma") if column not in columns]:
        raise FormatError(
            f"{name}: no column {', '.join(missing)}; a baseline has stream, centre, sigma, perhaps lower, upper, target, unit"
        )
    streams = columns["stream"]
    if not streams or {type(stream) for stream in streams} not in ({str}, {int}):
        raise FormatError(f"{name}: streams are called by texts or whole numbers, all alike, and there is at least one")
    order = sorted(range(len(streams)), key=streams.__getitem__)
    sorted_streams = tuple(streams[row] for row in order)
    for before, stream in pairwise(sorted_streams):
        if before == stream:
            raise FormatError(f"{name}: stream {stream!r} has two rows; keep one")
    nothing: list[Any] = [None] * len(order)
    rows = {column: columns.get(column, nothing) for column in (*NUMBERS, "unit")}
    numbers: dict[str, array[float]] = {}
    for column, absent in (("centre", None), ("sigma", None), ("lower", -inf), ("upper", inf), ("target", nan)):
        numbers[column] = _numbers(rows[column], order, absent, column, streams, name)
    _check_order(sorted_streams, numbers, name)
    units = tuple(None if rows["unit"][row] in (None, "") else str(rows["unit"][row]) for row in order)
    return Baseline(streams=sorted_streams, units=units, **numbers)


def _check_order(streams: Sequence[Stream], numbers: Mapping[str, "array[float]"], name: str) -> None:
    """Raises where sigma is negative, or limits and target are not in order."""
    rows = zip(streams, *(numbers[column] for column in NUMBERS), strict=True)
    for stream, _, sigma, lower, upper, target in rows:
        if sigma < 0.0 or not lower < upper:
            raise FormatError(f"{name}: stream {stream!r}: sigma is at least 0, and lower lies below upper")
        if not isnan(target) and not lower < target < upper:
            raise FormatError(f"{name}: stream {stream!r}: target {target!r} does not lie between its limits")


def _numbers(
    cells: Sequence[Any], order: Sequence[int], absent: float | None, column: str, streams: Sequence[Stream], name: str
) -> "array[float]":
    """A column in the order of the streams; cell by cell only where something may be wrong or left out."""
    if set(map(type, cells)) == {float} and all(map(isfinite, cells)):
        return array("d", map(cells.__getitem__, order))
    return array("d", [_number(cells[row], absent, column, streams[row], name) for row in order])


def _number(value: Any, absent: float | None, column: str, stream: object, name: str) -> float:
    if value is None and absent is not None:
        return absent
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value) or (absent is None and not isfinite(value)):
        raise FormatError(f"{name}: stream {stream!r}: {column} is {value!r}; it is a number that is finite")
    return float(value)


def read_baseline(path: Path) -> Baseline:
    """Return the baseline in a Parquet file.

    Raises:
        FormatError: it is none.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

    try:
        table = parquet.read_table(path, use_threads=False, arrow_extensions_enabled=False)
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FormatError(f"{path}: not a Parquet file that can be read: {str(error)[:200]}") from error
    return baseline_of({name: table.column(name).to_pylist() for name in table.column_names}, path.name)


def write_baseline(path: Path, baseline: Baseline, estimator: str) -> None:
    """Write a baseline as Parquet; the estimator stands in every row."""
    import pyarrow as pa
    from pyarrow import parquet

    columns: dict[str, Any] = {"stream": list(baseline.streams)}
    columns |= {name: [value if isfinite(value) else None for value in getattr(baseline, name)] for name in NUMBERS}
    columns |= {"unit": pa.array(baseline.units, pa.string()), "estimator": [estimator] * len(baseline.streams)}
    for name in NUMBERS:
        columns[name] = pa.array(columns[name], pa.float64())
    parquet.write_table(pa.table(columns), path, compression="zstd")


def unknown_stream(stream: object, file: str) -> DomainError:
    """Return the error of a stream that nothing is known about."""
    return DomainError(f"{file}: stream {stream!r} is not in the baseline; add it there, or learn a baseline from readings with it")
