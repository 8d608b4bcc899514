"""Whether first order fits: an evaluation held against a Monte Carlo run of the same model."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING, Literal

from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import total
from openqi.science.uncertainty.monte_carlo.coverage import ends, shortest_of, symmetric_of
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.second_order import half_digit

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Interval = Literal["symmetric", "shortest"]
PARTS = 10
LEAST_TAIL = 20
"""Trials that lie outside of the interval in each part of a run; with fewer its ends are hardly known."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How far the ends of the two coverage intervals lie apart, in the unit of the result, and whether that is within delta.

    Args:
        delta: the numerical tolerance.
        low, high: how far apart.
        noise: twice the standard deviation of the ends of the run, the larger one; infinite where the run is too short to tell.
        fits: None where the noise of the run leaves it open.
    """

    delta: float
    low: float
    high: float
    noise: float
    fits: bool | None


def validated(evaluation: Evaluation, propagated: Propagated, *, digits: int = 2, interval: Interval = "symmetric") -> Validation:
    """Return whether the interval of an evaluation agrees with that of the run to so many digits of the uncertainty.

    It does, or does not, where twice the standard deviation of the ends of the run is at most delta / 5, or does not change the
    answer; else it is open.

    Args:
        evaluation: of one output.
        propagated: run of the same model, whose probability is that of the comparison.
        digits: 1 or 2; delta is half a unit in the last of them.
        interval: which of the run's intervals.

    Raises:
        DomainError: the run has no such output, digits is not 1 or 2, there is no uncertainty, or as `Evaluation.expanded`.

    Source: [JCGM101] clauses 8.1 and 8.2; the deviation of the ends as in clause 7.9.4, from ten parts of the run.
    """
    if evaluation.name not in propagated.names:
        raise DomainError(f"the run has no output {evaluation.name}; it has {', '.join(propagated.names)}")
    if digits not in (1, 2) or interval not in ("symmetric", "shortest"):
        raise DomainError(f"digits {digits}, interval {interval!r}: give 1 or 2 digits, and symmetric or shortest")
    if not evaluation.standard_uncertainty:
        raise DomainError(f"{evaluation.name} has no uncertainty, and so no digits of it that could agree")
    place = propagated.names.index(evaluation.name)
    low, high = (propagated.symmetric if interval == "symmetric" else propagated.shortest)[place]
    half = evaluation.expanded(propagated.probability).uncertainty
    delta = half_digit(evaluation.standard_uncertainty, digits)
    apart = abs(evaluation.value - half - low), abs(evaluation.value + half - high)
    noise = _noise(propagated.samples[place], propagated.probability, interval)
    return Validation(delta=delta, low=apart[0], high=apart[1], noise=noise, fits=_fits(max(apart), delta, noise))


def _fits(apart: float, delta: float, noise: float) -> bool | None:
    if noise <= delta / 5.0 or apart + noise <= delta or apart - noise > delta:
        return apart <= delta
    return None


def _noise(sample: "NDArray[float64]", probability: float, interval: Interval) -> float:
    """Twice the standard deviation of the mean of the ends over the parts of a run, the larger of the two."""
    size = len(sample) // PARTS
    if size * (1.0 - probability) < LEAST_TAIL:
        return inf
    found = []
    for part in range(PARTS):
        low, high = ends(sample[part * size : (part + 1) * size], probability)
        found.append(symmetric_of(low, high) if interval == "symmetric" else shortest_of(low, high))
    return 2.0 * max(_deviation_of_mean([one[side] for one in found]) for side in (0, 1))


def _deviation_of_mean(values: list[float]) -> float:
    mean = total(values) / len(values)
    squares = total([(value - mean) * (value - mean) for value in values])
    return sqrt(squares / (len(values) * (len(values) - 1)))
