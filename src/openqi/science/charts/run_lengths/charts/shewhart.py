"""Shewhart charts in closed form: one probability of a signal a point, so a geometric run length."""

from dataclasses import dataclass, replace
from typing import Literal, Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.charts.chart import ASSUMED, check_change, check_range
from openqi.science.numbers.normal_functions import normal_below

ROUNDING = 1e-13
"""Relative, of a tail probability and what is made of it."""


def geometric(signal: float, *, assumptions: tuple[str, ...], shift: float, scale: float, state: State) -> RunLength:
    """Return the run length of a chart that signals with one probability at each point.

    Raises:
        DomainError: it never signals.
    """
    if not signal > 0.0:
        raise DomainError("the chart never signals there: its run length is infinite; take narrower limits")
    value = 1.0 / signal
    return RunLength(
        value=value, error_bound=ROUNDING * value, method="closed form", assumptions=assumptions, state=state, shift=shift,
        scale=scale, standard_deviation=(1.0 - signal) ** 0.5 / signal,
    )  # fmt: skip


def geometric_distribution(signal: float) -> RunLengthDistribution:
    """Return the geometric distribution of the same; raises likewise."""
    if not signal > 0.0:
        raise DomainError("the chart never signals there: its run length is infinite; take narrower limits")
    return RunLengthDistribution(survival=(1.0,), ratio=1.0 - signal, error_bound=ROUNDING)


@dataclass(frozen=True, kw_only=True)
class Shewhart:
    """A signal where a point lies beyond a limit.

    Args:
        limit: in standard deviations of a plotted point, > 0.
        side: `both`, `upper` or `lower`.

    Raises:
        DomainError: the limit lies outside.
    """

    limit: float
    side: Literal["both", "upper", "lower"] = "both"

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 37.0)

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    def signal(self, shift: float, scale: float) -> float:
        """Return the probability that a point signals."""
        check_change(shift, scale)
        upper, lower = normal_below((shift - self.limit) / scale), normal_below((-shift - self.limit) / scale)
        return upper + lower if self.side == "both" else upper if self.side == "upper" else lower

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length."""
        return 1.0 / self.signal(shift, scale)

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`."""
        return geometric(self.signal(shift, scale), assumptions=ASSUMED, shift=shift, scale=scale, state=state)

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:  # noqa: ARG002 -- no memory
        """Return the distribution of the run length; see `Chart`."""
        return geometric_distribution(self.signal(shift, scale))
