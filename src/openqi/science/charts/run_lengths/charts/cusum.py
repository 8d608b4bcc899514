"""CUSUM charts of a mean: one-sided, two-sided out of the two halves, and Crosier's two-sided one."""

from dataclasses import dataclass, replace
from math import inf
from typing import Literal, Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.charts.chart import ASSUMED, check_change, check_range, distribution_of, run_length_of
from openqi.science.charts.run_lengths.charts.halves import joined, joined_distribution, roughly_joined
from openqi.science.charts.run_lengths.quadrature.solve import solved
from openqi.science.charts.run_lengths.quadrature.walk import Rest, Walk


@dataclass(frozen=True, kw_only=True)
class Cusum:
    """S(t) = max(0, S(t-1) + X(t) - k), and its mirror image; a signal where S reaches h.

    Args:
        reference: k, 0 to 10, in standard deviations of a point.
        limit: h, > 0, likewise.
        side: `both`, `upper` or `lower`.
        head_start: S(0) as a fraction of h, 0 to below 1; of both halves at most 1/2.

    Raises:
        DomainError: an argument lies outside.

    Source: [LUCAS-CROSIER1982], [BROOK-EVANS1972].
    """

    reference: float
    limit: float
    side: Literal["both", "upper", "lower"] = "both"
    head_start: float = 0.0

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 1000.0)
        if not 0.0 <= self.reference <= 10.0:
            raise DomainError(f"reference = {self.reference}; 0 to 10 standard deviations")
        most = 0.5 if self.side == "both" else 0.999
        if not 0.0 <= self.head_start <= most:
            # Beyond one half the two halves are no longer apart: one may signal while the other is not at rest.
            raise DomainError(f"head start {self.head_start}; 0 to {most} of the limit")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    def walk(self, shift: float, scale: float, *, lower: bool = False) -> Walk:
        """Return one half of the chart as a walk."""
        check_change(shift, scale)
        return Walk(
            keep=1.0, drift=(-shift if lower else shift) - self.reference, step=scale, panels=((0.0, self.limit),),
            start=self.head_start * self.limit, rest=Rest(place=0.0, low=-inf, high=0.0),
        )  # fmt: skip

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error."""
        if self.side != "both":
            return solved(self.walk(shift, scale, lower=self.side == "lower")).value
        return roughly_joined(self.walk(shift, scale), self.walk(shift, scale, lower=True))

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`. The steady state is that of a one-sided chart only."""
        if self.side != "both":
            lower = self.side == "lower"
            return run_length_of(self.walk(shift, scale, lower=lower), self.walk(0.0, 1.0), shift, scale, state)
        self._only_zero(state)
        value, relative = joined(self.walk(shift, scale), self.walk(shift, scale, lower=True))
        return RunLength(
            value=value,
            error_bound=relative * value,
            method="quadrature",
            assumptions=ASSUMED,
            state=state,
            shift=shift,
            scale=scale,
        )

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:
        """Return the distribution of the run length; see `Chart`."""
        if self.side != "both":
            return distribution_of(self.walk(shift, scale, lower=self.side == "lower"), self.walk(0.0, 1.0), state)
        self._only_zero(state)
        return joined_distribution(self.walk(shift, scale), self.walk(shift, scale, lower=True))

    def _only_zero(self, state: State) -> None:
        if state != "zero":
            raise DomainError("no steady state of a two-sided CUSUM is certified; ask for one side, or for Crosier's chart")


@dataclass(frozen=True, kw_only=True)
class CrosierCusum:
    """C = |S + X|; S = 0 where C <= k, else (S + X)(1 - k/C): one sum for both sides; a signal where |S| reaches h.

    Args:
        reference: k, above 0 to 10, in standard deviations of a point.
        limit: h, > 0, likewise.
        head_start: S(0) as a fraction of h, below 1 in magnitude.

    Raises:
        DomainError: an argument lies outside.

    Source: [CROSIER1986].
    """

    reference: float
    limit: float
    head_start: float = 0.0

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 1000.0)
        check_range("reference", self.reference, 0.0, 10.0)
        if not -1.0 < self.head_start < 1.0:
            raise DomainError(f"head start {self.head_start}; a fraction of the limit, below 1 in magnitude")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    def walk(self, shift: float, scale: float) -> Walk:
        """Return the chart as a walk."""
        check_change(shift, scale)
        h, k = self.limit, self.reference
        return Walk(
            keep=1.0, drift=shift, step=scale, panels=((-h, 0.0), (0.0, h)), start=self.head_start * h,
            rest=Rest(place=0.0, low=-k, high=k), back=k,
        )  # fmt: skip

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error."""
        return solved(self.walk(shift, scale)).value

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`."""
        return run_length_of(self.walk(shift, scale), self.walk(0.0, 1.0), shift, scale, state)

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:
        """Return the distribution of the run length; see `Chart`."""
        return distribution_of(self.walk(shift, scale), self.walk(0.0, 1.0), state)
