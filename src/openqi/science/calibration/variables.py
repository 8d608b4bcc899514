"""When to calibrate again, from how far instruments had moved: the day on which a limit, or a target of uncertainty, is reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.calibration.exact import as_float, exact, integers, value_at
from openqi.science.calibration.normal_equations import Solved, solved
from openqi.science.numbers.special import t_quantile

_REACH = 10  # times the longest interval that was seen: no polynomial is believed further
_STEPS = 500
_HALVINGS = 50


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
        probability: with which the value is still within; two limits share what is left.
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
    course = _Course(
        change=(exact(value, "value"), *fit.coefficients),
        variance=_variance(exact(u, "u") ** 2 + scale, covariance),
        k=t_quantile(1 - (1 - probability) / sides, dof),
    )
    reach = max(days) * _REACH
    return VariablesInterval(
        by_reliability=None if lower is None and upper is None else _first(lambda day: course.margin(day, lower, upper), reach),
        by_uncertainty=None if u_target is None else _first(lambda day: u_target - course.doubt(day), reach),
        coefficients=tuple(as_float(one, "a coefficient") for one in fit.coefficients),
        covariance=tuple(tuple(as_float(cell, "a covariance") for cell in row) for row in covariance),
        residual_sd=sqrt(as_float(scale, "the variance of the residuals")),
        dof=dof,
    )


@dataclass(frozen=True, kw_only=True)
class _Course:
    """How value and variance go on with time, as polynomials of the days, and the coverage factor of both sides or one."""

    change: tuple[Fraction, ...]
    variance: tuple[Fraction, ...]
    k: float

    def doubt(self, day: Fraction) -> float:
        """The standard uncertainty on a day."""
        return sqrt(as_float(value_at(self.variance, day), "the variance"))

    def margin(self, day: Fraction, lower: float | None, upper: float | None) -> float:
        """What is left between the coverage interval and the nearer limit."""
        there, half = as_float(value_at(self.change, day), "the value"), self.k * self.doubt(day)
        return min((inf if upper is None else upper) - there - half, there - half - (-inf if lower is None else lower))


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
        [[sum(a * b for a, b in zip(left, right, strict=True)) for right in columns] for left in columns],
        [sum(a * b for a, b in zip(column, values, strict=True)) for column in columns],
        sum(one**2 for one in values),
        per_column=[per_day**power for power in range(1, degree + 1)],
        per_y=per_y,
        factor=Fraction(1),
    )
    return found, found.squares


def _first(margin: Callable[[Fraction], float], reach: Fraction) -> float | None:
    """The first day without a margin, looked for in steps and then halved down."""
    low = Fraction(0)
    if margin(low) <= 0:
        return 0.0
    for step in range(1, _STEPS + 1):
        high = reach * step / _STEPS
        if margin(high) <= 0:
            break
        low = high
    else:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if margin(middle) <= 0 else (middle, high)
    return float(high)
