"""What points are judged by: zones, centre line and control limits with their values at the right edge, stages, specification."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Final

from openqi.app.pictures.control.view import View
from openqi.app.pictures.frame import GRID, INK, LIMIT, MUTED, SECOND, Spec, layer, quantitative

ZONES: Final = (("C", 0.0, 1.0, "#f3f8f9"), ("B", 1.0, 2.0, "#e7f1f2"), ("A", 2.0, 3.0, "#d9e8ea"))
"""Name, from and to so many sigma, colour; light enough for every word and line that stands on them."""
LEFT: Final = {"minExtent": 52, "maxExtent": 52}
_PALE: Final = {LIMIT: "#ecc9c5"}
_WORD: Final = {SECOND: "#8f5500", MUTED: INK}
"""The colour of a line's words, where its own would be too pale for them."""
_APART: Final = 13.0
_LETTER: Final = 9.0
_STAGE_LETTER: Final = 6.5


@dataclass(frozen=True, kw_only=True)
class Named:
    """A line across the panel, of one number a point, with what stands at its right end."""

    short: str
    phrase: str
    values: tuple[float, ...]
    colour: str
    dash: tuple[int, ...] = (1, 0)
    width: float = 1.3


def named_lines_of(view: View) -> list[Named]:
    """Return the lines of a panel that are there: limits, centre, and of the specification what was asked for."""
    count, chart = len(view.across.places), view.chart
    sums = view.panels[0].name in {"upper-sum", "lower-sum", "sum"}  # judged by the decision interval, which is named h
    found = [
        Named(short="h" if sums else "UCL", phrase="decision" if sums else "upper-limit", values=view.row("upper"), colour=LIMIT),
        Named(short="CL", phrase="centre-line", values=view.row("centre"), colour=MUTED),
        Named(short="−h" if sums else "LCL", phrase="decision" if sums else "lower-limit", values=view.row("lower"), colour=LIMIT),
    ]
    if view.first:
        for short, phrase, end in (("USL", "upper-specification", chart.upper), ("LSL", "lower-specification", chart.lower)):
            if end is not None:
                found.append(Named(short=short, phrase=phrase, values=(end,) * count, colour=SECOND, dash=(7, 4), width=1.6))
    return [one for one in found if any(map(isfinite, one.values))]


def judged_by(view: View) -> list[Spec]:
    """Return the layers below the points."""
    lines = named_lines_of(view)
    return [
        *(_zones(view) if view.has_zones else []),
        *(_line(view, one) for one in lines),
        *_labels(view, lines),
        *_earlier(view, lines),
        *_stages(view),
    ]


def steps_of(view: View, values: Sequence[float]) -> list[tuple[int, int]]:
    """Return the points over which a line stays where it is, from and up to but without, where it is there at all."""
    starts = {stage.start for stage in view.chart.spans}
    cuts = [0, *(p for p in range(1, len(values)) if p in starts or _differ(values[p], values[p - 1])), len(values)]
    return [(start, stop) for start, stop in pairwise(cuts) if isfinite(values[start])]


def _differ(one: float, other: float) -> bool:
    return one != other and (isfinite(one) or isfinite(other))


def _line(view: View, one: Named) -> Spec:
    """A line as steps: each point has its own room, and a line ends where a stage does.

    One that moves at more places than can be seen is a pale band from where it is lowest to where it is highest.
    """
    steps = steps_of(view, one.values)
    if len(steps) > view.across.width:
        return _band(view, one)
    starts = {stage.start for stage in view.chart.spans}
    values: list[Spec] = []
    piece, last = 0, -1
    for start, stop in steps:
        piece += start != last or start in starts
        last = stop
        tip = f"{view.wording(one.phrase)} ({one.short}): {view.told(one.values[start])}"
        level = view.up.of(one.values[start])
        values.append({"x": view.across.edge(start), "y": level, "piece": piece, "tip": tip})
        values.append({"x": view.across.edge(stop), "y": level, "piece": piece})
    mark: Spec = {
        "type": "line", "color": one.colour, "strokeWidth": one.width, "strokeDash": list(one.dash), "interpolate": "linear",
        "strokeCap": "butt",
    }  # fmt: skip
    return layer(values, mark, x=quantitative("x"), y=quantitative("y"), detail={"field": "piece", "type": "nominal"})


def _band(view: View, one: Named) -> Spec:
    columns: dict[int, tuple[float, float]] = {}
    for place, value in zip(view.across.places, one.values, strict=True):
        if isfinite(value):
            column = int(view.across.pixel(place))
            low, high = columns.get(column, (value, value))
            columns[column] = (min(low, value), max(high, value))
    wide = (view.across.high - view.across.low) / view.across.width
    values = [
        {
            "x": view.across.low + column * wide,
            "x2": view.across.low + (column + 1) * wide,
            "y": view.up.of(low),
            "y2": view.up.of(high),
        }
        for column, (low, high) in columns.items()
    ]
    mark: Spec = {"type": "rect", "color": _PALE.get(one.colour, GRID), "stroke": _PALE.get(one.colour, GRID), "strokeWidth": 0.6}
    return layer(values, mark, x=quantitative("x"), x2={"field": "x2"}, y=quantitative("y"), y2={"field": "y2"})


def _zones(view: View) -> list[Spec]:
    """Bands of one sigma, from the centre to the limits, and their letters at the right edge where there is room for them."""
    centre, sigma, lower, upper = (view.row(name) for name in ("centre", "sigma", "lower", "upper"))
    width = [middle + spread for middle, spread in zip(centre, sigma, strict=True)]
    found = []
    for name, low, high, colour in ZONES:
        values = []
        for start, stop in steps_of(view, width):
            middle, spread = centre[start], sigma[start]
            for side in (-1.0, 1.0):
                ends = sorted((middle + side * low * spread, middle + side * high * spread))
                bottom, top = max(ends[0], _end(lower[start], ends[0])), min(ends[1], _end(upper[start], ends[1]))
                if top > bottom:
                    values.append(
                        {"x": view.across.edge(start), "x2": view.across.edge(stop), "y": view.up.of(bottom), "y2": view.up.of(top)}
                    )
        mark: Spec = {"type": "rect", "color": colour}
        found.append(layer(values, mark, x=quantitative("x"), x2={"field": "x2"}, y=quantitative("y"), y2={"field": "y2"}))
        found += _letters(view, name, (low + high) / 2.0, (centre[-1], sigma[-1], lower[-1], upper[-1]))
    return found


def _end(limit: float, otherwise: float) -> float:
    return limit if isfinite(limit) else otherwise


def _letters(view: View, name: str, away: float, last: tuple[float, float, float, float]) -> list[Spec]:
    centre, sigma, lower, upper = last
    if not isfinite(centre + sigma) or sigma / view.span * view.height < _LETTER:
        return []
    places = [centre + side * away * sigma for side in (-1.0, 1.0)]
    values = [{"y": view.up.of(at), "text": name} for at in places if _end(lower, at) <= at <= _end(upper, at)]
    mark: Spec = {"type": "text", "align": "left", "baseline": "middle", "dx": 3, "fontSize": 10, "color": MUTED}
    return [layer(values, mark, x={"value": "width"}, y=quantitative("y"), text={"field": "text"})]


def _labels(view: View, lines: Sequence[Named]) -> list[Spec]:
    """Names and values of the lines at the right edge, as they are at the last point; moved apart where they would collide."""
    ends = [(one, next(v for v in reversed(one.values) if isfinite(v))) for one in lines]
    ends.sort(key=lambda end: -end[1])
    places = apart([view.pixel(value) for _, value in ends], _APART, -6.0, view.height + 6.0)
    values = [
        {"y": place, "text": f"{one.short} {view.told(value)}", "colour": _WORD.get(one.colour, one.colour)}
        for (one, value), place in zip(ends, places, strict=True)
    ]
    mark: Spec = {"type": "text", "align": "left", "baseline": "middle", "dx": 14 if view.has_zones else 5, "fontSize": 11.5}
    return [
        layer(
            [one], mark, x={"value": "width"}, y={"value": one.pop("y")}, text={"field": "text"}, color={"value": one.pop("colour")}
        )
        for one in values
    ]


def _earlier(view: View, lines: Sequence[Named]) -> list[Spec]:
    """Limits of the stages before the last, where a stage has one and room for its digits: outside of the limits, at its end."""
    found = []
    for one in lines:
        if one.short not in {"UCL", "LCL", "h", "−h"}:
            continue
        away = -8 if one.short in {"UCL", "h"} else 9
        values = []
        for stage in view.chart.spans[:-1]:
            there = set(filter(isfinite, one.values[stage.start : stage.stop]))
            text = view.told(next(iter(there))) if len(there) == 1 else ""
            right = view.across.edge(stage.stop)
            room = view.across.pixel(right) - view.across.pixel(view.across.edge(stage.start))
            inside = 6.0 <= view.pixel(next(iter(there))) + away <= view.height - 6.0 if text else False
            if text and inside and room > len(text) * _STAGE_LETTER + 8:
                values.append({"x": right, "y": view.up.of(next(iter(there))), "text": text})
        mark: Spec = {
            "type": "text",
            "align": "right",
            "baseline": "middle",
            "dx": -4,
            "dy": away,
            "fontSize": 10.5,
            "color": LIMIT,
        }
        ground = mark | {"stroke": "white", "strokeWidth": 3, "strokeJoin": "round", "color": "white"}
        if values:
            found += [
                layer(values, how, x=quantitative("x"), y=quantitative("y"), text={"field": "text"}) for how in (ground, mark)
            ]
    return found


def apart(places: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return places in rising order at least so far from each other, each as near to where it was as the others let it.

    Args:
        places: in rising order.
        least: distance.
        low, high: between them they stay, where they have room.
    """
    groups: list[list[float]] = []  # of places that touch: sum of where each wants the first of them to be, how many
    for place in places:
        groups.append([place, 1.0])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] + groups[-2][1] * least > groups[-1][0] / groups[-1][1]:
            wants, count = groups.pop()
            groups[-1][0] += wants - count * groups[-1][1] * least
            groups[-1][1] += count
    found: list[float] = []
    for wants, count in groups:
        start = min(max(wants / count, low), high - (count - 1) * least)
        found += [start + place * least for place in range(int(count))]
    return found


def _stages(view: View) -> list[Spec]:
    """Borders of stages and of the baseline, and above the first panel their names."""
    chart, across = view.chart, view.across
    borders = {stage.start for stage in chart.spans[1:]}
    if chart.monitored_from is not None and 0 < chart.monitored_from < len(across.places):
        borders.add(chart.monitored_from)
    mark: Spec = {"type": "rule", "color": MUTED, "strokeWidth": 1, "strokeDash": [2, 3]}
    found = [layer([{"x": across.edge(one)} for one in sorted(borders)], mark, x=quantitative("x"))] if borders else []
    if view.first:
        found += _names(view, [(s.label, s.start, s.stop) for s in chart.spans if s.label], -7)
        found += _names(view, phases_of(view), -7 if not any(s.label for s in chart.spans) else -21)
    return found


def phases_of(view: View) -> list[tuple[str, int, int]]:
    """Return baseline and monitored points, where both are told apart and there."""
    count, start = len(view.across.places), view.chart.monitored_from
    if start is None:
        return []
    found = [(view.wording("baseline"), 0, start), (view.wording("monitored"), start, count)]
    return [one for one in found if one[1] < one[2]]


def _names(view: View, named: Sequence[tuple[str, int, int]], y: int) -> list[Spec]:
    values = []
    for label, start, stop in named:
        left, right = view.across.edge(start), view.across.edge(stop)
        room = view.across.pixel(right) - view.across.pixel(left)
        if shown := shortened(label, room - 4):
            values.append({"x": (left + right) / 2, "text": shown, "tip": label})
    mark: Spec = {"type": "text", "align": "center", "baseline": "middle", "fontSize": 11.5, "color": MUTED}
    return [layer(values, mark, x=quantitative("x"), y={"value": y}, text={"field": "text"})] if values else []


def shortened(text: str, room: float) -> str:
    """Return a text as it fits into so many CSS pixels, with an ellipsis where it does not, empty where nothing does."""
    if _wide(text) <= room:
        return text
    while text and _wide(text + "…") > room:
        text = text[:-1]
    return f"{text}…" if text else ""


def _wide(text: str) -> float:
    return sum(11.6 if one > "\u2e80" else _STAGE_LETTER for one in text)
