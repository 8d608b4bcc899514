"""Sums of many floats in one order, with the lost digits carried along."""

from collections.abc import Sequence


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
