"""Who was drawn, object by object, with what everybody may know of it: place, chance, ticket, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from openqi.science.draws.designs.design import Chance
from openqi.science.draws.drawing import Draw, StratumDraw
from openqi.science.draws.targets import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnObject:
    """An object that was drawn.

    Args:
        place: in drawn order within its stratum, from 1.
        name: the object.
        stratum: where it was drawn.
        risk_class: its class.
        size: its size.
        target: the chance that the plan asked for, exactly.
        chance: what it really was, and how far that is known.
        ticket: in hexadecimal digits.
        why: what made the target so.
    """

    place: int
    name: str
    stratum: str
    risk_class: str
    size: int
    target: Fraction
    chance: Chance
    ticket: str
    why: Why


def drawn_objects(draw: Draw) -> tuple[DrawnObject, ...]:
    """Return who was drawn, stratum by stratum, in drawn order."""
    found: list[DrawnObject] = []
    for one in draw.strata:
        members, places = one.planned.members, one.selection.places
        on_list = [place if members is None else int(members[place]) for place in places]
        labels = [(draw.frame.classes[int(draw.frame.risk_class[place])], int(draw.frame.size[place])) for place in on_list]
        found += told(one, labels, one.planned.design.chances(one.planned.targets, places))
    return tuple(found)


def told(one: StratumDraw, labels: Sequence[tuple[str, int]], chances: Sequence[Chance]) -> list[DrawnObject]:
    """Return who was drawn of a stratum.

    Args:
        one: the stratum.
        labels: class and size of those drawn.
        chances: of those drawn.
    """
    planned, found = one.planned, []
    for number, (place, (risk_class, size), chance) in enumerate(zip(one.selection.places, labels, chances, strict=True)):
        target, why = planned.targets.chance_and_why(place)
        found.append(
            DrawnObject(
                place=number + 1,
                name=one.pool.name(place).decode(),
                stratum=planned.rule.stratum,
                risk_class=risk_class,
                size=size,
                target=target,
                chance=chance,
                ticket=f"{one.pool.ticket(place):064x}",
                why=why if planned.design.sized or why == "certain" else "equal",
            )
        )
    return found
