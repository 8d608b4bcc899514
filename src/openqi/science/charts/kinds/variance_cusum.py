"""CUSUM of variances of subgroups: what they exceed a reference value by, summed up; sees a spread that has grown."""

from math import inf, isnan, nan

from openqi.science.charts.estimators.frozen import INDIVIDUALS
from openqi.science.charts.estimators.variances import IN_CONTROL, common_dof, missing, relative_variances
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Stage, Track
from openqi.science.charts.run_lengths.charts.windowed import VarianceCusum
from openqi.science.charts.run_lengths.limits import limit_for

REFERENCE = 1.4596742891837806
"""log(r) / (1 - 1/r) of r = 2.25: sees a standard deviation that is half as large again soonest."""


def compute(stage: Stage) -> Computed:
    """Return the sum of a stage, S = max(0, S + s²/sigma² - k): options `reference` k, 1.46, and `decision` h.

    Where h is left out it is that of a run length of 370.4 in control, of subgroups of one size of three or more.
    """
    variances, base = relative_variances(stage)
    reference = stage.number("reference", REFERENCE, above=1.0, up_to=10.0)
    limit = stage.given("decision", above=0.0)
    if limit is None:
        dof = common_dof(stage, "decision", 2)
        limit = limit_for(VarianceCusum(reference=reference, limit=3.0, dof=dof), IN_CONTROL).chart.limit
    values, level = [], 0.0
    for variance in variances:
        if isnan(variance):
            values.append(nan)
            continue
        level = max(0.0, level + (variance - reference))
        values.append(level)
    count = len(values)
    track = Track(
        name="upper-sum", values=tuple(values), centre=(0.0,) * count, sigma=missing(variances), lower=(-inf,) * count,
        upper=(limit,) * count, nature=DEPENDENT,
    )  # fmt: skip
    return Computed(tracks=(track,), estimates=base.estimates | {"decision": limit}, estimators=base.estimators)


CHARTKIND = ChartKind(
    name="variance-cusum", data="subgroups", compute=compute, options=(*INDIVIDUALS, "reference", "decision"), source="[KNOTH2005]"
)
