"""Sums by group in one order, with the lost digits carried along; compiled where numba is installed, else the same in Python."""

from typing import TYPE_CHECKING, Any

from openqi.science.numbers.compiled import compiled, is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


_grouped = compiled(_by_group)
_summed = compiled(_all)
_moved = compiled(_moments)
_open = compiled(_unsure)


def total_of(values: "NDArray[Any]") -> float:
    """Return the sum of an array in its order."""
    sums, lost = _zeros(1)
    _summed(_given(values), sums, lost)
    return float(sums[0]) + float(lost[0])


def totals_by(values: "NDArray[Any]", groups: "NDArray[Any]", count: int) -> "NDArray[Any]":
    """Return the sums of an array by group, 0 to `count` - 1."""
    import numpy as np

    sums, lost = _zeros(count)
    _grouped(_given(values), _given(groups), sums, lost)
    found: NDArray[Any] = np.asarray(sums, dtype=float) + np.asarray(lost, dtype=float)
    return found


def unsure_totals_by(z: "NDArray[Any]", p: "NDArray[Any]", group: "NDArray[Any]", count: int) -> "NDArray[Any]":
    """Return the sums by group of the units with p < 1."""
    import numpy as np

    sums, lost = _zeros(count)
    _open(_given(z), _given(p), _given(group), sums, lost)
    found: NDArray[Any] = np.asarray(sums, dtype=float) + np.asarray(lost, dtype=float)
    return found


def moments_by(z: "NDArray[Any]", p: "NDArray[Any]", group: "NDArray[Any]", centre: "NDArray[Any]") -> "NDArray[Any]":
    """Return six sums a group over the units with p < 1: their number, c, c², πc, πc² and π, where c is z less the centre."""
    import numpy as np

    sums, lost = _zeros(6 * len(centre))
    _moved(_given(z), _given(p), _given(group), _given(centre), sums, lost)
    found: NDArray[Any] = (np.asarray(sums, dtype=float) + np.asarray(lost, dtype=float)).reshape(len(centre), 6)
    return found


def _given(values: "NDArray[Any]") -> Any:
    """As the kernel reads it fastest."""
    return values if is_fast() else values.tolist()


def _zeros(count: int) -> tuple[Any, Any]:
    if not is_fast():
        return [0.0] * count, [0.0] * count
    import numpy as np

    return np.zeros(count), np.zeros(count)
