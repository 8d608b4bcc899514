"""Declared limits beside recommended ones, and beside a measured value with its uncertainty."""

from fractions import Fraction
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.decision.rule import Interval


def limits_compared(declared: Interval, recommended: Interval) -> Literal["stricter", "equal", "looser", "crossing"]:
    """Return how declared limits compare with recommended ones.

    Stricter: all that is within the declared limits is within the recommended ones, and not the other way round. Crossing: neither
    holds, so that on one side goods may meet what is declared and not what is recommended.

    Args:
        declared: limits in one unit; a limit that is None is no limit.
        recommended: limits in the same unit.
    """
    inside, around = _within(declared, recommended), _within(recommended, declared)
    if inside:
        return "equal" if around else "stricter"
    return "looser" if around else "crossing"


def _within(inner: Interval, outer: Interval) -> bool:
    below = outer.lower is None or (inner.lower is not None and inner.lower >= outer.lower)
    return below and (outer.upper is None or (inner.upper is not None and inner.upper <= outer.upper))


def against_limits(value: Fraction, expanded_uncertainty: Fraction, limits: Interval) -> Literal["meets", "fails", "undecided"]:
    """Return whether a measured value meets limits: only where all of y - U to y + U does, and fails only where none of it does.

    Args:
        value: the estimate y.
        expanded_uncertainty: U, in the unit of y, >= 0.
        limits: in the same unit; a limit belongs to what it limits.

    Raises:
        DomainError: U is negative.

    Source: [JCGM106] clauses 8.3.2 and 8.3.3, guard band w = U on either side.
    """
    if expanded_uncertainty < 0:
        raise DomainError(f"an expanded uncertainty of {expanded_uncertainty} is none; it is 0 or more")
    low, high = value - expanded_uncertainty, value + expanded_uncertainty
    if (limits.lower is None or low >= limits.lower) and (limits.upper is None or high <= limits.upper):
        return "meets"
    outside = (limits.lower is not None and high < limits.lower) or (limits.upper is not None and low > limits.upper)
    return "fails" if outside else "undecided"
