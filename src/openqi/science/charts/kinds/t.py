"""T: the times between rare events, exponential, made nearly normal by the power 1/3.6."""

from math import isnan

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.frozen import INDIVIDUALS, baseline_of_individuals
from openqi.science.charts.panel import INDEPENDENT, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.elementary import power


def compute(stage: Stage) -> Computed:
    """Return the transformed times of a stage; `centre` and `sigma` are of the transformed ones."""
    for place, value in enumerate(stage.values):
        if value < 0.0:
            raise DomainError(f"point {place + 1} is {value}; a time between two events is not negative")
    # The power of the ratio that makes a Weibull quantity of shape 3.6 out of an exponential one.
    values = tuple(value if isnan(value) or value == 0.0 else power(value, 1.0 / 3.6) for value in stage.values)
    base = baseline_of_individuals(stage, values)
    track = sigma_track("transformed-time", values, [base.centre] * len(values), [base.sigma] * len(values), INDEPENDENT, floor=0.0)
    return Computed(tracks=(track,), estimates=base.estimates, estimators=base.estimators)


CHARTKIND = ChartKind(name="t", data="individuals", compute=compute, options=INDIVIDUALS, source="[NELSON1994]")
