"""Poisson: everybody is drawn alone, whose ticket is under its chance; how many there will be is chance too."""

from fractions import Fraction

from openqi.science.draws.designs.bounds import under_chance
from openqi.science.draws.designs.design import Design, Pool, Selection, exact_targets, ticket_alone
from openqi.science.draws.targets import Targets
from openqi.science.draws.tickets import WHOLE


def _drawn(pool: Pool, targets: Targets) -> Selection:
    """Those with ticket / 2**256 < chance, in the order of their tickets."""
    found = []
    for place in under_chance(pool.first, targets):
        chance, ticket = targets.chance(place), pool.ticket(place)
        if ticket * chance.denominator < chance.numerator * WHOLE:
            found.append((ticket, pool.name(place), place))
    return Selection(places=tuple(place for _, _, place in sorted(found)), facts={})


def _joint(targets: Targets) -> tuple[tuple[Fraction, ...], ...]:
    alone = [targets.chance(place) for place in range(len(targets))]
    return tuple(
        tuple(one if row == column else one * other for column, other in enumerate(alone)) for row, one in enumerate(alone)
    )


DESIGN = Design(
    name="poisson",
    fixed=False,
    sized=True,
    draw=_drawn,
    chances=exact_targets,
    joint=_joint,
    statistic=ticket_alone,
    source="[SARNDAL] section 3.5",
)
