"""The smallest value of a function of a few numbers, found with a simplex that moves, stretches and shrinks; no chance in it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from openqi.science.numbers.sums import plain_sum

_STEPS = 600
_SETTLED = 1e-12


class Found(NamedTuple):
    """Where a function is smallest, and how small."""

    place: tuple[float, ...]
    value: float


def smallest(function: Callable[[Sequence[float]], float], start: Sequence[float], *, step: float = 0.5) -> Found:
    """Return a local minimum near a start.

    Args:
        function: of as many numbers as the start has.
        start: where to begin.
        step: size of the first simplex.

    Source: [NELDER-MEAD].
    """
    corners = [tuple(start)]
    corners += [tuple(one + step * (place == axis) for place, one in enumerate(start)) for axis in range(len(start))]
    simplex = sorted((Found(corner, function(corner)) for corner in corners), key=_value)
    for _ in range(_STEPS):
        best, worst = simplex[0], simplex[-1]
        if worst.value - best.value <= _SETTLED * (abs(best.value) + 1) and _size(simplex) <= 1e-7:
            break
        simplex = _moved(function, simplex)
    return simplex[0]


def _moved(function: Callable[[Sequence[float]], float], simplex: list[Found]) -> list[Found]:
    *others, worst = simplex
    middle = [plain_sum(corner.place[axis] for corner in others) / len(others) for axis in range(len(worst.place))]

    def along(share: float) -> Found:
        place = tuple(m + share * (m - w) for m, w in zip(middle, worst.place, strict=True))
        return Found(place, function(place))

    turned = along(1.0)
    if turned.value < simplex[0].value:
        stretched = along(2.0)
        turned = min(turned, stretched, key=_value)
    elif turned.value >= others[-1].value:
        turned = along(0.5) if turned.value < worst.value else along(-0.5)
        if turned.value >= worst.value:
            best = simplex[0]
            places = [tuple((a + b) / 2 for a, b in zip(one.place, best.place, strict=True)) for one in simplex[1:]]
            return sorted([best, *(Found(place, function(place)) for place in places)], key=_value)
    return sorted([*others, turned], key=_value)


def _size(simplex: list[Found]) -> float:
    return max(abs(a - b) for corner in simplex for a, b in zip(corner.place, simplex[0].place, strict=True))


def _value(found: Found) -> float:
    return found.value
