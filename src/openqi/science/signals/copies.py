"""How many labels a serial stands on, at least: scans that no single thing can have been at, because it would have had to fly.

Two scans are apart when the time between them is shorter than the least time between their places. Scans that are all apart from
each other, by as many devices, were of as many labels: a lower bound that nobody has to believe, because the scans show it. It
says nothing of which label is the issuer's, and a picture of a label that is passed around is scanned too.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.numbers.compiled import compiled, is_fast
from openqi.science.signals.scans import Scans, order_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LABELS: Final = 16
LOOK: Final = 256
"""Scans after one that are looked at: of a serial that is scanned thousands of times a day not all is searched."""
FEW: Final = 2048
A_DAY: Final = 86_400


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Labels:
    """What is found of every serial, int64 columns.

    Args:
        labels: on which it stands at least, 1 where it was scanned, 0 where not; at most 16 are counted.
        supported: the same among places where at least so many devices were as `support` says.
        moves: how often it was scanned in another supported place than before, in order of time, at most once in 24 hours; a thing
            seldom travels back and forth, and labels in two towns do so with every scan. Many scans of one day are one move.
        devices: credited devices that scanned it; scans by unknown ones are not counted.
        begins: the scan where the search that found `labels` begins, -1 where there is none.
        supported_begins: likewise for `supported`.
    """

    labels: "NDArray[Any]"
    supported: "NDArray[Any]"
    moves: "NDArray[Any]"
    devices: "NDArray[Any]"
    begins: "NDArray[Any]"
    supported_begins: "NDArray[Any]"


def wandering(scans: Scans, least: "NDArray[Any]", *, most_serials: int = 0) -> "NDArray[Any]":
    """Return for every scan whether its device is not credited: it was in two places at once, or scanned too many serials in a day.

    A device whose place is told wrongly, behind a relay for example, would make labels out of nothing; so would a program that
    walks through serials. Unknown devices are not asked.

    Args:
        scans: of all serials.
        least: seconds between places.
        most_serials: different serials that a device may scan in 24 hours from one of its scans; 0 for any number.

    Raises:
        DomainError: a place is not in the table.
    """
    import numpy as np

    _check_places(scans, least)
    order = order_by(scans.device, scans.at, scans.place)
    found = np.zeros(len(scans), dtype=np.int64)
    walk = _fast_wander if is_fast() and len(scans) >= FEW else _wander
    walk(scans.device[order], scans.at[order], scans.place[order], scans.serial[order], least, most_serials, found)
    told = np.zeros(len(scans), dtype=np.bool_)
    told[order] = found > 0
    return told


def labels_of(scans: Scans, least: "NDArray[Any]", *, left_out: "NDArray[Any] | None" = None, support: int = 2) -> Labels:
    """Return on how many labels each serial stands at least.

    Args:
        scans: of all serials.
        least: seconds between places, `least_seconds` of them.
        left_out: scans that count for nothing, `wandering` for example.
        support: devices that a place needs to be supported, >= 2.

    Raises:
        DomainError: a place is not in the table, or a support below 2.
    """
    import numpy as np

    _check_places(scans, least)
    if support < 2:
        raise DomainError(f"a place is supported by two devices at least, not by {support}: one scan is no sign of a label")
    out = np.zeros(len(scans), dtype=np.bool_) if left_out is None else left_out
    seen_by, devices = _devices(scans, out)
    found = [np.zeros(scans.serials, dtype=np.int64) for _ in range(3)] + [
        np.full(scans.serials, -1, dtype=np.int64) for _ in range(2)
    ]
    count = _fast_count if is_fast() and len(scans) >= FEW else _count
    chosen = np.zeros(MOST_LABELS, dtype=np.int64)
    count(
        scans.at, scans.place, scans.device, scans.begins, out, out | (seen_by < support), least, int(least.max()), chosen, *found
    )
    labels, supported, moves, begins, supported_begins = found
    return Labels(
        labels=labels, supported=supported, moves=moves, devices=devices, begins=begins, supported_begins=supported_begins
    )


def witnesses(
    scans: Scans, least: "NDArray[Any]", begin: int, *, left_out: "NDArray[Any] | None" = None, support: int = 0
) -> tuple[int, ...]:
    """Return the scans, by their numbers among the sorted ones, that are all apart: the search from one scan on, as it was made.

    Args:
        scans: of all serials.
        least: seconds between places.
        begin: where the search began, of `Labels`.
        left_out: as it was made with.
        support: as it was made with for `supported`, 0 for `labels`.
    """
    import numpy as np

    out = np.zeros(len(scans), dtype=np.bool_) if left_out is None else left_out
    last = int(scans.begins[int(scans.serial[begin]) + 1])
    here = _devices(scans, out)[0] >= support if support else ~out
    chosen = np.zeros(MOST_LABELS, dtype=np.int64)
    count = _apart(scans.at, scans.place, scans.device, out | ~here, least, int(least.max()), begin, last, chosen)
    return tuple(int(one) for one in chosen[:count])


def _devices(scans: Scans, out: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
    """How many known devices were where each scan was, with this serial, and how many scanned each serial; left out ones apart."""
    import numpy as np

    story = scans.serial << 12 | scans.place
    order = order_by(scans.serial, scans.place, scans.device)
    counts = np.zeros(len(scans), dtype=np.int64)
    run = _fast_devices if is_fast() and len(scans) >= FEW else _devices_in_runs
    run(story, scans.device, out, order, counts)
    order = order_by(scans.serial, scans.device)
    each = np.zeros(len(scans), dtype=np.int64)
    run(scans.serial, scans.device, out, order, each)
    devices = np.zeros(scans.serials, dtype=np.int64)
    devices[scans.serial] = each
    return counts, devices


def _devices_in_runs(story: Any, device: Any, out: Any, order: Any, counts: Any) -> None:
    """Different known devices of each run of one story, told to every scan of it; scans of a run stand in the order of devices."""
    begin = 0
    for end in range(1, len(order) + 1):
        if end < len(order) and story[order[end]] == story[order[begin]]:
            continue
        count, before = 0, -1
        for place in range(begin, end):
            one = order[place]
            if not out[one] and device[one] > before:
                count += 1
                before = device[one]
        for place in range(begin, end):
            counts[order[place]] = count
        begin = end


def _check_places(scans: Scans, least: "NDArray[Any]") -> None:
    if least.ndim != 2 or least.shape[0] != least.shape[1] or int(scans.place.max()) >= len(least):
        raise DomainError(f"place {int(scans.place.max())} is not among the {len(least)} that have a distance")


def _wander(device: Any, at: Any, place: Any, serial: Any, least: Any, most_serials: int, found: Any) -> None:
    begin = 0
    for end in range(1, len(device) + 1):
        if end < len(device) and device[end] == device[begin]:
            continue
        bad = False
        if device[begin] >= 0:
            for one in range(begin + 1, end):
                if at[one] - at[one - 1] < least[place[one - 1], place[one]]:
                    bad = True
            if most_serials > 0 and not bad:
                first = begin
                for one in range(begin, end):
                    while at[one] - at[first] >= A_DAY:
                        first += 1
                    if one - first >= most_serials and _different(serial, first, one + 1) > most_serials:
                        bad = True
        if bad:
            for one in range(begin, end):
                found[one] = 1
        begin = end


def _different(serial: Any, begin: int, end: int) -> int:
    count = 0
    for one in range(begin, end):
        new = True
        for other in range(begin, one):
            if serial[other] == serial[one]:
                new = False
                break
        count += new
        if count > 1000:
            break
    return count


def _apart(at: Any, place: Any, device: Any, out: Any, least: Any, longest: int, begin: int, last: int, chosen: Any) -> int:
    """Scans from one on that are all apart from each other, by different devices, each taken where it fits."""
    count = 0
    for one in range(begin, min(last, begin + LOOK)):
        if at[one] - at[begin] >= longest:
            break
        if out[one]:
            continue
        fits = True
        for rank in range(count):
            other = chosen[rank]
            same = device[one] >= 0 and device[one] == device[other]
            if same or at[one] - at[other] >= least[place[other], place[one]]:
                fits = False
                break
        if fits:
            chosen[count] = one
            count += 1
            if count == MOST_LABELS:
                break
    return count


def _count(
    at: Any, place: Any, device: Any, begins: Any, out: Any, unsupported: Any, least: Any, longest: int, chosen: Any,
    labels: Any, supported: Any, moves: Any, label_begins: Any, supported_begins: Any,
) -> None:  # fmt: skip
    for serial in range(len(begins) - 1):
        last = begins[serial + 1]
        for begin in range(begins[serial], last):
            if out[begin]:
                continue
            found = _apart(at, place, device, out, least, longest, begin, last, chosen)
            if found > labels[serial]:
                labels[serial], label_begins[serial] = found, begin
        before, counted = -1, -A_DAY
        for one in range(begins[serial], last):
            if unsupported[one]:
                continue
            if before >= 0 and place[one] != before and at[one] - counted >= A_DAY:
                moves[serial] += 1
                counted = at[one]
            before = place[one]
        if labels[serial] < 2:
            continue
        for begin in range(begins[serial], last):
            if unsupported[begin]:
                continue
            found = _apart(at, place, device, unsupported, least, longest, begin, last, chosen)
            if found > supported[serial]:
                supported[serial], supported_begins[serial] = found, begin


_fast_wander: Any = compiled(_wander)
_fast_count: Any = compiled(_count)
_fast_devices: Any = compiled(_devices_in_runs)
