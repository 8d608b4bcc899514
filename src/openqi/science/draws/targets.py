"""The chance that every object shall have: in proportion to its size, between the floor and the cap of its class, exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, Literal

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.numbers.compiled import compiled, is_fast
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STEPS = 400
BEYOND = 2**62
Why = Literal["size", "floor", "cap", "certain", "equal"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """The floor and the cap of the chances of a class, each a fraction from 0 to 1."""

    floor: Fraction = Fraction(0)
    cap: Fraction = Fraction(1)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Targets:
    """Chances of the objects of a stratum, which add up to `expected`.

    An object of size s has the chance `rate` times s, brought between the bounds of its class.

    Args:
        size: of every object, 64-bit integers.
        rank: the class of every object, a place among `bounds`.
        bounds: a floor and a cap for every class.
        rate: chance for a unit of size.
        expected: the sum of all chances.
        below: sizes under this have the floor, one number a class.
        above: sizes over this have the cap, one number a class.
    """

    size: "NDArray[Any]"
    rank: "NDArray[Any]"
    bounds: tuple[Bound, ...]
    rate: Fraction
    expected: Fraction
    below: tuple[int, ...]
    above: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.size)

    def chance(self, place: int) -> Fraction:
        """Return the chance of an object."""
        return self.chance_and_why(place)[0]

    def chance_and_why(self, place: int) -> tuple[Fraction, Why]:
        """Return the chance of an object, and what made it so."""
        rank, size = int(self.rank[place]), int(self.size[place])
        bound = self.bounds[rank]
        if size < self.below[rank]:
            return bound.floor, "certain" if bound.floor == 1 else "floor"
        if size > self.above[rank]:
            return bound.cap, "certain" if bound.cap == 1 else "cap"
        chance = self.rate * size
        return chance, "certain" if chance == 1 else "size"

    def in_whole_numbers(self) -> tuple[list[int], int]:
        """Return all chances as whole numbers, and the whole number that stands for one."""
        one = lcm(self.rate.denominator, *(part.denominator for bound in self.bounds for part in (bound.floor, bound.cap)))
        floors, caps = ([int(bound.floor * one) for bound in self.bounds], [int(bound.cap * one) for bound in self.bounds])
        unit = int(self.rate * one)
        found = []
        for size, rank in zip(self.size.tolist(), self.rank.tolist(), strict=True):
            if size < self.below[rank]:
                found.append(floors[rank])
            else:
                found.append(caps[rank] if size > self.above[rank] else size * unit)
        return found, one

    def certain(self) -> "NDArray[Any]":
        """Return for every object whether its chance is one."""
        import numpy as np

        if self.rate and int(self.size.max()) * self.rate < 1 and all(bound.floor < 1 for bound in self.bounds):
            return np.zeros(len(self), dtype=np.bool_)
        exact = 1 / self.rate if self.rate else Fraction(0)
        whole = exact.numerator if exact.denominator == 1 and exact <= BEYOND else -1
        below, above = np.array(self.below, dtype=np.int64)[self.rank], np.array(self.above, dtype=np.int64)[self.rank]
        floors = np.array([bound.floor == 1 for bound in self.bounds])[self.rank]
        caps = np.array([bound.cap == 1 for bound in self.bounds])[self.rank]
        under, over = self.size < below, self.size > above
        found: NDArray[Any] = (under & floors) | (over & caps) | (~under & ~over & (self.size == whole))
        return found


def equal_targets(count: int, expected: Fraction) -> Targets:
    """Return the targets of objects that all have the same chance.

    Raises:
        RefusedError: more are to be drawn than there are, or none.
    """
    import numpy as np

    return targets_of(np.ones(count, dtype=np.int64), np.zeros(count, dtype=np.int64), (Bound(),), expected)


def bounds_of(classes: tuple[str, ...], floors: Mapping[str, Fraction], caps: Mapping[str, Fraction]) -> tuple[Bound, ...]:
    """Return the bounds of every class of a list; a class without a floor has 0, without a cap 1.

    Raises:
        DomainError: a floor or cap is no fraction from 0 to 1, a floor lies above its cap, or a cap is 0.
    """
    found = []
    for name in classes:
        floor, cap = Fraction(floors.get(name, 0)), Fraction(caps.get(name, 1))
        if not 0 <= floor <= cap <= 1:
            raise DomainError(
                f"class {name!r}: floor {floor} and cap {cap} are not 0 <= floor <= cap <= 1; a ratio is at most 100 %"
            )
        if cap == 0:
            raise RefusedError(
                "everybody-reachable", f"class {name!r} has the cap 0: exclude its objects, with the reason, or raise it"
            )
        found.append(Bound(floor=floor, cap=cap))
    return tuple(found)


def targets_of(size: "NDArray[Any]", rank: "NDArray[Any]", bounds: tuple[Bound, ...], expected: Fraction) -> Targets:
    """Return the chances that lie within their bounds, are else in proportion to size, and add up to `expected`, exactly.

    Chances that would be above a cap are set to it and the rest is shared anew, again and again: certainty units are the cap 1.

    Args:
        size: of every object, 64-bit integers from 0 to 2**40.
        rank: the class of every object, a place among `bounds`.
        bounds: a floor and a cap for every class.
        expected: how many are to be drawn, on average where the design draws no fixed number.

    Raises:
        RefusedError: more are to be drawn than the caps allow, fewer than the floors ask for, or an object has the chance 0.

    Source: [SARNDAL] section 3.6.2.
    """
    counts = _classes(rank, len(bounds))
    least = plain_sum((bound.floor * count for bound, count in zip(bounds, counts, strict=True)), Fraction(0))
    _all_reachable(size, rank, bounds)
    weighty = _classes(rank[size > 0], len(bounds))  # who has no size has the floor, however many are drawn
    most = least + plain_sum(((one.cap - one.floor) * count for one, count in zip(bounds, weighty, strict=True)), Fraction(0))
    if not 0 < expected <= most:
        raise RefusedError(
            "enough-objects",
            f"{expected} of {len(size)} cannot be drawn: caps, and floors of those without size, allow up to {most}",
        )
    barely = any(bound.floor == 0 and count for bound, count in zip(bounds, counts, strict=True))
    if expected < least or (expected == least and barely):
        more = " and more, for those without a floor" if barely else ""
        raise RefusedError("floors-fit", f"the floors of the classes ask for {least}{more}, and {expected} are to be drawn")
    low: Fraction = Fraction(0)
    high: Fraction | None = None
    total = _piece(size, rank, bounds, (0,) * len(bounds), (BEYOND,) * len(bounds))[1]
    rate = expected / total if total else Fraction(1)
    for _ in range(MOST_STEPS):
        below, above = _limits(rate, bounds)
        fixed, free = _piece(size, rank, bounds, below, above)
        found = fixed + rate * free
        if found == expected:
            return Targets(size=size, rank=rank, bounds=bounds, rate=rate, expected=expected, below=below, above=above)
        if found < expected:
            low = rate
        else:
            high = rate
        following = (expected - fixed) / free if free else low
        if not (low < following and (high is None or following < high)):
            following = 2 * low if high is None else (low + high) / 2
        rate = following
    raise DomainError("the chances do not settle: bring floors and caps further apart")


def _limits(rate: Fraction, bounds: tuple[Bound, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Under which size a class has its floor, and over which its cap."""
    below = tuple(min(BEYOND, -(-bound.floor // rate)) for bound in bounds)
    above = tuple(min(BEYOND, bound.cap // rate) for bound in bounds)
    return tuple(map(int, below)), tuple(map(int, above))


def _piece(
    size: "NDArray[Any]", rank: "NDArray[Any]", bounds: tuple[Bound, ...], below: tuple[int, ...], above: tuple[int, ...]
) -> tuple[Fraction, int]:
    """The sum of the chances that are bounds, and the sum of the sizes of the others."""
    import numpy as np

    counted = np.zeros((2, len(bounds)), dtype=np.int64)
    sums = np.zeros(2, dtype=np.int64)
    unders, overs = np.array(below, dtype=np.int64), np.array(above, dtype=np.int64)
    if len(size) >= FEW and is_fast():
        _count(size, rank, unders, overs, counted, sums)
    else:
        for place, code in zip(size.tolist(), rank.tolist(), strict=True):
            if place < below[code]:
                counted[0, code] += 1
            elif place > above[code]:
                counted[1, code] += 1
            else:
                sums += (place & 0x7FFFFFFF, place >> 31)
    fixed = Fraction(0)
    for code, bound in enumerate(bounds):
        fixed += bound.floor * int(counted[0, code]) + bound.cap * int(counted[1, code])
    return fixed, int(sums[0]) + (int(sums[1]) << 31)


@compiled
def _count(size: Any, rank: Any, below: Any, above: Any, counted: Any, sums: Any) -> None:
    for place in range(len(size)):
        code = rank[place]
        if size[place] < below[code]:
            counted[0, code] += 1
        elif size[place] > above[code]:
            counted[1, code] += 1
        else:
            sums[0] += size[place] & 0x7FFFFFFF
            sums[1] += size[place] >> 31


def _classes(rank: "NDArray[Any]", count: int) -> list[int]:
    """How many objects each class has."""
    import numpy as np

    return [len(rank)] if count == 1 else [int(found) for found in np.bincount(rank, minlength=count)]


class UnreachableError(RefusedError):
    """An object could never be drawn. `place` says which one."""

    def __init__(self, place: int, message: str) -> None:
        super().__init__("everybody-reachable", message)
        self.place = place


def _all_reachable(size: "NDArray[Any]", rank: "NDArray[Any]", bounds: tuple[Bound, ...]) -> None:
    """Refuse an object of size 0 in a class without a floor."""
    import numpy as np

    if size.min() > 0:
        return
    without = np.array([bound.floor == 0 for bound in bounds])[rank]
    if len(lost := np.flatnonzero(without & (size == 0))):
        raise UnreachableError(int(lost[0]), f"{len(lost)} objects have the size 0 and no floor: they could never be drawn")
