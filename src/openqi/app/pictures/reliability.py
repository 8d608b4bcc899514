"""A risk in a picture: what was found beside what was said, and how many of the bad ones visits to the riskiest catch."""

from collections.abc import Sequence
from typing import Any, Final

from openqi.app.pictures.frame import INK, INNER, MUTED, PALE, SECOND, VALUE, Spec, Wording, framed, layer, on_axes, quantitative
from openqi.app.pictures.numbers import percent
from openqi.science.risk.judging.report import Report

_LEFT: Final = {"minExtent": 40, "maxExtent": 60}
_NICE: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def reliability_diagram(report: Report, wording: Wording) -> Spec:
    """Return the reliability diagram of the population, and below it what visits to the riskiest catch.

    Args:
        report: on a risk.
        wording: words.
    """
    whole = report.judgements[0]
    own = whole.reliability
    rows = [_upper(report, wording)]
    told = [
        wording("risk-objects", objects=whole.objects, bad=whole.bad),
        wording("risk-error", error=percent(own.error), chance=percent(own.error_by_chance)),
    ]
    if whole.discrimination is not None:
        rows.append(_lower(report, wording))
        area = whole.discrimination.area
        ends = "" if area.interval is None else f" ({area.interval.lower:.3f} … {area.interval.upper:.3f})"
        told.append(f"AUC {area.value:.3f}{ends}")
    return framed({"vconcat": rows}, title=wording("risk-holds"), subtitle=told)


def _upper(report: Report, wording: Wording) -> Spec:
    bins = report.judgements[0].reliability.bins
    most = max(max(one.said, one.found.value, one.found.interval.upper if one.found.interval else 0.0) for one in bins)
    end = 100 * next((one for one in _NICE if one >= most), 1.0)
    points = [
        {
            "x": 100 * one.said, "y": 100 * one.found.value,
            "tip": wording(
                "risk-bin", said=percent(one.said), found=percent(one.found.value), objects=one.objects, share=percent(one.share)
            ),
        }
        for one in bins
    ]  # fmt: skip
    bars = [
        {"x": 100 * one.said, "low": 100 * one.found.interval.lower, "high": 100 * one.found.interval.upper}
        for one in bins
        if one.found.interval is not None
    ]
    layers = [
        _line([(0.0, 0.0), (end, end)], colour=MUTED, dash=(4, 3), width=1.2),
        layer(
            bars,
            {"type": "rule", "color": PALE, "strokeWidth": 3},
            x=quantitative("x"),
            y=quantitative("low"),
            y2={"field": "high"},
        ),
        layer(
            points,
            {"type": "point", "filled": True, "size": 60, "color": VALUE, "opacity": 1},
            x=quantitative("x"),
            y=quantitative("y"),
        ),
    ]
    return {
        "width": INNER, "height": 250,
        "layer": on_axes(layers, x=_axis(wording("risk-said"), end), y=_axis(wording("risk-found"), end, **_LEFT)),
    }  # fmt: skip


def _lower(report: Report, wording: Wording) -> Spec:
    found = report.judgements[0].discrimination
    lifts = sorted(found.lifts, key=lambda one: one.budget) if found is not None else []
    caught = [(0.0, 0.0), *((100 * one.budget, 100 * one.caught) for one in lifts if one.budget < 1.0), (100.0, 100.0)]
    dots = [
        {
            "x": 100 * one.budget, "y": 100 * one.caught,
            "tip": wording("risk-budget", budget=percent(one.budget), caught=percent(one.caught), lift=f"{one.lift:.1f}"),
        }
        for one in lifts
    ]  # fmt: skip
    layers = [
        _line([(0.0, 0.0), (100.0, 100.0)], colour=MUTED, dash=(4, 3), width=1.2),
        _line(caught, colour=SECOND, dash=(1, 0), width=1.8),
        _dots(dots, SECOND),
        layer(
            [{"x": 58.0, "y": 50.0, "t": wording("risk-random")}],
            {"type": "text", "align": "left", "baseline": "top", "color": INK, "fontSize": 12},
            x=quantitative("x"), y=quantitative("y"), text={"field": "t", "type": "nominal"},
        ),
    ]  # fmt: skip
    return {
        "width": INNER, "height": 190,
        "layer": on_axes(layers, x=_axis(wording("risk-visited"), 100.0), y=_axis(wording("risk-caught"), 100.0, **_LEFT)),
    }  # fmt: skip


def _line(points: Sequence[tuple[float, float]], *, colour: str, dash: tuple[int, int], width: float) -> Spec:
    mark = {"type": "line", "color": colour, "strokeDash": list(dash), "strokeWidth": width}
    return layer([{"x": x, "y": y} for x, y in points], mark, x=quantitative("x"), y=quantitative("y"))


def _dots(points: Sequence[Spec], colour: str) -> Spec:
    mark = {"type": "point", "filled": True, "size": 60, "color": colour, "opacity": 1}
    return layer(points, mark, x=quantitative("x"), y=quantitative("y"))


def _axis(title: str, end: float, **more: Any) -> Spec:
    axis = {"title": title, "grid": True, "tickCount": 5, **more}
    return {"axis": axis, "scale": {"domain": [0.0, end], "nice": False, "zero": False}}
