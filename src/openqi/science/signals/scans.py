"""Scans of marks as columns: which serial, when, where, by which device, grouped by serial and in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LATEST: Final = 2**33
"""Seconds since 1970 are below this: until the year 2242."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scans:
    """Scans, sorted by serial, then time, then place and device.

    Args:
        serial: number of the serial, int64, 0 and up without gaps.
        at: seconds since 1970, int64.
        place: number of the place, int64.
        device: number of the device, int64, as a salted token tells them apart; below 0 where it is not known.
        begins: where the scans of each serial begin, and at the end how many there are.
        given: the place of each scan among those that were given.
    """

    serial: "NDArray[Any]"
    at: "NDArray[Any]"
    place: "NDArray[Any]"
    device: "NDArray[Any]"
    begins: "NDArray[Any]"
    given: "NDArray[Any]"

    def __len__(self) -> int:
        return len(self.at)

    @property
    def serials(self) -> int:
        """How many serials there are."""
        return len(self.begins) - 1


def scans_of(
    serial: "Sequence[int] | NDArray[Any]",
    at: "Sequence[int] | NDArray[Any]",
    place: "Sequence[int] | NDArray[Any]",
    device: "Sequence[int] | NDArray[Any]",
    *,
    serials: int | None = None,
) -> Scans:
    """Return scans as sorted columns, in whatever order they are given.

    Args:
        serial: number of the serial of each scan, from 0 on.
        at: seconds since 1970.
        place: number of the place.
        device: number of the device, below 0 where it is not known.
        serials: how many there are; without it the largest that was scanned is the last.

    Raises:
        DomainError: columns of other lengths, a number out of range, or no scan.
    """
    import numpy as np

    columns = [np.asarray(one) for one in (serial, at, place, device)]
    if len({len(one) for one in columns}) != 1 or not len(columns[0]):
        raise DomainError("scans have a serial, a time, a place and a device each, and there is at least one")
    if any(one.dtype.kind not in "iu" for one in columns):
        raise DomainError("serials, times, places and devices of scans are whole numbers")
    numbers, times, places, devices = (one.astype(np.int64) for one in columns)
    most = int(numbers.max()) + 1 if serials is None else serials
    if numbers.min() < 0 or int(numbers.max()) >= most or most > 2**30:
        raise DomainError(f"serials are numbered from 0 to {most - 1}, at most 2**30 of them")
    if times.min() < 0 or int(times.max()) >= LATEST or places.min() < 0:
        raise DomainError("times are seconds since 1970 and places are numbered from 0")
    ordered = order_by(numbers, times, places, devices)
    counts = np.bincount(numbers, minlength=most)
    begins = np.zeros(most + 1, dtype=np.int64)
    _totals(counts, begins)
    return Scans(
        serial=numbers[ordered], at=times[ordered], place=places[ordered], device=devices[ordered], begins=begins, given=ordered
    )


def order_by(*columns: "NDArray[Any]") -> "NDArray[Any]":
    """Return the order of rows by their columns of whole numbers, the first first; equal rows stand as they were given.

    Columns are packed into one number as far as they fit, which sorts several times faster than column by column.
    """
    import numpy as np

    key = np.zeros(len(columns[0]), dtype=np.int64)
    bits, packed = 0, 0
    for column in columns:
        low = int(column.min())
        wide = (int(column.max()) - low).bit_length()
        if bits + wide > 63:
            break
        key = key << wide | column - low
        bits, packed = bits + wide, packed + 1
    order = np.argsort(key)
    same = key[order[1:]] == key[order[:-1]]
    if not same.any():
        return order
    tied = np.zeros(len(order), dtype=np.bool_)
    tied[1:] = same
    tied[:-1] |= same
    rows = order[tied]  # runs of equal keys, put in order among themselves; every run keeps its room
    order[tied] = rows[np.lexsort((rows, *(column[rows] for column in reversed(columns[packed:])), key[rows]))]
    return order


def _totals(steps: "NDArray[Any]", out: "NDArray[Any]") -> None:
    from openqi.science.draws.hashing.arrays import running_totals

    running_totals(steps, out[1:])
