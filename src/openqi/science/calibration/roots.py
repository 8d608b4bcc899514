"""Where a polynomial is zero within a range: every zero once, and none forgotten, in integers."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import comb, lcm

from openqi.science.calibration.exact import integers
from openqi.science.numbers.sums import plain_sum

_DEPTH = 80  # halvings of the range: zeros closer than that are one


def roots_within(coefficients: Sequence[Fraction], low: Fraction, high: Fraction) -> tuple[Fraction, ...] | None:
    """Return the different zeros of a polynomial in [low, high], to 2**-80 of its width; None where it is zero everywhere.

    The range is halved until the rule of signs (on Bernstein coefficients) says none or one. What it does not tell apart after 80
    halvings, a zero at which the polynomial only touches, is one.

    Args:
        coefficients: the constant first.
        low: lower end.
        high: upper end, > low.

    Source: [DESCARTES-BERNSTEIN].
    """
    unit = _on_unit(coefficients, low, high)
    if not unit:
        return None
    found = []
    if unit[0] == 0:
        found.append(Fraction(0))
        unit = unit[next(place for place, one in enumerate(unit) if one) :]
    if plain_sum(unit) == 0:
        found.append(Fraction(1))
        while plain_sum(unit) == 0:
            unit = _without_end(unit)
    return tuple(sorted(low + (high - low) * one for one in (*found, *_inside(unit))))


def _inside(unit: Sequence[int]) -> list[Fraction]:
    found, waiting = [], [(_bernstein(unit), 0, 0)]
    while waiting:
        bernstein, place, depth = waiting.pop()
        signs = [one > 0 for one in bernstein if one]
        changes = plain_sum(left != right for left, right in pairwise(signs))
        if changes == 1 or (changes and depth >= _DEPTH):
            found.append(_refined(unit, place, depth, rising=not signs[0]))
        elif changes:
            left, right = _halves(bernstein)
            if right[0] == 0:
                found.append(Fraction(2 * place + 1, 2 ** (depth + 1)))
            waiting += [(left, 2 * place, depth + 1), (right, 2 * place + 1, depth + 1)]
    return found


def _on_unit(coefficients: Sequence[Fraction], low: Fraction, high: Fraction) -> list[int]:
    """A multiple of the polynomial over the range as 0 to 1, in integers, without leading zeros."""
    shifted = list(coefficients)
    for start in range(len(shifted)):
        for place in range(len(shifted) - 2, start - 1, -1):
            shifted[place] += low * shifted[place + 1]
    scaled, _ = integers([one * (high - low) ** power for power, one in enumerate(shifted)])
    kept = list(scaled)
    while kept and kept[-1] == 0:
        kept.pop()
    return kept


def _without_end(unit: Sequence[int]) -> list[int]:
    """The quotient by (x - 1), of which the polynomial is a multiple."""
    quotient, rest = [], 0
    for one in reversed(unit[1:]):
        rest += one
        quotient.append(rest)
    return quotient[::-1]


def _bernstein(unit: Sequence[int]) -> list[int]:
    degree = len(unit) - 1
    scale = lcm(*(comb(degree, place) for place in range(degree + 1)))
    shares = [scale // comb(degree, place) * one for place, one in enumerate(unit)]
    return [plain_sum(comb(row, place) * shares[place] for place in range(row + 1)) for row in range(degree + 1)]


def _halves(bernstein: Sequence[int]) -> tuple[list[int], list[int]]:
    """Multiples of the coefficients over both halves (de Casteljau)."""
    row, left, right = list(bernstein), [], []
    for power in range(len(bernstein) - 1, -1, -1):
        left.append(row[0] << power)
        right.append(row[-1] << power)
        row = [one + two for one, two in pairwise(row)]
    return left, right[::-1]


def _refined(unit: Sequence[int], place: int, depth: int, *, rising: bool) -> Fraction:
    """The zero in [place, place + 1] / 2**depth, halved down."""
    while depth < _DEPTH:
        place, depth = 2 * place, depth + 1
        value = 0
        for power, one in enumerate(reversed(unit)):
            value = value * (place + 1) + (one << (depth * power))
        if value == 0:
            return Fraction(place + 1, 2**depth)
        place += (value > 0) != rising
    return Fraction(2 * place + 1, 2 ** (depth + 1))
