"""Limits of counts that are quantiles of their distribution, not three sigma: the chance beyond each is at most what is asked."""

from collections.abc import Callable

from openqi.science.numbers.special import incomplete_beta, incomplete_gamma

TAIL = 0.0013498980316300933
"""The chance beyond three sigma of a normal quantity, on one side."""


def binomial_limits(size: int, proportion: float, tail: float = TAIL) -> tuple[float, float]:
    """Return the least and the most defective units of `size` within limits: beyond each lies a chance of at most `tail`."""
    if proportion in {0.0, 1.0}:
        return size * proportion, size * proportion
    return _limits(lambda count: 1.0 if count >= size else incomplete_beta(size - count, count + 1.0, 1.0 - proportion), size, tail)


def poisson_limits(mean: float, tail: float = TAIL) -> tuple[float, float]:
    """Return the least and the most events within limits, where `mean` are expected."""
    if mean == 0.0:
        return 0.0, 0.0
    return _limits(lambda count: 1.0 - incomplete_gamma(count + 1.0, mean), int(mean * 40.0 + 200.0), tail)


def geometric_limits(mean: float, tail: float = TAIL) -> tuple[float, float]:
    """Return the least and the most good units between two events within limits, where `mean` are expected."""
    if mean == 0.0:
        return 0.0, 0.0
    good = mean / (mean + 1.0)

    def at_most(count: int) -> float:
        power, base, times = 1.0, good, count + 1
        while times:
            power, base, times = power * (base if times & 1 else 1.0), base * base, times >> 1
        return 1.0 - power

    return _limits(at_most, int(mean * 40.0 + 200.0), tail)


def _limits(at_most: Callable[[int], float], largest: int, tail: float) -> tuple[float, float]:
    """From the chance of at most so many: the first count with more than the tail up to it, the first with no more above it."""
    return float(_first(lambda count: at_most(count) > tail, largest)), float(
        _first(lambda count: 1.0 - at_most(count) <= tail, largest)
    )


def _first(holds: Callable[[int], bool], largest: int) -> int:
    """The first count from 0 for which something holds that then keeps holding."""
    low, high = 0, largest
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
