"""CUSUM beside limits on single points: the sums see a small lasting shift, the limits a large one at once."""

from dataclasses import replace
from math import inf

from openqi.science.charts.estimators.frozen import INDIVIDUALS, means_and_errors
from openqi.science.charts.estimators.sums import OPTIONS, scores_of, sums_chart
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Stage, sigma_track


def compute(stage: Stage) -> Computed:
    """Return the standardised points of a stage and its sums; options as of `cusum`, and `point_limit` in sigma, 3.5."""
    means, errors, base = means_and_errors(stage)
    scores, width = scores_of(means, errors, base.centre), stage.number("point_limit", 3.5, above=0.0)
    side, count = stage.text("side", ("both", "upper", "lower")), len(scores)
    # Patterns are what the sums are for: with more rules on the points the chart would run shorter than its run length says.
    points = sigma_track("standardised", scores, [0.0] * count, [1.0] * count, DEPENDENT, width=width)
    if side == "upper":
        points = replace(points, lower=(-inf,) * count)
    elif side == "lower":
        points = replace(points, upper=(inf,) * count)
    tracks = (points, *sums_chart(stage, scores, decision=5.0))
    return Computed(tracks=tracks, estimates=base.estimates, estimators=base.estimators)


CHARTKIND = ChartKind(
    name="shewhart-cusum", data="means", compute=compute, options=(*INDIVIDUALS, *OPTIONS, "point_limit"), source="[LUCAS1982]"
)
