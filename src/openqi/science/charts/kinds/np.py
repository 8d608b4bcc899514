"""np: the number of defective units in samples; limits by three sigma or exact (binomial)."""

from openqi.science.charts.estimators.attributes import LIMITS, counted, counts_chart
from openqi.science.charts.panel import ChartKind, Computed, Stage


def compute(stage: Stage) -> Computed:
    """Return the panel of a stage."""
    found = counted(stage, most=1.0)
    return counts_chart("defective-units", found, proportions=True, per_unit=False, limits=stage.text("limits", LIMITS))


CHARTKIND = ChartKind(
    name="np", data="counts", compute=compute, options=("centre", "limits"), source="[MONTGOMERY] section 7.2", needs=("sizes",)
)
