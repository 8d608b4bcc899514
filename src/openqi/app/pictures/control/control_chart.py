"""A control chart of any kind: one or two panels, and below them a lane for each rule that is broken."""

from math import isfinite
from typing import Final

from openqi.app.pictures.control.across import across_of, width_for
from openqi.app.pictures.control.lanes import lanes_of
from openqi.app.pictures.control.lines import LEFT, judged_by
from openqi.app.pictures.control.marks import drawn_of, points_of
from openqi.app.pictures.control.phrases import chart_name
from openqi.app.pictures.control.plotted import PlottedChart
from openqi.app.pictures.control.view import View, views_of
from openqi.app.pictures.frame import INNER, Spec, Wording, framed, layer, on_axes, quantitative
from openqi.app.pictures.numbers import grouped

_HEIGHTS: Final = (210, 110)


def control_chart(
    chart: PlottedChart, wording: Wording, *, title: str = "", width: int | None = None, heights: tuple[int, int] = _HEIGHTS
) -> Spec:
    """Return the picture of a control chart.

    Args:
        chart: points, lines and flags.
        wording: words and units.
        title: of the picture, by default the name of the kind of chart.
        width: of the plots in CSS pixels; by default what so many points need. With its axis and the values of the limits a
            picture is about 150 wider.
        heights: of the first panel and of a further one.

    Raises:
        DomainError: a number that is drawn is too large for an axis.
    """
    views = _views(chart, wording, width or width_for(len(chart.panels[0].values), INNER - 60), heights)
    return framed(
        {"vconcat": _rows(views, lanes=True)},
        title=title or chart_name(chart.kind, wording),
        subtitle=_told(chart, views, wording),
        zoom=True,
    )


def chart_rows(
    chart: PlottedChart, wording: Wording, *, width: int, heights: tuple[int, int] = _HEIGHTS, lanes: bool = False
) -> list[Spec]:
    """Return the panels of a control chart without title, to be put below each other in a picture of several things.

    Args:
        chart: points, lines and flags.
        wording: words and units.
        width: of the plots in CSS pixels.
        heights: of the first panel and of a further one.
        lanes: whether the last row tells the rules that are broken.

    Raises:
        DomainError: a number that is drawn is too large for an axis.
    """
    return _rows(_views(chart, wording, width, heights), lanes=lanes)


def _views(chart: PlottedChart, wording: Wording, width: int, heights: tuple[int, int]) -> list[View]:
    return views_of(chart, across_of(chart, wording, width), wording, heights)


def _rows(views: list[View], *, lanes: bool) -> list[Spec]:
    rows = [_panel(view, labels=place == len(views) - 1) for place, view in enumerate(views)]
    return [*rows, *lanes_of(views)] if lanes else rows


def _panel(view: View, *, labels: bool) -> Spec:
    """One panel; only the last has numbers on the axis from left to right."""
    layers = [_corner(view), *judged_by(view), *points_of(view)]
    up = view.up.drawn(grid=False, ticks=max(3, view.height // 40), **LEFT)
    return {"width": view.across.width, "height": view.height, "layer": on_axes(layers, x=view.across.drawn(labels=labels), y=up)}


def _corner(view: View) -> Spec:
    """Nothing that is seen, at one corner: a panel without any point has its axes too."""
    mark: Spec = {"type": "point", "opacity": 0}
    return layer([{"x": view.across.low, "y": view.up.of(view.up.low)}], mark, x=quantitative("x"), y=quantitative("y"))


def _told(chart: PlottedChart, views: list[View], wording: Wording) -> list[str]:
    """How many points there are, are missing and break rules; and where not all are drawn, how many are."""
    count = len(chart.panels[0].values)
    first = views[0].panels[0]
    missing = sum(not isfinite(value) for value in first.values)
    broken = len({point for panel in chart.panels for point, bits in enumerate(panel.flags) if bits})
    told = [wording("points-told", count=grouped(str(count)))]
    if missing:
        # Of the likelihood of a change the ends have none though their readings are there.
        told.append(wording("points-without" if first.name == "likelihood-ratio" else "points-missing", count=missing))
    told.append(wording("points-broken", count=grouped(str(broken))) if broken else wording("no-rule-broken"))
    lines = [" · ".join([*told, wording("rules-of", name=chart.rules.name)])]
    shown = len(drawn_of(views[0], first).points)
    if shown < count - missing:
        lines.append(wording("points-drawn", count=grouped(str(count)), drawn=grouped(str(shown))))
    return lines
