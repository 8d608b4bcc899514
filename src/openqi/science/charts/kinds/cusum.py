"""CUSUM: what points lie beyond the centre and a reference value is summed up, on both sides or on one."""

from openqi.science.charts.estimators.frozen import INDIVIDUALS, means_and_errors
from openqi.science.charts.estimators.sums import OPTIONS, scores_of, sums_chart
from openqi.science.charts.panel import ChartKind, Computed, Stage


def compute(stage: Stage) -> Computed:
    """Return the sums of a stage, in sigma of each point.

    Options: `reference` k, 0.5; `decision` h, 5; `head_start` as a fraction of h, 0 (0.5 for a fast initial response); `side`.
    """
    means, errors, base = means_and_errors(stage)
    tracks = sums_chart(stage, scores_of(means, errors, base.centre), decision=5.0)
    return Computed(tracks=tracks, estimates=base.estimates, estimators=base.estimators)


CHARTKIND = ChartKind(
    name="cusum", data="means", compute=compute, options=(*INDIVIDUALS, *OPTIONS), source="[MONTGOMERY] section 9.1"
)
