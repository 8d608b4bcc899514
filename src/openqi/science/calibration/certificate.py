"""Reading a certificate at one point: the correction, and how sure it is, between the points that were calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.model import Influence


@dataclass(frozen=True, kw_only=True)
class CalibrationPoint:
    """One calibrated point: indicated and reference value, and the expanded uncertainty of their difference; all in one unit."""

    indicated: Fraction
    reference: Fraction
    expanded_uncertainty: Fraction


def calibrated_influence(points: Sequence[CalibrationPoint], at: Fraction, coverage_factor: Fraction) -> Influence:
    """Return what a calibration says at an indication: the correction on the straight line between the two points beside it.

    The larger of their uncertainties holds in between.

    Args:
        points: in rising order of what was indicated, at least one.
        at: the indication, not 0 where a factor is wanted, in the unit of the points.
        coverage_factor: k of the expanded uncertainties.

    Raises:
        DomainError: no points, not in rising order, an uncertainty or k that is not positive, or `at` is outside of them.

    Source: [GUM] clause F.2.4.5 (corrections), linear interpolation as decision 0013 states.
    """
    if not points or coverage_factor <= 0 or any(point.expanded_uncertainty <= 0 for point in points):
        raise DomainError("a calibration has points with positive expanded uncertainties and a positive coverage factor")
    if any(left.indicated >= right.indicated for left, right in pairwise(points)):
        raise DomainError("calibration points stand in rising order of what was indicated, each once")
    below = [point for point in points if point.indicated <= at]
    above = [point for point in points if point.indicated >= at]
    if not below or not above:
        first, last = (_text(point.indicated) for point in (points[0], points[-1]))
        raise DomainError(f"an indication of {_text(at)} is outside of what was calibrated, {first} to {last}")
    left, right = below[-1], above[0]
    span = right.indicated - left.indicated
    share = (at - left.indicated) / span if span else Fraction(0)
    offset = (1 - share) * (left.reference - left.indicated) + share * (right.reference - right.indicated)
    variance = (max(left.expanded_uncertainty, right.expanded_uncertainty) / coverage_factor) ** 2
    return _influence(offset, variance, at)


def verified_influence(maximum_permissible_error: Fraction, lower: Fraction, upper: Fraction, at: Fraction) -> Influence:
    """Return what a passed verification says at an indication: no correction, and an error anywhere within the permitted.

    Args:
        maximum_permissible_error: > 0, half the width of a rectangular distribution.
        lower, upper: between which indications it was verified.
        at: the indication. All in one unit.

    Raises:
        DomainError: it is outside of them, or the permitted error is not positive.

    Source: [GUM] clause 4.3.7.
    """
    if maximum_permissible_error <= 0:
        raise DomainError(f"maximum permissible error {_text(maximum_permissible_error)} is not positive")
    if not lower <= at <= upper:
        raise DomainError(f"an indication of {_text(at)} is outside of what was verified, {_text(lower)} to {_text(upper)}")
    return _influence(Fraction(0), maximum_permissible_error**2 / 3, at)


def _influence(offset: Fraction, variance: Fraction, at: Fraction) -> Influence:
    true = at + offset
    if not at or not true:  # a factor at zero means nothing; a model that scales never asks for one there
        return Influence(factor=None, offset=offset, variance=variance)
    return Influence(factor=true / at, relative_variance=variance / true**2, offset=offset, variance=variance)


def _text(number: Fraction) -> str:
    return f"{float(number):.15g}"
