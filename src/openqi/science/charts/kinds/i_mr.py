"""I-MR: single readings and their moving ranges."""

from openqi.science.charts.estimators.frozen import INDIVIDUALS, baseline_of_individuals
from openqi.science.charts.estimators.individuals import moving_ranges
from openqi.science.charts.panel import DEPENDENT, INDEPENDENT, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.normal_samples import d2, d3


def compute(stage: Stage) -> Computed:
    """Return the individuals and the moving ranges of a stage."""
    base, points = baseline_of_individuals(stage), len(stage.values)
    ranges = moving_ranges(stage.values)
    return Computed(
        tracks=(
            sigma_track("individuals", stage.values, [base.centre] * points, [base.sigma] * points, INDEPENDENT),
            sigma_track("moving-range", ranges, [base.sigma * d2(2)] * points, [base.sigma * d3(2)] * points, DEPENDENT, floor=0.0),
        ),
        estimates=base.estimates,
        estimators=base.estimators,
    )


CHARTKIND = ChartKind(name="i-mr", data="individuals", compute=compute, options=INDIVIDUALS, source="[MONTGOMERY] section 6.4")
