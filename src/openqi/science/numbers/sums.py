"""Sums in the order in which they are written, with the same last bits under every version of Python."""

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from operator import add
from typing import overload


@overload
def total(values: Iterable[int], start: int = 0) -> int: ...
@overload
def total(values: Iterable[Fraction], start: Fraction | int = 0) -> Fraction: ...
@overload
def total(values: Iterable[float], start: float = 0) -> float: ...
def total(values: Iterable[float | Fraction], start: float | Fraction = 0) -> float | Fraction:
    """Return the sum of numbers from left to right, rounded after each of them.

    The function `sum` carries the rounding errors of floats along since Python 3.12, so that its last bits are others there.

    Args:
        values: numbers of one type.
        start: what they are added to.
    """
    return reduce(add, values, start)
