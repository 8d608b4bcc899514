"""T: the times between rare events, exponential: made nearly normal by the power 1/3.6, or as they are between quantiles."""

from math import isnan

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.frozen import INDIVIDUALS, baseline_of_individuals
from openqi.science.charts.estimators.individuals import mean
from openqi.science.charts.exact_limits import TAIL
from openqi.science.charts.panel import INDEPENDENT, SKEWED, ChartKind, Computed, Stage, Track, sigma_track
from openqi.science.numbers.elementary import log, power

LIMITS = ("transformed", "exact")


def compute(stage: Stage) -> Computed:
    """Return the times of a stage, transformed; `centre` and `sigma` are of the transformed ones.

    With `limits` = `exact` the times as they are, between quantiles of the exponential distribution; `centre` is their mean.
    """
    for place, value in enumerate(stage.values):
        if value < 0.0:
            raise DomainError(f"point {place + 1} is {value}; a time between two events is not negative")
    if stage.text("limits", LIMITS) == "exact":
        return _exact(stage)
    # The power of the ratio that makes a Weibull quantity of shape 3.6 out of an exponential one.
    values = tuple(value if isnan(value) or value == 0.0 else power(value, 1.0 / 3.6) for value in stage.values)
    base = baseline_of_individuals(stage, values)
    track = sigma_track("transformed-time", values, [base.centre] * len(values), [base.sigma] * len(values), INDEPENDENT, floor=0.0)
    return Computed(tracks=(track,), estimates=base.estimates, estimators=base.estimators)


def _exact(stage: Stage) -> Computed:
    if given := [name for name in ("sigma", "centre_by", "sigma_by") if stage.options.get(name) is not None]:
        raise DomainError(f"{given[0]} is of transformed times; exact limits of exponential ones take centre, their mean, alone")
    frozen, count = stage.given("centre", above=0.0), len(stage.values)
    centre = mean(stage.values) if frozen is None else frozen
    # Quantiles of the exponential distribution; its standard deviation is its mean.
    track = Track(
        name="time-between", values=stage.values, centre=(centre,) * count, sigma=(centre,) * count,
        lower=(-centre * log(1.0 - TAIL),) * count, upper=(-centre * log(TAIL),) * count, nature=SKEWED,
    )  # fmt: skip
    by = "mean" if frozen is None else "frozen"
    return Computed(tracks=(track,), estimates={"centre": centre}, estimators={"centre": by, "limits": "exact"})


CHARTKIND = ChartKind(name="t", data="individuals", compute=compute, options=(*INDIVIDUALS, "limits"), source="[NELSON1994]")
