"""The run length of a chart on the data themselves, drawn anew in blocks: what independence and normality would hide.

The stationary bootstrap: from a place drawn by chance the points follow as they were observed, around the end to the beginning;
after each of them a new place is drawn with probability 1/b. So neighbours stay neighbours, b points on average.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength
from openqi.science.charts.run_lengths.chance import uniform_blocks
from openqi.science.charts.run_lengths.playing import Played, played_run_lengths
from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.exponential import unchecked_log, unchecked_power
from openqi.science.numbers.sums import total

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

LEAST_POINTS = 20
LEAST_RUNS = 100
RUNS = 2000
AUTOMATIC = "Politis and White 2004, corrected 2009"
ASSUMED = ("the data are in control, and what follows them is like them",)


@dataclass(frozen=True, kw_only=True)
class BootstrappedRunLength:
    """A run length on data drawn anew, to stand beside the computed one.

    Args:
        run_length: simulated, with its standard error (of the drawing alone; that of the data is not in it).
        block: mean length of the blocks, in points.
        block_rule: how it was chosen.
        points: how many data there were.
        seed: of the drawing.
    """

    run_length: RunLength
    block: float
    block_rule: str
    points: int
    seed: str


def bootstrapped_run_length(
    chart: Played, values: Sequence[float], *, centre: float, sigma: float, seed: str, block: float | None = None, runs: int = RUNS
) -> BootstrappedRunLength:
    """Return the run length of a chart on data, drawn anew in blocks.

    Args:
        chart: a chart, or rules.
        values: in the order in which they were observed, in control, at least 20.
        centre: of the chart, in the unit of the values.
        sigma: of the chart, same unit, > 0.
        seed: text.
        block: mean length of a block, 1 to the number of values; by default chosen from the data.
        runs: so many signals are waited for, at least 100.

    Raises:
        DomainError: an argument lies outside, all values are the same, or the runs do not end.

    Source: [POLITIS-ROMANO1994], [POLITIS-WHITE2004].
    """
    import numpy as np

    _check(values, centre, sigma, runs)
    length = block_length(values) if block is None else block
    if not 1.0 <= length <= len(values):
        raise DomainError(f"blocks of {length} points; 1 to the {len(values)} that there are")
    standard = np.array([(value - centre) / sigma for value in values])
    lengths = played_run_lengths(chart, _drawn_blocks(standard, length, seed), runs)
    mean = total(lengths) / runs
    deviation = sqrt(total([(one - mean) ** 2 for one in lengths]) / (runs - 1))
    found = RunLength(
        value=mean, error_bound=None, standard_error=deviation / sqrt(runs), method="block bootstrap", assumptions=ASSUMED,
        standard_deviation=deviation,
    )  # fmt: skip
    rule = AUTOMATIC if block is None else "given"
    return BootstrappedRunLength(run_length=found, block=length, block_rule=rule, points=len(values), seed=seed)


def block_length(values: Sequence[float]) -> float:
    """Return the mean length of a block for which the stationary bootstrap tells the variance of a mean best.

    Args:
        values: in the order in which they were observed, at least 20.

    Raises:
        DomainError: there are too few values, or all are the same.

    Source: [POLITIS-WHITE2004].
    """
    count = len(values)
    _check(values, 0.0, 1.0, LEAST_RUNS)
    mean = total(values) / count
    apart = [value - mean for value in values]
    most = min(ceil(sqrt(count)) + max(5, ceil(sqrt(_log10(count)))), count - 1)
    covariances = [total([a * b for a, b in zip(apart, apart[lag:], strict=False)]) / count for lag in range(most + 1)]
    if not covariances[0] > 0.0:
        raise DomainError(f"all {count} values are the same; a constant stream has no run length")
    lags = _band(covariances, count)
    weighted = [(min(1.0, 2.0 * (1.0 - lag / lags)), lag) for lag in range(1, min(lags, most) + 1)] if lags else []
    slope = total([2.0 * w * lag * covariances[lag] for w, lag in weighted])
    level = covariances[0] + total([2.0 * w * covariances[lag] for w, lag in weighted])
    if slope == 0.0:
        return 1.0
    if not level > 0.0:
        level = covariances[0] / count
    found = unchecked_power(slope * slope / (level * level) * count, 1.0 / 3.0)
    return max(1.0, min(found, ceil(min(3.0 * sqrt(count), count / 3.0))))


def _log10(count: int) -> float:
    return unchecked_log(float(count)) / unchecked_log(10.0)


def _band(covariances: Sequence[float], count: int) -> int:
    """Twice the lag after which a row of correlations cannot be told from none."""
    quiet = max(5, ceil(sqrt(_log10(count))))
    bound = 2.0 * sqrt(_log10(count) / count)
    small = [abs(one) < bound * covariances[0] for one in covariances]
    for lag in range(1, len(covariances) - quiet + 1):
        if all(small[lag : lag + quiet]):
            return 2 * (lag - 1) if lag > 1 else 0
    loud = [lag for lag in range(1, len(covariances)) if not small[lag]]
    return 2 * max(loud)


def _follow(data: Any, go_on: float, turns: Any, places: Any, where: Any, out: Any) -> None:
    """Write points drawn anew: each follows the one before, or begins at a place drawn by chance."""
    for i in range(len(out)):
        if turns[i] >= go_on or where[0] < 0:
            where[0] = min(int(places[i] * len(data)), len(data) - 1)
        else:
            where[0] = (where[0] + 1) % len(data)
        out[i] = data[where[0]]


_write_followed = compiled(_follow)


def _drawn_blocks(data: "Array", length: float, seed: str) -> "Iterator[Array]":
    import numpy as np

    where = np.array([-1])
    for block in uniform_blocks(seed, domain=2):
        out = np.empty(block.shape[1])
        _write_followed(data, 1.0 - 1.0 / length, block[0], block[1], where, out)
        yield out


def _check(values: Sequence[float], centre: float, sigma: float, runs: int) -> None:
    if len(values) < LEAST_POINTS:
        raise DomainError(f"{len(values)} values; at least {LEAST_POINTS} to draw from")
    for place, value in enumerate(values):
        if not isfinite(value):
            raise DomainError(f"value {place + 1} is {value}; all must be finite numbers: leave missing ones out, and say so")
    if not isfinite(centre) or not (isfinite(sigma) and sigma > 0.0):
        raise DomainError(f"centre {centre} and sigma {sigma}; finite, and sigma above 0")
    if runs < LEAST_RUNS:
        raise DomainError(f"{runs} runs; a standard error needs at least {LEAST_RUNS}")
