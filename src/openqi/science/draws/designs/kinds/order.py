"""Order alone: everybody is visited, tickets say in which order; for key items whose ratio has no ceiling."""

from fractions import Fraction

from openqi.science.draws.designs.design import Chance, Design, Pool, Selection, by_ticket, ticket_alone
from openqi.science.draws.targets import Targets


def _drawn(pool: Pool, _: Targets) -> Selection:
    return Selection(places=tuple(by_ticket(pool)))


def _chances(_: Targets, places: tuple[int, ...]) -> tuple[Chance, ...]:
    return tuple(Chance(value=Fraction(1), error=0.0, method="exact") for _place in places)


def _joint(targets: Targets) -> tuple[tuple[Fraction, ...], ...]:
    return ((Fraction(1),) * len(targets),) * len(targets)


DESIGN = Design(
    name="order",
    fixed=True,
    sized=False,
    draw=_drawn,
    chances=_chances,
    joint=_joint,
    statistic=ticket_alone,
    source="[RIVEST2018]",
)
