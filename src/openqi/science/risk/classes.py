"""Classes of risk, A to D for example: where one begins, how many of it are visited, and which chance nobody falls below."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.risk.parts import PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CLASSES: Final = 26
MOST_LOSS: Final = 10**12


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskClass:
    """A class of risk.

    Args:
        name: A, for example.
        least: the probability at which it begins; 0 for the lowest class.
        ratio: share of its objects that are visited in a period, above 0 and up to 1; class ratios are data.
        floor: the least chance of each object to be drawn at random, above 0 and up to the ratio.
    """

    name: str
    least: Fraction
    ratio: Fraction
    floor: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment:
    """What is done with the objects of a class, for classes by cost.

    Args:
        name: of the class.
        cost: of its visits, an object and period, in the unit of the loss.
        prevented: share of the loss by a nonconforming object that they prevent, 0 to 1.
    """

    name: str
    cost: Fraction
    prevented: Fraction


def check_classes(classes: Sequence[RiskClass]) -> None:
    """Raise DomainError unless classes rise from 0, have names of their own, and leave nobody without a chance."""
    names = [one.name for one in classes]
    if not 1 <= len(classes) <= MOST_CLASSES or len({*names}) != len(names) or not all(names):
        raise DomainError(f"classes {', '.join(names)[:200]}: 1 to {MOST_CLASSES}, each with a name of its own")
    if classes[0].least != 0:
        raise DomainError(
            f"class {names[0]!r} begins at {classes[0].least}; the lowest begins at 0, so that each object has a class"
        )
    for before, one in pairwise(classes):
        if not before.least < one.least < 1:
            raise DomainError(
                f"class {one.name!r} begins at {one.least}; above {before.least}, where {before.name!r} begins, and below 1"
            )
    for one in classes:
        if not 0 < one.floor <= one.ratio <= 1:
            raise DomainError(
                f"class {one.name!r}: floor {one.floor} and ratio {one.ratio}; the floor is above 0, so that everybody can be "
                "drawn and the model sees of every class what is true, and the ratio is at least the floor and at most 1"
            )


def cost_bounds(treatments: Sequence[Treatment], loss: Fraction) -> tuple[Fraction, ...]:
    """Return the probability at which each class begins to be the cheapest: visits and the loss that they leave together.

    An object of probability p costs `cost + p loss (1 - prevented)` in a class. Two neighbours are equal at
    (difference of cost) / (loss x difference of prevented); there the higher class begins.

    Args:
        treatments: of the classes, lowest first; cost and prevented both rise.
        loss: by a nonconforming object that nobody visits, above 0.

    Raises:
        DomainError: they do not rise, or a class is nowhere the cheapest.
    """
    if loss <= 0:
        raise DomainError(f"loss {loss}: above 0")
    if not treatments or any(not 0 <= one.prevented <= 1 or one.cost < 0 for one in treatments):
        raise DomainError("a class costs at least 0 and prevents a share between 0 and 1")
    bounds = [Fraction(0)]
    for before, one in pairwise(treatments):
        if one.cost <= before.cost or one.prevented <= before.prevented:
            raise DomainError(f"class {one.name!r} costs and prevents more than {before.name!r} before it; it is {one}")
        bound = (one.cost - before.cost) / (loss * (one.prevented - before.prevented))
        if bound <= bounds[-1]:
            raise DomainError(
                f"class {before.name!r} is nowhere the cheapest: {one.name!r} is from {float(bound):.6g} on, before "
                f"{before.name!r} begins at {float(bounds[-1]):.6g}; leave it out, or let it cost less"
            )
        if bound >= 1:
            raise DomainError(f"class {one.name!r} is the cheapest for nobody: it would begin at {float(bound):.6g}, above 1")
        bounds.append(bound)
    return tuple(bounds)


def class_places(
    classes: Sequence[RiskClass], parts: "NDArray[Any] | Sequence[int]", losses: "NDArray[Any] | Sequence[int] | None" = None, *,
    loss: int = 1,
) -> "NDArray[Any]":  # fmt: skip
    """Return of each object which class it is in, 0 for the lowest: the last that begins at or below its risk, exactly.

    Args:
        classes: lowest first.
        parts: risks in millionths.
        losses: where objects differ in what is lost by them: whole numbers, 1 to 10^12. Then a class begins at that expected
            loss which its probability has with the usual `loss`.
        loss: the usual one, in the same unit.

    Raises:
        DomainError: classes are none, or another number of losses, or one that is not allowed.
    """
    import numpy as np

    check_classes(classes)
    risks = np.ascontiguousarray(parts, dtype=np.int64)
    bounds = [-(-one.least.numerator * PARTS * loss // one.least.denominator) for one in classes[1:]]
    if losses is not None:
        weights = np.ascontiguousarray(losses, dtype=np.int64)
        if len(weights) != len(risks) or bool(((weights < 1) | (weights > MOST_LOSS)).any()):
            raise DomainError(f"losses: one whole number from 1 to {MOST_LOSS} an object")
        risks = risks * weights
    elif loss != 1:
        risks = risks * loss
    found: NDArray[Any] = np.searchsorted(np.asarray(bounds, dtype=np.int64), risks, side="right")
    return found


def floors_of(classes: Sequence[RiskClass]) -> tuple[tuple[str, Fraction], ...]:
    """Return the floor of every class, as the rule of a stratum in a draw takes it."""
    return tuple((one.name, one.floor) for one in classes)


def ratios_of(classes: Sequence[RiskClass]) -> dict[str, Fraction]:
    """Return the ratio of every class, for strata that are classes."""
    return {one.name: one.ratio for one in classes}
