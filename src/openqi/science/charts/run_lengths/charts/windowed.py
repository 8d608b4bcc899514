"""Charts with a limit on single points beside their memory, of moving ranges, and of variances."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from typing import Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength, State
from openqi.science.charts.run_lengths.charts.chart import ASSUMED, check_change, check_range
from openqi.science.charts.run_lengths.quadrature.windowed import WindowedWalk, roughly_windowed, windowed_run_length

VARIANCES = ("subgroups are independent", "points are normal", "the standard deviation in control is known")


def _panels(low: float, high: float, cuts: list[float], widest: float) -> tuple[tuple[float, float], ...]:
    """Panels of an interval that end where kernels end, none wider than so much."""
    ends = sorted({low, high, *(cut for cut in cuts if low < cut < high)})
    panels = []
    for left, right in pairwise(ends):
        parts = max(int((right - left) / widest + 0.999), 1)
        panels += [(left + (right - left) * k / parts, left + (right - left) * (k + 1) / parts) for k in range(parts)]
    return tuple(panels)


class _Windowed(ABC):
    """What charts of one windowed walk answer; only the zero state."""

    assumptions: tuple[str, ...] = ASSUMED

    @abstractmethod
    def walk(self, shift: float, scale: float) -> WindowedWalk:
        """Return the walk of a chart after a change."""

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error."""
        return roughly_windowed(self.walk(shift, scale))

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`. Only the zero state."""
        if state != "zero":
            raise DomainError("the steady state of this chart is not computed; ask for the zero state")
        found = windowed_run_length(self.walk(shift, scale))
        return RunLength(
            value=found.value, error_bound=found.relative * found.value, method="quadrature", assumptions=self.assumptions,
            shift=shift, scale=scale,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ShewhartEwma(_Windowed):
    """A two-sided EWMA, and limits on single points beside it: a signal of either.

    Args:
        weight: w, 0.02 to below 1.
        limit: of the average, in its asymptotic standard deviations, > 0.
        point_limit: of a single point, in standard deviations, > 0.

    Raises:
        DomainError: an argument lies outside.

    Source: [LUCAS-SACCUCCI1990] section 5.
    """

    weight: float
    limit: float
    point_limit: float

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 10.0)
        check_range("point limit", self.point_limit, 0.0, 10.0)
        if not 0.02 <= self.weight < 1.0:
            raise DomainError(f"weight = {self.weight}; 0.02 to below 1")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit of the average."""
        return replace(self, limit=limit)

    def walk(self, shift: float, scale: float) -> WindowedWalk:
        """Return the chart as a walk."""
        check_change(shift, scale)
        w, reach = self.weight, self.weight * self.point_limit
        h = self.limit * sqrt(w / (2.0 - w))
        turn = (h - reach) / (1.0 - w)
        return WindowedWalk(
            keep=1.0 - w, drift=w * shift, step=w * scale, slope=1.0 - w, low=-reach, high=reach,
            panels=_panels(-h, h, [turn, -turn], 5.0 * w * scale),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class IndividualsMovingRange(_Windowed):
    """Single points, and the range of two that follow each other: a signal of either chart.

    Args:
        limit: of a point on either side, in standard deviations, > 0.
        range_limit: of the moving range, in standard deviations, > 0 (3.686 is the usual upper limit).

    Raises:
        DomainError: an argument lies outside.

    Source: [CROWDER1987IMR].
    """

    limit: float
    range_limit: float

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 10.0)
        check_range("range limit", self.range_limit, 0.0, 20.0)

    def with_limit(self, limit: float) -> Self:
        """Return the same charts with another limit of the points."""
        return replace(self, limit=limit)

    def walk(self, shift: float, scale: float) -> WindowedWalk:
        """Return the two charts as one walk."""
        check_change(shift, scale)
        k, m = self.limit, self.range_limit
        return WindowedWalk(
            keep=0.0, drift=shift, step=scale, slope=1.0, low=-m, high=m, start=None,
            panels=_panels(-k, k, [k - m, m - k, k - 2.0 * m, 2.0 * m - k], 3.0 * scale),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class VarianceEwma(_Windowed):
    """An upper EWMA of subgroup variances, of which 1 is the one in control; it begins at 1.

    Args:
        weight: w, 0.02 to 1.
        limit: L: a signal above 1 + L times its asymptotic standard deviation, > 0.
        dof: degrees of freedom of a subgroup's variance, 1 to 200.

    A shift of the mean does nothing; `scale` is that of the standard deviation.

    Raises:
        DomainError: an argument lies outside.

    Source: [KNOTH2005].
    """

    weight: float
    limit: float
    dof: int
    assumptions = VARIANCES

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 20.0)
        if not 0.02 <= self.weight <= 1.0 or not 1 <= self.dof <= 200:
            raise DomainError(f"weight {self.weight} and {self.dof} degrees of freedom; 0.02 to 1, and 1 to 200")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    def walk(self, shift: float, scale: float) -> WindowedWalk:
        """Return the chart as a walk."""
        check_change(shift, scale)
        w = self.weight
        high = 1.0 + self.limit * sqrt(w / (2.0 - w)) * sqrt(2.0 / self.dof)
        return WindowedWalk(
            keep=1.0 - w, drift=0.0, step=w * scale * scale / self.dof, slope=1.0 - w, low=0.0, start=1.0, dof=self.dof,
            panels=_panels(0.0, high, [], 8.0 * w * sqrt(2.0 / self.dof) * scale * scale),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class VarianceCusum(_Windowed):
    """An upper CUSUM of subgroup variances, of which 1 is the one in control: S = max(0, S + s² - k), a signal above h.

    Args:
        reference: k, above 1 to 10: log(r)/(1 - 1/r) sees a variance that is r times as large soonest.
        limit: h, > 0.
        dof: degrees of freedom of a subgroup's variance, 2 to 200.

    A shift of the mean does nothing; `scale` is that of the standard deviation.

    Raises:
        DomainError: an argument lies outside.

    Source: [KNOTH2005].
    """

    reference: float
    limit: float
    dof: int
    assumptions = VARIANCES

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 100.0)
        check_range("reference", self.reference, 1.0, 10.0)
        if not 2 <= self.dof <= 200:
            raise DomainError(f"{self.dof} degrees of freedom; 2 to 200: with one the density has no bound at its beginning")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    def walk(self, shift: float, scale: float) -> WindowedWalk:
        """Return the chart as a walk."""
        check_change(shift, scale)
        k, h = self.reference, self.limit
        wide = 6.0 * sqrt(2.0 / self.dof) * scale * scale
        return WindowedWalk(
            keep=1.0, drift=-k, step=scale * scale / self.dof, slope=1.0, low=-k, rest=True, dof=self.dof,
            panels=_panels(0.0, h, [k * times for times in range(1, 9)], wide),
        )  # fmt: skip
