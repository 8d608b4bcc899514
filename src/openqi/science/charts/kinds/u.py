"""u: defects or events a unit, over any number of units; limits by three sigma or exact (Poisson)."""

from openqi.science.charts.estimators.attributes import LIMITS, counted, counts_chart
from openqi.science.charts.panel import ChartKind, Computed, Stage


def compute(stage: Stage) -> Computed:
    """Return the panel of a stage."""
    return counts_chart("rate", counted(stage), proportions=False, per_unit=True, limits=stage.text("limits", LIMITS))


CHARTKIND = ChartKind(
    name="u", data="counts", compute=compute, options=("centre", "limits"), source="[MONTGOMERY] section 7.3", needs=("sizes",)
)
