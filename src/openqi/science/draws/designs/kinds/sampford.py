"""Sampford: a fixed number, exactly the chances that were asked for, and exact chances of pairs; for small strata."""

from functools import partial

from openqi.science.draws.designs import symmetric
from openqi.science.draws.designs.design import Design, exact_targets, ticket_alone

DESIGN = Design(
    name="sampford",
    fixed=True,
    sized=True,
    draw=partial(symmetric.drawn, sampford=True),
    chances=exact_targets,
    joint=partial(symmetric.joint_chances, sampford=True),
    statistic=ticket_alone,
    source="[SAMPFORD1967]",
)
