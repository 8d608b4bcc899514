"""Weights, covariance matrices, and normal equations solved in integers."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TypeGuard

from openqi.kernel.errors import DomainError
from openqi.science.calibration.exact import Number, as_float, exact, integers, inverse_of, moved
from openqi.science.numbers.algebra import cholesky
from openqi.science.numbers.sums import plain_sum

MAX_COVARIANCE = 300
_BITS = 160  # of the smallest weight: 48 decimal digits, far beyond what any uncertainty states


@dataclass(frozen=True, kw_only=True)
class Solved:
    """Coefficients, the inverse of the matrix of the normal equations, and the weighted sum of squares of the residuals."""

    coefficients: tuple[Fraction, ...]
    inverse: tuple[tuple[Fraction, ...], ...]
    squares: Fraction


def is_matrix(u: Sequence[Number] | Sequence[Sequence[Number]] | None) -> TypeGuard[Sequence[Sequence[Number]]]:
    """Return whether it is a covariance matrix, and not one uncertainty a point."""
    return u is not None and len(u) > 0 and isinstance(u[0], Sequence) and not isinstance(u[0], str)


def weights(u: Sequence[Number], points: int) -> tuple[list[int], Fraction]:
    """Return integers and a factor whose products are 1 / u^2, to 48 digits.

    Raises:
        DomainError: not one a point, or one is not positive.
    """
    if len(u) != points:
        raise DomainError(f"{len(u)} standard uncertainties for {points} points: every point has one")
    exactly = [exact(one, "u_y") for one in u]
    if min(exactly) <= 0:
        raise DomainError(f"u_y: the standard uncertainty {float(min(exactly))} is not positive")
    largest = max(exactly)
    return [round((largest / one) ** 2 * 2**_BITS) for one in exactly], 1 / (largest**2 * 2**_BITS)


def solved(
    matrix: Sequence[Sequence[int]],
    moments: Sequence[int],
    squares: int,
    *,
    per_column: Sequence[int],
    per_y: int,
    factor: Fraction,
) -> Solved:
    """Return the solution of normal equations that were multiplied into integers.

    Args:
        matrix: sums of products of columns.
        moments: sums of products of a column and y.
        squares: sum of squares of y.
        per_column: by what each column was multiplied; per_y likewise.
        factor: of all sums, in place of their weights.

    Raises:
        DomainError: there is no single solution.
    """
    adjugate, determinant = inverse_of(matrix)
    plain = [Fraction(plain_sum(cell * one for cell, one in zip(row, moments, strict=True)), determinant) for row in adjugate]
    rest = squares - plain_sum(one * moment for one, moment in zip(plain, moments, strict=True))
    return Solved(
        coefficients=tuple(one * per / per_y for one, per in zip(plain, per_column, strict=True)),
        inverse=tuple(
            tuple(Fraction(cell * left * right, determinant) / factor for cell, right in zip(row, per_column, strict=True))
            for row, left in zip(adjugate, per_column, strict=True)
        ),
        squares=rest * factor / per_y**2,
    )


def solved_whitened(z: Sequence[Fraction], y: Sequence[Fraction], degree: int, covariance: Sequence[Sequence[Number]]) -> Solved:
    """Return the solution for correlated y: rows are first multiplied by the inverse of the covariance's Cholesky factor.

    That happens in floats, so z is first moved and scaled to -1 ... 1 and y to about its mean, and the solution moved back exactly:
    the powers of a z far from its origin have no digits left for what differs between the points.

    Args:
        z: distance from the origin, one a point.
        y: one a point.
        degree: of the polynomial.
        covariance: of y; at most 300 points.

    Raises:
        DomainError: it is not a positive definite matrix of as many points.
    """
    lower = factor_of(covariance, len(y))
    middle, scale = (min(z) + max(z)) / 2, 2 / (max(z) - min(z)) if len(set(z)) > 1 else Fraction(1)
    mean = plain_sum(y, Fraction(0)) / len(y)
    near = [(one - middle) * scale for one in z]
    design = [whitened(lower, [as_float(one**power, "x") for one in near]) for power in range(degree + 1)]
    scaled = [integers([Fraction(cell) for cell in column]) for column in design]
    values, per_y = integers([Fraction(one) for one in whitened(lower, [as_float(one - mean, "y") for one in y])])
    cells = [column for column, _ in scaled]
    found = solved(
        [[_product(left, right) for right in cells] for left in cells],
        [_product(column, values) for column in cells],
        _product(values, values),
        per_column=[per for _, per in scaled],
        per_y=per_y,
        factor=Fraction(1),
    )
    coefficients, inverse = moved(found.coefficients, found.inverse, -middle, scale=scale)
    return Solved(coefficients=(coefficients[0] + mean, *coefficients[1:]), inverse=inverse, squares=found.squares)


def factor_of(covariance: Sequence[Sequence[Number]], points: int) -> Sequence[Sequence[float]]:
    """Return the Cholesky factor of a covariance matrix that must have an inverse.

    Raises:
        DomainError: it has another size, more than 300 rows, is not symmetric, or is not positive definite.
    """
    if len(covariance) != points or any(len(row) != points for row in covariance):
        raise DomainError(f"a covariance matrix of {points} points has {points} rows and columns")
    if points > MAX_COVARIANCE:
        raise DomainError(f"{points} points with a covariance matrix: at most {MAX_COVARIANCE} are taken")
    lower = cholesky([[as_float(exact(cell, "covariance"), "covariance") for cell in row] for row in covariance])
    for place, row in enumerate(lower):
        if row[place] <= 1e-8 * sqrt(as_float(exact(covariance[place][place], "covariance"), "covariance")):
            raise DomainError(f"covariance: row {place + 1} follows from those before it; it has no inverse")
    return lower


def whitened(lower: Sequence[Sequence[float]], column: Sequence[float]) -> list[float]:
    """Return L^-1 times a column, in one order of operations."""
    found: list[float] = []
    for row, value in zip(lower, column, strict=True):
        rest = value
        for cell, one in zip(row, found, strict=False):
            rest -= cell * one
        found.append(rest / row[len(found)])
    return found


def _product(left: Sequence[int], right: Sequence[int]) -> int:
    return plain_sum(one * two for one, two in zip(left, right, strict=True))
