"""G: the number of good units between two rare events; geometric, with exact limits or three sigma."""

from math import isnan, nan, sqrt

from openqi.science.charts.estimators.attributes import LIMITS
from openqi.science.charts.estimators.individuals import mean
from openqi.science.charts.exact_limits import geometric_limits
from openqi.science.charts.panel import SKEWED, ChartKind, Computed, Stage, Track


def compute(stage: Stage) -> Computed:
    """Return the counts between events of a stage.

    Options: `centre`, the mean number; `limits`: `exact` (quantiles of the geometric distribution) or `sigma`.
    """
    given = stage.given("centre", above=-5e-324)
    centre = mean(stage.values) if given is None else given
    by, count = stage.text("limits", LIMITS[::-1]), len(stage.values)
    sigma = nan if isnan(centre) else sqrt(centre * (centre + 1.0))
    lower, upper = (
        (max(0.0, centre - 3.0 * sigma), centre + 3.0 * sigma) if by == "sigma" or isnan(centre) else geometric_limits(centre)
    )
    track = Track(
        name="units-between", values=stage.values, centre=(centre,) * count, sigma=(sigma,) * count, lower=(lower,) * count,
        upper=(upper,) * count, nature=SKEWED,
    )  # fmt: skip
    return Computed(
        tracks=(track,), estimates={"centre": centre}, estimators={"centre": "mean" if given is None else "frozen", "limits": by}
    )


CHARTKIND = ChartKind(name="g", data="counts", compute=compute, options=("centre", "limits"), source="[MONTGOMERY] section 7.3")
