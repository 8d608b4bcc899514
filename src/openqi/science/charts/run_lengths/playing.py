"""Charts fed with points one after the other, each beginning anew after a signal: how long they ran, whatever the points are."""

from collections.abc import Iterable, Sequence
from math import inf, sqrt
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.charts.cusum import CrosierCusum, Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.rules.rule import Rule
from openqi.science.charts.run_lengths.rules.simulated import feed, prepared_rules
from openqi.science.numbers.compiled import compiled

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

Played = Ewma | Cusum | CrosierCusum | Shewhart | Sequence[Rule]
MOST_POINTS = 50_000_000
AVERAGE, SUMS, ONE_SUM = 0, 1, 2
UPPER, LOWER, FADING, POINTS = range(4)
"""Places of a chart's memory."""


def _played(values: Any, kind: int, numbers: Any, memory: Any, lengths: Any, done: int) -> int:
    """Feed standardised points to a chart; write the run lengths; return how many are there.

    The numbers: weight or reference value, barrier, upper and lower limit, upper and lower start, what fades from exact limits.
    """
    weight, barrier, high, low = numbers[0], numbers[1], numbers[2], numbers[3]
    for place in range(len(values)):
        if done == len(lengths):
            break
        x = values[place]
        if memory[POINTS] == 0.0:
            memory[UPPER], memory[LOWER], memory[FADING] = numbers[4], numbers[5], 1.0
        memory[POINTS] += 1.0
        if kind == AVERAGE:
            memory[FADING] *= numbers[6]
            z = max((1.0 - weight) * memory[UPPER] + weight * x, barrier)
            memory[UPPER] = z
            width = sqrt(1.0 - memory[FADING])
            signal = z > high * width or -z > low * width
        elif kind == SUMS:
            memory[UPPER] = max(memory[UPPER] + x - weight, 0.0)
            memory[LOWER] = max(memory[LOWER] - x - weight, 0.0)
            signal = memory[UPPER] >= high or memory[LOWER] >= low
        else:
            s = memory[UPPER] + x
            size = abs(s)
            memory[UPPER] = s * (1.0 - weight / size) if size > weight else 0.0
            signal = abs(memory[UPPER]) >= high
        if signal:
            lengths[done] = memory[POINTS]
            done += 1
            memory[POINTS] = 0.0
    return done


_play = compiled(_played)


def played_run_lengths(chart: Played, points: "Iterable[Array]", runs: int) -> list[float]:
    """Return so many run lengths of a chart, in the order in which they ended.

    Args:
        chart: a chart, or rules on a chart of known mean and standard deviation.
        points: standardised, block by block.
        runs: at least 1.

    Raises:
        DomainError: they are not ended after 50 million points.
    """
    import numpy as np

    lengths, done, seen = np.empty(runs), 0, 0
    feeder = _feeder(chart, lengths)
    for block in points:
        done = feeder(block, done)
        seen += len(block)
        if done == runs:
            break
        if seen > MOST_POINTS:
            raise DomainError(f"only {done} of {runs} runs have ended after {seen} points; ask for fewer runs")
    return [float(one) for one in lengths]


def alarm_places(chart: Played, points: "Array") -> list[int]:
    """Return at which points of one stream, counted from 1, a chart signals that begins anew after each signal."""
    import numpy as np

    lengths = np.empty(len(points))
    done = int(_feeder(chart, lengths)(points, 0))
    places, last = [], 0
    for one in lengths[:done].tolist():
        last += int(one)
        places.append(last)
    return places


def _feeder(chart: Played, lengths: "Array") -> Any:
    import numpy as np

    if isinstance(chart, (Ewma, Cusum, CrosierCusum, Shewhart)):
        kind, numbers, sign = _numbers(chart)
        memory, prepared = np.zeros(4), np.array(numbers)
        return lambda block, done: _play(block * sign, kind, prepared, memory, lengths, done)
    rules = prepared_rules(chart, "either")
    past, last = np.zeros(6, dtype=np.int64), np.zeros(1)
    return lambda block, done: feed(block, (0.0, 1.0, 0), *rules, past, last, lengths, done)


def _numbers(chart: Ewma | Cusum | CrosierCusum | Shewhart) -> tuple[int, tuple[float, ...], float]:
    """A chart as the numbers of the kernel, and the sign of the points: a lower chart is an upper one in the mirror."""
    if isinstance(chart, Shewhart):
        high, low = (chart.limit if chart.side in (side, "both") else inf for side in ("upper", "lower"))
        return AVERAGE, (1.0, -inf, high, low, 0.0, 0.0, 0.0), 1.0
    if isinstance(chart, Ewma):
        both, width = chart.side == "both", chart.half_width
        barrier = -inf if both else chart.barrier * width / chart.limit
        fading = (1.0 - chart.weight) ** 2 if chart.limits == "exact" else 0.0
        sign = -1.0 if chart.side == "lower" else 1.0
        return AVERAGE, (chart.weight, barrier, width, width if both else inf, chart.head_start * width, 0.0, fading), sign
    start = chart.head_start * chart.limit
    if isinstance(chart, CrosierCusum):
        return ONE_SUM, (chart.reference, 0.0, chart.limit, chart.limit, start, 0.0, 0.0), 1.0
    high, low = (chart.limit if chart.side in (side, "both") else inf for side in ("upper", "lower"))
    return SUMS, (chart.reference, 0.0, high, low, start, start, 0.0), 1.0
