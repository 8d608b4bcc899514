"""Scans where and when there should be none: outside the market of a licence, before a label was put to use, after its end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.signals.places import Place
from openqi.science.signals.scans import Scans, order_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER: Final = 2**62


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Presence:
    """Different known devices a serial, int64 columns; unknown devices count as one together.

    Args:
        outside: that scanned it outside the market.
        early: that scanned it before it was put to use.
        late: that scanned it after its end: disposed of, taken back, revoked.
    """

    outside: "NDArray[Any]"
    early: "NDArray[Any]"
    late: "NDArray[Any]"


def presence_of(
    scans: Scans,
    places: Sequence[Place],
    *,
    markets: Collection[str],
    begins: "NDArray[Any] | None" = None,
    ends: "NDArray[Any] | None" = None,
    left_out: "NDArray[Any] | None" = None,
) -> Presence:
    """Return by how many devices each serial was scanned where and when it should not be.

    Args:
        scans: of all serials.
        places: by number.
        markets: in which the licence sells; empty where it sells everywhere.
        begins: of each serial, when it was put to use, seconds since 1970; None where nobody noted it.
        ends: of each serial, when it ended, `NEVER` for those that did not.
        left_out: scans that count for nothing.

    Raises:
        DomainError: a place or serial without its number, a market that no place has.
    """
    import numpy as np

    if int(scans.place.max()) >= len(places):
        raise DomainError(f"place {int(scans.place.max())} is not among the {len(places)} that are named")
    if unknown := {*markets} - {one.market for one in places}:
        raise DomainError(f"no place is in market {min(unknown)!r}")
    for column in (begins, ends):
        if column is not None and len(column) != scans.serials:
            raise DomainError(f"{scans.serials} serials have {len(column)} instants; give one each")
    counted = np.ones(len(scans), dtype=np.bool_) if left_out is None else ~left_out
    away = np.array([bool(markets) and one.market not in markets for one in places])[scans.place]
    early = np.zeros(len(scans), dtype=np.bool_) if begins is None else scans.at < begins[scans.serial]
    late = np.zeros(len(scans), dtype=np.bool_) if ends is None else scans.at > ends[scans.serial]
    outside, before, after = (_devices(scans, counted & one) for one in (away, early, late))
    return Presence(outside=outside, early=before, late=after)


def _devices(scans: Scans, which: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    rows = np.flatnonzero(which)
    if not len(rows):
        return np.zeros(scans.serials, dtype=np.int64)
    serial, device = scans.serial[rows], np.maximum(scans.device[rows], -1)
    order = order_by(serial, device)
    serial, device = serial[order], device[order]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (serial[1:] != serial[:-1]) | (device[1:] != device[:-1])
    return np.bincount(serial[new], minlength=scans.serials).astype(np.int64)
