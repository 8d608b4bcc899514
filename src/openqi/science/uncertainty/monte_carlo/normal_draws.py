"""Normal quantiles of whole blocks: loops without branches, which become vector instructions; bit for bit `normal_root`."""

from math import sqrt
from typing import TYPE_CHECKING, Any

from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.normal_functions import NEAR, SPLIT, central_quantile, log_of_parts, near_tail, normal_root

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

_FRACTION = 0x000FFFFFFFFFFFFF
_EXPONENT_OF_HALF = 0x3FE0000000000000


def _write(parameters: Any, p: Any, out: Any, tail: Any, bits: Any, powers: Any, places: Any) -> None:
    """Write the middle formula for all, then gather the tails, and write them anew.

    `bits` is the memory of `tail` as whole numbers: fraction and power of two of a float are taken out of it, as frexp does.
    """
    mean, sd = parameters[0], parameters[1]
    for i in range(len(p)):
        out[i] = mean + sd * central_quantile(p[i] - 0.5)
    count = 0
    for i in range(len(p)):
        tail[count] = p[i] if p[i] < 0.5 else 1.0 - p[i]
        places[count] = i
        count += abs(p[i] - 0.5) > SPLIT
    for j in range(count):
        powers[j] = (bits[j] >> 52) - 1022
        bits[j] = bits[j] & _FRACTION | _EXPONENT_OF_HALF
    for j in range(count):
        powers[j] = sqrt(-log_of_parts(tail[j], powers[j]))
        tail[j] = near_tail(powers[j])
    for j in range(count):
        i = places[j]
        out[i] = mean + sd * (-tail[j] if p[i] < 0.5 else tail[j])
        if powers[j] > NEAR:  # once in 10^11
            out[i] = mean + sd * normal_root(p[i])


_compiled = compiled(_write)


def write_normal(parameters: "NDArray[float64]", p: "NDArray[float64]", out: "NDArray[float64]") -> None:
    """Write the quantile for every p, compiled.

    Args:
        parameters: mean and standard deviation.
        p: probabilities, none of them below 2**-53 or above 1 - 2**-53.
        out: as many.

    Source: [AS241] PPND16.
    """
    import numpy as np

    tail, powers, places = np.empty_like(p), np.empty_like(p), np.empty(len(p), np.int64)
    _compiled(parameters, p, out, tail, tail.view(np.int64), powers, places)
