"""When to calibrate again, from how far instruments had moved: the day on which a limit, or a target of uncertainty, is reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.calibration.exact import as_float, exact, integers, value_at
from openqi.science.calibration.normal_equations import Solved, solved
from openqi.science.calibration.roots import roots_within
from openqi.science.numbers.special import t_quantile
from openqi.science.numbers.sums import plain_sum

_REACH = 10  # times the longest interval that was seen: no polynomial is believed further


@dataclass(frozen=True, kw_only=True)
class VariablesInterval:
    """The drift that was fitted, and the intervals that follow, in days.

    Args:
        by_reliability: until the coverage interval of the value meets a limit; 0 where it does so at once, None where it does not
            within ten times the longest interval seen, or where there is no limit.
        by_uncertainty: until the standard uncertainty reaches the target; likewise.
        coefficients: of the change, that of the days first: there is no constant, as no time brings no change.
        covariance: of them.
        residual_sd: in the unit of the value.
        dof: calibrations less coefficients.
    """

    by_reliability: float | None
    by_uncertainty: float | None
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    residual_sd: float
    dof: int


def interval_variables(
    history: Sequence[tuple[float, float]],
    *,
    value: float,
    u: float,
    lower: float | None = None,
    upper: float | None = None,
    probability: float = 0.95,
    u_target: float | None = None,
    degree: int = 1,
) -> VariablesInterval:
    """Return the intervals that follow from changes between calibrations.

    Args:
        history: (days since the calibration before, as found less as left) of each calibration.
        value: with which the instrument is put to use.
        u: its standard uncertainty then.
        lower: limit, in the unit of the value; so is `upper`.
        upper: likewise.
        probability: with which the value is still within; two limits share what is left, and with one it is at least 0.5.
        u_target: largest standard uncertainty that is good enough.
        degree: of the polynomial, 1 to 4.

    Raises:
        DomainError: too few calibrations, days that are not positive, an uncertainty, limits or a probability that cannot be.

    Source: [NASA8739-19-5] chapter 7.
    """
    _check(history, value, u, lower, upper, probability, u_target, degree)
    days = [exact(one, "days") for one, _ in history]
    fit, squares = _fitted(days, [exact(one, "change") for _, one in history], degree)
    dof = len(history) - degree
    scale = squares / dof
    covariance = tuple(tuple(cell * scale for cell in row) for row in fit.inverse)
    sides = 2 if lower is not None and upper is not None else 1
    variance = _variance(exact(u, "u") ** 2 + scale, covariance)
    k = Fraction(t_quantile(1 - (1 - probability) / sides, dof))
    if k < 0:
        raise DomainError(f"probability {probability}: with one limit it is at least 0.5; a value likelier beyond is none to use")
    reach = max(days) * _REACH
    there = (exact(value, "value"), *fit.coefficients)
    lefts = [] if upper is None else [(exact(upper, "upper") - there[0], *(-one for one in fit.coefficients))]
    lefts += [] if lower is None else [(there[0] - exact(lower, "lower"), *fit.coefficients)]
    met = [_first(left, variance, k, reach) for left in lefts]
    return VariablesInterval(
        by_reliability=min((day for day in met if day is not None), default=None),
        by_uncertainty=None if u_target is None else _first((exact(u_target, "u_target"),), variance, Fraction(1), reach),
        coefficients=tuple(as_float(one, "a coefficient") for one in fit.coefficients),
        covariance=tuple(tuple(as_float(cell, "a covariance") for cell in row) for row in covariance),
        residual_sd=sqrt(as_float(scale, "the variance of the residuals")),
        dof=dof,
    )


def _variance(constant: Fraction, covariance: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    sums = [constant, *[Fraction(0)] * (2 * len(covariance))]
    for i, row in enumerate(covariance):
        for j, cell in enumerate(row):
            sums[i + j + 2] += cell
    return tuple(sums)


def _check(
    history: Sequence[tuple[float, float]], value: float, u: float, lower: float | None, upper: float | None, probability: float,
    u_target: float | None, degree: int,
) -> None:  # fmt: skip
    if not 1 <= degree <= 4:
        raise DomainError(f"degree {degree}: a change over time is fitted by a polynomial of degree 1 to 4")
    if len(history) <= degree:
        raise DomainError(f"{len(history)} calibrations: degree {degree} needs at least {degree + 1}")
    if not all(isfinite(days) and days > 0 for days, _ in history):
        raise DomainError("days between calibrations are finite and positive")
    for name, size in (("u", u), ("u_target", u_target)):
        if size is not None and not (isfinite(size) and size > 0):
            raise DomainError(f"{name} = {size}: a standard uncertainty is finite and positive")
    for name, number in (("value", value), ("lower", lower), ("upper", upper)):
        if number is not None and not isfinite(number):
            raise DomainError(f"{name} = {number}: it is finite")
    if lower is not None and upper is not None and not lower < upper:
        raise DomainError(f"the lower limit {lower} is not below the upper limit {upper}")
    if not 0 < probability < 1:
        raise DomainError(f"probability {probability}: it lies between 0 and 1")


def _fitted(days: Sequence[Fraction], changes: Sequence[Fraction], degree: int) -> tuple[Solved, Fraction]:
    """Least squares without a constant; with the sum of squares of the residuals."""
    if len(set(days)) < degree:
        raise DomainError(f"{len(set(days))} different intervals do not determine a polynomial of degree {degree}")
    (scaled, per_day), (values, per_y) = integers(days), integers(changes)
    columns = [[one**power for one in scaled] for power in range(1, degree + 1)]
    found = solved(
        [[plain_sum(a * b for a, b in zip(left, right, strict=True)) for right in columns] for left in columns],
        [plain_sum(a * b for a, b in zip(column, values, strict=True)) for column in columns],
        plain_sum(one**2 for one in values),
        per_column=[per_day**power for power in range(1, degree + 1)],
        per_y=per_y,
        factor=Fraction(1),
    )
    return found, found.squares


def _first(left: Sequence[Fraction], half: Sequence[Fraction], k: Fraction, reach: Fraction) -> float | None:
    """The first day on which `left` is no more than k times the root of `half`, both polynomials of the days.

    Every day on which their squares are equal is known, so that no short visit beyond a limit is stepped over.
    """
    if value_at(left, Fraction(0)) <= 0 or value_at(left, Fraction(0)) ** 2 <= k**2 * half[0]:
        return 0.0
    size = max(2 * len(left) - 1, len(half))
    squares = [-(k**2) * cell for cell in half] + [Fraction(0)] * (size - len(half))
    for i, one in enumerate(left):
        for j, other in enumerate(left):
            squares[i + j] += one * other
    # Before the first of them `left` is larger and positive, so there it is met.
    days = roots_within(squares, Fraction(0), reach)
    return float(days[0]) if days else None
