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
"""From so many visits on one quarter is held out by default, and the model that is judged is the one that is given out."""
QUARTERS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Fold:
    """The visits on which a model is grown, and those on which it is judged; both in the order of the table."""

    grown_on: "NDArray[Any]"
    held_out: "NDArray[Any]"


def folds_of(visits: Visits, *, split: str, count: int | None, seed: int) -> tuple[Fold, ...]:
    """Return the parts.

    By objects, the part of an object is SHA-256 of seed and name: it does not hang on the order of the rows, and all visits of
    one object lie in the same. By time, the visits are cut by day into count + 1 pieces of about equal size, and each but the
    first is held out from models that know only what was before; no day is on both sides. One part alone is a quarter: of the
    objects, or the latest of the visits.

    Args:
        visits: to be parted.
        split: one of SPLITS.
        count: of parts, 1 to 20; None takes 5, or 1 from MANY visits on.
        seed: of the parting by objects.

    Raises:
        DomainError: an argument is none of what it can be.
        RefusedError: a part would have no bad or no good one.
    """
    import numpy as np

    number = count if count is not None else 1 if len(visits) >= MANY else 5
    if split not in SPLITS:
        raise DomainError(f"split {split!r}: one of {', '.join(SPLITS)}")
    if not 1 <= number <= 20:
        raise DomainError(f"{number} folds: between 1 and 20")
    part = _by_time(visits, number) if split == "time" else parts_of(visits, number if number > 1 else QUARTERS, f"fold\n{seed}")
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


def parts_of(visits: Visits, number: int, purpose: str) -> "NDArray[Any]":
    """Return in which of so many parts each visit lies, by SHA-256 of a purpose and the name of its object."""
    import numpy as np

    names = visits.group or tuple(map(str, visits.rows.tolist()))
    known: dict[str, int] = {}
    for name in names:
        if name not in known:
            known[name] = int.from_bytes(sha256(f"openqi risk {purpose}\n{name}".encode()).digest()[:8]) % number
    return np.asarray([known[name] for name in names])


def _by_time(visits: Visits, number: int) -> "NDArray[Any]":
    """Part -1 is only grown on; parts 0 and up are held out in turn."""
    import numpy as np

    if visits.days is None:
        raise DomainError("split by time: the visits have no dates; name their column")
    ordered = np.sort(visits.days)
    shares = range(1, number + 1) if number > 1 else (QUARTERS - 1,)
    pieces = number + 1 if number > 1 else QUARTERS
    cuts = [int(ordered[place * len(ordered) // pieces]) for place in shares]
    if len({*cuts}) != number or cuts[0] == int(ordered[0]):
        raise RefusedError("days-to-part", f"too few different days for {number} folds by time; take fewer, or part by objects")
    found: NDArray[Any] = np.searchsorted(np.asarray(cuts), visits.days, side="right") - 1
    return found
