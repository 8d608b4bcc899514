"""Which scans show what was counted: those between which a serial moved, so that somebody can look before anybody believes."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from openqi.science.signals.copies import A_DAY, witnesses
from openqi.science.signals.scans import Scans

if TYPE_CHECKING:
    from numpy.typing import NDArray


def moves_of(scans: Scans, serial: int, *, left_out: "NDArray[Any] | None" = None, support: int = 2) -> tuple[tuple[int, int], ...]:
    """Return the moves of a serial as pairs of scans, the one before and the one after, by their numbers among the sorted ones.

    As many as `labels_of` counts, by a second, plain way through the scans of one serial.

    Args:
        scans: of all serials.
        serial: its number.
        left_out: scans that count for nothing, as the moves were counted with.
        support: devices that a place needs, as the moves were counted with.
    """
    counted = [
        one for one in range(int(scans.begins[serial]), int(scans.begins[serial + 1])) if left_out is None or not left_out[one]
    ]
    there: dict[int, set[int]] = {}
    for one in counted:
        if scans.device[one] >= 0:
            there.setdefault(int(scans.place[one]), set()).add(int(scans.device[one]))
    here = [one for one in counted if len(there.get(int(scans.place[one]), ())) >= support]
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
