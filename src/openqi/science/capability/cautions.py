"""What speaks against a study, as codes with their numbers."""

from itertools import pairwise

from openqi.science.capability.estimates.spread import Spread
from openqi.science.capability.question import Question
from openqi.science.capability.result import Fit, Notice
from openqi.science.capability.stability import Stability

FEW = 100
"""Readings below which a study warns; ISO 22514 speaks of about as many."""


def cautions(asked: Question, gate: Stability, spread: Spread) -> list[Notice]:
    """Return what speaks against a study, whatever distribution it takes."""
    limit, n, sizes = asked.limit, len(asked.readings), {len(group) for group in asked.groups}
    found = []
    if not gate.stable and gate.test == "given":
        found.append(Notice(code="not-stable-given", parameters={"alarms": gate.beyond}))
    elif not gate.stable:
        found.append(Notice(code="not-stable", parameters={"beyond": gate.beyond, "runs": gate.runs, "points": gate.points}))
    elif gate.beyond or gate.runs:
        found.append(Notice(code="signals-by-chance", parameters={"beyond": gate.beyond, "runs": gate.runs, "points": gate.points}))
    if n < FEW:
        found.append(Notice(code="few-readings", parameters={"n": n, "recommended": FEW}))
    if len(sizes) > 1:
        found.append(Notice(code="unequal-subgroups", parameters={"smallest": min(sizes), "largest": max(sizes)}))
    width = limit.upper - limit.lower
    if limit.target is not None and limit.both and abs(limit.upper + limit.lower - 2.0 * limit.target) > 1e-9 * width:
        found.append(Notice(code="target-off-middle", parameters={"target": limit.target}))
    if asked.u > 0.3 * spread.value:
        found.append(Notice(code="uncertainty-large", parameters={"share": asked.u / spread.value}))
    values = sorted(set(asked.readings))
    step = min((after - before for before, after in pairwise(values)), default=0.0)
    if step > 0.5 * spread.value:
        found.append(Notice(code="coarse", parameters={"step": step}))
    return found


def cautions_of_shape(fit: Fit | None) -> list[Notice]:
    """Return a warning where readings do not look as they were taken."""
    if fit is None or fit.p_value is None or fit.p_value >= 0.05:
        return []
    if fit.method == "normal":
        return [Notice(code="not-normal", parameters={"p": fit.p_value})]
    return [Notice(code="poor-fit", parameters={"method": fit.method, "p": fit.p_value})]
