"""The true chances of Pareto sampling: integrated where the list is small, else the target with an error that is proved."""

from fractions import Fraction
from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING, Any

from openqi.science.draws.designs.design import Chance
from openqi.science.draws.targets import Targets
from openqi.science.numbers.compiled import compiled, is_fast
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.quadrature import nodes
from openqi.science.numbers.sums import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS = 16
PANELS = 4
DOUBLINGS = 6
ENOUGH = 1e-10
WORK = 2_000_000
"""Objects times draws up to which chances are integrated; with and without a compiler, so that an answer is the same one."""
FAR = 42.0
NOTHING = 1e-18
NARROWER = 256
ROWS = 16
"""From so many draws on rows are faster than loops, where nothing is compiled."""


def pareto_chances(targets: Targets, places: tuple[int, ...]) -> tuple[Chance, ...]:
    """Return the chances of some objects.

    Source: [AIRES1999] for the integral; Bernstein's inequality for the error of the target.
    """
    import numpy as np

    sure = targets.certain()
    free = np.flatnonzero(~sure)
    wanted = int(targets.expected) - (len(targets) - len(free))
    known: dict[int, Chance] = {}
    if len(free) and len(free) * max(wanted, 1) <= WORK:
        odds = np.array([float(p / (1 - p)) for p in (targets.chance(int(place)) for place in free)])
        found, error = _in_any_order(odds, wanted)
        values = zip(free.tolist(), found.tolist(), strict=True)
        known = {place: Chance(value=Fraction(value), error=error, method="integrated") for place, value in values}
    elif len(free):
        known = _bounded(targets, free, wanted, places)
    certain = Chance(value=Fraction(1), error=0.0, method="exact")
    return tuple(certain if sure[place] else known[place] for place in places)


def _in_any_order(odds: "NDArray[Any]", wanted: int) -> "tuple[NDArray[Any], float]":
    """Chances that do not hang on the order of the list, nor does their last digit: odds are sorted."""
    import numpy as np

    ordered = np.sort(odds)
    found, error = _integrated(ordered, wanted)
    return found[np.searchsorted(ordered, odds)], error


def _integrated(odds: "NDArray[Any]", wanted: int) -> "tuple[NDArray[Any], float]":
    """Chances by Gauss-Legendre rules on ever more panels; the error is the last change, or what their sum is off."""
    import numpy as np

    low, high = _window(odds, wanted)
    panels, before = PANELS, _rule(odds, wanted, low, high, PANELS)
    error = 1.0
    for _ in range(DOUBLINGS):
        panels *= 2
        found = _rule(odds, wanted, low, high, panels)
        error = max(float(np.max(np.abs(found - before))), abs(total(found.tolist()) - wanted))
        before = found
        if error < ENOUGH:
            break
    return before, max(error, len(odds) * 2.0**-52)


def _window(odds: "NDArray[Any]", wanted: int) -> tuple[float, float]:
    """Logarithms of two t: all but surely fewer than `wanted` others rank before the first, and at least so many before the other.

    Beyond a distance of FAR from all odds nobody's rank is left; where there are many, Bernstein's inequality narrows it.
    """
    low, high = -log(float(odds.max())) - FAR, -log(float(odds.min())) + FAR
    step = (high - low) / NARROWER
    while low + step < high and _tail(odds, exp(low + step), wanted, above=False) < NOTHING:
        low += step
    while low + step < high and _tail(odds, exp(high - step), wanted, above=True) < NOTHING:
        high -= step
    return low, high


def _rule(odds: "NDArray[Any]", wanted: int, low: float, high: float, panels: int) -> "NDArray[Any]":
    import numpy as np

    where, weights = zip(*nodes(POINTS), strict=True)
    half = 0.5 * (high - low) / panels
    at = [exp(low + half * (2.0 * panel + 1.0 + x)) for panel in range(panels) for x in where]
    times = np.array([half * weight for weight in weights] * panels)
    first = exp(low)
    out = first * odds / (1.0 + first * odds)  # before the window a rank is among the first `wanted` all but surely
    if is_fast() or wanted < ROWS:
        room = np.zeros((len(odds) + 1, wanted))
        _integrate(odds, wanted, np.array(at), times, room, np.zeros(wanted), out)
    else:
        _integrate_rows(odds, wanted, at, times.tolist(), out)
    return out


@compiled
def _integrate(odds: Any, wanted: int, at: Any, weights: Any, before: Any, after: Any, out: Any) -> None:
    """Add up P(fewer than `wanted` others rank before t) over the density of the logarithm of each object's rank.

    Args:
        at: values of t.
        weights: of each.
        before: room for the number among the first objects that rank before t, a row each.
        after: room for the probabilities that at most so many of the last objects do.
    """
    count = len(odds)
    for step in range(len(at)):
        for k in range(wanted):
            before[0, k] = 0.0
            after[k] = 1.0
        before[0, 0] = 1.0
        for i in range(count):
            part = at[step] * odds[i]
            q = 1.0 / (1.0 + part)
            p = part * q
            before[i + 1, 0] = before[i, 0] * q
            for k in range(1, wanted):
                before[i + 1, k] = before[i, k] * q + before[i, k - 1] * p
        for i in range(count - 1, -1, -1):
            part = at[step] * odds[i]
            q = 1.0 / (1.0 + part)
            p = part * q
            fewer = 0.0
            for k in range(wanted):
                fewer += before[i, k] * after[wanted - 1 - k]
            out[i] += weights[step] * fewer * p * q
            for k in range(wanted - 1, 0, -1):
                after[k] = after[k] * q + after[k - 1] * p
            after[0] *= q


def _integrate_rows(odds: "NDArray[Any]", wanted: int, at: list[float], weights: list[float], out: "NDArray[Any]") -> None:
    """The same sums in the same order, a row at once: where nothing is compiled."""
    import numpy as np

    for t, weight in zip(at, weights, strict=True):
        parts = t * odds
        q = 1.0 / (1.0 + parts)
        p = parts * q
        before = np.zeros((len(odds) + 1, wanted))
        before[0, 0] = 1.0
        for i in range(len(odds)):
            before[i + 1] = before[i] * q[i]
            before[i + 1, 1:] += before[i, :-1] * p[i]
        after = np.ones(wanted)
        for i in range(len(odds) - 1, -1, -1):
            *_, fewer = accumulate((before[i] * after[::-1]).tolist(), initial=0.0)
            out[i] += weight * fewer * p[i] * q[i]
            following = after * q[i]
            following[1:] += after[:-1] * p[i]
            after = following


def _bounded(targets: Targets, free: "NDArray[Any]", wanted: int, places: tuple[int, ...]) -> dict[int, Chance]:
    """The target, and how far the chance can be from it, whatever the others are.

    With q the rank of the last one drawn of the others, a chance is the mean of F(q), F(t) = t w / (1 + t w). For every step h it
    lies between F(exp(-h)) (1 - P(q < exp(-h))) and F(exp(h)) + P(q > exp(h)); both are tails of sums of independent events.
    """
    import numpy as np

    chances = np.sort(np.minimum(_floats(targets)[free], 1.0 - 2.0**-52))  # so that no order of the list decides a digit
    odds = chances / (1.0 - chances)
    best: dict[int, float] = {}
    exact = {place: targets.chance(place) for place in places}
    out = np.zeros(2)
    _moments(odds, 1.0, out)
    for tenths in (20, 30, 36, 42, 48, 56):  # of the spread of how many rank before the line; the least bound holds
        h = tenths / 10.0 / max(1.0, sqrt(float(out[1])))
        up, down = exp(h), exp(-h)
        late = _tail(odds, up, wanted, above=True)
        early = _tail(odds, down, wanted, above=False)
        for place, target in exact.items():
            p = float(target)
            if p == 1.0:
                continue
            w = p / (1.0 - p)
            far = max(up * w / (1.0 + up * w) + late - p, p - down * w / (1.0 + down * w) * (1.0 - early))
            best[place] = min(best.get(place, 1.0), far * (1.0 + 1e-9))
    return {place: Chance(value=exact[place], error=best.get(place, 0.0), method="target") for place in places}


def _tail(odds: "NDArray[Any]", at: float, wanted: int, *, above: bool) -> float:
    """A bound of the chance that fewer than `wanted` others rank before a late t, or at least so many before an early one."""
    import numpy as np

    out = np.zeros(2)
    _moments(odds, at, out)
    mean, variance = float(out[0]), float(out[1])
    gap = mean - 1.0 - (wanted - 1) if above else wanted - mean
    if gap <= 0.0:
        return 1.0
    return min(1.0, exp(-gap * gap / (2.0 * (variance + gap / 3.0))))


@compiled
def _moments(odds: Any, at: float, out: Any) -> None:
    """Mean and variance of how many rank before t."""
    for place in range(len(odds)):
        part = at * odds[place] / (1.0 + at * odds[place])
        out[0] += part
        out[1] += part * (1.0 - part)


def _floats(targets: Targets) -> "NDArray[Any]":
    """All targets as floats."""
    import numpy as np

    floors = np.array([float(bound.floor) for bound in targets.bounds])[targets.rank]
    caps = np.array([float(bound.cap) for bound in targets.bounds])[targets.rank]
    below, above = np.array(targets.below, dtype=np.int64)[targets.rank], np.array(targets.above, dtype=np.int64)[targets.rank]
    found = targets.size * float(targets.rate)
    return np.where(targets.size < below, floors, np.where(targets.size > above, caps, found))
