"""A Shewhart chart of points that follow each other as AR(1): of the points themselves, or of the residuals of the model."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Literal, Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import NORMAL, RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.charts.chart import check_change, check_range, steps_of
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.quadrature.solve import Solution, certified, solved
from openqi.science.charts.run_lengths.quadrature.walk import Walk
from openqi.science.charts.run_lengths.survival import matrix_distribution
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

AR1 = ("points follow an AR(1) model", NORMAL, "mean, standard deviation and coefficient are known")


@dataclass(frozen=True, kw_only=True)
class Autocorrelated:
    """A signal where a point, or a residual, lies beyond a limit on either side.

    A shift is of the mean of the points, in their standard deviations; it begins with the first point. Only the zero state.

    Args:
        coefficient: of a point on the one before, -0.99 to 0.99.
        limit: in standard deviations of what is plotted, > 0.
        plotted: `points` (the modified chart), or `residuals`.

    Raises:
        DomainError: an argument lies outside.

    Source: [KRAMER-SCHMID2000].
    """

    coefficient: float
    limit: float
    plotted: Literal["points", "residuals"] = "points"

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 37.0)
        if not -0.99 <= self.coefficient <= 0.99:
            raise DomainError(f"coefficient {self.coefficient}; -0.99 to 0.99")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""
        return replace(self, limit=limit)

    @property
    def _innovation(self) -> float:
        return sqrt(1.0 - self.coefficient * self.coefficient)

    def _walk(self, shift: float, scale: float) -> Walk:
        """The points less their mean, within limits that are shifted instead."""
        check_change(shift, scale)
        panel = (-self.limit - shift, self.limit - shift)
        return Walk(keep=self.coefficient, drift=0.0, step=scale * self._innovation, panels=(panel,), start=panel[0])

    def _entry(self, found: Solution, scale: float) -> "NDArray[float64]":
        """The probabilities of the first point, which follows none."""
        first = replace(found, walk=replace(found.walk, keep=0.0, step=scale))
        (entry,) = steps_of(first, [0.0])
        return entry  # type: ignore[no-any-return]

    def _value(self, found: Solution, scale: float) -> float:
        entry = self._entry(found, scale).tolist()
        return 1.0 + float(plain_sum(p * value for p, value in zip(entry, found.values.tolist(), strict=True)))

    def _residual_signals(self, shift: float, scale: float) -> tuple[float, float]:
        """Probabilities of a signal at the first residual, which sees the whole shift, and at each later one."""
        first, chart = shift / self._innovation, Shewhart(limit=self.limit)
        return chart.signal(first, scale), chart.signal(first * (1.0 - self.coefficient), scale)

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error."""
        if self.plotted == "residuals":
            first, later = self._residual_signals(shift, scale)
            return 1.0 + (1.0 - first) / later
        return self._value(solved(self._walk(shift, scale)), scale)

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`."""
        self._only_zero(state)
        if self.plotted == "residuals":
            value, relative, method = self.estimate(shift, scale), 1e-13, "closed form"
        else:
            found = certified(self._walk(shift, scale))
            value, relative, method = self._value(found, scale), 2.0 * found.relative, "quadrature"
        return RunLength(value=value, error_bound=relative * value, method=method, assumptions=AR1, shift=shift, scale=scale)

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:
        """Return the distribution of the run length; see `Chart`."""
        self._only_zero(state)
        if self.plotted == "residuals":
            first, later = self._residual_signals(shift, scale)
            return RunLengthDistribution(survival=(1.0, 1.0 - first), ratio=1.0 - later, error_bound=1e-13)
        found = certified(self._walk(shift, scale))
        told = matrix_distribution(steps_of(found, found.places.tolist()), self._entry(found, scale))
        return replace(told, error_bound=told.error_bound + 2.0 * found.relative)

    def _only_zero(self, state: State) -> None:
        if state != "zero":
            raise DomainError("the steady state of a chart of AR(1) points is not computed; ask for the zero state")
