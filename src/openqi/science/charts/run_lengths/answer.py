"""What is answered about a run length: its mean with an error bound, its distribution, and what was assumed."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.numbers.exponential import unchecked_log, unchecked_power
from openqi.science.numbers.sums import plain_sum

State = Literal["zero", "steady"]
INDEPENDENT = "points are independent"
NORMAL = "points are normal"
KNOWN = "mean and standard deviation are known"


@dataclass(frozen=True, kw_only=True)
class RunLength:
    """The mean number of points until a chart signals, the signalling point included.

    Args:
        value: mean run length, in points.
        error_bound: the exact value lies within this of `value`; None for what was simulated.
        standard_error: of a simulated value; None for what was computed.
        method: how it was found: `closed form`, `markov chain`, `quadrature` or `simulation`.
        state: `zero`: the shift is there from the first point; `steady`: it comes after a long time in control without a signal.
        shift: of the mean, in standard deviations of a plotted point.
        scale: standard deviation of a plotted point, as a multiple of the one in control.
        assumptions: what must hold for the number to mean anything.
        standard_deviation: of the run length, where it was found.
    """

    value: float
    error_bound: float | None
    method: str
    assumptions: tuple[str, ...]
    state: State = "zero"
    shift: float = 0.0
    scale: float = 1.0
    standard_error: float | None = None
    standard_deviation: float | None = None


@dataclass(frozen=True, kw_only=True)
class RunLengthDistribution:
    """The whole distribution of a run length: P(N > t) point by point, and geometric from where it has become so.

    Args:
        survival: P(N > t) of t = 0, 1, 2, …; the first is 1.
        ratio: P(N > t + 1) / P(N > t) beyond the last of them.
        error_bound: relative, of the mean.
    """

    survival: tuple[float, ...]
    ratio: float
    error_bound: float

    @property
    def mean(self) -> float:
        """Return the mean run length."""
        return plain_sum(self.survival[:-1]) + self.survival[-1] / (1.0 - self.ratio)

    @property
    def standard_deviation(self) -> float:
        """Return the standard deviation of the run length."""
        last, left = len(self.survival) - 1, 1.0 - self.ratio
        square = plain_sum((2 * t + 1) * p for t, p in enumerate(self.survival[:-1]))
        square += self.survival[-1] * ((2 * last + 1) / left + 2.0 * self.ratio / (left * left))
        return sqrt(max(square - self.mean**2, 0.0))

    def beyond(self, points: int) -> float:
        """Return the probability that there is no signal among so many points.

        Raises:
            DomainError: the number is negative.
        """
        if points < 0:
            raise DomainError(f"{points} points; there are at least 0")
        last = len(self.survival) - 1
        if points <= last:
            return self.survival[points]
        return self.survival[last] * unchecked_power(self.ratio, float(points - last))

    def quantile(self, probability: float) -> int:
        """Return the least number of points by which there is a signal with at least this probability.

        Raises:
            DomainError: the probability does not lie in (0, 1).
        """
        if not 0.0 < probability < 1.0:
            raise DomainError(f"a quantile at {probability}; between 0 and 1, both excluded")
        wanted, last = 1.0 - probability, len(self.survival) - 1
        if self.survival[last] <= wanted:
            return next(t for t, p in enumerate(self.survival) if p <= wanted)
        steps = unchecked_log(wanted / self.survival[last]) / unchecked_log(self.ratio)
        found = last + max(int(steps) - 1, 0)
        while self.beyond(found) > wanted:
            found += 1
        return found
