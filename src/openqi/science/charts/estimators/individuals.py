"""Centre and spread of single readings, each way under its name."""

from collections.abc import Callable, Sequence
from math import isnan, nan, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.charts.kernel.moments import distances, first_present, moves, squares
from openqi.science.numbers.normal_samples import D4, c4, d2
from openqi.science.numbers.sums import plain_sum

_MEDIAN_DEVIATION = 0.6744897501960817
"""The median distance of a standard normal value from its mean, the upper quartile."""


def median(values: Sequence[float]) -> float:
    """Return the middle of the values that are there, the mean of both middle ones of an even number; NaN of none."""
    there = sorted(value for value in values if not isnan(value))
    if not there:
        return nan
    half = len(there) // 2
    return there[half] if len(there) % 2 else there[half - 1] + (there[half] - there[half - 1]) / 2.0


def mean(values: Sequence[float]) -> float:
    """Return the mean of the values that are there, as the kernel of many streams has it; NaN of none."""
    given = list(values)
    origin = first_present(given)
    count, above = distances(given, origin, [0.0] * 64)
    return origin + above / count if count else nan


def standard_deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of the values that are there, divisor n - 1; NaN of fewer than two."""
    there = [value for value in values if not isnan(value)]
    return sqrt(squares(there, mean(there), [0.0] * 64) / (len(there) - 1)) if len(there) > 1 else nan


def moving_ranges(values: Sequence[float]) -> list[float]:
    """Return how far each value lies from the one before it; NaN for the first, and where one of both is missing."""
    return [nan, *(abs(values[place] - values[place - 1]) for place in range(1, len(values)))][: len(values)]


def _moving_range(values: Sequence[float]) -> float:
    steps, moved = moves(list(values), [0.0] * 64)
    return moved / steps / d2(2) if steps else nan


def _median_moving_range(values: Sequence[float]) -> float:
    return median(moving_ranges(values)) / D4


def _mssd(values: Sequence[float]) -> float:
    there = [step for step in moving_ranges(values) if not isnan(step)]
    return sqrt(squares(there, 0.0, [0.0] * 64) / (2.0 * len(there))) if there else nan


def _standard_deviation(values: Sequence[float]) -> float:
    count = plain_sum(not isnan(value) for value in values)
    return standard_deviation(values) / c4(count) if count > 1 else nan


def _median_absolute_deviation(values: Sequence[float]) -> float:
    middle = median(values)
    return median([abs(value - middle) for value in values]) / _MEDIAN_DEVIATION


SPREADS: dict[str, Callable[[Sequence[float]], float]] = {
    "moving-range": _moving_range,
    "median-moving-range": _median_moving_range,
    "successive-differences": _mssd,
    "standard-deviation": _standard_deviation,
    "median-absolute-deviation": _median_absolute_deviation,
}
CENTRES: dict[str, Callable[[Sequence[float]], float]] = {"mean": mean, "median": median}


def spread_of_individuals(values: Sequence[float], estimator: str = "moving-range") -> float:
    """Return sigma of single readings in their order; NaN where there are too few.

    Args:
        values: NaN where one is missing; no moving range spans it.
        estimator: `moving-range` (over 2/sqrt(pi)), `median-moving-range` (over 0.9539),
            `successive-differences` (root of half of it), `standard-deviation` (over c4),
            `median-absolute-deviation` (over 0.6745).

    Raises:
        DomainError: the estimator is not known.

    Source: [MONTGOMERY] section 6.4.
    """
    return _known(SPREADS, estimator)(values)


def centre_of_individuals(values: Sequence[float], estimator: str = "mean") -> float:
    """Return the `mean` or the `median` of the values that are there; raises as `spread_of_individuals`."""
    return _known(CENTRES, estimator)(values)


def _known(catalogue: dict[str, Callable[[Sequence[float]], float]], name: str) -> Callable[[Sequence[float]], float]:
    if name not in catalogue:
        raise DomainError(f"no estimator is called {name!r}; there are {', '.join(catalogue)}")
    return catalogue[name]
