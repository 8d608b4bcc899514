"""Gauss-Legendre nodes and weights on panels, in an order and by operations that are the same on every machine."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from openqi.science.charts.run_lengths.eased import eased
from openqi.science.numbers.circular import unchecked_cos

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

PI = 3.141592653589793


def _legendre(nodes: "Array", weights: "Array") -> None:
    """Write the zeros of the Legendre polynomial and their weights, by Newton's method from the usual start."""
    n = len(nodes)
    for i in range((n + 1) // 2):
        x = unchecked_cos(PI * (i + 0.75) / (n + 0.5))
        slope = 1.0
        for _ in range(8):
            before, here = 1.0, x
            for k in range(2, n + 1):
                before, here = here, ((2 * k - 1) * x * here - (k - 1) * before) / k
            slope = n * (x * here - before) / (x * x - 1.0)
            step = here / slope
            x -= step
            if abs(step) < 1e-15:
                break
        if 2 * i + 1 == n:
            x = 0.0
        nodes[i], nodes[n - 1 - i] = -x, x
        weights[i] = weights[n - 1 - i] = 2.0 / ((1.0 - x * x) * slope * slope)


_write_legendre = eased(lambda *given: 3 * len(given[0]) ** 2)(_legendre)


@lru_cache(maxsize=256)
def gauss_legendre(n: int) -> "tuple[Array, Array]":
    """Return nodes in (-1, 1), rising, and weights, of n >= 2 points; arrays that nobody may write to.

    Source: [DLMF] 3.5.
    """
    import numpy as np

    nodes, weights = np.empty(n), np.empty(n)
    _write_legendre(nodes, weights)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def on_panels(panels: Sequence[tuple[float, float]], n: int) -> "tuple[Array, Array]":
    """Return the nodes and weights of n points on each of some intervals."""
    import numpy as np

    nodes, weights = gauss_legendre(n)
    places = [(low + high) / 2.0 + (high - low) / 2.0 * nodes for low, high in panels]
    return np.concatenate(places), np.concatenate([(high - low) / 2.0 * weights for low, high in panels])
