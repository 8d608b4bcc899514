"""Integrals of smooth functions in one fixed order of operations."""

from collections.abc import Callable
from functools import cache

from openqi.science.numbers.elementary import cos
from openqi.science.numbers.sums import total

PI = 3.141592653589793


@cache
def nodes(count: int) -> tuple[tuple[float, float], ...]:
    """Return nodes in (-1, 1) and weights of the Gauss-Legendre rule, in increasing order.

    Source: [DLMF] 3.5(v).
    """
    found = []
    for place in range(count):
        x = -cos(PI * (place + 0.75) / (count + 0.5))
        slope = 1.0
        for _ in range(100):
            before, value = 1.0, x
            for degree in range(2, count + 1):
                before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
            slope = count * (x * value - before) / (x * x - 1.0)
            step = value / slope
            x -= step
            if abs(step) < 1e-15:
                break
        found.append((x, 2.0 / ((1.0 - x * x) * slope * slope)))
    return tuple(found)


def integral(function: Callable[[float], float], lower: float, upper: float, *, panels: int, points: int = 16) -> float:
    """Return the integral of a smooth function between finite limits, by Gauss-Legendre rules on equal panels."""
    width = (upper - lower) / panels
    terms = []
    for panel in range(panels):
        middle = lower + (panel + 0.5) * width
        terms += [weight * function(middle + 0.5 * width * node) for node, weight in nodes(points)]
    return 0.5 * width * total(terms)
