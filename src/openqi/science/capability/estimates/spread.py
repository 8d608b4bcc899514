"""Spread within subgroups, or between neighbours of a series: six named estimators, each with its degrees of freedom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType
from typing import Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.charts.estimators.individuals import spread_of_individuals
from openqi.science.charts.estimators.subgroups import spread_within
from openqi.science.numbers.elementary import asin, exp
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.normal_samples import D4, c4, d2, d3
from openqi.science.numbers.quadrature import integral
from openqi.science.numbers.sums import plain_sum, total

PI = 3.141592653589793
_PER_ROOT_TWO_PI = 0.3989422804014327
Subgroups = Sequence[Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """An estimate of a standard deviation.

    Args:
        method: name of the estimator.
        value: in the unit of the readings.
        dof: degrees of freedom of a standard deviation that is as uncertain as this estimate.
        nominal_dof: what many programs take in its place: readings less subgroups, or readings less one.
    """

    method: str
    value: float
    dof: float
    nominal_dof: float


def within(groups: Subgroups, method: str | None = None) -> Spread:
    """Return the spread within subgroups by the estimator that is named.

    Args:
        groups: subgroups in the order of time. Those of one reading say nothing about the spread within.
        method: a name of `METHODS`; by default `pooled`, and `moving-range` where every subgroup has one reading.

    Raises:
        DomainError: no such method, or nothing that it could use.
    """
    single = all(len(group) == 1 for group in groups)
    name = method or ("moving-range" if single else "pooled")
    if name not in METHODS:
        raise DomainError(f"no estimator {name!r} of the spread within; there are {', '.join(METHODS)}")
    if (name in OF_SERIES) != single:
        wanted = "single readings in order of time" if name in OF_SERIES else "subgroups of two readings or more"
        raise DomainError(f"{name} is an estimator for {wanted}; choose one of {', '.join(sorted(_fitting(single=single)))}")
    found = METHODS[name](groups)
    if not found.value > 0.0:
        raise DomainError(f"the spread by {name} is 0: readings that do not differ, or are rounded away, have no capability")
    return found


def _fitting(*, single: bool) -> set[str]:
    return {name for name in METHODS if (name in OF_SERIES) == single}


def _of_relative_variance(relative: Any) -> Any:
    """Degrees of freedom at which a standard deviation has this relative variance, within about 0.01 of a degree.

    Source: [PATNAIK1950].
    """
    return 1.0 / (2.0 * relative) + 0.25


def _larger(groups: Subgroups) -> list[Sequence[float]]:
    found = [group for group in groups if len(group) > 1]
    if not found:
        raise DomainError("every subgroup has one reading; the spread within needs two in some")
    return found


def _nominal(groups: Subgroups) -> float:
    return float(plain_sum(len(group) - 1 for group in groups))


def _pooled(groups: Subgroups) -> Spread:
    dof = _nominal(groups)
    squares = total([moments(group).squares for group in _larger(groups)])
    return Spread(method="pooled", value=sqrt(squares / dof), dof=dof, nominal_dof=dof)


def _weighted(method: str, groups: Subgroups, weight: Callable[[int], float]) -> Spread:
    """What a chart takes: the mean of unbiased estimates, weighted by the inverse of their variances."""
    known = total([weight(len(group)) for group in _larger(groups)])
    value = spread_within(groups, method)
    return Spread(method=method, value=value, dof=_of_relative_variance(1.0 / known), nominal_dof=_nominal(groups))


def _mean_range(groups: Subgroups) -> Spread:
    return _weighted("mean-range", groups, lambda n: d2(n) * d2(n) / (d3(n) * d3(n)))


def _mean_sd(groups: Subgroups) -> Spread:
    return _weighted("mean-sd", groups, lambda n: c4(n) * c4(n) / (1.0 - c4(n) * c4(n)))


def _series(groups: Subgroups) -> list[float]:
    found = [group[0] for group in groups]
    if len(found) < 3:
        raise DomainError(f"{len(found)} single readings: the spread between neighbours needs at least 3")
    return found


def _moving_range(groups: Subgroups) -> Spread:
    """Neighbouring ranges share a reading; their correlation is that of moduli of normal quantities correlated by -1/2."""
    values = _series(groups)
    m = len(values) - 1
    value = spread_of_individuals(values, "moving-range")
    return Spread(method="moving-range", value=value, dof=moving_range_dof(m), nominal_dof=float(m))


def moving_range_dof(m: Any) -> Any:
    """Return the degrees of freedom of sigma from m moving ranges of neighbours, 1 or more; takes arrays too."""
    own = 2.0 - 4.0 / PI
    shared = 4.0 / PI * (sqrt(0.75) + 0.5 * asin(0.5) - 1.0)
    return _of_relative_variance((m * own + 2.0 * (m - 1) * shared) / (m * m) / (d2(2) * d2(2)))


def _median_moving_range(groups: Subgroups) -> Spread:
    values = _series(groups)
    value, m = spread_of_individuals(values, "median-moving-range"), len(values) - 1
    dof = _of_relative_variance(_median_variance() / m)
    return Spread(method="median-moving-range", value=value, dof=dof, nominal_dof=float(m))


def _median_variance() -> float:
    """m times the relative variance of the median of m ranges of neighbours, where m is large."""
    edge = D4 / sqrt(2.0)
    height = 2.0 * _PER_ROOT_TWO_PI * exp(-0.5 * edge * edge) / sqrt(2.0)
    root = sqrt(0.75)

    def both(x: float) -> float:
        inside = normal_below((edge + 0.5 * x) / root) - normal_below((-edge + 0.5 * x) / root)
        return _PER_ROOT_TWO_PI * exp(-0.5 * x * x) * inside

    joint = integral(both, -edge, edge, panels=2)
    return (0.25 + 2.0 * (joint - 0.25)) / (height * height) / (D4 * D4)


def _mssd(groups: Subgroups) -> Spread:
    """Half the mean square of successive differences.

    Source: [VON-NEUMANN1941].
    """
    values = _series(groups)
    m = len(values) - 1
    value = spread_of_individuals(values, "successive-differences")
    return Spread(method="successive-differences", value=value, dof=2.0 * m * m / (3.0 * m - 1.0), nominal_dof=float(m))


METHODS: Final[Mapping[str, Callable[[Subgroups], Spread]]] = MappingProxyType({
    "pooled": _pooled, "mean-range": _mean_range, "mean-sd": _mean_sd, "moving-range": _moving_range,
    "median-moving-range": _median_moving_range, "successive-differences": _mssd,
})  # fmt: skip
"""Estimators by name: pooled variance, R-bar / d2, S-bar / c4, mean moving range / d2, median moving range / d4, and half the mean
square successive difference."""
OF_SERIES: Final = frozenset({"moving-range", "median-moving-range", "successive-differences"})


def overall(values: Sequence[float]) -> Spread:
    """Return the standard deviation of all readings.

    Raises:
        DomainError: they do not differ.
    """
    found = moments(values)
    if not found.sd > 0.0:
        raise DomainError("all readings are equal: without any spread there is no index, and nothing was learnt about capability")
    return Spread(method="sd", value=found.sd, dof=found.n - 1.0, nominal_dof=found.n - 1.0)
