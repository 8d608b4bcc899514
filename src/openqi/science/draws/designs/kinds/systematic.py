"""Systematic, in the order of tickets: equal steps along the sizes from one start; exact chances at any scale, pairs unknown."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate

from openqi.science.draws.designs.design import Design, Pool, Selection, by_ticket, certain_places, exact_targets
from openqi.science.draws.targets import Targets
from openqi.science.draws.tickets import WHOLE


def _drawn(pool: Pool, targets: Targets) -> Selection:
    """Who holds one of the points start, start + 1, … on the line on which every object is as long as its chance."""
    certain = certain_places(targets)
    sure = set(certain)
    line = [place for place in by_ticket(pool) if place not in sure]
    lengths, whole = targets.in_whole_numbers()
    ends = accumulate(lengths[place] for place in line)
    found, point = [], pool.whole
    for place, end in zip(line, ends, strict=True):
        if point * whole < end * WHOLE:  # no object is longer than a step, so none is met twice
            found.append(place)
            point += WHOLE
    return Selection(places=(*sorted(certain, key=pool.name), *found), facts={"start": Fraction(pool.whole, WHOLE)})


def _statistic(pool: Pool, _: Targets, place: int) -> Mapping[str, Fraction]:
    return {"ticket": Fraction(pool.ticket(place), WHOLE), "start": Fraction(pool.whole, WHOLE)}


DESIGN = Design(
    name="systematic",
    fixed=True,
    sized=True,
    draw=_drawn,
    chances=exact_targets,
    joint=None,
    statistic=_statistic,
    source="[SARNDAL] section 3.6.2",
)
