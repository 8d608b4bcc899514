"""Xbar-R: means of subgroups and their ranges; subgroups may differ in size."""

from math import nan, sqrt

from openqi.science.charts.estimators.frozen import INDIVIDUALS, baseline_of_subgroups
from openqi.science.charts.estimators.individuals import mean
from openqi.science.charts.estimators.subgroups import range_of, there_of
from openqi.science.charts.panel import INDEPENDENT, SKEWED, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.normal_samples import d2, d3


def compute(stage: Stage) -> Computed:
    """Return the means and the ranges of a stage, each with the limits of its own size."""
    base = baseline_of_subgroups(stage, "mean-range")
    sizes = [len(there_of(row)) for row in stage.rows]
    errors = [base.sigma / sqrt(size) if size else nan for size in sizes]
    expected = [base.sigma * d2(size) if size > 1 else nan for size in sizes]
    spreads = [base.sigma * d3(size) if size > 1 else nan for size in sizes]
    return Computed(
        tracks=(
            sigma_track("mean", [mean(row) for row in stage.rows], [base.centre] * len(sizes), errors, INDEPENDENT),
            sigma_track("range", [range_of(row) for row in stage.rows], expected, spreads, SKEWED, floor=0.0),
        ),
        estimates=base.estimates,
        estimators=base.estimators,
    )


CHARTKIND = ChartKind(name="xbar-r", data="subgroups", compute=compute, options=INDIVIDUALS, source="[MONTGOMERY] section 6.2")
