"""A draw as it should not be: every k-th row from a random start. Who stands behind the last step can never be drawn.

Kept to teach and to compare with; nothing is drawn by it.
"""

from dataclasses import dataclass
from fractions import Fraction

from openqi.kernel.errors import DomainError


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRule:
    """What a rule of steps does to a list.

    Args:
        objects: length of the list.
        wanted: how many are drawn.
        step: distance between drawn rows, objects over wanted, rounded down.
        samples: how many different samples there are at all: as many as starts.
        unreachable: how many objects can never be drawn.
        share: the part of the list that these are.
        chance: of each of the others.
        pairs: the part of all pairs that can be drawn together; where it is small, no variance can be estimated.
    """

    objects: int
    wanted: int
    step: int
    samples: int
    unreachable: int
    share: Fraction
    chance: Fraction
    pairs: Fraction


def step_rule(objects: int, wanted: int) -> StepRule:
    """Return what becomes of a list of which every k-th row is drawn, k being objects over wanted, rounded down.

    Raises:
        DomainError: more are wanted than there are, or none.
    """
    if not 0 < wanted <= objects:
        raise DomainError(f"{wanted} of {objects} cannot be drawn")
    step = objects // wanted
    lost = objects - step * wanted
    together = step * (wanted * (wanted - 1) // 2)
    every = objects * (objects - 1) // 2
    return StepRule(
        objects=objects,
        wanted=wanted,
        step=step,
        samples=step,
        unreachable=lost,
        share=Fraction(lost, objects),
        chance=Fraction(1, step),
        pairs=Fraction(together, every) if every else Fraction(1),
    )


def step_sample(objects: int, wanted: int, start: int) -> tuple[int, ...]:
    """Return the rows of one sample, from 1.

    Args:
        objects: length of the list.
        wanted: how many are drawn.
        start: the first row, from 1 to the step.

    Raises:
        DomainError: the start lies beyond the step.
    """
    step = step_rule(objects, wanted).step
    if not 1 <= start <= step:
        raise DomainError(f"a start lies between 1 and the step {step}")
    return tuple(range(start, start + step * wanted, step))
