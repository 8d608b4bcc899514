"""Two results together: trials as points, and the ellipses that hold them, by trials and by first order."""

from collections.abc import Sequence
from dataclasses import replace
from math import cos, log, pi, sin, sqrt
from typing import Final

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.distribution import place_of
from openqi.app.pictures.frame import (
    INK,
    INNER,
    MUTED,
    SECOND,
    VALUE,
    Spec,
    Wording,
    framed,
    layer,
    named_lines,
    on_axes,
    quantitative,
)
from openqi.app.pictures.numbers import short, stated
from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.monte_carlo.coverage import coverage_ellipse
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.propagation.covariance import covariance_of
from openqi.science.uncertainty.propagation.evaluation import Evaluation

_SHOWN, _TURN = 300, 96
_Points = list[tuple[float, float]]
_Matrix = Sequence[Sequence[float]]
_SQUARE: Final = {"width": INNER - 20, "height": INNER - 50}


def coverage_ellipses(
    first: Sequence[Evaluation],
    wording: Wording,
    *,
    names: tuple[str, str],
    run: Propagated | None = None,
    probability: float = 0.95,
) -> Spec:
    """Return two outputs together.

    Args:
        first: results of one evaluation, the two among them.
        wording: words and units.
        names: of the two outputs.
        run: of trials; without one the ellipse of first order stands alone, that of a joint normal distribution.
        probability: that an ellipse covers, where there is no run, which has its own.

    Raises:
        DomainError: there is no such output, it is twice the same, or the two have no ellipse: one is constant, or a linear
            function of the other.
    """
    known = {one.name: one for one in first}
    missing = [name for name in names if name not in known]
    if missing or names[0] == names[1]:
        raise DomainError(f"an ellipse is of two outputs, not of {' and '.join(names)}; there are {', '.join(known)}")
    p = probability if run is None else run.probability
    one, two = (known[name] for name in names)
    covariance = covariance_of([one, two])
    r = _coefficient(covariance, names)
    stated_by_first = _ellipse((one.value, two.value), covariance, sqrt(-2.0 * log(1.0 - p)))
    by_trials, dots = ([], []) if run is None else _of_trials(run, names, p)
    shown = [*stated_by_first, *by_trials, *dots]
    across, up = (
        axis_of(name, wording.unit(known[name].unit or ""), [point[place] for point in shown]) for place, name in enumerate(names)
    )
    share = f"{100 * p:g} %"
    outlines: list[tuple[str, _Points, str, Sequence[int]]] = [
        (wording("first-order", share=share), stated_by_first, SECOND, (5, 3))
    ]
    if by_trials:
        outlines.insert(0, (wording("by-trials", share=share), by_trials, VALUE, (1, 0)))
    layers = [*_dots(dots, across, up), _outlines(outlines, across, up), *_centre(one, two, across, up)]
    return framed(
        {**_SQUARE, "layer": on_axes(layers, x=across.drawn(grid=True), y=up.drawn(grid=True, minExtent=46, maxExtent=60))},
        title=wording("ellipse", one=names[0], two=names[1]),
        zoom=True,
        subtitle=[f"r({names[0]}, {names[1]}) = {short(r)}"],
    )


def _coefficient(covariance: _Matrix, names: tuple[str, str]) -> float:
    square = covariance[0][0] * covariance[1][1]
    if not square or abs(covariance[0][1]) >= sqrt(square) * (1 - 1e-12):
        raise DomainError(f"{names[0]} and {names[1]} have no ellipse: one is constant, or follows from the other")
    return covariance[0][1] / sqrt(square)


def _ellipse(centre: tuple[float, float], covariance: _Matrix, factor: float) -> _Points:
    """The circle of that radius, through the triangle whose square the covariance is."""
    a = sqrt(covariance[0][0])
    b = covariance[0][1] / a
    c = sqrt(covariance[1][1] - b * b)
    turns = [2.0 * pi * step / _TURN for step in range(_TURN)] + [0.0]
    return [(centre[0] + factor * a * cos(turn), centre[1] + factor * (b * cos(turn) + c * sin(turn))) for turn in turns]


def _of_trials(run: Propagated, names: tuple[str, str], probability: float) -> tuple[_Points, _Points]:
    places = [place_of(run, name) for name in names]
    both = replace(
        run,
        names=names,
        value=tuple(run.value[place] for place in places),
        covariance=tuple(tuple(run.covariance[i][j] for j in places) for i in places),
        samples=run.samples[places],
    )
    found = coverage_ellipse(both, probability)
    dots = list(zip(*(row[:_SHOWN].tolist() for row in both.samples), strict=True))
    return _ellipse((found.centre[0], found.centre[1]), found.covariance, found.factor), dots


def _dots(dots: _Points, across: Axis, up: Axis) -> list[Spec]:
    mark: Spec = {"type": "circle", "color": MUTED, "size": 9, "opacity": 0.35}
    values = [{"x": across.of(x), "y": up.of(y)} for x, y in dots]
    return [layer(values, mark, x=quantitative("x"), y=quantitative("y"))] if values else []


def _outlines(outlines: Sequence[tuple[str, _Points, str, Sequence[int]]], across: Axis, up: Axis) -> Spec:
    values = [
        {"x": across.of(x), "y": up.of(y), "order": place, "kind": name, "tip": name}
        for name, points, _, _ in outlines
        for place, (x, y) in enumerate(points)
    ]
    told = named_lines(*((name, colour, dash) for name, _, colour, dash in outlines))
    order = {"field": "order", "type": "quantitative"}
    mark: Spec = {"type": "line", "strokeWidth": 2.2}
    return layer(values, mark, x=quantitative("x"), y=quantitative("y"), order=order, **told)


def _centre(one: Evaluation, two: Evaluation, across: Axis, up: Axis) -> list[Spec]:
    told = ", ".join(f"{each.name} = {stated(each.value, each.standard_uncertainty)[0]}" for each in (one, two))
    mark: Spec = {"type": "point", "filled": True, "color": INK, "size": 60, "opacity": 1}
    values = [{"x": across.of(one.value), "y": up.of(two.value), "tip": told}]
    return [layer(values, mark, x=quantitative("x"), y=quantitative("y"))]
