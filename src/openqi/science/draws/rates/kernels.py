"""Sums by group in one order, with the lost digits carried along; compiled where numba is installed, else the same in Python."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from openqi.science.numbers.compiled import compiled, is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAYS_FROM: Final = 400_000


def add(sums: Any, lost: Any, place: int, value: float) -> None:
    """Add a value to a sum, what was rounded off to what is lost.

    Source: [NEUMAIER] algorithm IV.
    """
    before = sums[place]
    following = before + value
    if abs(before) >= abs(value):
        lost[place] += (before - following) + value
    else:
        lost[place] += (value - following) + before
    sums[place] = following


def _by_group(values: Any, groups: Any, sums: Any, lost: Any) -> None:
    for place in range(len(values)):
        add(sums, lost, groups[place], values[place])


def _all(values: Any, sums: Any, lost: Any) -> None:
    for value in values:
        add(sums, lost, 0, value)


def _moments(z: Any, p: Any, group: Any, centre: Any, sums: Any, lost: Any) -> None:
    """Add 1, c, c², πc, πc² and π of each unit that was not certain, c = z less the centre of its group; six sums a group."""
    for place in range(len(z)):
        if p[place] < 1.0:
            first = 6 * group[place]
            c = z[place] - centre[group[place]]
            add(sums, lost, first, 1.0)
            add(sums, lost, first + 1, c)
            add(sums, lost, first + 2, c * c)
            add(sums, lost, first + 3, p[place] * c)
            add(sums, lost, first + 4, p[place] * c * c)
            add(sums, lost, first + 5, p[place])


def _unsure(z: Any, p: Any, group: Any, sums: Any, lost: Any) -> None:
    for place in range(len(z)):
        if p[place] < 1.0:
            add(sums, lost, group[place], z[place])


_COMPILED = {one: compiled(one) for one in (_by_group, _all, _moments, _unsure)}
_done = [0]
"""Elements that were added plainly so far; it decides how long a call takes, never what it answers."""


def total_of(values: "NDArray[Any]") -> float:
    """Return the sum of an array in its order."""
    return float(_sums(_all, (values,), 1)[0])


def totals_by(values: "NDArray[Any]", groups: "NDArray[Any]", count: int) -> "NDArray[Any]":
    """Return the sums of an array by group, 0 to `count` - 1."""
    return _sums(_by_group, (values, groups), count)


def unsure_totals_by(z: "NDArray[Any]", p: "NDArray[Any]", group: "NDArray[Any]", count: int) -> "NDArray[Any]":
    """Return the sums by group of the units with p < 1."""
    return _sums(_unsure, (z, p, group), count)


def moments_by(z: "NDArray[Any]", p: "NDArray[Any]", group: "NDArray[Any]", centre: "NDArray[Any]") -> "NDArray[Any]":
    """Return six sums a group over the units with p < 1: their number, c, c², πc, πc² and π, where c is z less the centre."""
    return _sums(_moments, (z, p, group, centre), 6 * len(centre)).reshape(len(centre), 6)


def _sums(kernel: Callable[..., None], columns: "tuple[NDArray[Any], ...]", count: int) -> "NDArray[Any]":
    """Sums with what was lost of them, by a kernel; plainly out of lists where the compiler is not there or does not pay."""
    import numpy as np

    if _pays(len(columns[0])):
        sums, lost = np.zeros(count), np.zeros(count)
        _COMPILED[kernel](*columns, sums, lost)
    else:
        added, rest = [0.0] * count, [0.0] * count
        kernel(*(one.tolist() for one in columns), added, rest)
        sums, lost = np.asarray(added), np.asarray(rest)
    found: NDArray[Any] = sums + lost
    return found


def _pays(elements: int) -> bool:
    """Whether to run the compiled kernel: to load the compiler takes as long as to add so many elements without it."""
    if not is_fast() or "numba" in sys.modules:
        return is_fast()
    _done[0] += elements
    return _done[0] >= PAYS_FROM
