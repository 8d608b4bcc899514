"""Xbar-R and Xbar-S charts of known mean and standard deviation: both panels together, in closed form or by one integral."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal, Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import KNOWN, RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.charts.chart import check_change, check_range
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart, geometric, geometric_distribution
from openqi.science.numbers.gamma_functions import gamma_both
from openqi.science.numbers.normal_samples import c4, d2, d3, range_within

SUBGROUPS = ("subgroups are independent", "readings in a subgroup are independent and normal", KNOWN)
Spread = Literal["deviation", "range", "none"]


@dataclass(frozen=True, kw_only=True)
class SubgroupMeans:
    """Means of subgroups beside their standard deviations (Xbar-S) or ranges (Xbar-R): a signal of either panel.

    Of normal readings the mean knows nothing of the spread, so that the chances of no signal multiply. A shift is of the mean, in
    standard deviations of a single reading; `scale` is that of a single reading.

    Args:
        size: readings in a subgroup, 2 to 100.
        limit: of the means, in standard deviations of a mean, > 0.
        spread: panel beside it: `deviation` (S), `range` (R), or `none`.
        spread_limit: of that panel, in its standard deviations from its expectation, > 0; a lower limit below 0 is none.

    Raises:
        DomainError: an argument lies outside.

    Source: [MONTGOMERY] sections 6.2 and 6.3.
    """

    size: int
    limit: float = 3.0
    spread: Spread = "deviation"
    spread_limit: float = 3.0

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 37.0)
        check_range("spread limit", self.spread_limit, 0.0, 37.0)
        if not 2 <= self.size <= 100:
            raise DomainError(f"a subgroup of {self.size}; 2 to 100 readings")
        if self.spread not in ("deviation", "range", "none"):
            raise DomainError(f"spread {self.spread!r}; deviation, range or none")

    def with_limit(self, limit: float) -> Self:
        """Return the same charts with another limit of the means; that of the spread stays."""
        return replace(self, limit=limit)

    def signal(self, shift: float, scale: float) -> float:
        """Return the probability that a subgroup signals."""
        means = Shewhart(limit=self.limit).signal(shift * sqrt(self.size), scale)
        spread = self.spread_signal(scale)
        return means + spread - means * spread

    def spread_signal(self, scale: float) -> float:
        """Return the probability that the panel of the spread signals."""
        check_change(0.0, scale)
        if self.spread == "none":
            return 0.0
        n, dof = self.size, self.size - 1
        if self.spread == "deviation":
            middle, away = c4(n), self.spread_limit * sqrt(1.0 - c4(n) * c4(n))
            high, low = ((middle + away) / scale, (middle - away) / scale)
            below = gamma_both(0.5 * dof, 0.5 * dof * low * low)[0] if low > 0.0 else 0.0
            return gamma_both(0.5 * dof, 0.5 * dof * high * high)[1] + below
        middle, away = d2(n), self.spread_limit * d3(n)
        below = range_within(n, (middle - away) / scale)[0] if middle > away else 0.0
        return range_within(n, (middle + away) / scale)[1] + below

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length."""
        return 1.0 / self.signal(shift, scale)

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length, in subgroups, with a bound on its error; see `Chart`. Without memory both states are alike."""
        found = geometric(self.signal(shift, scale), assumptions=SUBGROUPS, shift=shift, scale=scale, state=state)
        # The rule of equal steps behind a range leaves 1e-12 of a probability at most.
        loose = 1e-12 * found.value * found.value if self.spread == "range" else 0.0
        return replace(found, error_bound=(found.error_bound or 0.0) + loose)

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:  # noqa: ARG002 -- no memory
        """Return the distribution of the run length; see `Chart`."""
        return geometric_distribution(self.signal(shift, scale))
