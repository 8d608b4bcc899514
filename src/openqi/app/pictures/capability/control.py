"""The chart behind a study, drawn small: statistic, centre, limits, and the points that break a rule with its number."""

from collections.abc import Sequence
from itertools import groupby
from math import isfinite
from typing import Any

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.capability.shown import ShownStudy, short_name
from openqi.app.pictures.control.plotted import PlottedChart, plotted
from openqi.app.pictures.frame import INK, INNER, LIMIT, MUTED, VALUE, Spec, Wording, layer, on_axes, quantitative
from openqi.app.pictures.numbers import grouped, stated
from openqi.science.capability.result import Study
from openqi.science.charts.charting import Panel, chart

RULES = "nelson 1+2"
"""What the gate of a study asks: points beyond three sigma, and nine in a row on one side."""
_MOST_RANGES = 8  # beyond so many readings a subgroup its range wastes what it knows
_LANE = 46
_DOTS = 150


def chart_of(shown: ShownStudy) -> PlottedChart:
    """Return the chart of the readings by which a study judges stability, with its limits: single readings, or subgroup means.

    Args:
        shown: the study; its limits are mean and spread within, of transformed readings those that a chart estimates itself.
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


def control_panel(drawn: PlottedChart, place: int, shown: ShownStudy, wording: Wording, *, height: float) -> Spec:
    """Return one panel of a chart.

    Args:
        drawn: the chart.
        place: of the panel, from 0.
        shown: whose readings they are.
        wording: words and units.
        height: in CSS pixels.
    """
    panel, places = drawn.panels[place], drawn.places()
    own = panel.name == "individuals" and short_name(shown.name)
    kept = [one for row in (panel.values, panel.centre, panel.lower, panel.upper) for one in row if isfinite(one)]
    up = axis_of(own or wording(f"panel-{panel.name}"), wording.unit(drawn.unit), kept)
    layers = [*_limits(panel, places, up), *_points(drawn, panel, places, up, wording)]
    title = wording("capability-number" if shown.study.subgroups == shown.study.n else "capability-subgroup")
    end = places[-1] + 0.8 + _LANE * (places[-1] - places[0] + 1) / INNER
    across = {
        "axis": {"title": title, "grid": False, "tickCount": 6, "tickMinStep": 1, "format": "d"},
        "scale": {"domain": [places[0] - 0.8, end], "nice": False, "zero": False},
    }
    return {"width": INNER, "height": height, "layer": on_axes(layers, x=across, y=up.drawn(grid=False, ticks=4, minExtent=34))}


def _points(drawn: PlottedChart, panel: Panel, places: Sequence[float], up: Axis, wording: Wording) -> list[Spec]:
    """The statistic as a line with points; those that break a rule are squares with its number above."""
    rows = [
        (at, value, drawn.rules.numbers_of(bits))
        for at, value, bits in zip(places, panel.values, panel.flags, strict=True)
        if isfinite(value)
    ]
    plain = [{"x": at, "y": up.of(value)} for at, value, _ in rows]
    broken = [{"x": at, "y": up.of(value), "text": " ".join(map(str, numbers))} for at, value, numbers in rows if numbers]
    tips = [_tip(at, value, numbers, wording) for at, value, numbers in rows if numbers]
    told = [{"x": one["x"], "y": one["y"], "tip": tip} for one, tip in zip(broken, tips, strict=True)]
    both: Spec = {"x": quantitative("x"), "y": quantitative("y")}
    dot = {"type": "point", "filled": True, "opacity": 1}
    text = {"type": "text", "dy": -9, "fontSize": 10.5, "color": LIMIT, "fontWeight": 600}
    layers = [layer(plain, {"type": "line", "color": VALUE, "strokeWidth": 1.1}, **both)]
    if len(plain) <= _DOTS:
        layers.append(layer(plain, {**dot, "color": VALUE, "size": 14}, **both))
    if broken:
        layers.append(layer(told, {**dot, "color": LIMIT, "size": 40, "shape": "square"}, **both))
        layers.append(layer(_spaced(broken, len(places)), text, **both, text={"field": "text"}))
    return layers


def _tip(at: float, value: float, numbers: Sequence[int], wording: Wording) -> str:
    broken = wording("capability-rule", numbers=", ".join(map(str, numbers)))
    return f"{at:g}: {grouped(f'{value:.7g}')} ({broken})"


def _limits(panel: Panel, places: Sequence[float], up: Axis) -> list[Spec]:
    """Centre and limits as lines, each stretch of one value with a single mark; the last values stand at the right."""
    found: list[Spec] = []
    texts: list[Spec] = []
    for row, colour, dash in ((panel.centre, MUTED, [1, 0]), (panel.lower, LIMIT, [5, 3]), (panel.upper, LIMIT, [5, 3])):
        spans: list[Spec] = []
        last = 0.0
        for value, points in groupby(zip(row, places, strict=True), key=lambda one: one[0]):
            if isfinite(value):
                stretch, last = [at for _, at in points], value
                spans.append({"x": stretch[0] - 0.5, "x2": stretch[-1] + 0.5, "y": up.of(value)})
        if spans:
            mark = {"type": "rule", "color": colour, "strokeWidth": 1.2, "strokeDash": dash}
            found.append(layer(spans, mark, x=quantitative("x"), x2={"field": "x2"}, y=quantitative("y")))
            texts.append({"x": places[-1] + 0.8, "y": spans[-1]["y"], "text": stated(last, (up.high - up.low) / 30)[0]})
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 3, "fontSize": 10.5, "color": INK}
    return [*found, layer(texts, text, x=quantitative("x"), y=quantitative("y"), text={"field": "text"})] if texts else found


def _spaced(broken: list[Spec], points: int) -> list[Spec]:
    """Marked points whose numbers have room: of close neighbours only the first has them written."""
    room = 14.0 * points / INNER
    found: list[Spec] = []
    for one in broken:
        if not found or one["x"] - found[-1]["x"] >= room:
            found.append(one)
    return found
