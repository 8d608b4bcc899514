"""Variance EWMA: an exponentially weighted mean of squared distances from the centre, drawn as its root."""

from math import isnan, nan, sqrt

from openqi.science.charts.estimators.frozen import INDIVIDUALS, means_and_errors
from openqi.science.charts.estimators.sums import scores_of
from openqi.science.charts.exact_limits import TAIL
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Stage, Track
from openqi.science.numbers.special import incomplete_gamma_inverse


def compute(stage: Stage) -> Computed:
    """Return the root of the weighted mean square of a stage, in sigma, with limits of the settled chart.

    Options: `weight` of the newest point, in (0, 1], 0.05. Limits are quantiles of the chi-squared quantity with the same mean
    and variance, of (2 - weight) / weight degrees of freedom.
    """
    weight = stage.number("weight", 0.05, above=0.0, up_to=1.0)
    means, errors, base = means_and_errors(stage)
    values, level = [], 1.0
    for score in scores_of(means, errors, base.centre):
        if isnan(score):
            values.append(nan)
            continue
        level = weight * score * score + (1.0 - weight) * level
        values.append(sqrt(level))
    half = (2.0 - weight) / weight / 2.0
    lower, upper = (sqrt(incomplete_gamma_inverse(half, tail) / half) for tail in (TAIL, 1.0 - TAIL))
    count = len(values)
    track = Track(
        name="root-mean-square", values=tuple(values), centre=(1.0,) * count, sigma=(nan,) * count, lower=(lower,) * count,
        upper=(upper,) * count, nature=DEPENDENT,
    )  # fmt: skip
    return Computed(tracks=(track,), estimates=base.estimates, estimators=base.estimators)


CHARTKIND = ChartKind(
    name="variance-ewma", data="means", compute=compute, options=(*INDIVIDUALS, "weight"), source="[MACGREGOR1993]"
)
