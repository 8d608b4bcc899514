"""Laney's u': rates over many units that vary more than Poisson counts do."""

from openqi.science.charts.estimators.attributes import counted, counts_chart, laney_stretch
from openqi.science.charts.panel import ChartKind, Computed, Stage


def compute(stage: Stage) -> Computed:
    """Return the panel of a stage."""
    found = counted(stage)
    stretch = stage.number("stretch", laney_stretch(found, proportions=False), above=0.0)
    return counts_chart("rate", found, proportions=False, per_unit=True, limits="sigma", stretch=stretch)


CHARTKIND = ChartKind(
    name="laney-u", data="counts", compute=compute, options=("centre", "stretch"), source="[LANEY2002]", needs=("sizes",)
)
