"""Streams that are watched file after file: limits are frozen, and what is kept of a stream lets its next readings go on.

The same flags come out as from all readings at once, and moments that depend on nothing but the order and borders of the runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.charts.kernel.continued import ALARMS, MEAN, MOVED, READ, RULES, SQUARES, STEPS, THERE, continue_streams
from openqi.science.charts.kernel.flagged import flagged_points, run_borders
from openqi.science.charts.kernel.stream import CHUNK_WORDS, ones
from openqi.science.charts.rules.rule import RuleSet
from openqi.science.charts.rules.table import rule_table
from openqi.science.charts.streams import PAYS_FROM, Capabilities, WatchedStreams
from openqi.science.numbers.compiled import compiled, is_fast, is_loaded
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy import float64, int64, uint32
    from numpy.typing import NDArray

    Floats = NDArray[float64]
    Wholes = NDArray[int64]

BEFORE_ALL: Final = -(2**63)
"""The time of a stream of which nothing was read."""
_continue: Any = continue_streams
_compiled_continue: Any = compiled(continue_streams)
_ones: Any = ones
_compiled_ones: Any = compiled(ones)
_points: Any = flagged_points
_compiled_points: Any = compiled(flagged_points)
_compiled_borders: Any = compiled(run_borders)


@dataclass(frozen=True, kw_only=True, eq=False)
class Flagged:
    """Points that complete a pattern: where they stand in what was handed in, and the rules, bit k the k-th of the set.

    Args:
        places: of the points, rising.
        runs: the run of each.
        numbers: of each among the readings of its stream since it is watched, counted from 1.
        bits: the rules.
    """

    places: "Wholes"
    runs: "Wholes"
    numbers: "Wholes"
    bits: "NDArray[uint32]"


@dataclass(frozen=True, kw_only=True, eq=False)
class Continued:
    """Streams between two runs; `take` brings them on. Arrays have a row a stream.

    Args:
        rules: that are watched.
        centres: frozen, in the unit of the stream.
        sigmas: frozen, likewise.
        last: the newest value, NaN where it is missing.
        last_times: the newest time, `BEFORE_ALL` where there is none.
        history: the newest 32 comparisons of each kind, as bits.
        sums: mean, squares about it, moving ranges.
        counts: readings, those that are there, alarms, moving ranges; then points of each rule.
    """

    rules: RuleSet
    centres: "Floats"
    sigmas: "Floats"
    last: "Floats"
    last_times: "Wholes"
    history: "Wholes"
    sums: "Floats"
    counts: "Wholes"

    def take(self, values: Any, times: Any, offsets: Any, streams: Any) -> Flagged:
        """Return the points that complete a pattern; the streams move on.

        Args:
            values: of all runs behind each other, NaN where one is missing.
            times: whole numbers, one a value, in one unit.
            offsets: n + 1 rising whole numbers: where each run begins and the last one ends; no run is empty.
            streams: n rows, the stream of each run.

        Raises:
            StoppedError: times of a run go back, or a value is infinite. What was taken of the others is then of no use.
        """
        import numpy as np

        points, ends = np.asarray(values, dtype=np.float64), np.asarray(offsets, dtype=np.int64)
        whose = np.asarray(streams, dtype=np.int64)
        before = self.counts[whose, READ]
        words = plain_sum(((ends[1:] - ends[:-1] + 31) // 32).tolist())
        planes = np.empty((len(self.rules.rules), words), dtype=np.uint32)  # every word of it is written
        union = np.empty(words, dtype=np.uint32)
        stopped = self._run(points, np.asarray(times, dtype=np.int64), ends, whose, planes, union)
        if stopped >= 0:
            raise StoppedError(stopped)
        return _flagged(planes, union, ends, before)

    def _run(
        self,
        points: "Floats",
        times: "Wholes",
        ends: "Wholes",
        whose: "Wholes",
        planes: "NDArray[uint32]",
        union: "NDArray[uint32]",
    ) -> int:
        import numpy as np

        table = rule_table(self.rules)
        alarms = [0 if rule.warns else 1 for rule in self.rules.rules]
        rows, places = 2 * len(table.lines) + 3, CHUNK_WORDS + 1
        kept = (self.last, self.last_times, self.history, self.sums, self.counts)
        if is_fast() and (points.size >= PAYS_FROM or is_loaded(_compiled_continue)):
            room = [np.zeros(shape, dtype=np.int64) for shape in ((rows, places), places, (33, places))]
            tables = np.array(table.lines), np.array(table.rows, dtype=np.int64), np.array(alarms, dtype=np.int64)
            given = (points, times, ends, whose, self.centres, self.sigmas)
            return int(_compiled_continue(*given, *kept, *tables, *room, np.zeros(64), planes, union))
        lists = [array.tolist() for array in (points, times, ends, whose, self.centres, self.sigmas)]
        rooms = [[0] * places for _ in range(rows)], [0] * places, [[0] * places for _ in range(33)]
        with np.errstate(all="ignore"):
            return int(_continue(*lists, *kept, table.lines, table.rows, alarms, *rooms, [0.0] * 64, planes, union))

    def found(self) -> "StreamFindings":
        """Return what the readings of each stream come to so far."""
        import numpy as np

        there, steps = self.counts[:, THERE], self.counts[:, STEPS]
        mean = np.where(there > 0, self.sums[:, MEAN], np.nan)
        within = np.where(steps > 0, self.sums[:, MOVED] / np.maximum(steps, 1) / 1.1283791670955126, np.nan)
        overall = np.where(there > 1, np.sqrt(self.sums[:, SQUARES] / np.maximum(there - 1, 1)), np.nan)
        return StreamFindings(
            rules=self.rules, readings=self.counts[:, READ], there=there, alarms=self.counts[:, ALARMS], mean=mean, within=within,
            overall=overall, squares=self.sums[:, SQUARES], steps=steps, violations=self.counts[:, RULES:],
        )  # fmt: skip


class StoppedError(DomainError):
    """The times of a run go back, or a value or sum of it is infinite; `run` says which run."""

    def __init__(self, run: int) -> None:
        super().__init__(f"run {run}: its times go back behind those before, or a value is infinite")
        self.run = run


@dataclass(frozen=True, kw_only=True, eq=False)
class StreamFindings:
    """What the readings of each stream come to: NaN where there are too few.

    Args:
        rules: that were watched.
        readings: all that were read.
        there: those that are not missing.
        alarms: points at which a rule alarms that does not only warn.
        mean: of the readings.
        within: sigma from the mean moving range.
        overall: standard deviation of all.
        squares: sum of the squared distances from the mean.
        steps: moving ranges.
        violations: a row a stream, a column a rule: points at which its pattern is complete.
    """

    rules: RuleSet
    readings: "Wholes"
    there: "Wholes"
    alarms: "Wholes"
    mean: "Floats"
    within: "Floats"
    overall: "Floats"
    squares: "Floats"
    steps: "Wholes"
    violations: "Wholes"

    def capability(self, lower: Any, upper: Any) -> Capabilities:
        """Return the plain indices of every stream, as `WatchedStreams.capability` defines them.

        Raises:
            DomainError: a lower limit is not below its upper one.
        """
        import numpy as np

        none = np.zeros(0, dtype=np.int64)
        return WatchedStreams(
            rules=self.rules, counts=self.there, centres=self.mean, sigmas=self.within, overall=self.overall,
            violations=self.violations, planes=np.zeros((0, 0), dtype=np.uint32), first_words=none, offsets=none,
        ).capability(lower, upper)  # fmt: skip


def continued(centres: Any, sigmas: Any, *, rules: RuleSet, kept: Sequence[Any] | None = None) -> Continued:
    """Return streams that are ready to be taken further.

    Args:
        centres: frozen centre line of each stream.
        sigmas: frozen sigma >= 0 of each.
        rules: the set that is watched.
        kept: last, last_times, history, sums, counts of an earlier `Continued`, rows behind each other or flat; None at first.

    Raises:
        DomainError: a limit is not finite, or what was kept does not fit.
    """
    import numpy as np

    middle, spread = np.array(centres, dtype=np.float64), np.array(sigmas, dtype=np.float64)
    if middle.ndim != 1 or middle.shape != spread.shape or not (np.isfinite(middle) & np.isfinite(spread) & (spread >= 0)).all():
        raise DomainError("frozen limits: a centre and a sigma for each stream, finite, sigma at least 0")
    streams, rows, places = middle.size, 2 * len(rule_table(rules).lines) + 3, RULES + len(rules.rules)
    fresh: list[Any] = [
        np.full(streams, np.nan), np.full(streams, BEFORE_ALL, dtype=np.int64), np.zeros((streams, rows), dtype=np.int64),
        np.zeros((streams, 3)), np.zeros((streams, places), dtype=np.int64),
    ]  # fmt: skip
    if kept is not None:
        for array, before in zip(fresh, kept, strict=True):
            given = np.asarray(before, dtype=array.dtype)
            if given.size != array.size:
                raise DomainError("what was kept of the streams does not fit their number and the rules")
            array[...] = given.reshape(array.shape)
    last, last_times, history, sums, counts = fresh
    return Continued(
        rules=rules, centres=middle, sigmas=spread, last=last, last_times=last_times, history=history, sums=sums, counts=counts
    )


def _flagged(planes: "NDArray[uint32]", union: "NDArray[uint32]", ends: "Wholes", before: "Wholes") -> Flagged:
    """The bits of the planes as points: only words that have any are looked at."""
    import numpy as np

    fast = is_fast() and (32 * planes.shape[1] >= PAYS_FROM or is_loaded(_compiled_points))
    count = int((_compiled_ones if fast else _ones)(union, union.size))
    places, runs, numbers = (np.empty(count, dtype=np.int64) for _ in range(3))
    bits = np.empty(count, dtype=np.uint32)
    (_compiled_points if fast else _points)(planes, union, ends, before, places, runs, numbers, bits)
    return Flagged(places=places, runs=runs, numbers=numbers, bits=bits)


def borders(streams: Any) -> "Wholes":
    """Return where runs of equal numbers begin, and how many numbers there are.

    Args:
        streams: whole numbers, a reading each, at least one.
    """
    import numpy as np

    row = np.asarray(streams)
    pays = row.size >= PAYS_FROM or is_loaded(_compiled_borders)
    if not (is_fast() and pays) or row.dtype not in (np.int32, np.int64):
        return np.concatenate(([0], np.flatnonzero(row[1:] != row[:-1]) + 1, [row.size])).astype(np.int64)
    found = np.empty(row.size // 256 + 1, dtype=np.int64)
    if (count := _compiled_borders(row, found)) > found.size:
        found = np.empty(count, dtype=np.int64)
        _compiled_borders(row, found)
    return np.append(found[:count], row.size)
