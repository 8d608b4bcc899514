"""Least squares of a polynomial, ordinary or weighted, in exact rational arithmetic."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from typing import cast

from openqi.kernel.errors import DomainError
from openqi.science.calibration.exact import Number, as_float, exact, integers
from openqi.science.calibration.function import CalibrationFunction, Exact
from openqi.science.calibration.normal_equations import Solved, is_matrix, solved, solved_whitened, weights
from openqi.science.numbers.special import incomplete_gamma
from openqi.science.numbers.sums import plain_sum

MAX_DEGREE = 20
MAX_POINTS = 100_000


def least_squares(
    x: Sequence[Number],
    y: Sequence[Number],
    *,
    degree: int = 1,
    u_y: Sequence[Number] | Sequence[Sequence[Number]] | None = None,
    origin: Number = 0,
) -> CalibrationFunction:
    """Return the polynomial of least squares.

    Args:
        x: known exactly; a float counts as its shortest decimal text; at most 100,000.
        y: as many.
        degree: 0 to 20.
        u_y: standard uncertainties of y, or their covariance matrix (of at most 300 points); without, the residuals tell.
        origin: powers are of x - origin.

    Raises:
        DomainError: numbers of points do not match or are too few, the x do not determine the polynomial, or an uncertainty is
            not positive.

    Source: [ISO28037] clauses 6 and 9; figures of [STRD].
    """
    if not 0 <= degree <= MAX_DEGREE:
        raise DomainError(f"degree {degree}: a calibration polynomial has a degree from 0 to {MAX_DEGREE}")
    _check_points(len(x), len(y), degree + (2 if u_y is None else 1))
    start = exact(origin, "origin")
    xs, ys = [exact(one, "x") for one in x], [exact(one, "y") for one in y]
    z = [one - start for one in xs]
    if len(set(z)) <= degree:
        raise DomainError(f"{len(set(z))} different x do not determine a polynomial of degree {degree}; measure at more")
    found = solved_whitened(z, ys, degree, u_y) if is_matrix(u_y) else _solved(z, ys, degree, cast(Sequence[Number] | None, u_y))
    dof = len(x) - degree - 1
    scale = found.squares / dof if u_y is None else Fraction(1)
    covariance = tuple(tuple(cell * scale for cell in row) for row in found.inverse)
    chi = None if u_y is None else as_float(found.squares, "the sum of squares")
    return CalibrationFunction(
        coefficients=tuple(as_float(one, "a coefficient") for one in found.coefficients),
        covariance=tuple(tuple(as_float(cell, "a covariance") for cell in row) for row in covariance),
        residual_sd=sqrt(as_float(found.squares / dof, "the variance of the residuals")) if dof else 0.0,
        dof=dof,
        chi_squared=chi,
        origin=as_float(start, "origin"),
        span=(as_float(min(xs), "x"), as_float(max(xs), "x")),
        warnings=misfit(chi, dof),
        exact=Exact(coefficients=found.coefficients, covariance=covariance, origin=start),
    )


def misfit(chi_squared: float | None, dof: int) -> tuple[str, ...]:
    """Return a warning where residuals are larger than the stated uncertainties let expect in one case of twenty.

    Source: [ISO28037] clause 6.3, note on validation of the model.
    """
    if chi_squared is None or not dof or incomplete_gamma(dof / 2, chi_squared / 2) <= 0.95:
        return ()
    found = f"chi squared is {chi_squared:.4g} with {dof} degrees of freedom, beyond 95 % of what the stated uncertainties"
    return (f"{found} let expect: the function does not fit, or they are too small",)


def _check_points(x: int, y: int, least: int) -> None:
    if x != y:
        raise DomainError(f"{x} x and {y} y: every point has both")
    if not least <= x <= MAX_POINTS:
        raise DomainError(f"{x} points: this function needs at least {least} of them, and takes at most {MAX_POINTS}")


def _solved(z: Sequence[Fraction], y: Sequence[Fraction], degree: int, u_y: Sequence[Number] | None) -> Solved:
    """Sums of powers in integers, one denominator for z and one for y."""
    weight, factor = ([1] * len(z), Fraction(1)) if u_y is None else weights(u_y, len(z))
    (scaled, per_z), (values, per_y) = integers(z), integers(y)
    terms, powers, moments = weight, [], []
    for power in range(2 * degree + 1):
        powers.append(plain_sum(terms))
        if power <= degree:
            moments.append(plain_sum(term * value for term, value in zip(terms, values, strict=True)))
        terms = [term * one for term, one in zip(terms, scaled, strict=True)]
    return solved(
        [powers[row : row + degree + 1] for row in range(degree + 1)],
        moments,
        plain_sum(term * value**2 for term, value in zip(weight, values, strict=True)),
        per_column=[per_z**power for power in range(degree + 1)],
        per_y=per_y,
        factor=factor,
    )
