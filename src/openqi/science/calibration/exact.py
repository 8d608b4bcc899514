"""Polynomials and small linear systems in exact arithmetic: no rounding, so no condition number and no lost digits."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import comb, isfinite, lcm

from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import plain_sum

Number = float | int | str | Fraction
Rows = tuple[tuple[Fraction, ...], ...]


def exact(number: Number, name: str) -> Fraction:
    """Return the number as a fraction: of decimal text what it says, of a float the number of its shortest text (0.1 is one tenth).

    Args:
        number: finite.
        name: what it is called in an error.

    Raises:
        DomainError: a float is not finite.
        FormatError: a text is no decimal.
    """
    if isinstance(number, str):
        return fraction(number)
    if isinstance(number, Fraction):
        return number
    if not isfinite(number):
        raise DomainError(f"{name}: {number} is not finite; leave out what was not measured")
    return Fraction(Decimal(repr(float(number)))) if isinstance(number, float) else Fraction(number)


def as_float(number: Fraction, name: str) -> float:
    """Return the float nearest to a fraction.

    Raises:
        DomainError: it is beyond a float.
    """
    try:
        return float(number)
    except OverflowError:
        raise DomainError(f"{name} is beyond a float; choose units of usual size") from None


def integers(numbers: Sequence[Fraction]) -> tuple[tuple[int, ...], int]:
    """Return the numbers as integers over one denominator: sums of products of integers need no common divisors."""
    denominator = lcm(*(number.denominator for number in numbers))
    return tuple(number.numerator * (denominator // number.denominator) for number in numbers), denominator


def inverse_of(matrix: Sequence[Sequence[int]]) -> tuple[tuple[tuple[int, ...], ...], int]:
    """Return the adjugate and the determinant of an integer matrix; their quotient is its inverse.

    Elimination divides only what divides without remainder, so that integers stay as short as minors are.

    Raises:
        DomainError: the matrix has no inverse.

    Source: [BAREISS].
    """
    size = len(matrix)
    rows = [[*row, *(int(column == place) for column in range(size))] for place, row in enumerate(matrix)]
    before = 1
    for step in range(size):
        pivot = next((place for place in range(step, size) if rows[place][step]), None)
        if pivot is None:
            raise DomainError("the points do not determine the function: its normal equations have no single solution")
        if pivot != step:
            rows[step], rows[pivot] = rows[pivot], [-cell for cell in rows[step]]
        first = rows[step]
        for place in range(size):
            if place != step:
                row = rows[place]
                rows[place] = [(cell * first[step] - row[step] * other) // before for cell, other in zip(row, first, strict=True)]
        before = first[step]
    return tuple(tuple(row[size:]) for row in rows), before


def value_at(coefficients: Sequence[Fraction], z: Fraction) -> Fraction:
    """Return the value of a polynomial, its constant first."""
    found = Fraction(0)
    for coefficient in reversed(coefficients):
        found = found * z + coefficient
    return found


def derivative(coefficients: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return the derivative of a polynomial, its constant first; () of a constant."""
    return tuple(power * coefficient for power, coefficient in enumerate(coefficients))[1:]


def moved(
    coefficients: Sequence[Fraction], covariance: Sequence[Sequence[Fraction]], by: Fraction, *, scale: Fraction = Fraction(1)
) -> tuple[tuple[Fraction, ...], Rows]:
    """Return a polynomial in z = scale (w + by) as one in w, and the covariance of its coefficients; both exactly.

    Args:
        coefficients: of z, the constant first.
        covariance: of them.
        by: in the unit of w.
        scale: of w to z.
    """
    size = range(len(coefficients))
    turn = [
        [scale**power * comb(power, row) * by ** (power - row) if row <= power else Fraction(0) for power in size] for row in size
    ]
    half = [[plain_sum((turn[row][k] * covariance[k][column] for k in size), Fraction(0)) for column in size] for row in size]
    return (
        tuple(plain_sum((cell * one for cell, one in zip(row, coefficients, strict=True)), Fraction(0)) for row in turn),
        tuple(tuple(plain_sum((row[k] * turn[column][k] for k in size), Fraction(0)) for column in size) for row in half),
    )
