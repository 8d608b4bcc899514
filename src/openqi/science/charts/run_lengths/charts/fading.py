"""The beginning of an EWMA chart with exact limits: step by step, until they are constant and an integral equation takes over."""

from math import sqrt
from typing import Any, Protocol

from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution
from openqi.science.charts.run_lengths.charts import chart as answers
from openqi.science.charts.run_lengths.quadrature import kernels
from openqi.science.charts.run_lengths.quadrature.nodes import on_panels
from openqi.science.charts.run_lengths.quadrature.solve import certified, first_size, solved
from openqi.science.charts.run_lengths.quadrature.walk import Walk
from openqi.science.charts.run_lengths.survival import matrix_distribution
from openqi.science.numbers.exponential import unchecked_log, unchecked_power
from openqi.science.numbers.sums import plain_sum

SETTLED = 1e-17


class Weighted(Protocol):
    """What is asked of a two-sided chart that weights: its weight, where its limits settle, and its walk once they have."""

    @property
    def weight(self) -> float: ...

    @property
    def half_width(self) -> float: ...

    def walk(self, shift: float, scale: float) -> Walk: ...


def half_widths(chart: Weighted) -> list[float]:
    """Return the limits of Z(1), Z(2), … until they do not change any more."""
    if chart.weight == 1.0:
        return [chart.half_width]
    steps = 1 + int(unchecked_log(SETTLED) / (2.0 * unchecked_log(1.0 - chart.weight)))
    return [chart.half_width * sqrt(1.0 - unchecked_power(1.0 - chart.weight, 2.0 * t)) for t in range(1, steps + 1)]


def estimate(chart: Weighted, shift: float, scale: float, finer: int) -> float:
    """Return the run length on so many times the usual nodes; from the last of the changing limits back to the first."""
    import numpy as np

    walk = chart.walk(shift, scale)
    size = first_size(walk) * (finer + 1) // 2
    found = solved(walk, size)
    nodes, weights, values = found.nodes, found.weights, found.values
    widths = half_widths(chart)
    rows, numbers = np.empty((size, size)), walk.numbers()
    for width in reversed(widths[:-1]):
        before, before_weights = on_panels(((-width, width),), size)
        out = np.empty(size)
        kernels.read(numbers, before, nodes, weights, values, rows, out)
        nodes, weights, values = before, before_weights, out
    start = np.empty(1)
    kernels.read(numbers, np.array([walk.start]), nodes, weights, values, np.empty((1, size)), start)
    return float(start[0])


def run_length(chart: Weighted, shift: float, scale: float) -> RunLength:
    """Return the run length; its bound is that of the constant limits and twice what more nodes change."""
    relative = certified(chart.walk(shift, scale)).relative
    value, other = estimate(chart, shift, scale, 2), estimate(chart, shift, scale, 3)
    relative += 2.0 * abs(other / value - 1.0)
    return RunLength(
        value=value, error_bound=relative * value, method="quadrature", assumptions=answers.ASSUMED, shift=shift, scale=scale
    )


def distribution(chart: Weighted, shift: float, scale: float) -> RunLengthDistribution:
    """Return the distribution: masses move through the changing limits, and then as with constant ones."""
    import numpy as np

    walk = chart.walk(shift, scale)
    found = certified(walk)
    size, numbers = len(found.nodes), walk.numbers()
    places: Any = np.array([walk.start])
    mass, survival = [1.0], [1.0]
    for width in half_widths(chart)[:-1]:
        nodes, weights = on_panels(((-width, width),), size)
        rows = np.empty((len(places), size))
        kernels.step_probabilities(numbers, places, nodes, weights, rows)
        mass = [plain_sum(m * p for m, p in zip(mass, column, strict=True)) for column in rows.T.tolist()]
        survival.append(plain_sum(mass))
        places = nodes
    last = np.empty((len(places), size))
    kernels.step_probabilities(numbers, places, found.nodes, found.weights, last)
    entry = np.array([plain_sum(m * p for m, p in zip(mass, column, strict=True)) for column in last.T.tolist()])
    rest = matrix_distribution(answers.steps_of(found, found.places.tolist()), entry)
    bound = run_length(chart, shift, scale)
    relative = rest.error_bound + (bound.error_bound or 0.0) / bound.value
    return RunLengthDistribution(survival=(*survival, *rest.survival[1:]), ratio=rest.ratio, error_bound=relative)
