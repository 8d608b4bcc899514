"""A lane for each rule that is broken: its number and what it asks, and below a tick for every point that breaks it."""

from typing import Final

from openqi.app.pictures.control.lines import shortened
from openqi.app.pictures.control.phrases import rule_phrase, statistic
from openqi.app.pictures.control.plotted import PlottedChart
from openqi.app.pictures.control.view import View
from openqi.app.pictures.frame import GRID, INK, LIMIT, MUTED, SECOND, Spec, Wording, layer, on_axes, quantitative
from openqi.science.charts.charting import Panel
from openqi.science.charts.rules.rule import Rule

LANE: Final = 31
_WORDS: Final = 9
_RAIL: Final = 23
_MARGIN: Final = 46
_COUNT: Final = 34


def broken_rules(chart: PlottedChart) -> list[tuple[Panel, Rule, list[int]]]:
    """Return panel, rule and points of every rule that is broken, in the order of panels and rules."""
    found = []
    for panel in chart.panels:
        for place, rule in enumerate(chart.rules.rules):
            points = [point for point, bits in enumerate(panel.flags) if bits >> place & 1]
            if points:
                found.append((panel, rule, points))
    return found


def lanes_of(views: list[View]) -> list[Spec]:
    """Return the lanes as one view, none where no rule is broken."""
    chart, across = views[0].chart, views[0].across
    broken = broken_rules(chart)
    if not broken:
        return []
    rails = [{"y": -(row * LANE + _RAIL)} for row in range(len(broken))]
    layers = [layer(rails, {"type": "rule", "color": GRID}, y=quantitative("y")), *_words(views, broken)]
    for colour, warns in ((LIMIT, False), (SECOND, True)):
        ticks = [
            {"x": across.places[point], "y": -(row * LANE + _RAIL), "rule": rule.number, "point": point + views[0].chart.first}
            for row, (_, rule, points) in enumerate(broken)
            if rule.warns == warns
            for point in points
        ]
        mark: Spec = {"type": "tick", "orient": "vertical", "size": 9, "thickness": 1.6, "color": colour, "opacity": 1}
        if ticks:
            layers.append(layer(ticks, mark, x=quantitative("x"), y=quantitative("y")))
    height = len(broken) * LANE
    x = across.drawn(labels=False) | {"axis": None}
    y: Spec = {"axis": None, "scale": {"domain": [-height, 0], "nice": False, "zero": False}}
    return [{"width": across.width, "height": height, "layer": on_axes(layers, x=x, y=y)}]


def _words(views: list[View], broken: list[tuple[Panel, Rule, list[int]]]) -> list[Spec]:
    """Number, question and count of each rule."""
    chart, across, wording = views[0].chart, views[0].across, views[0].wording
    numbers, names, counts = [], [], []
    for row, (panel, rule, points) in enumerate(broken):
        text = rule_phrase(rule, chart.rules, wording)
        if place := _which(panel, views, wording):
            text += f" · {place}"
        at, told = -(row * LANE + _WORDS), wording("rule", number=rule.number)
        numbers.append({"y": at, "text": told})
        names.append({"y": at, "text": shortened(text, across.width - _MARGIN - _COUNT), "tip": f"{told}: {text}"})
        counts.append({"y": at, "text": wording("rule-count", count=len(points))})
    found = []
    for values, align, x, colour, weight in (
        (numbers, "left", 0, INK, 600),
        (names, "left", _MARGIN, INK, 400),
        (counts, "right", "width", MUTED, 400),
    ):
        mark: Spec = {"type": "text", "baseline": "middle", "align": align, "fontSize": 11.5, "color": colour, "fontWeight": weight}
        found.append(layer(values, mark, x={"value": x}, y=quantitative("y"), text={"field": "text"}))
    return found


def _which(panel: Panel, views: list[View], wording: Wording) -> str:
    """The name of the panel that a lane belongs to; that of the process needs none, of two sums each does."""
    named = wording.words.get(f"side-{panel.name}", "")
    return named or ("" if panel is views[0].panels[0] else statistic(panel.name, wording))
