"""EWMA: an exponentially weighted mean of readings or of subgroup means, with the exact limits of every point."""

from math import isnan, nan, sqrt

from openqi.science.charts.estimators.frozen import INDIVIDUALS, means_and_errors
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.elementary import log, power


def compute(stage: Stage) -> Computed:
    """Return the weighted means of a stage.

    Options: `weight` of the newest point, in (0, 1], 0.2; `width` of the limits in sigma, 3; `head_start` f in (0, 1] narrows the
    first limits to that fraction (fast initial response), none where left out. A missing point leaves the mean as it is.
    """
    weight = stage.number("weight", 0.2, above=0.0, up_to=1.0)
    width = stage.number("width", 3.0, above=0.0)
    start = stage.given("head_start", above=0.0, up_to=1.0)
    means, errors, base = means_and_errors(stage)
    values, sigmas = [], []
    level, variance, seen = base.centre, 0.0, 0
    for mean, error in zip(means, errors, strict=True):
        if isnan(mean):
            values.append(nan)
            sigmas.append(nan)
            continue
        seen += 1
        # From where it was, not as a sum of two parts: readings that are all alike keep it exactly where they are.
        level = mean if weight == 1.0 else level + weight * (mean - level)
        # Step by step, so that unequal sizes and missing points are as exact as the closed form is without them.
        variance = (1.0 - weight) * (1.0 - weight) * variance + weight * weight * error * error
        values.append(level)
        sigmas.append(sqrt(variance) * (1.0 if start is None else _head_start(start, seen)))
    return Computed(
        tracks=(sigma_track("ewma", values, [base.centre] * len(values), sigmas, DEPENDENT, width=width),),
        estimates=base.estimates,
        estimators=base.estimators,
    )


def _head_start(fraction: float, point: int) -> float:
    """How narrow the limits of a point are: the fraction at first, 0.99 or more from the twentieth on.

    Source: [STEINER1999].
    """
    if fraction == 1.0:
        return 1.0
    # A fraction above 0.99 needs no pace: a negative one would turn the limits over.
    pace = max(-2.0 / (log(1.0 - fraction) / log(10.0)) - 1.0, 0.0) / 19.0
    return 1.0 - power(1.0 - fraction, 1.0 + pace * (point - 1))


CHARTKIND = ChartKind(
    name="ewma",
    data="means",
    compute=compute,
    options=(*INDIVIDUALS, "weight", "width", "head_start"),
    source="[MONTGOMERY] section 9.2",
)
