"""The chart behind a study: its readings, or their subgroups, against the limits by which the study judges stability."""

from typing import Any, Final

from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.pictures.control.control_chart import chart_rows
from openqi.app.pictures.control.plotted import PlottedChart, plotted
from openqi.app.pictures.frame import INNER, Spec, Wording
from openqi.science.capability.result import Study
from openqi.science.charts.charting import chart

RULES: Final = "nelson 1+2"
"""What the gate of a study asks: points beyond three sigma, and nine in a row on one side."""
_MOST_RANGES: Final = 8  # beyond so many readings a subgroup its range wastes what it knows
_LABELS: Final = 78  # CSS pixels for the values of the limits at the right


def chart_of(shown: ShownStudy) -> PlottedChart:
    """Return the chart of a study: single readings, or subgroup means.

    Its limits come from mean and spread within, as the gate of the study has them; of transformed readings the chart
    estimates its own.

    Args:
        shown: the study.
    """
    study = shown.study
    single = study.subgroups == study.n
    largest = max(map(len, study.groups))
    kind = "i-mr" if single else "xbar-r" if largest <= _MOST_RANGES and study.spreads["within"].method != "pooled" else "xbar-s"
    data = list(study.readings) if single else list(study.groups)
    frozen: dict[str, Any] = {"centre": study.mean, "sigma": study.spreads["within"].value} if _is_plain(study) else {}
    return plotted(chart(kind, data, rules=RULES, **frozen), unit=shown.unit)


def _is_plain(study: Study) -> bool:
    """Whether spreads are in the unit of the readings."""
    return all(one.code != "transformed-units" for one in study.assumptions)


def control_panels(drawn: PlottedChart, wording: Wording, *, heights: tuple[int, int]) -> list[Spec]:
    """Return the panels of a chart, as wide as others beside them.

    Args:
        drawn: the chart.
        wording: words and units.
        heights: of the first and of a further panel, in CSS pixels.
    """
    return chart_rows(drawn, wording, width=INNER - _LABELS, heights=heights)
