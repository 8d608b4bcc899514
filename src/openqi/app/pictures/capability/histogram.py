"""How the readings lie against the limits, with what they were taken to follow drawn over them."""

from itertools import pairwise

from openqi.app.pictures.axes import Axis
from openqi.app.pictures.capability.indices import index_lines
from openqi.app.pictures.capability.shown import APART, HEIGHT, LINES, ShownStudy, headed, limit_lines
from openqi.app.pictures.frame import INNER, MUTED, Spec, Wording, layer, named_lines, on_axes, quantitative
from openqi.app.pictures.numbers import grouped, percent
from openqi.science.capability.estimates.bins import Bins, bins
from openqi.science.capability.shapes.law import Basis, is_empirical, law_of, reach_of_study

_CURVE = 160


def capability_histogram(shown: ShownStudy, wording: Wording) -> Spec:
    """Return the picture of a study: histogram, limits, target, curves, and the indices with their intervals.

    Args:
        shown: the study with name and unit.
        wording: words and units.
    """
    rows = [histogram_panel(shown, wording), index_lines(shown.study, wording)]
    return headed({"vconcat": rows, "spacing": 10, "resolve": APART}, shown, wording, "capability-title")


def histogram_panel(shown: ShownStudy, wording: Wording, *, height: float = HEIGHT) -> Spec:
    """Return the panel of the histogram."""
    study, axis = shown.study, shown.axis(wording)
    lying = bins(study.readings)
    curves = [curve for basis in _bases(shown) if (curve := _curve(shown, basis, lying, axis))]
    highest = max([*lying.counts, *(point["y"] for _, points in curves for point in points)])
    limit = study.limits
    values = [
        {
            "x": axis.of(left), "x2": axis.of(right), "y": count,
            "out": (left + right) / 2 < limit.lower or (left + right) / 2 > limit.upper,
            "tip": f"{_told(left)} … {_told(right)}: {count} ({percent(count / study.n)})",
        }
        for count, (left, right) in zip(lying.counts, pairwise(lying.edges), strict=True)
    ]  # fmt: skip
    shade = {"field": "out", "type": "nominal", "legend": None, "scale": {"domain": [False, True], "range": ["#bcd3d8", "#dfa9a2"]}}
    bars = layer(
        values, {"type": "bar", "binSpacing": 0.6}, x=quantitative("x"), x2={"field": "x2"}, y=quantitative("y"), y2={"datum": 0},
        fill=shade,
    )  # fmt: skip
    scale = {"domain": [0, highest * 1.06], "nice": False}
    up: Spec = {
        "axis": {"title": wording("capability-frequency"), "grid": False, "tickCount": 4, "format": "~s", "minExtent": 34},
        "scale": scale,
    }
    layers = on_axes([bars, *_lines(shown, curves, wording), *limit_lines(shown, axis, wording)], x=axis.drawn(), y=up)
    return {"width": INNER, "height": height, "layer": layers}


def _bases(shown: ShownStudy) -> tuple[Basis, ...]:
    """A curve of the spread within says what a stable process will be; of another it is not drawn, as no Cp is stated."""
    return ("overall", "within") if shown.study.stability.stable else ("overall",)


def _curve(shown: ShownStudy, basis: Basis, lying: Bins, axis: Axis) -> tuple[Basis, list[Spec]] | None:
    """How many readings a bin about each place would hold, exactly, not by a density."""
    law = law_of(shown.study, basis)
    if law is None:
        return None
    half, n = (lying.edges[1] - lying.edges[0]) / 2, shown.study.n
    places = [axis.low + (axis.high - axis.low) * step / _CURVE for step in range(_CURVE + 1)]

    def expected(x: float) -> float:
        low, high = law.below(x - half), law.below(x + half)
        return n * (high - low if high < 0.5 else law.above(x - half) - law.above(x + half))

    return basis, [{"x": axis.of(x), "y": max(expected(x), 0.0)} for x in places]


def _lines(shown: ShownStudy, curves: list[tuple[Basis, list[Spec]]], wording: Wording) -> list[Spec]:
    """The curves with a legend; of sample quantiles, which have none, upright lines where 0.135 %, half and 99.865 % lie below."""
    study = shown.study
    if is_empirical(study):
        reach, axis = reach_of_study(study), shown.axis(wording)
        name = wording("capability-quantiles", kind=(study.fit.method if study.fit else "").rpartition("-")[2])
        values = [{"x": axis.of(at), "kind": name} for at in (reach.low, reach.centre, reach.high)]
        mark = {"type": "rule", "strokeWidth": 1.6}
        return [layer(values, mark, x=quantitative("x"), **_higher(named_lines((name, MUTED, (4, 3)))))]
    names = {basis: curve_name(shown, basis, wording) for basis, _ in curves}
    told = _higher(named_lines(*((names[basis], *LINES[basis]) for basis, _ in curves)))
    line = {"type": "line", "strokeWidth": 2}
    values = [{**point, "kind": names[basis]} for basis, points in curves for point in points]
    return [layer(values, line, x=quantitative("x"), y=quantitative("y"), **told)]


def _higher(told: Spec) -> Spec:
    """A legend above the names of the limits."""
    for channel in told.values():
        channel["legend"] |= {"offset": 22}
    return told


def curve_name(shown: ShownStudy, basis: Basis, wording: Wording) -> str:
    """Return what a curve is called: the law, and of two spreads which."""
    fit = shown.study.fit
    law = wording(f"law-{'normal' if fit is None else fit.method}")
    spread = wording(f"capability-{basis}")
    both = law_of(shown.study, "within") is not None
    return f"{law}{wording('capability-separator')}{spread}" if both else law


def _told(value: float) -> str:
    return grouped(f"{value:.7g}")
