"""Xbar-S: means of subgroups and their standard deviations; subgroups may differ in size."""

from math import nan, sqrt

from openqi.science.charts.estimators.frozen import INDIVIDUALS, baseline_of_subgroups
from openqi.science.charts.estimators.individuals import mean, standard_deviation
from openqi.science.charts.estimators.subgroups import there_of
from openqi.science.charts.panel import INDEPENDENT, SKEWED, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.normal_samples import c4


def compute(stage: Stage) -> Computed:
    """Return the means and the standard deviations of a stage, each with the limits of its own size."""
    base = baseline_of_subgroups(stage, "mean-sd")
    sizes = [len(there_of(row)) for row in stage.rows]
    errors = [base.sigma / sqrt(size) if size else nan for size in sizes]
    expected = [base.sigma * c4(size) if size > 1 else nan for size in sizes]
    spreads = [base.sigma * sqrt(1.0 - c4(size) ** 2) if size > 1 else nan for size in sizes]
    return Computed(
        tracks=(
            sigma_track("mean", [mean(row) for row in stage.rows], [base.centre] * len(sizes), errors, INDEPENDENT),
            sigma_track(
                "standard-deviation", [standard_deviation(row) for row in stage.rows], expected, spreads, SKEWED, floor=0.0
            ),
        ),
        estimates=base.estimates,
        estimators=base.estimators,
    )


CHARTKIND = ChartKind(name="xbar-s", data="subgroups", compute=compute, options=INDIVIDUALS, source="[MONTGOMERY] section 6.3")
