"""Many streams in one call: limits, capability, and every violated rule of every point, as bits.

Limits are estimated from the stream itself (phase I: mean, mean moving range) or given (phase II: frozen). The kernel runs
compiled where that pays and plain elsewhere, with the same bits.
"""

from dataclasses import dataclass
from itertools import accumulate
from math import isinf
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.charts.kernel.moments import LARGEST, first_beyond
from openqi.science.charts.kernel.stream import CHUNK_WORDS, watch_streams
from openqi.science.charts.rules.rule import RuleSet, rule_set
from openqi.science.charts.rules.table import RuleTable, rule_table
from openqi.science.numbers.compiled import compiled, is_fast, is_loaded

if TYPE_CHECKING:
    from numpy import float64, int64, uint32
    from numpy.typing import NDArray

    Floats = NDArray[float64]

PAYS_FROM = 50_000
"""So many points take longer in plain Python than it takes to load what was compiled."""
_compiled_watch = compiled(watch_streams)
_compiled_first_beyond = compiled(first_beyond)


@dataclass(frozen=True, kw_only=True, eq=False)
class WatchedStreams:
    """What was found in many streams; an array has a row a stream.

    Args:
        rules: that were watched.
        counts: values that are there, missing ones left out.
        centres: of each stream, in its unit; NaN where it has no value.
        sigmas: from the mean moving range, or as given; NaN where there are not two values next to each other.
        overall: standard deviation of all values; NaN for fewer than two, and where limits were given.
        violations: a row a stream, a column a rule: at how many points its pattern is complete.
        planes: a row a rule, 32 points a word, the earliest at bit 31; each stream begins with a word of its own.
        first_words: where the words of each stream begin, and where the last ones end.
        offsets: where the points of each stream begin, and where the last ones end.
    """

    rules: RuleSet
    counts: "NDArray[int64]"
    centres: "Floats"
    sigmas: "Floats"
    overall: "Floats"
    violations: "NDArray[int64]"
    planes: "NDArray[uint32]"
    first_words: "NDArray[int64]"
    offsets: "NDArray[int64]"

    def flags(self, stream: int) -> "NDArray[uint32]":
        """Return of each point of a stream the rules whose patterns it completes: bit k is the k-th rule of the set."""
        import numpy as np

        begin, end = int(self.first_words[stream]), int(self.first_words[stream + 1])
        points = int(self.offsets[stream + 1] - self.offsets[stream])
        found = np.zeros(points, dtype=np.uint32)
        for rule in range(len(self.rules.rules)):
            words = self.planes[rule, begin:end]
            bits = np.unpackbits(words.astype(">u4").view(np.uint8))[:points]
            found |= bits.astype(np.uint32) << np.uint32(rule)
        return found

    def capability(self, lower: Any, upper: Any) -> "Capabilities":
        """Return the plain indices of every stream.

        Args:
            lower: specification limit, or one a stream; -inf for none.
            upper: likewise; inf for none.

        Raises:
            DomainError: a lower limit is not below its upper one.

        Source: [MONTGOMERY] section 8.3.
        """
        import numpy as np

        low, high = (
            np.broadcast_to(np.asarray(lower, float), self.centres.shape),
            np.broadcast_to(np.asarray(upper, float), self.centres.shape),
        )
        if not (low < high).all():
            raise DomainError("specification limits: each lower one must lie below its upper one; -inf or inf where there is none")
        return Capabilities(
            cp=_potential(low, high, self.sigmas),
            cpk=_nearest(low, high, self.centres, self.sigmas),
            pp=_potential(low, high, self.overall),
            ppk=_nearest(low, high, self.centres, self.overall),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Capabilities:
    """Indices of each stream: c within (from the moving range), p over all; NaN where there is no spread or only one limit."""

    cp: "Floats"
    cpk: "Floats"
    pp: "Floats"
    ppk: "Floats"


def _potential(low: "Floats", high: "Floats", sigma: "Floats") -> "Floats":
    import numpy as np

    asked = np.isfinite(high - low) & (sigma > 0)
    return np.where(asked, (high - low) / np.where(asked, 6.0 * sigma, 1.0), np.nan)


def _nearest(low: "Floats", high: "Floats", centre: "Floats", sigma: "Floats") -> "Floats":
    import numpy as np

    asked = (np.isfinite(high) | np.isfinite(low)) & (sigma > 0)
    return np.where(asked, np.minimum(high - centre, centre - low) / np.where(asked, 3.0 * sigma, 1.0), np.nan)


def watch(
    values: Any,
    offsets: Any = None,
    *,
    rules: "str | RuleSet | dict[str, object]" = "nelson",
    centres: Any = None,
    sigmas: Any = None,
) -> WatchedStreams:
    """Return limits and violated rules of many streams of single readings.

    Args:
        values: floats, all streams behind each other; NaN where a reading is missing.
        offsets: n + 1 rising whole numbers: where each stream begins and the last one ends; one stream where left out.
        rules: the name of a set, a set, or one's own as a mapping.
        centres: frozen centre lines, one a stream or one for all; estimated where left out.
        sigmas: frozen sigmas >= 0, with `centres` or not at all.

    Raises:
        DomainError: the offsets do not fit, a value is infinite, or only one of centre and sigma is given.
    """
    import numpy as np

    points = np.ascontiguousarray(values, dtype=np.float64)
    ends = np.ascontiguousarray([0, points.size] if offsets is None else offsets, dtype=np.int64)
    _check(points, ends)
    kept, frozen = rule_set(rules), centres is not None
    estimates = np.full((len(ends) - 1, 4), np.nan)
    if frozen != (sigmas is not None):
        raise DomainError("frozen limits are a centre and a sigma; give both or neither")
    if frozen:
        estimates[:, 1], estimates[:, 2] = centres, sigmas
        if not (np.isfinite(estimates[:, 1:3]).all() and (estimates[:, 2] >= 0).all()):
            raise DomainError("frozen limits: centre and sigma are finite, sigma at least 0")
    first_words = np.array([0, *accumulate(((ends[1:] - ends[:-1] + 31) // 32).tolist())], dtype=np.int64)
    planes = np.zeros((len(kept.rules), int(first_words[-1])), dtype=np.uint32)
    counts = np.zeros((len(ends) - 1, len(kept.rules)), dtype=np.int64)
    _run(points, ends, frozen, estimates, rule_table(kept), planes, counts)
    _refuse_too_large(points, ends, estimates, frozen)
    return WatchedStreams(
        rules=kept, counts=estimates[:, 0].astype(np.int64), centres=estimates[:, 1].copy(), sigmas=estimates[:, 2].copy(),
        overall=estimates[:, 3].copy(), violations=counts, planes=planes, first_words=first_words, offsets=ends,
    )  # fmt: skip


def _check(points: "Floats", ends: "NDArray[int64]") -> None:
    """Raises where the streams are not what they are said to be."""
    if points.ndim != 1 or ends.ndim != 1 or len(ends) < 2:
        raise DomainError("values are one row of floats; offsets are at least two whole numbers, 0 and how many values there are")
    if ends[0] != 0 or ends[-1] != points.size or (ends[1:] < ends[:-1]).any():
        raise DomainError(f"offsets begin with 0, end with {points.size} (how many values there are) and never fall")


def _refuse_too_large(points: "Floats", ends: "NDArray[int64]", estimates: "Floats", frozen: bool) -> None:
    """Raises where a reading is infinite or of no usual size, as a chart of one stream does.

    Where limits were estimated, mean and spread tell which streams to look at: one of the two is as large as the largest reading.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        squares = estimates[:, 3] * estimates[:, 3] * (estimates[:, 0] - 1.0)
        usual = (np.abs(estimates[:, 1]) < LARGEST * 0.1) & ~(squares >= LARGEST * LARGEST * 0.1)
    doubtful = range(len(ends) - 1) if frozen else np.flatnonzero((estimates[:, 0] > 0) & ~usual).tolist()
    if frozen and is_fast() and points.size >= PAYS_FROM and _compiled_first_beyond(points, LARGEST) < 0:
        return
    for stream in doubtful:
        part = points[ends[stream] : ends[stream + 1]].tolist()
        if (place := first_beyond(part, LARGEST)) >= 0:
            told = "infinite; correct it" if isinf(part[place]) else f"{part[place]!r}; choose units of usual size"
            raise DomainError(f"reading {place + 1} of stream {stream} is {told}, or leave it out (NaN)")


def _run(
    points: "Floats", ends: "NDArray[int64]", frozen: bool, estimates: "Floats", table: RuleTable, planes: "NDArray[uint32]",
    counts: "NDArray[int64]",
) -> None:  # fmt: skip
    """Call the kernel: compiled on arrays where that pays, else plain on lists, which Python reads faster."""
    import numpy as np

    rows, places = 2 * len(table.lines) + 3, CHUNK_WORDS + 1
    if is_fast() and (points.size >= PAYS_FROM or is_loaded(_compiled_watch)):
        words, levels = (np.zeros((height, places), dtype=np.int64) for height in (rows, 33))
        tables = np.array(table.lines), np.array(table.rows, dtype=np.int64)
        _compiled_watch(
            points, ends, frozen, estimates, *tables, words, np.zeros(places, dtype=np.int64), levels, np.zeros(64), planes, counts
        )
        return
    words_room, levels_room = ([[0] * places for _ in range(height)] for height in (rows, 33))
    with np.errstate(all="ignore"):
        watch_streams(
            points.tolist(),
            ends.tolist(),
            frozen,
            estimates,
            table.lines,
            table.rows,
            words_room,
            [0] * places,
            levels_room,
            [0.0] * 64,
            planes,
            counts,
        )
