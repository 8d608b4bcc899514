"""EWMA of variances of subgroups: sees a spread that has grown, whatever the mean does."""

from math import inf, isnan, nan, sqrt

from openqi.science.charts.estimators.frozen import INDIVIDUALS
from openqi.science.charts.estimators.variances import IN_CONTROL, common_dof, missing, relative_variances
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Stage, Track
from openqi.science.charts.run_lengths.charts.windowed import VarianceEwma
from openqi.science.charts.run_lengths.limits import limit_for


def compute(stage: Stage) -> Computed:
    """Return the weighted mean of s²/sigma² of a stage, which begins at 1, with its upper limit.

    Options: `weight` of the newest subgroup, in [0.02, 1], 0.1; `width` L of the limit, in asymptotic standard deviations of the
    mean; where it is left out, that of a run length of 370.4 in control, of subgroups of one size.
    """
    variances, base = relative_variances(stage)
    weight = stage.number("weight", 0.1, above=0.02 - 1e-12, up_to=1.0)
    dof, width = common_dof(stage, "subgroups of one size", 1), stage.given("width", above=0.0)
    if width is None:
        width = limit_for(VarianceEwma(weight=weight, limit=2.5, dof=dof), IN_CONTROL).chart.limit
    high = 1.0 + width * sqrt(weight / (2.0 - weight)) * sqrt(2.0 / dof)
    values, level = [], 1.0
    for variance in variances:
        if isnan(variance):
            values.append(nan)
            continue
        level += weight * (variance - level)
        values.append(level)
    count = len(values)
    track = Track(
        name="relative-variance", values=tuple(values), centre=(1.0,) * count, sigma=missing(variances), lower=(-inf,) * count,
        upper=(high,) * count, nature=DEPENDENT,
    )  # fmt: skip
    return Computed(tracks=(track,), estimates=base.estimates | {"width": width}, estimators=base.estimators)


CHARTKIND = ChartKind(
    name="s2-ewma", data="subgroups", compute=compute, options=(*INDIVIDUALS, "weight", "width"), source="[KNOTH2005]"
)
