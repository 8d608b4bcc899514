"""Run chart: readings about their median, with tests of their order instead of limits."""

from math import nan

from openqi.science.charts.estimators.individuals import median
from openqi.science.charts.estimators.runs import run_findings
from openqi.science.charts.panel import SKEWED, ChartKind, Computed, Stage, Track

_INFINITE = float("inf")


def compute(stage: Stage) -> Computed:
    """Return the readings of a stage, with the findings of `run_findings`; option `centre`, else the median."""
    given = stage.given("centre")
    centre, count = median(stage.values) if given is None else given, len(stage.values)
    track = Track(
        name="readings", values=stage.values, centre=(centre,) * count, sigma=(nan,) * count, lower=(-_INFINITE,) * count,
        upper=(_INFINITE,) * count, nature=SKEWED,
    )  # fmt: skip
    return Computed(
        tracks=(track,),
        estimates={"centre": centre},
        estimators={"centre": "median" if given is None else "frozen"},
        findings=run_findings(stage.values),
    )


CHARTKIND = ChartKind(name="run", data="individuals", compute=compute, options=("centre",), source="[NIST-EHANDBOOK] 1.3.5.13")
