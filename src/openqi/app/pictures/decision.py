"""A decision: the value with its uncertainty over the limits of tolerance and of acceptance, and how likely it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.frame import (
    ACCEPTED,
    INK,
    INNER,
    LIMIT,
    SECOND,
    VALUE,
    Spec,
    Wording,
    framed,
    layer,
    on_axes,
    quantitative,
)
from openqi.app.pictures.numbers import grouped, risk, stated
from openqi.science.decision.outcomes import Decision
from openqi.science.decision.risk import limits_of
from openqi.science.decision.rule import Interval
from openqi.science.distributions.distribution import distribution

_HILL, _LANE, _STEPS = 120, 33, 160
_SIGMAS: Final = 4.0


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision with what it was made from; all numbers in one unit, for which `unit` stands."""

    decision: Decision
    standard_uncertainty: float
    coverage_factor: float
    tolerance: Interval
    unit: str = ""

    @property
    def value(self) -> float:
        """What was compared."""
        return float(self.decision.compared)

    @property
    def expanded(self) -> float:
        """U = k u."""
        return self.standard_uncertainty * self.coverage_factor

    def shown(self, *more: float) -> list[float]:
        """Return what an axis has to have room for: limits, the value with four standard uncertainties to each side, and more."""
        told = (self.tolerance, self.decision.accept, self.decision.reject)
        ends = [end for interval in told if interval is not None for end in limits_of(interval)]
        wide = _SIGMAS * self.standard_uncertainty
        return [*filter(isfinite, ends), self.value - wide, self.value + wide, *more]


def decision_picture(decided: Decided, wording: Wording) -> Spec:
    """Return the picture of a decision: where the measurand may lie, the wrong part of it shaded, and the limits below.

    Args:
        decided: the decision.
        wording: words and units.
    """
    axis = axis_of(wording("value"), wording.unit(decided.unit), decided.shown(), margin=0.08)
    lanes = _lanes(decided, wording)
    deep = (len(lanes) + 1) * _LANE + 6
    layers = [*_hill(decided, axis, wording), *_whisker(decided, axis, wording)]
    for row, (name, interval, colour, dash) in enumerate(lanes, start=1):
        layers += _lane(name, interval, axis, -(row + 0.62) * _LANE / _HILL, colour, dash)
    y: Spec = {"axis": None, "scale": {"domain": [-deep / _HILL, 1.04], "nice": False}}
    whole = stated(decided.value, decided.expanded)[1]
    k = f"k = {decided.coverage_factor:.3g}"
    return framed(
        {"width": INNER + 40, "height": _HILL * 1.04 + deep, "layer": on_axes(layers, x=axis.drawn(), y=y)},
        title=wording(f"outcome-{decided.decision.outcome}"),
        subtitle=[
            f"{wording.with_unit(f'{grouped(decided.decision.compared)} ± {whole}', decided.unit)} ({k})",
            wording("wrong", risk=risk(decided.decision.specific_risk), rule=wording(f"rule-{decided.decision.rule}")),
        ],
    )


def _hill(decided: Decided, axis: Axis, wording: Wording) -> list[Spec]:
    """The density of the measurand; what lies where the decision would be wrong in the colour of limits."""
    stands = distribution("normal", mean=0.0, sd=1.0)
    wide, u = _SIGMAS, decided.standard_uncertainty
    low, high = limits_of(decided.tolerance)
    places = {-wide + 2 * wide * step / _STEPS for step in range(_STEPS + 1)}
    edges = [(edge - decided.value) / u for edge in (low, high) if isfinite(edge)]
    places |= {edge for edge in edges if -wide < edge < wide}
    peak = stands.density(0.0)
    points = [(decided.value + z * u, stands.density(z) / peak) for z in sorted(places)]
    wrong_outside = _wrong_outside(decided)
    line: Spec = {"type": "line", "color": VALUE, "strokeWidth": 1.8}
    layers = [
        _area(points, axis, "#dbe7e9", ""),
        *(
            _area(part, axis, "#d98a80", f"{wording('wrong-part')}: {risk(decided.decision.specific_risk)}")
            for part in _parts(points, low, high, outside=wrong_outside)
        ),
        layer([{"x": axis.of(at), "y": height} for at, height in points], line, x=quantitative("x"), y=quantitative("y")),
    ]
    for edge in (low, high):
        if isfinite(edge):
            rule: Spec = {"type": "rule", "color": LIMIT, "strokeWidth": 1.6}
            layers.append(
                layer(
                    [{"x": axis.of(edge), "y": 0.0, "y2": 1.0}], rule, x=quantitative("x"), y=quantitative("y"), y2={"field": "y2"}
                )
            )
    return layers


def _wrong_outside(decided: Decided) -> bool:
    """Whether the decision is wrong where the measurand lies outside of the tolerance; see `Decision.specific_risk`."""
    if decided.decision.outcome in ("noPass", "noFail"):
        return decided.decision.outcome == "noFail"
    return decided.decision.outcome in ("pass", "conditionalPass")


def _parts(points: Sequence[tuple[float, float]], low: float, high: float, *, outside: bool) -> list[list[tuple[float, float]]]:
    parts = (
        [[one for one in points if one[0] <= low], [one for one in points if one[0] >= high]]
        if outside
        else [[one for one in points if low <= one[0] <= high]]
    )
    return [part for part in parts if len(part) > 1]


def _area(points: Sequence[tuple[float, float]], axis: Axis, colour: str, tip: str) -> Spec:
    told = {"tip": tip} if tip else {}
    values = [{"x": axis.of(at), "y": height, **told} for at, height in points]
    return layer(values, {"type": "area", "color": colour}, x=quantitative("x"), y=quantitative("y"), y2={"datum": 0})


def _whisker(decided: Decided, axis: Axis, wording: Wording) -> list[Spec]:
    y = -0.55 * _LANE / _HILL
    value, half = decided.value, decided.expanded
    told = wording.with_unit(" ± ".join(stated(value, half)), decided.unit)
    bar: Spec = {"type": "rule", "color": INK, "strokeWidth": 2}
    dot: Spec = {"type": "point", "filled": True, "color": INK, "size": 64, "opacity": 1}
    return [
        layer(
            [{"x": axis.of(value - half), "x2": axis.of(value + half), "y": y}],
            bar,
            x=quantitative("x"),
            x2={"field": "x2"},
            y=quantitative("y"),
        ),
        _caps([value - half, value + half], axis, y, INK),
        layer([{"x": axis.of(value), "y": y, "tip": told}], dot, x=quantitative("x"), y=quantitative("y")),
    ]


def _lanes(decided: Decided, wording: Wording) -> list[tuple[str, Interval, str, Sequence[int]]]:
    def told(name: str, interval: Interval) -> str:
        low, high = limits_of(interval)
        ends = [grouped(f"{end:.6g}") if isfinite(end) else ("−∞" if end < 0 else "∞") for end in (low, high)]
        return f"{wording(name)}: {' … '.join(ends)}"

    found: list[tuple[str, Interval, str, Sequence[int]]] = [
        (told("tolerance", decided.tolerance), decided.tolerance, LIMIT, (1, 0))
    ]
    if decided.decision.accept is not None:
        found.append((told("accepted", decided.decision.accept), decided.decision.accept, ACCEPTED, (1, 0)))
    if decided.decision.reject is not None:
        found.append((told("rejected-outside", decided.decision.reject), decided.decision.reject, SECOND, (5, 3)))
    return found


def _lane(name: str, interval: Interval, axis: Axis, y: float, colour: str, dash: Sequence[int]) -> list[Spec]:
    """An interval as a bar; an end without a limit goes on to the edge and has no cap."""
    low, high = limits_of(interval)
    left, right = max(low, axis.low), min(high, axis.high)
    bar: Spec = {"type": "rule", "color": colour, "strokeWidth": 4, "strokeDash": list(dash)}
    text: Spec = {
        "type": "text",
        "dy": -13,
        "baseline": "middle",
        "align": "left",
        "color": colour if colour != ACCEPTED else VALUE,
        "fontSize": 11.5,
    }
    return [
        layer(
            [{"x": axis.of(left), "x2": axis.of(right), "y": y, "tip": name}],
            bar,
            x=quantitative("x"),
            x2={"field": "x2"},
            y=quantitative("y"),
        ),
        _caps([end for end in (low, high) if isfinite(end)], axis, y, colour),
        layer([{"y": y, "text": name}], text, x={"value": 0}, y=quantitative("y"), text={"field": "text"}),
    ]


def _caps(ends: Sequence[float], axis: Axis, y: float, colour: str) -> Spec:
    tick: Spec = {"type": "tick", "orient": "vertical", "size": 11, "thickness": 2.5, "color": colour, "opacity": 1}
    return layer([{"x": axis.of(end), "y": y} for end in ends], tick, x=quantitative("x"), y=quantitative("y"))
