"""Crosier's CUSUM: one sum for both sides, which shrinks towards 0 by the reference value."""

from math import isnan, nan

from openqi.science.charts.estimators.frozen import INDIVIDUALS, means_and_errors
from openqi.science.charts.estimators.sums import scores_of, side_track
from openqi.science.charts.panel import ChartKind, Computed, Stage


def compute(stage: Stage) -> Computed:
    """Return the sum of a stage, in sigma of each point: options `reference` k, 0.5, and `decision` h, 5."""
    reference = stage.number("reference", 0.5, above=-5e-324)
    limit = stage.number("decision", 5.0, above=0.0)
    means, errors, base = means_and_errors(stage)
    values, level = [], 0.0
    for score in scores_of(means, errors, base.centre):
        if isnan(score):
            values.append(nan)
            continue
        reached = level + score
        size = abs(reached)
        level = 0.0 if size <= reference else reached * (1.0 - reference / size)
        values.append(level)
    return Computed(tracks=(side_track("sum", values, -limit, limit),), estimates=base.estimates, estimators=base.estimators)


CHARTKIND = ChartKind(
    name="crosier-cusum", data="means", compute=compute, options=(*INDIVIDUALS, "reference", "decision"), source="[CROSIER1986]"
)
