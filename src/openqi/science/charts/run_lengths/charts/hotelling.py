"""A T² chart of known means and covariances (phase II), of single vectors or of means of subgroups, with its limit."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.charts.attributes import t2_run_length
from openqi.science.charts.run_lengths.charts.shewhart import geometric_distribution


@dataclass(frozen=True, kw_only=True)
class HotellingT2:
    """A signal where T² lies beyond its limit.

    A shift is a distance: of the means from those in control, in the metric of the covariance of a single vector.

    Args:
        variables: 1 to 1000.
        limit: of T², > 0, at most 5000.
        size: vectors of which the mean is plotted, 1 to 100.

    Raises:
        DomainError: an argument lies outside.

    Source: [MONTGOMERY] section 11.3.
    """

    variables: int
    limit: float
    size: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.size <= 100:
            raise DomainError(f"means of {self.size} vectors; 1 to 100")
        t2_run_length(self.variables, self.limit)

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length."""
        return self.run_length(shift, scale).value

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`. A chart without memory: both states alike."""
        found = t2_run_length(self.variables, self.limit, shift * sqrt(self.size), scale)
        return replace(found, shift=shift, state=state)

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:  # noqa: ARG002 -- no memory
        """Return the distribution of the run length; see `Chart`."""
        return geometric_distribution(1.0 / self.estimate(shift, scale))
