"""Conditional Poisson: a fixed number, as random as it can be; its chances are near the targets and known exactly."""

from functools import partial

from openqi.science.draws.designs import symmetric
from openqi.science.draws.designs.design import Chance, Design, ticket_alone
from openqi.science.draws.targets import Targets


def _chances(targets: Targets, places: tuple[int, ...]) -> tuple[Chance, ...]:
    found = symmetric.single_chances(targets, sampford=False)
    return tuple(Chance(value=found[place], error=0.0, method="exact") for place in places)


DESIGN = Design(
    name="conditional-poisson",
    fixed=True,
    sized=True,
    draw=partial(symmetric.drawn, sampford=False),
    chances=_chances,
    joint=partial(symmetric.joint_chances, sampford=False),
    statistic=ticket_alone,
    source="[CHEN-DEMPSTER-LIU]",
)
