"""Equal chances: the smallest tickets are drawn."""

from fractions import Fraction
from math import isqrt

from openqi.science.draws.designs.design import HEAD, Design, Pool, Selection, exact_targets, ticket_alone
from openqi.science.draws.targets import Targets
from openqi.science.draws.tickets import WHOLE

FURTHER = 8


def _drawn(pool: Pool, targets: Targets) -> Selection:
    """First bits leave out who has no chance any more; whole tickets decide."""
    import numpy as np

    wanted, count = int(targets.expected), len(pool)
    reach = wanted + FURTHER * (isqrt(wanted) + 1)
    while True:
        line = min(reach * (1 << 64) // count, (1 << 64) - 1)
        near = np.flatnonzero(pool.first <= np.uint64(line)).tolist()
        tickets = sorted((pool.ticket(place), pool.name(place), place) for place in near)
        # Who was left out has a ticket of at least the next number of 64 bits: enough have a smaller one, or all are looked at.
        if len(near) == count or (len(tickets) > wanted and tickets[wanted][0] < (line + 1) * HEAD):
            break
        reach *= 2
    facts: dict[str, Fraction] = {"last drawn": Fraction(tickets[wanted - 1][0], WHOLE)}
    if wanted < len(tickets):
        facts["first not drawn"] = Fraction(tickets[wanted][0], WHOLE)
    return Selection(places=tuple(place for _, _, place in tickets[:wanted]), facts=facts)


def _joint(targets: Targets) -> tuple[tuple[Fraction, ...], ...]:
    wanted, count = int(targets.expected), len(targets)
    single, pair = Fraction(wanted, count), Fraction(wanted * (wanted - 1), count * (count - 1)) if count > 1 else Fraction(1)
    return tuple(tuple(single if row == column else pair for column in range(count)) for row in range(count))


DESIGN = Design(
    name="equal",
    fixed=True,
    sized=False,
    draw=_drawn,
    chances=exact_targets,
    joint=_joint,
    statistic=ticket_alone,
    source="[RIVEST2018]",
)
