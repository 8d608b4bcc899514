"""Which scans show what was counted: those between which a serial moved, so that somebody can look before anybody believes."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from openqi.science.signals.copies import A_DAY, supported_places, witnesses
from openqi.science.signals.scans import Scans

if TYPE_CHECKING:
    from numpy.typing import NDArray


def supported_scans(scans: Scans, *, left_out: "NDArray[Any] | None" = None, support: int = 2) -> "NDArray[Any]":
    """Return for every scan whether it counts for moves: not left out, and in a place where enough devices were with that serial.

    Args:
        scans: of all serials.
        left_out: scans that count for nothing.
        support: devices that a place needs, >= 2.
    """
    import numpy as np

    out = np.zeros(len(scans), dtype=np.bool_) if left_out is None else left_out
    told: NDArray[Any] = ~out & (supported_places(scans, out) >= support)
    return told


def moves_of(scans: Scans, supported: "NDArray[Any]", serial: int) -> tuple[tuple[int, int], ...]:
    """Return the moves of a serial as pairs of scans, the one before and the one after, by their numbers among the sorted ones.

    As many as `labels_of` counts, by a second, plain way through the scans of one serial.

    Args:
        scans: of all serials.
        supported: of `supported_scans`.
        serial: its number.
    """
    begin, end = int(scans.begins[serial]), int(scans.begins[serial + 1])
    here = [one for one in range(begin, end) if supported[one]]
    found: list[tuple[int, int]] = []
    for before, after in pairwise(here):
        apart = scans.place[before] != scans.place[after]
        if apart and (not found or scans.at[after] - scans.at[found[-1][1]] >= A_DAY):
            found.append((before, after))
    return tuple(found)


def apart_of(scans: Scans, least: "NDArray[Any]", begin: int, *, left_out: "NDArray[Any] | None" = None) -> tuple[int, ...]:
    """Return what `witnesses` does for the search of `labels` from one scan on, looking at the scans of its serial only.

    Args:
        scans: of all serials.
        least: seconds between places.
        begin: where the search began, of `Labels`.
        left_out: as it was made with.
    """
    import numpy as np

    serial = int(scans.serial[begin])
    first, last = int(scans.begins[serial]), int(scans.begins[serial + 1])
    here = slice(first, last)
    alone = Scans(
        serial=np.zeros(last - first, dtype=np.int64), at=scans.at[here], place=scans.place[here], device=scans.device[here],
        begins=np.array([0, last - first], dtype=np.int64), given=scans.given[here],
    )  # fmt: skip
    out = None if left_out is None else left_out[here]
    return tuple(first + one for one in witnesses(alone, least, begin - first, left_out=out))
