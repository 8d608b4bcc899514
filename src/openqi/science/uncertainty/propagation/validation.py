"""Whether first order fits: an evaluation held against a Monte Carlo run of the same model."""

from dataclasses import dataclass
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.second_order import half_digit


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How far the ends of the two coverage intervals lie apart, in the unit of the result, and whether that is within delta."""

    delta: float
    low: float
    high: float
    fits: bool


def validated(
    evaluation: Evaluation, propagated: Propagated, *, digits: int = 2, interval: Literal["symmetric", "shortest"] = "symmetric"
) -> Validation:
    """Return whether the interval of an evaluation agrees with that of the run to so many digits of the uncertainty.

    Args:
        evaluation: of one output.
        propagated: run of the same model, whose probability is that of the comparison.
        digits: 1 or 2; delta is half a unit in the last of them.
        interval: which of the run's intervals.

    Raises:
        DomainError: the run has no such output, digits is not 1 or 2, there is no uncertainty, or as `Evaluation.expanded`.

    Source: [JCGM101] clause 8.1.
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
    return Validation(delta=delta, low=apart[0], high=apart[1], fits=max(apart) <= delta)
