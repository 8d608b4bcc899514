"""Laney's p': proportions of large samples that vary more than binomially."""

from openqi.science.charts.estimators.attributes import counted, counts_chart, laney_stretch
from openqi.science.charts.panel import ChartKind, Computed, Stage


def compute(stage: Stage) -> Computed:
    """Return the panel of a stage."""
    found = counted(stage, most=1.0)
    stretch = stage.number("stretch", laney_stretch(found, proportions=True), above=0.0)
    return counts_chart("proportion", found, proportions=True, per_unit=True, limits="sigma", stretch=stretch)


CHARTKIND = ChartKind(
    name="laney-p", data="counts", compute=compute, options=("centre", "stretch"), source="[LANEY2002]", needs=("sizes",)
)
