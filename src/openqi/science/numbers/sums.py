"""Sums in one order, with the same last bits under every version of Python: with the lost digits carried along, and without."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, Final, overload

from openqi.science.numbers.compiled import compiled, is_fast

PAYS_FROM: Final = 50_000
"""So many numbers take longer in plain Python than it takes to load what was compiled."""


def total(values: Sequence[float]) -> float:
    """Return the sum in the order given, with the lost digits carried along.

    Source: [NEUMAIER] algorithm IV.
    """
    result, lost = 0.0, 0.0
    for value in values:
        following = result + value
        if abs(result) >= abs(value):
            lost += (result - following) + value
        else:
            lost += (value - following) + result
        result = following
    return result + lost


_compiled_total: Any = compiled(total)


def long_total(values: Sequence[float]) -> float:
    """Return what `total` returns, sooner where there are many floats."""
    if len(values) < PAYS_FROM or not is_fast():
        return total(values)
    import numpy as np

    return float(_compiled_total(np.array(values, dtype=np.float64)))


@overload
def plain_sum(values: Iterable[int], start: int = 0) -> int: ...
@overload
def plain_sum(values: Iterable[Fraction], start: Fraction | int = 0) -> Fraction: ...
@overload
def plain_sum(values: Iterable[float], start: float = 0) -> float: ...
def plain_sum(values: Iterable[float | Fraction], start: float | Fraction = 0) -> float | Fraction:
    """Return the sum of numbers from left to right, rounded after each of them.

    The function `sum` carries the rounding errors of floats along since Python 3.12, so that its last bits are others there.

    Args:
        values: numbers of one type.
        start: what they are added to.
    """
    return reduce(add, values, start)
