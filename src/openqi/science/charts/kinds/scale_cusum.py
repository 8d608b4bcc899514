"""Scale CUSUM: sums of the square roots of distances from the centre, which are nearly normal; it sees the spread change."""

from math import sqrt

from openqi.science.charts.estimators.frozen import INDIVIDUALS, means_and_errors
from openqi.science.charts.estimators.sums import OPTIONS, scores_of, sums_chart
from openqi.science.charts.panel import ChartKind, Computed, Stage

_MEAN = 0.8221789586624586
"""Of the root of the magnitude of a standard normal value, 2^(1/4) Gamma(3/4) / sqrt(pi)."""
_DEVIATION = 0.349150856701771
"""Of the same, the root of sqrt(2/pi) - mean^2."""


def compute(stage: Stage) -> Computed:
    """Return the sums of a stage; options as of `cusum`."""
    means, errors, base = means_and_errors(stage)
    scores = [(sqrt(abs(score)) - _MEAN) / _DEVIATION for score in scores_of(means, errors, base.centre)]
    return Computed(tracks=sums_chart(stage, scores, decision=5.0), estimates=base.estimates, estimators=base.estimators)


CHARTKIND = ChartKind(name="scale-cusum", data="means", compute=compute, options=(*INDIVIDUALS, *OPTIONS), source="[HAWKINS1981]")
