"""Pareto: those whose ticket has the smallest odds for the odds of their chance are drawn; a fixed number, at any scale."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import sqrt

from openqi.science.draws.designs.bounds import under_rank
from openqi.science.draws.designs.design import Chance, Design, Pool, Selection, certain_places
from openqi.science.draws.designs.pareto_chances import pareto_chances
from openqi.science.draws.targets import Targets
from openqi.science.draws.tickets import WHOLE

FURTHER = 8.0
DIGITS = 700
"""Binary digits behind the point to which ranks are compared before they are compared as fractions."""


def rank_of(ticket: int, chance: Fraction) -> Fraction:
    """Return the odds of a ticket for the odds of a chance: u / (1 - u) over p / (1 - p).

    Source: [ROSEN1997] section 4.
    """
    part, whole = chance.numerator, chance.denominator
    return Fraction(ticket * (whole - part), (WHOLE - ticket) * part)


def _drawn(pool: Pool, targets: Targets) -> Selection:
    """Certain ones first, then ranks in order; floats leave out who has no chance any more, integers decide."""
    certain = certain_places(targets)
    wanted = int(targets.expected) - len(certain)
    sure = sorted((pool.ticket(place), pool.name(place), place) for place in certain)
    first = tuple(place for _, _, place in sure)
    if wanted == 0:
        return Selection(places=first)
    further = FURTHER / sqrt(wanted)
    left_out = set(certain)
    while True:
        line = 1.0 + further
        near = [place for place in under_rank(pool.first, targets, line) if place not in left_out]
        ranked = _ranked(pool, targets, near)
        within = len(ranked) > wanted and rank_of(pool.ticket(ranked[wanted]), targets.chance(ranked[wanted])) <= line
        if within or len(near) + len(certain) == len(pool):
            break
        further *= 2.0
    facts = {"last drawn": _rank(pool, targets, ranked[wanted - 1])}
    if len(ranked) > wanted:
        facts["first not drawn"] = _rank(pool, targets, ranked[wanted])
    return Selection(places=first + tuple(ranked[:wanted]), facts=facts)


def _rank(pool: Pool, targets: Targets, place: int) -> Fraction:
    return rank_of(pool.ticket(place), targets.chance(place))


def _ranked(pool: Pool, targets: Targets, places: list[int]) -> list[int]:
    """Places in the order of their ranks: by many digits, and where these are equal by the fractions and the names."""
    keys: dict[int, int] = {}
    for place in places:
        chance, ticket = targets.chance(place), pool.ticket(place)
        part, whole = chance.numerator, chance.denominator
        keys[place] = (ticket * (whole - part) << DIGITS) // ((WHOLE - ticket) * part)
    ordered = sorted(places, key=lambda place: keys[place])
    if any(keys[one] == keys[other] for one, other in pairwise(ordered)):
        ordered.sort(key=lambda place: (_rank(pool, targets, place), pool.name(place)))
    return ordered


def _chances(targets: Targets, places: tuple[int, ...]) -> tuple[Chance, ...]:
    return pareto_chances(targets, places)


def _statistic(pool: Pool, targets: Targets, place: int) -> Mapping[str, Fraction]:
    ticket, chance = pool.ticket(place), targets.chance(place)
    found = {"ticket": Fraction(ticket, WHOLE)}
    return found if chance == 1 else found | {"rank": rank_of(ticket, chance)}


DESIGN = Design(
    name="pareto", fixed=True, sized=True, draw=_drawn, chances=_chances, joint=None, statistic=_statistic, source="[ROSEN1997]"
)
