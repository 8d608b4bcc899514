"""Centre and spread of subgroups, of one size or of several, each way under its name."""

from collections.abc import Callable, Sequence
from math import isnan, nan, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.individuals import mean, median, standard_deviation
from openqi.science.charts.kernel.moments import squares
from openqi.science.numbers.normal_samples import c4, d2, d3, median_deviation, median_range
from openqi.science.numbers.sums import total

Subgroup = Sequence[float]


def there_of(subgroup: Subgroup) -> list[float]:
    """Return the values of a subgroup that are there."""
    return [value for value in subgroup if not isnan(value)]


def range_of(subgroup: Subgroup) -> float:
    """Return the range of the values that are there; NaN of fewer than two."""
    there = there_of(subgroup)
    return max(there) - min(there) if len(there) > 1 else nan


def grand_mean(subgroups: Sequence[Subgroup]) -> float:
    """Return the mean of all values that are there: each value weighs the same, not each subgroup; NaN of none."""
    return mean([value for subgroup in subgroups for value in subgroup])


def _weighted(pairs: list[tuple[float, float]]) -> float:
    """The mean of (value, weight); of equal weights the plain one."""
    return total([value * weight for value, weight in pairs]) / total([weight for _, weight in pairs]) if pairs else nan


def _by_ranges(subgroups: Sequence[Subgroup]) -> float:
    # Each range estimates sigma with variance (d3/d2)^2: weights are the inverse, so equal sizes weigh equally.
    sizes = [(range_of(one), len(there_of(one))) for one in subgroups]
    return _weighted([(spread / d2(n), (d2(n) / d3(n)) ** 2) for spread, n in sizes if n > 1])


def _by_deviations(subgroups: Sequence[Subgroup]) -> float:
    sizes = [(standard_deviation(one), len(there_of(one))) for one in subgroups]
    return _weighted([(spread / c4(n), c4(n) ** 2 / (1.0 - c4(n) ** 2)) for spread, n in sizes if n > 1])


def _pooled(subgroups: Sequence[Subgroup]) -> float:
    within, dof = 0.0, 0
    for one in subgroups:
        there = there_of(one)
        within += squares(there, mean(there), [0.0] * 64)
        dof += max(len(there) - 1, 0)
    return sqrt(within / dof) / c4(dof + 1) if dof else nan


def _median_range(subgroups: Sequence[Subgroup]) -> float:
    sizes = [(range_of(one), len(there_of(one))) for one in subgroups]
    return median([spread / median_range(n) for spread, n in sizes if n > 1])


def _median_deviation(subgroups: Sequence[Subgroup]) -> float:
    sizes = [(standard_deviation(one), len(there_of(one))) for one in subgroups]
    return median([spread / median_deviation(n) for spread, n in sizes if n > 1])


SPREADS: dict[str, Callable[[Sequence[Subgroup]], float]] = {
    "mean-range": _by_ranges,
    "mean-sd": _by_deviations,
    "pooled": _pooled,
    "median-range": _median_range,
    "median-sd": _median_deviation,
}
CENTRES: dict[str, Callable[[Sequence[Subgroup]], float]] = {
    "grand-mean": grand_mean,
    "median-of-means": lambda subgroups: median([mean(one) for one in subgroups]),
}


def spread_within(subgroups: Sequence[Subgroup], estimator: str) -> float:
    """Return sigma within subgroups; NaN where none has two values.

    Args:
        subgroups: of any sizes; NaN where a value is missing.
        estimator: `mean-range` (mean of R/d2), `mean-sd` (mean of s/c4), both weighted by their precision where
            sizes differ; `pooled` (root of the mean square within, over c4 of all degrees of freedom); `median-range` and
            `median-sd` (median of R, or s, each over the median that a normal subgroup of its size has): robust, a quarter of
            all subgroups may be wild.

    Raises:
        DomainError: the estimator is not known, or a range is asked of more than 1000 values.

    Source: [MONTGOMERY] section 6.2 and 6.3; medians after [FERRELL1953].
    """
    if estimator not in SPREADS:
        raise DomainError(f"no estimator within subgroups is called {estimator!r}; there are {', '.join(SPREADS)}")
    return SPREADS[estimator](subgroups)
