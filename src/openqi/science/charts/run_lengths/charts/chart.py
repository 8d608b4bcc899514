"""What every chart answers, and how one that is a single walk does it."""

from math import isfinite
from typing import TYPE_CHECKING, Protocol, Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import INDEPENDENT, KNOWN, NORMAL, RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.quadrature.kernels import step_probabilities
from openqi.science.charts.run_lengths.quadrature.solve import Solution, certified, settled, solved
from openqi.science.charts.run_lengths.quadrature.walk import Walk
from openqi.science.charts.run_lengths.survival import matrix_distribution
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

ASSUMED = (INDEPENDENT, NORMAL, KNOWN)


class Limited(Protocol):
    """A chart with one limit, of which its run length is a rising function."""

    @property
    def limit(self) -> float:
        """Return the limit, in the chart's own unit."""

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit."""

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error: for searches, which certify what they find."""

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error.

        Args:
            shift: of the mean, in standard deviations of a point.
            scale: of the standard deviation of a point, > 0; 1 in control.
            state: `zero`: shifted from the first point; `steady`: after a long time in control without a signal.

        Raises:
            DomainError: an argument lies outside, or no bound can be given.
        """


class Chart(Limited, Protocol):
    """One whose whole distribution is known too."""

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:
        """Return the whole distribution of the run length; arguments and errors as `run_length` has them."""


def check_change(shift: float, scale: float) -> None:
    """Refuse a shift or a scale that is none."""
    if not isfinite(shift) or not (isfinite(scale) and scale > 0.0):
        raise DomainError(f"shift {shift} and scale {scale}; a finite shift and a finite scale above 0")


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside of (low, high]."""
    if not low < value <= high:
        raise DomainError(f"{name} = {value}; above {low:g} and at most {high:g}")


def run_length_of(walk: Walk, before: Walk, shift: float, scale: float, state: State) -> RunLength:
    """Return the run length of a chart that is one walk.

    Args:
        walk: after the change.
        before: in control.
        shift: that the walk has, for the answer.
        scale: likewise.
        state: zero or steady.

    Raises:
        DomainError: no bound can be given.
    """
    found = certified(walk)
    if state == "zero":
        value, relative = found.value, found.relative
    else:
        size = len(found.nodes) // len(walk.panels)
        value = _steady(found, before)
        other = _steady(solved(walk, size * 3 // 2), before)
        relative = found.relative + 2.0 * abs(other / value - 1.0)
    return RunLength(
        value=value, error_bound=relative * value, method="quadrature", assumptions=ASSUMED, state=state, shift=shift, scale=scale
    )


def _steady(found: Solution, before: Walk) -> float:
    """The run length from a place drawn from where a walk in control is after long."""
    size = len(found.nodes) // len(found.walk.panels)
    mass = settled(solved(before, size))
    return float(plain_sum(one * value for one, value in zip(mass.tolist(), found.values.tolist(), strict=True)))


def distribution_of(walk: Walk, before: Walk, state: State) -> RunLengthDistribution:
    """Return the distribution of the run length of a chart that is one walk; arguments and errors as `run_length_of` has them."""
    import numpy as np

    found = certified(walk)
    matrix, entry = steps_of(found, found.places.tolist()), steps_of(found, [walk.start])[0]
    if state == "steady":
        mass = settled(solved(before, len(found.nodes) // len(walk.panels)))
        entry = np.array([plain_sum(m * p for m, p in zip(mass.tolist(), column, strict=True)) for column in matrix.T.tolist()])
    told = matrix_distribution(matrix, entry)
    return RunLengthDistribution(survival=told.survival, ratio=told.ratio, error_bound=told.error_bound + found.relative)


def steps_of(found: Solution, places: list[float]) -> "NDArray[float64]":
    """Return the probabilities of a step from places to those of a solution."""
    import numpy as np

    rows = np.empty((len(places), len(found.places)))
    step_probabilities(found.walk.numbers(), np.array(places), found.nodes, found.weights, rows)
    return rows
