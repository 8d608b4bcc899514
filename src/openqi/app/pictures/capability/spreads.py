"""The spreads of a process against its tolerance: bars from 0.135 % to 99.865 %, below the bar of the tolerance."""

from math import isfinite

from openqi.app.pictures.axes import Axis
from openqi.app.pictures.capability.shown import LINES, ShownStudy
from openqi.app.pictures.frame import INK, INNER, LIMIT, MUTED, Spec, Wording, layer, on_axes, quantitative
from openqi.app.pictures.numbers import grouped, stated
from openqi.science.capability.indices import Reach
from openqi.science.capability.shapes.law import law_of, reach_of_study

_LANE = 32


def spreads_panel(shown: ShownStudy, wording: Wording) -> Spec:
    """Return the panel of spreads: tolerance, within (of a stable process), overall."""
    study, axis = shown.study, shown.axis(wording)
    lanes: list[tuple[str, float, float | None, float, str, tuple[int, ...]]] = []
    limit = study.limits
    lanes.append((_told(wording("tolerance"), limit.lower, limit.upper), limit.lower, limit.target, limit.upper, LIMIT, (1, 0)))
    law = law_of(study, "within") if study.stability.stable else None
    for basis, reach in (("within", None if law is None else law.reach()), ("overall", reach_of_study(study))):
        if reach is not None:
            lanes.append(_lane(basis, reach, (reach.high - reach.low) / 6, wording))
    layers: list[Spec] = []
    for row, (text, low, middle, high, colour, dash) in enumerate(lanes):
        layers += _drawn(axis, row, text, (low, middle, high), colour, dash)
    y: Spec = {"axis": None, "scale": {"domain": [len(lanes), 0], "nice": False, "zero": False}}
    return {"width": INNER, "height": _LANE * len(lanes) + 4, "layer": on_axes(layers, x=axis.drawn(), y=y)}


def _lane(
    basis: str, reach: Reach, spread: float, wording: Wording
) -> tuple[str, float, float | None, float, str, tuple[int, ...]]:
    name = wording(f"capability-{basis}")
    return (_told(name, reach.low, reach.high, spread), reach.low, reach.centre, reach.high, *LINES[basis])


def _told(name: str, low: float, high: float, spread: float = 0.0) -> str:
    ends = [
        (stated(end, spread / 10)[0] if spread else grouped(f"{end:.9g}")) if isfinite(end) else ("−∞" if end < 0 else "∞")
        for end in (low, high)
    ]
    return f"{name}: {' … '.join(ends)}"


def _drawn(
    axis: Axis, row: int, text: str, at: tuple[float, float | None, float], colour: str, dash: tuple[int, ...]
) -> list[Spec]:
    """A bar from end to end with a mark in its middle; an end without a limit goes on to the edge and has no cap."""
    low, middle, high = at
    left, right, y = max(low, axis.low), min(high, axis.high), row + 0.78
    bar = {"type": "rule", "color": colour, "strokeWidth": 3.5, "strokeDash": list(dash)}
    tick = {"type": "tick", "orient": "vertical", "size": 11, "thickness": 2.5, "color": colour, "opacity": 1}
    dot = {"type": "point", "filled": True, "color": colour, "size": 46, "opacity": 1, "shape": "diamond"}
    name = {
        "type": "text",
        "align": "left",
        "baseline": "middle",
        "dy": -14,
        "color": MUTED if colour == LIMIT else INK,
        "fontSize": 11.5,
    }
    caps = [{"x": axis.of(end), "y": y} for end in (low, high) if isfinite(end) and axis.low <= end <= axis.high]
    span = [{"x": axis.of(left), "x2": axis.of(right), "y": y, "tip": text}]
    found = [layer(span, bar, x=quantitative("x"), x2={"field": "x2"}, y=quantitative("y"))]
    if caps:
        found.append(layer(caps, tick, x=quantitative("x"), y=quantitative("y")))
    if middle is not None and axis.low <= middle <= axis.high:
        found.append(layer([{"x": axis.of(middle), "y": y}], dot, x=quantitative("x"), y=quantitative("y")))
    return [*found, layer([{"y": y, "text": text}], name, x={"value": 0}, y=quantitative("y"), text={"field": "text"})]
