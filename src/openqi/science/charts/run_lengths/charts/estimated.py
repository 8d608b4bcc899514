"""Shewhart charts whose mean and standard deviation are estimated: the run length over all pre-runs that there could be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt
from typing import Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import INDEPENDENT, NORMAL, RunLength, State
from openqi.science.charts.run_lengths.charts.chart import check_change, check_range
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.quadrature.nodes import on_panels
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.gamma_functions import log_of_gamma

REACH = 9.0
ORDERS = (48, 72)
CERTIFIED = 1e-6
HALF_LOG_TWO_PI = 0.9189385332046727
ASSUMED = (INDEPENDENT, NORMAL, "mean and standard deviation are estimated from independent normal points of the same process")


@dataclass(frozen=True, kw_only=True)
class EstimatedShewhart:
    """Limits at the estimated mean and `limit` times the estimated standard deviation, which then stay.

    Args:
        limit: in estimated standard deviations of a plotted point, > 0.
        groups: points (or subgroups) of the pre-run that the mean is taken of, at least 2.
        dof: degrees of freedom of the estimated variance: `groups - 1` of single points, groups x (size - 1) of subgroups pooled.

    Raises:
        DomainError: an argument lies outside, or the pre-run is so short that the mean run length is infinite.

    Source: [QUESENBERRY1993], [JENSEN2006].
    """

    limit: float
    groups: int
    dof: int

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 8.0)
        if not 2 <= self.groups <= 10**7 or not 1 <= self.dof <= 10**7:
            raise DomainError(f"{self.groups} groups and {self.dof} degrees of freedom; at least 2 and 1, at most 1e7")
        if self.dof <= self.limit**2 + 1.0:
            raise DomainError(
                f"{self.dof} degrees of freedom: with limits at {self.limit} the mean over all pre-runs is infinite or nearly so; "
                f"take more than {self.limit**2 + 1.0:.4g}"
            )

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error."""
        return self._mean(shift, scale, ORDERS[0])

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the mean run length over all pre-runs; its bound is twice what more nodes change.

        Args:
            shift: of the mean, in true standard deviations of a plotted point.
            scale: of the standard deviation after the pre-run, > 0.
            state: a chart without memory has the same in both.

        Raises:
            DomainError: an argument lies outside, or the orders are further apart than 1e-6 of the value.
        """
        check_change(shift, scale)
        rough, value = (self._mean(shift, scale, order) for order in ORDERS)
        bound = 2.0 * abs(value - rough) + 1e-11 * value
        if not bound <= CERTIFIED * value:
            raise DomainError(f"the run length is not certified: {rough:.6g} or {value:.6g}; take a longer pre-run")
        return RunLength(
            value=value, error_bound=bound, method="quadrature", assumptions=ASSUMED, state=state, shift=shift, scale=scale
        )

    def _mean(self, shift: float, scale: float, order: int) -> float:
        # A mean m sigma off makes runs exp(m²/2) times as long or so: its density is taken with that in mind, as is that of s.
        wide = REACH / sqrt(1.0 - 1.0 / self.groups) / sqrt(self.groups) + 1e-300
        means = _weighted(
            (-wide, wide), order, lambda m: -0.5 * self.groups * m * m + 0.5 * unchecked_log(self.groups) - HALF_LOG_TWO_PI
        )
        left = self.dof - self.limit**2
        centre, spread = sqrt(self.dof / left), REACH / sqrt(2.0 * left)
        norm = 0.5 * self.dof * unchecked_log(0.5 * self.dof) + unchecked_log(2.0) - log_of_gamma(0.5 * self.dof)
        deviations = _weighted(
            (max(1.0 - REACH / sqrt(2.0 * self.dof), 0.0), centre + spread), order,
            lambda s: norm + (self.dof - 1.0) * unchecked_log(s) - 0.5 * self.dof * s * s,
        )  # fmt: skip
        total = 0.0
        for m, chance in means:
            for s, density in deviations:
                total += chance * density / Shewhart(limit=self.limit * s).signal(shift - m, scale)
        return total


def _weighted(panel: tuple[float, float], order: int, log_density: Callable[[float], float]) -> list[tuple[float, float]]:
    """Nodes of an interval with their weights times a density."""
    nodes, weights = on_panels((panel,), order)
    return [(x, w * unchecked_exp(log_density(x))) for x, w in zip(nodes.tolist(), weights.tolist(), strict=True)]
