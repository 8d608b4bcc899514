"""Sample quantiles by the types that Hyndman and Fan number; a quantile without its type is not a number."""

from collections.abc import Sequence
from typing import Final

from openqi.kernel.errors import DomainError

DEFAULT_TYPE: Final = 6
TYPES: Final = (4, 5, 6, 7, 8, 9)


def sample_quantile(ordered: Sequence[float], p: float, kind: int = DEFAULT_TYPE) -> float:
    """Return a sample quantile.

    Args:
        ordered: readings, from the smallest.
        p: between 0 and 1.
        kind: 4 to 9, the types that are straight between readings; 6 (as Minitab has it) by default, 7 is that of R and NumPy,
            5 is that of hydrology, 8 is about median-unbiased.

    Raises:
        DomainError: there are no readings, p lies outside, or the type is not one of them.

    Source: [HYNDMAN-FAN1996].
    """
    n = len(ordered)
    if kind not in TYPES:
        raise DomainError(f"quantiles of type {kind}: there are types {', '.join(map(str, TYPES))}")
    if n == 0 or not 0.0 <= p <= 1.0:
        raise DomainError(f"the quantile of {p} of {n} readings: a probability from 0 to 1, and at least one reading")
    place = _place(n, p, kind)
    below = int(place // 1.0)
    share = place - below
    if below < 1:
        return ordered[0]
    if below >= n:
        return ordered[-1]
    return ordered[below - 1] + share * (ordered[below] - ordered[below - 1])


def _place(n: int, p: float, kind: int) -> float:
    """Where the quantile lies among readings counted from 1; what is nearer to a whole number than rounding errors is whole."""
    a, b = {4: (0.0, 1.0), 5: (0.5, 0.5), 6: (0.0, 0.0), 7: (1.0, 1.0), 8: (1 / 3, 1 / 3), 9: (0.375, 0.375)}[kind]
    place = a + p * (n + 1.0 - a - b)
    return float(round(place)) if abs(place - round(place)) < 4e-16 * n else place


def beyond_sample(n: int, p: float, kind: int = DEFAULT_TYPE) -> bool:
    """Return whether the quantiles of p and 1 - p lie beyond the extreme readings, which then stand in for them."""
    return _place(n, p, kind) < 1.0


def needed(p: float, kind: int = DEFAULT_TYPE) -> int:
    """Return how many readings the quantiles of p and 1 - p of a type need to lie within them."""
    n = 2
    while beyond_sample(n, p, kind):
        n += max(1, n // 64)
    while n > 2 and not beyond_sample(n - 1, p, kind):
        n -= 1
    return n
