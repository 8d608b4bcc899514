"""How far a recall has come in a picture: each report a dot, what stands until the next a level line, nothing in between."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from openqi.app.pictures.frame import INNER, LIMIT, VALUE, Spec, Wording, framed, layer, level, on_axes, quantitative
from openqi.pillars.surveillance.recalls.completion import PointReached

_DATE: Final[Spec] = {"field": "x", "type": "temporal"}


def completion_curve(points: Sequence[PointReached], wording: Wording, *, begins: str, until: str) -> Spec:
    """Return the curve of a recall: units that were reached over days, against how many are recalled.

    Args:
        points: what was reached by each report, in order; at least one.
        wording: words.
        begins: day on which the recall begins.
        until: day until which the last report is drawn to stand.
    """
    recalled = points[-1].recalled
    most = max(recalled or 0, *(one.reached for one in points))
    dots = [
        {"x": one.at[:10], "y": one.reached, "tip": wording("recall-point", day=one.at[:10], reached=one.reached, of=_of(one))}
        for one in points
    ]  # fmt: skip
    steps = [{"x": one.at[:10], "y": one.reached} for one in points]
    if until > points[-1].at[:10]:
        steps.append({"x": until, "y": points[-1].reached})
    axis_x: dict[str, Any] = {
        "axis": {"title": None, "format": "%Y-%m-%d", "tickCount": 4, "grid": False, "labelAngle": 0},
        "scale": {"domain": [_ms(min(begins, points[0].at[:10])), _ms(max(until, points[-1].at[:10]))]},
    }
    axis_y = {
        "axis": {"title": wording("recall-units"), "tickCount": 5, "grid": True},
        "scale": {"domain": [0, most], "nice": True},
    }
    line = {"type": "line", "interpolate": "step-after", "color": VALUE, "strokeWidth": 2}
    dot = {"type": "point", "filled": True, "size": 55, "color": VALUE, "opacity": 1}
    layers = [layer(told, mark, x=dict(_DATE), y=quantitative("y")) for told, mark in ((steps, line), (dots, dot))]
    if recalled is not None:
        layers.append(level(float(recalled), colour=LIMIT, dash=(6, 3), width=1.5))
    told = [wording("recall-of", recalled=recalled) if recalled is not None else wording("recall-of-unknown")]
    return framed(
        {"width": INNER, "height": 220, "layer": on_axes(layers, x=axis_x, y=axis_y)}, title=wording("recall-curve"), subtitle=told
    )


def _of(one: PointReached) -> str:
    return "?" if one.recalled is None else str(one.recalled)


def _ms(day: str) -> int:
    return (date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000
