"""Readings on probability paper: the fitted distribution as a line with its band, the readings as points, the test by its name."""

from collections.abc import Sequence

from openqi.app.pictures.axes import Axis
from openqi.app.pictures.capability.shown import HEIGHT, ShownStudy
from openqi.app.pictures.frame import INK, INNER, VALUE, Spec, Wording, layer, on_axes, quantitative
from openqi.app.pictures.numbers import grouped, percent, risk
from openqi.science.capability.result import Study
from openqi.science.capability.shapes.law import Law, law_of
from openqi.science.capability.shapes.probability import ProbabilityPoint, probability_points
from openqi.science.numbers.normal_functions import normal_below, normal_root

_SHARES = (0.0001, 0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999)
_STEPS = 60


def probability_panel(shown: ShownStudy, wording: Wording, *, height: float = HEIGHT) -> Spec:
    """Return the panel of probability paper, ruled normally: a normal law is a straight line, another one bends."""
    study = shown.study
    law = law_of(study)
    points = probability_points(study.readings, law)
    axis = shown.axis(wording)
    edge = max(2.0, *(abs(one.score) for one in points)) + 0.25
    layers = [*_band(points, axis), *_line(law, axis, edge), _dots(points, axis)]
    ticks = [normal_root(share) for share in _SHARES if abs(normal_root(share)) <= edge]
    names = {f"{normal_root(share):.6f}": f"{100 * share:g}" for share in _SHARES}
    told = " : ".join(f"abs(datum.value - {score}) < 1e-4 ? '{name}'" for score, name in names.items()) + " : ''"
    up: Spec = {
        "axis": {"title": wording("capability-share"), "values": ticks, "labelExpr": told, "grid": True, "minExtent": 34},
        "scale": {"domain": [-edge, edge], "nice": False, "zero": False},
    }
    return {"width": INNER, "height": height, "layer": on_axes(layers, x=axis.drawn(), y=up)}


def test_told(study: Study, wording: Wording) -> str:
    """Return the law, and the test of how well it fits, by its name."""
    fit = study.fit
    law = wording(f"law-{'normal' if fit is None else fit.method}")
    if fit is None or fit.statistic is None or fit.p_value is None:
        return f"{law}{wording('capability-separator')}{wording('capability-no-test')}"
    return wording("capability-test", law=law, statistic=f"{fit.statistic:.3f}", p=risk_of(fit.p_value))


def risk_of(p: float) -> str:
    """Return a p-value as it is read."""
    return f"{p:.3f}" if p >= 0.001 else risk(p) if 0.0 < p < 1e-4 else "< 0.001"


def _band(points: Sequence[ProbabilityPoint], axis: Axis) -> list[Spec]:
    ends = [(one.score, one.low, one.high) for one in points if one.low is not None and one.high is not None]
    values = [
        {"y": score, "x": axis.of(max(min(low, axis.high), axis.low)), "x2": axis.of(max(min(high, axis.high), axis.low))}
        for score, low, high in ends
    ]
    mark = {"type": "area", "orient": "horizontal", "color": VALUE, "opacity": 0.15}
    return [layer(values, mark, y=quantitative("y"), x=quantitative("x"), x2={"field": "x2"})] if values else []


def _line(law: Law | None, axis: Axis, edge: float) -> list[Spec]:
    if law is None:
        return []
    values = []
    for step in range(_STEPS + 1):
        score = -edge + 2.0 * edge * step / _STEPS
        at = law.quantile(normal_below(score), normal_below(-score))
        if axis.low <= at <= axis.high:
            values.append({"y": score, "x": axis.of(at)})
    mark = {"type": "line", "color": VALUE, "strokeWidth": 1.8}
    return [layer(values, mark, y=quantitative("y"), x=quantitative("x"), order={"field": "y", "type": "quantitative"})]


def _dots(points: Sequence[ProbabilityPoint], axis: Axis) -> Spec:
    values = [
        {"x": axis.of(one.value), "y": one.score, "tip": f"{grouped(f'{one.value:.9g}')}: {percent(one.share)}"} for one in points
    ]
    dot = {"type": "point", "filled": True, "color": INK, "size": 14, "opacity": 0.9}
    return layer(values, dot, x=quantitative("x"), y=quantitative("y"))
