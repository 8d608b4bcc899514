"""AR(1): what readings that hang together say beyond what the one before said, or the readings under modified limits."""

from itertools import pairwise
from math import isnan, nan, sqrt

from openqi.science.charts.estimators.frozen import INDIVIDUALS, baseline_of_individuals
from openqi.science.charts.estimators.individuals import mean
from openqi.science.charts.panel import DEPENDENT, INDEPENDENT, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.sums import plain_sum


def compute(stage: Stage) -> Computed:
    """Return the residuals of a stage.

    Options: `level` of the process and `coefficient` in (-1, 1), else the mean and the first autocorrelation; `centre` and
    `sigma` are of the residuals. With `plotted` = `points` the readings themselves, between modified limits: those of their own
    standard deviation, sigma over the root of 1 - coefficient².
    """
    plotted = stage.text("plotted", ("residuals", "points"))
    given, fixed = stage.given("coefficient", above=-1.0, up_to=1.0 - 1e-9), stage.given("level")
    level = mean(stage.values) if fixed is None else fixed
    apart = [value - level for value in stage.values]
    pairs = [(one, two) for one, two in pairwise(apart) if not isnan(one + two)]
    square = plain_sum(value * value for value in apart if not isnan(value))
    found = plain_sum(one * two for one, two in pairs) / square if square > 0.0 else nan
    coefficient = found if given is None else given
    values = (nan, *(two - coefficient * one for one, two in pairwise(apart)))[: len(apart)]
    base, count = baseline_of_individuals(stage, values), len(values)
    track = sigma_track("residual", values, [base.centre] * count, [base.sigma] * count, INDEPENDENT)
    if plotted == "points":
        # A residual that is off on average moves the readings by that over 1 - coefficient.
        middle = level + base.centre / (1.0 - coefficient)
        wide = base.sigma / sqrt(1.0 - coefficient * coefficient)
        track = sigma_track("individuals", stage.values, [middle] * count, [wide] * count, DEPENDENT)
    return Computed(
        tracks=(track,),
        estimates=base.estimates | {"level": level, "coefficient": coefficient},
        estimators=base.estimators | {"coefficient": "first-autocorrelation" if given is None else "frozen"},
    )


CHARTKIND = ChartKind(
    name="ar1",
    data="individuals",
    compute=compute,
    options=(*INDIVIDUALS, "level", "coefficient", "plotted"),
    source="[MONTGOMERY] section 10.4, [KRAMER-SCHMID2000]",
)
