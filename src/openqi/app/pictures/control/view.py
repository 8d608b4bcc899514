"""One panel as it is drawn: its statistics on two axes, and where everything lies in CSS pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, nan

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.control.across import Across
from openqi.app.pictures.control.phrases import figure, statistic, unit_of
from openqi.app.pictures.control.plotted import PlottedChart
from openqi.app.pictures.frame import Wording
from openqi.science.charts.charting import Panel
from openqi.science.charts.evaluation import limit_rule
from openqi.science.charts.rules.rule import STEPS


@dataclass(frozen=True, kw_only=True)
class View:
    """A panel, or the two sums of a CUSUM chart, which share one.

    Args:
        chart: all of it.
        panels: those that are drawn here.
        across: the axis from left to right.
        up: the axis of the statistic.
        height: in CSS pixels.
        first: whether it is the one of the process, with the names of stages above and the limits of the specification.
        wording: words and units.
    """

    chart: PlottedChart
    panels: tuple[Panel, ...]
    across: Across
    up: Axis
    height: int
    first: bool
    wording: Wording

    @property
    def span(self) -> float:
        """How much the axis of the statistic shows."""
        return self.up.high - self.up.low

    def told(self, value: float) -> str:
        """Return a value in the digits of this panel."""
        return figure(value, self.span)

    def pixel(self, value: float) -> float:
        """Return how many CSS pixels from above a value lies."""
        return (self.up.high - value) / self.span * self.height

    def row(self, name: str) -> tuple[float, ...]:
        """Return the line `centre`, `lower`, `upper` or `sigma` of each point; of two sums that which one of them has."""
        rows = [getattr(panel, name) for panel in self.panels]
        return tuple(next(filter(isfinite, column), nan) for column in zip(*rows, strict=True))

    @property
    def has_zones(self) -> bool:
        """Whether a rule on zones is watched here: zones that nothing is judged by are not drawn."""
        rules, watched = self.chart.rules, set(self.panels[0].watched)
        limit = limit_rule(rules)
        return any(rule.number in watched and rule != limit and rule.sigma > 0.0 and rule.asks not in STEPS for rule in rules.rules)


def views_of(chart: PlottedChart, across: Across, wording: Wording, heights: tuple[int, int]) -> list[View]:
    """Return what is drawn below each other.

    Args:
        chart: with its panels.
        across: the axis from left to right.
        wording: words and units.
        heights: of the first, and of each further one, in CSS pixels.
    """
    return [
        View(
            chart=chart, panels=panels, across=across, up=_up(chart, panels, wording, first=not place), wording=wording,
            height=heights[1 if place else 0], first=not place,
        )
        for place, panels in enumerate(_groups(chart.panels))
    ]  # fmt: skip


def _groups(panels: tuple[Panel, ...]) -> list[tuple[Panel, ...]]:
    """The upper and the lower sum share a panel, as they share an axis and a centre."""
    if tuple(panel.name for panel in panels) == ("upper-sum", "lower-sum"):
        return [panels]
    return [(panel,) for panel in panels]


def _up(chart: PlottedChart, panels: Sequence[Panel], wording: Wording, *, first: bool) -> Axis:
    shown: list[float] = []
    for panel in panels:
        for row in (panel.values, panel.centre, panel.lower, panel.upper):
            shown += filter(isfinite, row)
    if first:
        shown += [one for one in (chart.lower, chart.upper) if one is not None]
    name = panels[0].name
    return axis_of(
        statistic(name, wording), unit_of(chart.kind, name, chart.unit, wording), _ends(shown) or [0.0, 1.0], margin=0.12
    )


def _ends(values: Iterable[float]) -> list[float]:
    kept = list(values)
    return [min(kept), max(kept)] if kept else []
