"""EWMA charts of a mean: two-sided or one-sided, with a head start, with limits that are constant or exact from the first point."""

from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Literal, Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.charts import fading
from openqi.science.charts.run_lengths.charts.chart import check_change, check_range, distribution_of, run_length_of
from openqi.science.charts.run_lengths.quadrature.solve import solved
from openqi.science.charts.run_lengths.quadrature.walk import Rest, Walk

LEAST_WEIGHT = 0.002


@dataclass(frozen=True, kw_only=True)
class Ewma:
    """Z(t) = (1 - w) Z(t-1) + w X(t), of points with mean 0 and standard deviation 1 in control.

    Args:
        weight: w, 0.002 to 1.
        limit: L, in asymptotic standard deviations of Z, > 0.
        side: `both`; `upper`, with Z set to the barrier whenever it falls below; `lower`, mirrored.
        barrier: of a one-sided chart, in the unit of `limit`, <= 0 and above -20.
        head_start: Z(0) as a fraction of the limit, 0 to below 1 in magnitude.
        limits: `constant`, or `exact`: those of the true standard deviation of Z(t), narrower at the beginning; two-sided only.

    Raises:
        DomainError: an argument lies outside.

    Source: [LUCAS-SACCUCCI1990], [CROWDER1987].
    """

    weight: float
    limit: float
    side: Literal["both", "upper", "lower"] = "both"
    barrier: float = 0.0
    head_start: float = 0.0
    limits: Literal["constant", "exact"] = "constant"

    def __post_init__(self) -> None:
        check_range("weight", self.weight, 0.0, 1.0)
        check_range("limit", self.limit, 0.0, 20.0)
        if self.weight < LEAST_WEIGHT:
            raise DomainError(f"weight = {self.weight}; at least {LEAST_WEIGHT}")
        if not -1.0 < self.head_start < 1.0:
            raise DomainError(f"head start {self.head_start}; a fraction of the limit, below 1 in magnitude")
        if not -20.0 < self.barrier <= 0.0:
            raise DomainError(f"barrier {self.barrier}; at most 0 and above -20, in the unit of the limit")
        if self.side == "both" and self.barrier != 0.0:
            raise DomainError("a barrier is of a one-sided chart; leave it out, or choose side `upper` or `lower`")
        if self.limits == "exact" and (self.side != "both" or self.head_start != 0.0):
            raise DomainError("exact limits are of a two-sided chart that starts in its middle; choose constant limits")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    @property
    def half_width(self) -> float:
        """Return the asymptotic limit of Z."""
        return self.limit * sqrt(self.weight / (2.0 - self.weight))

    def walk(self, shift: float, scale: float) -> Walk:
        """Return the chart as a walk, with constant limits."""
        check_change(shift, scale)
        w, unit = self.weight, sqrt(self.weight / (2.0 - self.weight))
        mean = -shift if self.side == "lower" else shift
        low = -self.half_width if self.side == "both" else self.barrier * unit
        return Walk(
            keep=1.0 - w, drift=w * mean, step=w * scale, panels=((low, self.half_width),), start=self.head_start * self.half_width,
            rest=None if self.side == "both" else Rest(place=low, low=-inf, high=low),
        )  # fmt: skip

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error."""
        if self.limits == "exact":
            return fading.estimate(self, shift, scale, 1)
        return solved(self.walk(shift, scale)).value

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`."""
        if self.limits == "exact" and state == "zero":
            return fading.run_length(self, shift, scale)
        return run_length_of(self.walk(shift, scale), self.walk(0.0, 1.0), shift, scale, state)

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:
        """Return the distribution of the run length; see `Chart`."""
        if self.limits == "exact" and state == "zero":
            return fading.distribution(self, shift, scale)
        return distribution_of(self.walk(shift, scale), self.walk(0.0, 1.0), state)
