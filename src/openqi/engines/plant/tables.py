"""What is written of a part: a row a point that completes a pattern, a row a stream, and what is kept for the next run."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openqi.engines.engine import Stream
from openqi.engines.plant.baseline import Baseline
from openqi.engines.plant.loading import Piece
from openqi.kernel.errors import FormatError
from openqi.science.capability.streams import about_target, intervals
from openqi.science.charts.continuing import BEFORE_ALL, Continued, Flagged, StreamFindings
from openqi.science.charts.rules.rule import RuleSet

CONFIDENCE = 0.95
"""Of the intervals of Cpk and Ppk."""
KEPT = ("last", "last_time", "history", "sums", "counts")


@dataclass(frozen=True, kw_only=True)
class Chance:
    """In how many points a rule set alarms in control, and how far off that is (bound or standard error); None where unknown."""

    run_length: float | None
    off_by: float | None
    method: str


@dataclass(frozen=True, kw_only=True)
class SavedStates:
    """What was kept of some streams: rows behind each other, and units; `kept` is None where there is nothing."""

    kept: tuple[Any, ...] | None
    units: tuple[str | None, ...]

    @staticmethod
    def none(streams: int) -> "SavedStates":
        """Return the states of streams of which nothing was read."""
        return SavedStates(kept=None, units=(None,) * streams)


def _stream_type(streams: Sequence[Stream]) -> Any:
    import pyarrow as pa  # type: ignore[import-untyped]

    return pa.string() if not streams or isinstance(streams[0], str) else pa.int64()


def clock_type(clock: str) -> Any:
    """Return the Arrow type of times of a kind."""
    import pyarrow as pa

    if not clock.startswith("timestamp["):
        return pa.int64()
    unit, _, zone = clock.removeprefix("timestamp[").removesuffix("]").partition(", tz=")
    return pa.timestamp(unit, zone or None)


def time_text(time: int, clock: str) -> str:
    """Return a time as people write it, `2026-01-01 00:03:00`, or the whole number that it is."""
    import pyarrow as pa

    return str(pa.scalar(time, pa.int64()).cast(clock_type(clock)).cast(pa.string()).as_py())


def violation_schema(streams: Sequence[Stream], clock: str) -> Any:
    """Return the columns of points that complete a pattern; nothing is ever missing in them."""
    import pyarrow as pa

    columns = [("stream", _stream_type(streams)), ("time", clock_type(clock)), ("value", pa.float64()), ("point", pa.int64())]
    return pa.schema([pa.field(*one, nullable=False) for one in (*columns, ("bits", pa.uint32()), ("rules", pa.string()))])


def violation_table(flagged: Flagged, piece: Piece, rules: RuleSet, schema: Any, told: dict[int, str]) -> Any:
    """Return the points of a piece that complete a pattern: rules as bits, and their numbers as text.

    Args:
        flagged: the points.
        piece: in which they stand.
        rules: that were watched.
        schema: of the table.
        told: texts of bits that came before; grows.
    """
    import pyarrow as pa

    places, bits = pa.array(flagged.places), pa.array(flagged.bits)
    values = pa.Array.from_buffers(pa.float64(), len(piece.values), [None, pa.py_buffer(piece.values)]).take(places)
    times = pa.Array.from_buffers(pa.int64(), len(piece.times), [None, pa.py_buffer(piece.times)]).take(places)
    coded = bits.dictionary_encode()
    known = coded.dictionary.to_pylist()
    told.update((each, " ".join(map(str, rules.numbers_of(each)))) for each in known if each not in told)
    texts = pa.array([told[each] for each in known], pa.string()).take(coded.indices)
    streams = pa.array(piece.streams, schema.field("stream").type).take(pa.array(flagged.runs))
    columns = [streams, times.cast(schema.field("time").type), values, pa.array(flagged.numbers), bits, texts]
    return pa.table(columns, schema=schema)


def stream_table(
    own: Baseline, units: Sequence[str | None], found: StreamFindings, streams: Continued, chance: Chance, clock: str
) -> Any:
    """Return a row a stream: limits, what the readings come to, capability, run length and alarms."""
    import pyarrow as pa

    count, rules = len(own.streams), found.rules.rules
    limit = max((rule.sigma for rule in rules if rule.is_limit and not rule.warns), default=3.0)
    able = found.capability(own.lower, own.upper)
    within, overall = intervals(found, able, CONFIDENCE)
    times = [None if time == BEFORE_ALL else time for time in streams.last_times.tolist()]
    columns: dict[str, Any] = {
        "stream": pa.array(own.streams, _stream_type(own.streams)), "unit": pa.array(units, pa.string()),
        "readings": pa.array(found.readings), "missing": pa.array(found.readings - found.there),
        "last_time": pa.array(times, pa.int64()).cast(clock_type(clock)),
        "centre": _floats(own.centre), "sigma": _floats(own.sigma),
        "lower_limit": _floats(streams.centres - limit * streams.sigmas),
        "upper_limit": _floats(streams.centres + limit * streams.sigmas),
        "lower_tolerance": _floats(own.lower), "upper_tolerance": _floats(own.upper),
        "mean": _floats(found.mean), "sigma_within": _floats(found.within), "sigma_overall": _floats(found.overall),
        **{name: _floats(getattr(able, name)) for name in ("cp", "cpk", "pp", "ppk")},
        "cpm": _floats(about_target(found, own.lower, own.upper, own.target)),
        "cpk_lower": _floats(within.lower), "cpk_upper": _floats(within.upper),
        "ppk_lower": _floats(overall.lower), "ppk_upper": _floats(overall.upper),
        "run_length": pa.array([chance.run_length] * count, pa.float64()),
        "run_length_off_by": pa.array([chance.off_by] * count, pa.float64()),
        "run_length_method": pa.array([chance.method] * count, pa.string()),
        "alarms": pa.array(found.alarms),
        **{f"rule_{rule.number}": pa.array(found.violations[:, place]) for place, rule in enumerate(rules)},
    }  # fmt: skip
    return pa.table(columns)


def _floats(row: Any) -> Any:
    """Numbers that are finite; null where there is none."""
    import pyarrow as pa
    from pyarrow import compute

    numbers = pa.array(row, pa.float64())
    return compute.if_else(compute.is_finite(numbers), numbers, None)


def state_table(streams: Sequence[Stream], units: Sequence[str | None], kept: Continued) -> Any:
    """Return what is kept of each stream for the next run."""
    import pyarrow as pa

    columns: dict[str, Any] = {
        "stream": pa.array(streams, _stream_type(streams)), "unit": pa.array(units, pa.string()), "last": pa.array(kept.last),
        "last_time": pa.array(kept.last_times),
    }  # fmt: skip
    for name in ("history", "sums", "counts"):
        rows = getattr(kept, name)
        columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1)), rows.shape[1])
    return pa.table(columns)


def saved_states(files: Sequence[str], streams: Sequence[Stream]) -> SavedStates:
    """Return what was kept of some streams.

    Args:
        files: of all streams, in their order.
        streams: those that are wanted, which stand behind each other.

    Raises:
        FormatError: they are not there.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = pa.concat_tables([parquet.read_table(file, use_threads=False) for file in files]).combine_chunks()
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"the states of the run before cannot be read: {str(error)[:200]}; watch into another folder") from error
    names = table.column("stream").to_pylist()
    begin = bisect_left(names, streams[0]) if streams else 0
    own = table.slice(begin, len(streams))
    if names[begin : begin + len(streams)] != list(streams):
        raise FormatError("the states of the run before are of other streams; watch into another folder")
    rows = [own.column(name).combine_chunks() for name in KEPT]
    flat = [row.flatten() if pa.types.is_fixed_size_list(row.type) else row for row in rows]
    return SavedStates(kept=tuple(_plain(row) for row in flat), units=tuple(own.column("unit").to_pylist()))


def _plain(row: Any) -> Any:
    """The numbers of a column as they lie in memory."""
    kind: Any = "d" if str(row.type) == "double" else "q"
    return memoryview(row.buffers()[1]).cast(kind)[row.offset : row.offset + len(row)]


def texts_in(path: Path) -> bool:
    """Return whether streams are called by texts in a file of states."""
    import pyarrow as pa
    from pyarrow import parquet

    return bool(pa.types.is_string(parquet.read_schema(path).field("stream").type))
