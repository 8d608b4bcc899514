"""The chart behind a study: its readings, or their subgroups, against the limits by which the study judges stability."""

from typing import Any, Final

from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.pictures.control.control_chart import chart_rows
from openqi.app.pictures.control.plotted import PlottedChart, plotted
from openqi.app.pictures.frame import INNER, Spec, Wording
from openqi.science.capability.estimates.moments import moments
from openqi.science.charts.charting import chart

RULES: Final = "nelson 1+2"
"""What the gate of a study asks: points beyond three sigma, and nine in a row on one side."""
_MOST_RANGES: Final = 8  # beyond so many readings a subgroup its range wastes what it knows
_LABELS: Final = 78  # CSS pixels for the values of the limits at the right


def chart_of(shown: ShownStudy) -> PlottedChart:
    """Return the chart of a study: single readings, or subgroup means.

    Its limits come from mean and spread within, as the gate of the study has them: both of transformed readings where it
    transformed them.

    Args:
        shown: the study.
    """
    study = shown.study
    groups = study.groups if study.moved is None else study.moved
    values = [one for group in groups for one in group]
    largest = max(map(len, groups))
    kind = "xbar-r" if largest <= _MOST_RANGES and study.spreads["within"].method != "pooled" else "xbar-s"
    frozen: dict[str, Any] = {"centre": moments(values).mean, "sigma": study.spreads["within"].value}
    unit = shown.unit if study.moved is None else ""
    if study.subgroups == study.n:
        return plotted(chart("i-mr", values, rules=RULES, **frozen), unit=unit)
    return plotted(chart(kind, list(groups), rules=RULES, **frozen), unit=unit)


def control_panels(drawn: PlottedChart, wording: Wording, *, heights: tuple[int, int]) -> list[Spec]:
    """Return the panels of a chart, as wide as others beside them.

    Args:
        drawn: the chart.
        wording: words and units.
        heights: of the first and of a further panel, in CSS pixels.
    """
    return chart_rows(drawn, wording, width=INNER - _LABELS, heights=heights)
