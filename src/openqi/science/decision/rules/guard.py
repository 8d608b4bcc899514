"""What rules of the second catalogue share: limits moved inwards, the ratio of tolerance to uncertainty, rational square roots."""

from fractions import Fraction
from math import ceil, isqrt

from openqi.kernel.errors import DomainError
from openqi.science.decision.rule import Interval, NothingAcceptedError
from openqi.science.decision.rules.rule import RuleInput

_DIGITS = 40
_STEPS = 10**9  # a guard band is stated in parts of u, so that it is the same share of it in every unit


def moved_in(tolerance: Interval, guard: Fraction) -> Interval:
    """Return the tolerance with each limit moved inwards, outwards where the guard is negative.

    Raises:
        NothingAcceptedError: nothing is left between the limits.
    """
    found = left_by(tolerance, guard)
    if found is None:
        raise NothingAcceptedError(f"guard bands of {float(guard):.6g} leave nothing between the limits; no value can be accepted")
    return found


def left_by(tolerance: Interval, guard: Fraction) -> Interval | None:
    """Return as `moved_in`, None where nothing is left: for rules that have an answer then too."""
    lower = None if tolerance.lower is None else tolerance.lower + guard
    upper = None if tolerance.upper is None else tolerance.upper - guard
    return None if lower is not None and upper is not None and lower > upper else Interval(lower=lower, upper=upper)


def ratio_of(given: RuleInput) -> Fraction:
    """Return the test uncertainty ratio: half the width of the tolerance by the expanded uncertainty.

    Raises:
        DomainError: there is only one limit, and so no width.
    """
    lower, upper = given.tolerance.lower, given.tolerance.upper
    if lower is None or upper is None:
        raise DomainError(
            "a test uncertainty ratio needs two limits; take a rule that works with one, such as guarded-acceptance/2"
        )
    return (upper - lower) / 2 / given.expanded_uncertainty


def narrowed(given: RuleInput, factor: Fraction) -> Interval:
    """Return the tolerance narrowed about its middle to a share of its width, at most the whole.

    Raises:
        NothingAcceptedError: the share is negative; at 0 the middle is left.
    """
    if factor < 0:
        raise NothingAcceptedError(
            f"the test uncertainty ratio {float(ratio_of(given)):.6g} is too small: no value can be accepted"
        )
    return moved_in(given.tolerance, (1 - min(factor, Fraction(1))) * ratio_of(given) * given.expanded_uncertainty)


def root(square: Fraction) -> Fraction:
    """Return the square root to 40 decimals, rounded down; exact where it has no more."""
    return Fraction(isqrt(square.numerator * 10 ** (2 * _DIGITS) // square.denominator), 10**_DIGITS)


def parts_of(guard: float, standard_uncertainty: Fraction) -> Fraction:
    """Return a guard band that was found as a multiple of u, rounded up to its ninth decimal.

    Args:
        guard: by u.
        standard_uncertainty: u.
    """
    return Fraction(ceil(guard * _STEPS), _STEPS) * standard_uncertainty


def target_of(given: RuleInput) -> float:
    """Return the risk that a rule is to keep.

    Raises:
        DomainError: it is not between 0 and 1/2.
    """
    target = given.parameters["target"]
    if not 0 < target < Fraction(1, 2):
        raise DomainError(f"target = {float(target):.6g}: a risk to keep lies between 0 and 0.5")
    return float(target)
