"""Charts of readings against limits: Vega-Lite specifications without words, so that one drawing serves every language."""

from collections.abc import Sequence
from typing import Any, Final

from openqi.app.pictures.calibration import certificate_curve
from openqi.app.pictures.frame import Wording
from openqi.app.reading.instruments import InstrumentPage, Result
from openqi.app.reading.items import ItemPage
from openqi.app.reading.judged import Judged
from openqi.app.reading.lots import LotPage
from openqi.app.reading.products import ProductPage, Tests
from openqi.interfaces.web.units import shown_unit
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import NotFoundError
from openqi.science.calibration.certificate import CalibrationPoint

INK, MUTED, VALUE, LIMIT, ACCEPT = "#1c2733", "#5b6875", "#0b6472", "#a3261b", "#b26a00"
_SERIES: Final = ("#0b6472", "#7a4b9d", "#4b8b3b", "#8c2f5b", "#44546a", "#2f5fa8")
_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
_FONT: Final = "system-ui, Noto Sans, DejaVu Sans, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
_MOST: Final = 5_000
Spec = dict[str, Any]


def charts_of(page: LotPage | ProductPage | InstrumentPage) -> tuple[Spec, ...]:
    """Return the charts of a page, in the order in which it shows them."""
    if isinstance(page, LotPage):
        return tuple(histogram(one) for one in page.judged if one.rows)
    if isinstance(page, ProductPage):
        return tuple(test_chart(group) for group in page.tests if any(one.rows for one in group.judged))
    return tuple(errors(result) for certificate in page.certificates for result in certificate.results if result.points)


def chart_of(page: LotPage | ProductPage | InstrumentPage | ItemPage, number: int) -> Spec:
    """Return one chart of a page; raises NotFoundError where it has not so many."""
    specs = () if isinstance(page, ItemPage) else charts_of(page)
    if number >= len(specs):
        raise NotFoundError(f"the page has {len(specs)} charts, no chart {number}")
    return specs[number]


def _spec(layers: Sequence[Spec], *, height: int = 240) -> Spec:
    axis = {"labelColor": INK, "titleColor": INK, "gridColor": "#e3e6e8", "domainColor": MUTED, "tickColor": MUTED}
    sizes = {"labelFontSize": 13, "titleFontSize": 14, "titleFontWeight": "normal"}
    return {
        "$schema": _SCHEMA,
        "width": 470,
        "height": height,
        "background": "white",
        "padding": 8,
        "layer": list(layers),
        "config": {"font": _FONT, "axis": axis | sizes, "view": {"stroke": None}},
    }


_SCALE: Final = {"zero": False, "nice": True, "padding": 12}
_BOUNDS: Final = [{"calculate": "datum.v - datum.u", "as": "lo"}, {"calculate": "datum.v + datum.u", "as": "hi"}]


def _limits(one: Judged) -> list[tuple[float, str, list[int]]]:
    """Limits and acceptance limits as numbers, each with its colour and dashes."""
    found = []
    if one.requirement is not None:
        found += [(float(text), LIMIT, [1, 0]) for text in (one.requirement.lower, one.requirement.upper) if text]
    drawn_already = {value for value, _, _ in found}  # simple acceptance has no guard band
    accepted = [float(text) for text in (one.acceptance.lower, one.acceptance.upper) if text]
    return found + [(value, ACCEPT, [6, 4]) for value in accepted if value not in drawn_already]


def _unit_title(unit: str) -> str:
    return shown_unit(unit) or "1"


def histogram(one: Judged) -> Spec:
    """Return how many readings fall where, with the limits as upright lines."""
    x = {"field": "v", "type": "quantitative", "bin": {"maxbins": 32}, "scale": _SCALE, "title": _unit_title(one.unit)}
    layers: list[Spec] = [
        {
            "data": {"values": [{"v": float(row.value)} for row in one.rows]},
            "mark": {"type": "bar", "color": VALUE, "opacity": 0.85, "binSpacing": 1},
            "encoding": {"x": x, "y": {"aggregate": "count", "title": "n"}},
        }
    ]
    return _spec([*layers, *(_upright(value, colour, dash) for value, colour, dash in _limits(one))])


def _upright(value: float, colour: str, dash: list[int]) -> Spec:
    mark = {"type": "rule", "color": colour, "strokeWidth": 2, "strokeDash": dash}
    return {"data": {"values": [{"v": value}]}, "mark": mark, "encoding": {"x": {"field": "v", "type": "quantitative"}}}


def test_chart(group: Tests) -> Spec:
    """Return the type tests of one procedure: a line over many measurements, or points with their uncertainty."""
    return _series(group) if any(len(one.rows) > 1 for one in group.judged) else _points(group)


def _points(group: Tests) -> Spec:
    data = [
        {"s": one.subject.tail, "v": float(row.value), "u": float(row.expanded_uncertainty)}
        for one in group.judged
        for row in one.rows
    ]
    limits = [{"s": one.subject.tail, "v": value, "c": colour} for one in group.judged for value, colour, _ in _limits(one)]
    x = {"field": "s", "type": "nominal", "title": None, "axis": {"labelAngle": 0, "grid": False}, "sort": None}
    y = {"type": "quantitative", "scale": _SCALE, "title": _unit_title(group.unit)}
    tick: Spec = {
        "data": {"values": limits},
        "mark": {"type": "tick", "thickness": 2.5, "bandSize": 90, "orient": "horizontal"},
        "encoding": {"x": x, "y": y | {"field": "v"}, "color": {"field": "c", "type": "nominal", "scale": None}},
    }
    return _spec([tick, *_bars(data, x, y)])


def _bars(data: list[Spec], x: Spec, y: Spec) -> list[Spec]:
    """Points, each with a bar of its expanded uncertainty to both sides."""
    rule = {"type": "rule", "color": VALUE, "strokeWidth": 2}
    point = {"type": "point", "filled": True, "color": VALUE, "size": 70, "opacity": 1}
    bounds = {"x": x, "y": y | {"field": "lo"}, "y2": {"field": "hi"}}
    return [
        {"data": {"values": data}, "transform": _BOUNDS, "mark": rule, "encoding": bounds},
        {"data": {"values": data}, "mark": point, "encoding": {"x": x, "y": y | {"field": "v"}}},
    ]


def _series(group: Tests) -> Spec:
    data = [
        {"s": one.subject.tail, "n": number, "v": float(row.value)}
        for one in group.judged
        for number, row in enumerate(one.rows[:_MOST], start=1)
    ]
    limits = dict.fromkeys((value, colour, tuple(dash)) for one in group.judged for value, colour, dash in _limits(one))
    names = list(dict.fromkeys(one.subject.tail for one in group.judged))
    shades = [_SERIES[place % len(_SERIES)] for place in range(len(names))]
    legend = {"orient": "top", "labelFontSize": 12, "symbolStrokeWidth": 3}
    line: Spec = {
        "data": {"values": data},
        "mark": {"type": "line", "strokeWidth": 1.6},
        "encoding": {
            "x": {"field": "n", "type": "quantitative", "title": "n", "axis": {"grid": False}},
            "y": {"field": "v", "type": "quantitative", "scale": _SCALE, "title": _unit_title(group.unit)},
            "color": {
                "field": "s",
                "type": "nominal",
                "title": None,
                "scale": {"domain": names, "range": shades},
                "legend": legend,
            },
        },
    }
    return _spec([line, *(_level(value, colour, list(dash)) for value, colour, dash in limits)])


def _level(value: float, colour: str, dash: list[int]) -> Spec:
    mark = {"type": "rule", "color": colour, "strokeWidth": 2, "strokeDash": dash}
    return {"data": {"values": [{"v": value}]}, "mark": mark, "encoding": {"y": {"field": "v", "type": "quantitative"}}}


def errors(result: Result) -> Spec:
    """Return the errors of indication at the calibrated points, and what a decision takes between them."""
    points = [
        CalibrationPoint(
            indicated=fraction(point.indicated),
            reference=fraction(point.reference),
            expanded_uncertainty=fraction(point.expanded_uncertainty),
        )
        for point in result.points
    ]
    points.sort(key=lambda point: point.indicated)
    return certificate_curve(points, _WORDLESS, unit=result.unit, title="", coverage_factor=result.coverage_factor, width=_WIDTH)


_WIDTH: Final = 250  # it stands in a card, which is narrow on a telephone
_WORDLESS: Final = Wording(words={"indication": "x", "error": "e", "certificate-points": "", "between-points": ""}, unit=shown_unit)
"""The page says the rest, in its own language."""
