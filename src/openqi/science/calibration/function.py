"""A calibration function: a fitted polynomial with the covariance of its coefficients, read forwards and backwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import inf, isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.calibration.exact import Rows, as_float, derivative, exact, moved, value_at
from openqi.science.calibration.roots import roots_within
from openqi.science.numbers.sums import plain_sum
from openqi.science.uncertainty.expression.model import MeasurementModel, measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A value with its standard uncertainty, in the unit of its axis."""

    value: float
    standard_uncertainty: float


@dataclass(frozen=True, kw_only=True)
class Exact:
    """Coefficients, their covariance and the origin without rounding, so that nothing cancels where the function is read."""

    coefficients: tuple[Fraction, ...]
    covariance: Rows
    origin: Fraction


@dataclass(frozen=True, kw_only=True)
class CalibrationFunction:
    """y = sum of coefficients[j] (x - origin)^j.

    Args:
        coefficients: the constant first.
        covariance: of the coefficients.
        residual_sd: standard deviation of the residuals (of weighted ones where weights were given), 0 where dof is 0.
        dof: points less coefficients.
        chi_squared: weighted sum of squares of the residuals, None where no uncertainties were given.
        origin: in the unit of x.
        span: smallest and largest x of the points.
        warnings: for example that the residuals are larger than the stated uncertainties.
        exact: the same without rounding; the floats above where it is not given.
    """

    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    residual_sd: float
    dof: int
    chi_squared: float | None
    origin: float
    span: tuple[float, float]
    warnings: tuple[str, ...] = ()
    exact: Exact | None = field(default=None, repr=False, compare=False)

    def at(self, x: float, u_x: float = 0.0) -> Reading:
        """Return y at x with the uncertainty of the function and of x.

        Raises:
            DomainError: x or u_x is not finite, or u_x is negative.

        Source: [ISO28037] clause 11.2.
        """
        kept = self._exact()
        z = exact(x, "x") - kept.origin
        slope = value_at(derivative(kept.coefficients), z)
        variance = _variance(kept.covariance, z) + (slope * _uncertainty(u_x, "u_x")) ** 2
        return _reading(value_at(kept.coefficients, z), variance, "y")

    def inverse(self, y: float, u_y: float, *, within: tuple[float, float]) -> Reading:
        """Return the x in `within` that gives y, with its uncertainty.

        Raises:
            DomainError: there is none or more than one, or the function is level there.

        Source: [ISO28037] clause 11.1.
        """
        kept = self._exact()
        low, high = (exact(end, "within") for end in within)
        if low >= high:
            raise DomainError(f"within {within}: the lower end is not below the upper one")
        shifted = (kept.coefficients[0] - exact(y, "y"), *kept.coefficients[1:])
        found = roots_within(shifted, low - kept.origin, high - kept.origin)
        if found is None or len(found) != 1:
            times = "everywhere" if found is None else f"at {len(found)} places" if found else "nowhere"
            raise DomainError(f"the function takes the value {y} {times} in {within}; name a range in which it does so once")
        (z,) = found
        slope = value_at(derivative(kept.coefficients), z)
        # Where the function only touches the value, its place is not exact; a slope that small against the range is none.
        if abs(slope) * (high - low) <= _largest(_about(kept, low), high - low) * Fraction(1, 10**9):
            raise DomainError(f"the function is level at {y}: no uncertainty of x follows; name another range or value")
        variance = (_uncertainty(u_y, "u_y") ** 2 + _variance(kept.covariance, z)) / slope**2
        return _reading(z + kept.origin, variance, "x")

    def model(self) -> tuple[MeasurementModel, Mapping[str, InputQuantity], tuple[Correlation, ...]]:
        """Return the function as a measurement model of x, with coefficients as correlated inputs.

        The inputs are b0, b1 ...; x is for the caller to add. They are the coefficients about the middle of the span, not about
        `origin`: far from there correlations round to ±1, and a model of floats would say an uncertainty of 0, or any other.
        The ids follow from the coefficients and their covariance, so that two readings of one function stay correlated. Degrees of
        freedom stand where the residuals gave the covariance.

        Raises:
            DomainError: even there the correlations are too near to ±1 for floats (a high degree); read such a function by `at`.
        """
        middle = float((Fraction(self.span[0]) + Fraction(self.span[1])) / 2) if len(self.coefficients) > 1 else self.origin
        kept = self._exact()
        about, rows = moved(kept.coefficients, kept.covariance, exact(middle, "the middle") - kept.origin)
        names = [f"b{power}" for power in range(len(about))]
        uncertainties = [sqrt(as_float(max(rows[place][place], Fraction(0)), "a variance")) for place in range(len(names))]
        content = repr((self.coefficients, self.covariance, self.origin, self.dof, self.chi_squared is None, middle))
        name = f"calibration-function:{sha256(content.encode()).hexdigest()}"
        dof, ensemble = (float(self.dof), name) if self.chi_squared is None else (inf, None)
        inputs = {
            one: InputQuantity(
                value=as_float(value, "a coefficient"), standard_uncertainty=u, degrees_of_freedom=dof, id=f"{name}#{one}",
                ensemble=ensemble,
            )
            for one, value, u in zip(names, about, uncertainties, strict=True)
        }  # fmt: skip
        correlations = tuple(
            Correlation(
                first=f"{name}#{names[i]}",
                second=f"{name}#{names[j]}",
                coefficient=max(-1.0, min(1.0, as_float(rows[i][j], "a covariance") / uncertainties[i] / uncertainties[j])),
            )
            for i in range(len(names))
            for j in range(i)
            if uncertainties[i] and uncertainties[j] and rows[i][j]
        )
        _check_floats(rows, uncertainties, correlations, exact(self.span[1], "x") - exact(middle, "x"))
        return measurement_model(_text(middle, names)), inputs, correlations

    def _exact(self) -> Exact:
        return self.exact or Exact(
            coefficients=tuple(Fraction(one) for one in self.coefficients),
            covariance=tuple(tuple(Fraction(one) for one in row) for row in self.covariance),
            origin=exact(self.origin, "origin"),
        )


def _text(origin: float, names: list[str]) -> str:
    if len(names) == 1:
        return "y = b0 + 0 * x"
    powers = [f"{name} * z" if power == 1 else f"{name} * z^{power}" for power, name in enumerate(names)][1:]
    digits = format(Decimal(repr(abs(origin))), "f")
    return f"z = x {'+' if origin < 0 else '-'} {digits}\ny = {' + '.join([names[0], *powers])}"


def _about(kept: Exact, place: Fraction) -> tuple[Fraction, ...]:
    """The coefficients about another place than the origin."""
    return moved(kept.coefficients, kept.covariance, place - kept.origin)[0]


def _check_floats(rows: Rows, uncertainties: Sequence[float], correlations: Sequence[Correlation], reach: Fraction) -> None:
    """Whether standard uncertainties and correlations as floats still give the variance that the covariance gives."""
    found = {tuple(int(one.rpartition("#b")[2]) for one in (pair.first, pair.second)): pair.coefficient for pair in correlations}
    size = range(len(uncertainties))
    for share in range(-4, 5):
        z = reach * share / 4
        terms = [Fraction(u) * z**power for power, u in enumerate(uncertainties)]
        squares = plain_sum((one**2 for one in terms), Fraction(0))
        wanted = _variance(rows, z)
        # As rounded as the sums of a propagation in floats are, beside the rounding of the correlations themselves.
        given = squares + plain_sum(2 * Fraction(found.get((i, j), 0.0)) * terms[i] * terms[j] for i in size for j in range(i))
        if abs(given - wanted) + squares / 2**50 > wanted / 10**4:
            raise DomainError(
                "the coefficients are too strongly correlated for a model in floats; read the function by `at`, or lower the degree"
            )


def _uncertainty(u: float, name: str) -> Fraction:
    if not isfinite(u) or u < 0:
        raise DomainError(f"{name} = {u}: a standard uncertainty is finite and not negative")
    return exact(u, name)


def _variance(covariance: Rows, z: Fraction) -> Fraction:
    """What the covariance of the coefficients gives at z: a polynomial in z of twice the degree."""
    sums = [Fraction(0)] * (2 * len(covariance) - 1)
    for i, row in enumerate(covariance):
        for j, cell in enumerate(row):
            sums[i + j] += cell
    return value_at(sums, z)


def _largest(coefficients: tuple[Fraction, ...], width: Fraction) -> Fraction:
    return max((abs(one) * width**power for power, one in enumerate(coefficients) if power), default=Fraction(0))


def _reading(value: Fraction, variance: Fraction, name: str) -> Reading:
    if variance < 0:  # only where a covariance was given as floats that are not one
        raise DomainError(f"the covariance of the coefficients gives {name} a negative variance; it is no covariance")
    return Reading(value=as_float(value, name), standard_uncertainty=sqrt(as_float(variance, f"the variance of {name}")))
