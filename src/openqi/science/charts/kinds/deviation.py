"""Deviation from nominal: short runs of parts that vary alike, each reading less the nominal value of its part."""

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.frozen import INDIVIDUALS, baseline_of_individuals
from openqi.science.charts.estimators.individuals import moving_ranges
from openqi.science.charts.panel import DEPENDENT, INDEPENDENT, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.normal_samples import d2, d3


def compute(stage: Stage) -> Computed:
    """Return the deviations of a stage and their moving ranges; the option `nominals` has a value for every part."""
    nominals = stage.table("nominals")
    if absent := sorted(set(stage.groups) - set(nominals)):
        raise DomainError(f"no nominal value for {', '.join(absent)}; nominals has one for each part")
    values = tuple(value - nominals[part] for value, part in zip(stage.values, stage.groups, strict=True))
    base, count = baseline_of_individuals(stage, values), len(values)
    ranges = moving_ranges(values)
    return Computed(
        tracks=(
            sigma_track("deviation", values, [base.centre] * count, [base.sigma] * count, INDEPENDENT),
            sigma_track("moving-range", ranges, [base.sigma * d2(2)] * count, [base.sigma * d3(2)] * count, DEPENDENT, floor=0.0),
        ),
        estimates=base.estimates,
        estimators=base.estimators,
    )


CHARTKIND = ChartKind(
    name="deviation-from-nominal",
    data="individuals",
    compute=compute,
    options=(*INDIVIDUALS, "nominals"),
    source="[MONTGOMERY] section 10.1",
    needs=("groups",),
)
