"""A two-sided chart out of two one-sided ones of which one is at rest when the other signals: its run length and the distribution.

With U and D the run lengths of the halves from rest, and U' and D' those from their head starts, the chart has the run length
(U' D + U D' - U D) / (U + D). Where one half is hardly ever first, its own run length has no digits left; then only its
probability to signal before it comes to rest counts, which has.

With g the probabilities of the run length of one half from rest, f those from its head start, and a those that this half signals
first: f' of the other half is b + a * g', because after a first signal of this half the other starts from rest, and f is a + b * g.
Every g begins at one point, so both follow step by step.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLengthDistribution
from openqi.science.charts.run_lengths.charts.chart import distribution_of, steps_of
from openqi.science.charts.run_lengths.quadrature.solve import CERTIFIED, certified, ends_before_rest, first_size, solved
from openqi.science.charts.run_lengths.quadrature.walk import Walk
from openqi.science.charts.run_lengths.survival import matrix_survival
from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.exponential import unchecked_exp

MOST = 6000
ALIKE = 1e-9
NOTHING = 1e-12
LOOSE = 0.01
BEYOND = 1e12


def _firsts(up: Any, down: Any, up_early: Any, down_early: Any, first: Any, second: Any) -> None:
    """Write the probabilities that the upper, and the lower half signals first, at each point."""
    for t in range(1, len(first)):
        here, there = up_early[t], down_early[t]
        for k in range(1, t):
            here -= second[k] * up[t - k]
            there -= first[k] * down[t - k]
        first[t], second[t] = here, there


def roughly_joined(up: Walk, down: Walk) -> float:
    """Return the run length of both halves together, with no bound on its error."""
    above, below = solved(up), solved(down)
    first, second = above.at(0.0), below.at(0.0)
    early, other = above.value, below.value
    # A half that is beyond all digits never comes first.
    if not 1.0 <= second < BEYOND:
        return early
    if not 1.0 <= first < BEYOND:
        return other
    return (early * second + first * other - first * second) / (first + second)


def joined(up: Walk, down: Walk) -> tuple[float, float]:
    """Return the run length of both halves together, and a bound of its relative error.

    Raises:
        DomainError: the bound is larger than 1e-6.
    """
    near, far = (up, down) if up.drift >= down.drift else (down, up)
    found = certified(near)
    first, early = found.at(0.0), found.value
    try:
        other = certified(far, LOOSE)
    except DomainError:
        share, loose = _share_beyond_digits(far, first)
    else:
        share = first / other.at(0.0)
        loose = share * other.relative
    lost, rounding = 0.0, 0.0
    if far.start > 0.0:
        size = first_size(far)
        lost = ends_before_rest(far, size)
        rounding = 2.0 * abs(lost - ends_before_rest(far, size * 3 // 2)) + 1e-13
        # From its head start the far half lasts A + (1 - q) D; A, the way to rest, is a few points of so many.
        way = solved(replace(far, rest=None)).value * share / first
        lost, rounding = lost - way, rounding + way * (loose / share + 1e-9)
    value = (early - first * lost) / (1.0 + share)
    relative = 2.0 * found.relative * (early + first) / value + loose + first * rounding / value
    if relative > CERTIFIED:
        raise DomainError(f"the run length is not certified: {value:.6g}, within {relative:.1e} of it; take narrower limits")
    return value, relative


def _share_beyond_digits(far: Walk, first: float) -> tuple[float, float]:
    """Half of the most that U/D can be, and how far off that may be: D signals among t points with at most t times a climb."""
    if far.drift >= 0.0:
        raise DomainError("the run length is not certified: no half of the chart ever signals; take a narrower limit")
    climb = unchecked_exp(2.0 * far.drift * far.panels[-1][1] / (far.step * far.step))
    return first * climb, first * climb


def alone(up: Walk, down: Walk) -> tuple[Walk, float] | None:
    """Return the half that is as good as alone, and the relative error of forgetting the other; None where both count."""
    near, far = (up, down) if up.drift >= down.drift else (down, up)
    if far.drift >= 0.0:
        return None
    height, variance = far.panels[-1][1], far.step * far.step
    mean = solved(near).at(0.0)
    lost = 2.0 * mean * unchecked_exp(2.0 * far.drift * height / variance)
    if far.start > 0.0:
        lost += mean * unchecked_exp(2.0 * far.drift * (height - far.start) / variance)
    return (near, lost) if lost < ALIKE else None


_write_firsts = compiled(_firsts)


def joined_distribution(up: Walk, down: Walk) -> RunLengthDistribution:
    """Return the distribution of the first signal of both halves.

    Raises:
        DomainError: it is not certified, or what is left does not become geometric in 6,000 points.
    """
    value, relative = joined(up, down)
    if (lone := alone(up, down)) is not None:
        walk, lost = lone
        found = distribution_of(walk, walk, "zero")
        return replace(found, error_bound=found.error_bound + lost)
    for points in (400, MOST):
        survival = _survival(up, down, points)
        if survival[-1] < NOTHING or _geometric(survival):
            ratio = survival[-1] / survival[-2] if survival[-2] > 0.0 else 0.0
            found = RunLengthDistribution(survival=tuple(survival), ratio=ratio, error_bound=0.0)
            return replace(found, error_bound=relative + abs(found.mean / value - 1.0))
    raise DomainError("the distribution is not certified: its tail does not become geometric in 6,000 points; ask for one side")


def _survival(up: Walk, down: Walk, points: int) -> list[float]:
    """The probabilities of no signal of either half, until nothing is left, they are geometric, or there are so many."""
    import numpy as np

    rested = [replace(one, start=0.0) for one in (up, down)]
    at_rest, below_rest, early, late = (np.array(_probabilities(one, points)) for one in (*rested, up, down))
    first, second = np.zeros(points), np.zeros(points)
    _write_firsts(at_rest, below_rest, early, late, first, second)
    survival, left = [1.0], 1.0
    for here in (first + second)[1:].tolist():
        left -= here
        survival.append(max(left, 0.0))
        if left < NOTHING or (len(survival) > 50 and _geometric(survival)):
            break
    return survival


def _geometric(survival: list[float]) -> bool:
    """Whether the last ratio is the one of ten points before, as far as what is left has digits."""
    last, before = survival[-1] / survival[-2], survival[-11] / survival[-12]
    return abs(last - before) < max(1e-13, 4e-16 / survival[-1])


def _probabilities(walk: Walk, points: int) -> list[float]:
    """The probabilities of each run length of one half, as many as are followed."""
    found = solved(walk, first_size(walk) * 3 // 2)
    beyond = matrix_survival(steps_of(found, found.places.tolist()), steps_of(found, [walk.start])[0], points)
    # Numbers too small to be normal floats take a processor a hundred times as long.
    return [0.0, *(max(before - after, 0.0) if before > 1e-200 else 0.0 for before, after in pairwise(beyond))]
