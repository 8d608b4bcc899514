"""Which visits judge a model that has not seen them: parts by objects, so that none is on both sides, or by time."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.risk.learning.visits import Visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPLITS: Final = ("objects", "time")
MANY: Final = 200_000
"""From so many visits on two parts are enough by default: each half is large, and every model is grown on it."""


@dataclass(frozen=True, kw_only=True)
class Fold:
    """The visits on which a model is grown, and those on which it is judged; both in the order of the table."""

    grown_on: "NDArray[Any]"
    held_out: "NDArray[Any]"


def folds_of(visits: Visits, *, split: str, count: int | None, seed: int) -> tuple[Fold, ...]:
    """Return the parts.

    By objects, the part of an object is SHA-256 of seed and name: it does not hang on the order of the rows, and all visits of
    one object lie in the same. By time, the visits are cut by day into count + 1 pieces of about equal size, and each but the
    first is held out from models that know only what was before; no day is on both sides.

    Args:
        visits: to be parted.
        split: one of SPLITS.
        count: of parts, 2 to 20; None takes 5, or 2 from MANY visits on.
        seed: of the parting by objects.

    Raises:
        DomainError: an argument is none of what it can be.
        RefusedError: a part would have no bad or no good one.
    """
    import numpy as np

    number = count if count is not None else 2 if len(visits) >= MANY else 5
    if split not in SPLITS:
        raise DomainError(f"split {split!r}: one of {', '.join(SPLITS)}")
    if not 2 <= number <= 20:
        raise DomainError(f"{number} folds: between 2 and 20")
    part = _by_time(visits, number) if split == "time" else _by_objects(visits, number, seed)
    held = [np.flatnonzero(part == one) for one in range(number)]
    grown = [np.flatnonzero((part < one) if split == "time" else (part != one)) for one in range(number)]
    for place, rows in enumerate((*held, *grown)):
        bad = int(np.count_nonzero(visits.bad[rows]))
        if bad == 0 or bad == len(rows):
            what = "held out of" if place < number else "left to grow"
            raise RefusedError(
                "both-in-each-fold",
                f"fold {place % number + 1} of {number} by {split}: of the {len(rows)} visits {what} it {bad} are bad; each needs "
                "bad and good ones: take fewer folds, or more visits",
            )
    return tuple(Fold(grown_on=one, held_out=other) for one, other in zip(grown, held, strict=True))


def _by_objects(visits: Visits, number: int, seed: int) -> "NDArray[Any]":
    import numpy as np

    names = visits.group or tuple(map(str, visits.rows.tolist()))
    known: dict[str, int] = {}
    for name in names:
        if name not in known:
            known[name] = int.from_bytes(sha256(f"openqi risk fold\n{seed}\n{name}".encode()).digest()[:8]) % number
    return np.asarray([known[name] for name in names])


def _by_time(visits: Visits, number: int) -> "NDArray[Any]":
    """Part -1 is only grown on; parts 0 and up are held out in turn."""
    import numpy as np

    if visits.days is None:
        raise DomainError("split by time: the visits have no dates; name their column")
    ordered = np.sort(visits.days)
    cuts = [int(ordered[place * len(ordered) // (number + 1)]) for place in range(1, number + 1)]
    if len({*cuts}) != number or cuts[0] == int(ordered[0]):
        raise RefusedError("days-to-part", f"too few different days for {number} folds by time; take fewer, or part by objects")
    found: NDArray[Any] = np.searchsorted(np.asarray(cuts), visits.days, side="right") - 1
    return found
