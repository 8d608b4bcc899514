"""How an instrument drifts: a straight line through its calibrations, and what adjusting it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.calibration.function import Reading
from openqi.science.calibration.regression import least_squares

State = Literal["within", "outside"]


@dataclass(frozen=True, kw_only=True)
class Drift:
    """The drift per day, and the value that is expected on a day, each with its standard uncertainty.

    Args:
        per_day: in the unit of the value by day.
        expected: in the unit of the value.
        warnings: for example that the calibrations scatter more about the line than their uncertainties let expect.
    """

    per_day: Reading
    expected: Reading
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """How an instrument stood against its limits as found and as left, and by how much it was moved."""

    as_found: State
    as_left: State
    change: float
    adjusted: bool


def drift(points: Sequence[tuple[float, float, float]], *, at: float) -> Drift:
    """Return the drift through (day, value, standard uncertainty) of at least two calibrations, and the value on day `at`.

    Raises:
        DomainError: too few points, all of one day, or an uncertainty is not positive.

    Source: [ISO28037] clause 6.
    """
    if len(points) < 2:
        raise DomainError(f"{len(points)} calibrations: a drift shows between two of them at least")
    days, values, uncertainties = zip(*points, strict=True)
    found = least_squares(days, values, u_y=uncertainties)
    return Drift(
        per_day=Reading(value=found.coefficients[1], standard_uncertainty=sqrt(found.covariance[1][1])),
        expected=found.at(at),
        warnings=found.warnings,
    )


def as_found_as_left(before: float, after: float, *, lower: float, upper: float) -> Adjustment:
    """Return what a calibration with adjustment found and left; all in one unit. A value on a limit is within.

    Raises:
        DomainError: the limits are not in order, or a number is not finite.
    """
    if not all(map(isfinite, (before, after, lower, upper))):
        raise DomainError(f"as found {before}, as left {after}, limits {lower} and {upper}: all are finite numbers")
    if lower >= upper:
        raise DomainError(f"the lower limit {lower} is not below the upper limit {upper}")
    return Adjustment(
        as_found="within" if lower <= before <= upper else "outside",
        as_left="within" if lower <= after <= upper else "outside",
        change=after - before,
        adjusted=before != after,
    )
