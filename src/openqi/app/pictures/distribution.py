"""What a Monte Carlo run came to: how the trials lie, the two coverage intervals below, and what first order says beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.frame import INK, INNER, MUTED, SECOND, VALUE, Spec, Wording, framed, layer, on_axes, quantitative
from openqi.app.pictures.numbers import percent, stated
from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import Distribution, distribution
from openqi.science.uncertainty.monte_carlo.histogram import Histogram, histogram
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.propagation.evaluation import Evaluation

_HEIGHT, ROW, _CURVE = 190, 34, 120


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A coverage interval below a scale: what it is called, its ends as numbers and as text, and how its line is drawn."""

    name: str
    low: float
    high: float
    ends: str
    colour: str
    dash: Sequence[int] = (1, 0)


def output_distribution(
    run: Propagated, wording: Wording, *, name: str | None = None, unit: str | None = None, first: Evaluation | None = None
) -> Spec:
    """Return the distribution of an output, shaded where the shortest interval is.

    Args:
        run: of trials.
        wording: words and units.
        name: of the output, by default the first.
        unit: of it.
        first: what first order says of the same output; drawn as a normal or t distribution, with its interval where it has one.

    Raises:
        DomainError: the run has no such output.
    """
    place = place_of(run, name)
    name = run.names[place]
    lying = histogram(run.samples[place])
    intervals = _intervals(run, place, first, wording)
    curve = [] if first is None else _curve(first, lying)
    shown = [*lying.edges, *(end for one in intervals for end in (one.low, one.high))]
    axis = axis_of(name, wording.unit(unit) if unit else "", shown, margin=0.03)
    value, u = stated(run.value[place], run.standard_uncertainty[place])
    outside = (lying.below + lying.above) / run.trials
    highest = max([max(lying.counts), *(density * _trials_a_unit(lying, run.trials) for _, density in curve)])
    layers = [
        *_bars(lying, run, place, axis, highest),
        *_first(curve, axis, _trials_a_unit(lying, run.trials) / highest),
        *brackets(intervals, axis, height=_HEIGHT),
    ]
    deep = (len(intervals) * ROW + 4) / _HEIGHT
    y: Spec = {"axis": None, "scale": {"domain": [-deep, 1.02], "nice": False}}
    return framed(
        {"width": INNER + 40, "height": _HEIGHT * (1.02 + deep), "layer": on_axes(layers, x=axis.drawn(), y=y)},
        title=wording("distribution", name=name),
        subtitle=[
            f"{name} = {wording.with_unit(value, unit)}, u({name}) = {wording.with_unit(u, unit)}",
            wording("trials", count=f"{run.trials:,}".replace(",", "\N{THIN SPACE}")),
            wording("outside", share=percent(outside)) if outside else "",
        ],
    )


def place_of(run: Propagated, name: str | None) -> int:
    """Return the place of an output in a run; raises DomainError where it has none of that name."""
    if name is not None and name not in run.names:
        raise DomainError(f"the run has no output {name}; it has {', '.join(run.names)}")
    return 0 if name is None else run.names.index(name)


def _intervals(run: Propagated, place: int, first: Evaluation | None, wording: Wording) -> list[Interval]:
    share, u = f"{100 * run.probability:g} %", run.standard_uncertainty[place]

    def interval(name: str, ends: tuple[float, float], colour: str, dash: Sequence[int] = (1, 0)) -> Interval:
        told = " … ".join(stated(end, u)[0] for end in ends)
        return Interval(name=wording(name, share=share), low=ends[0], high=ends[1], ends=told, colour=colour, dash=dash)

    found = [interval("shortest", run.shortest[place], VALUE), interval("symmetric", run.symmetric[place], MUTED)]
    if first is not None and first.standard_uncertainty and (first.degrees_of_freedom or 0.0) >= 1.0:
        half = first.expanded(run.probability).uncertainty
        found.append(interval("first-order", (first.value - half, first.value + half), SECOND, (5, 3)))
    return found


def _bars(lying: Histogram, run: Propagated, place: int, axis: Axis, highest: float) -> list[Spec]:
    low, high = run.shortest[place]
    values = []
    for count, (left, right) in zip(lying.counts, pairwise(lying.edges), strict=True):
        told = " … ".join(stated(edge, run.standard_uncertainty[place] / 10)[0] for edge in (left, right))
        within = low <= (left + right) / 2 <= high
        values.append({
            "x": axis.of(left), "x2": axis.of(right), "y": count / highest, "within": within, "count": count,
            "tip": f"{told}: {percent(count / run.trials)}",
        })  # fmt: skip
    shade = {
        "field": "within",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [True, False], "range": ["#7fb0b8", "#d3dfe2"]},
    }
    bar = {"type": "bar", "binSpacing": 0.6}
    if len(values) == 1 and lying.edges[0] == lying.edges[-1]:
        bar, x2 = {"type": "rule", "strokeWidth": 3}, {}
    else:
        x2 = {"x2": {"field": "x2"}}
    return [layer(values, bar, x=quantitative("x"), **x2, y=quantitative("y"), y2={"datum": 0}, color=shade)]


def _curve(first: Evaluation, lying: Histogram) -> list[tuple[float, float]]:
    """The density of what first order states; nothing where it states no distribution."""
    u, dof = first.standard_uncertainty, first.degrees_of_freedom
    low, high = lying.edges[0], lying.edges[-1]
    if not u or dof is None or low == high:
        return []
    stands: Distribution = (
        distribution("normal", mean=first.value, sd=u) if dof == inf else distribution("t", mean=first.value, scale=u, dof=dof)
    )
    points = [low + (high - low) * step / _CURVE for step in range(_CURVE + 1)]
    return [(x, stands.density(x)) for x in points]


def _trials_a_unit(lying: Histogram, trials: int) -> float:
    """By what a density is multiplied to stand beside the counts."""
    return (lying.edges[1] - lying.edges[0]) * trials


def _first(curve: Sequence[tuple[float, float]], axis: Axis, scale: float) -> list[Spec]:
    values = [{"x": axis.of(x), "y": density * scale} for x, density in curve]
    mark = {"type": "line", "color": SECOND, "strokeWidth": 2, "strokeDash": [5, 3]}
    return [layer(values, mark, x=quantitative("x"), y=quantitative("y"))] if values else []


def brackets(intervals: Sequence[Interval], axis: Axis, *, height: float) -> list[Spec]:
    """Return intervals below zero, a row each.

    Args:
        intervals: from the top.
        axis: on which they lie.
        height: in CSS pixels, of one unit upright.
    """
    layers = []
    for row, one in enumerate(intervals):
        y = -(row + 0.72) * ROW / height
        line = {"type": "rule", "color": one.colour, "strokeWidth": 2.5, "strokeDash": list(one.dash)}
        told = [{"x": axis.of(one.low), "x2": axis.of(one.high), "y": y, "tip": f"{one.name}: {one.ends}"}]
        caps = [{"x": axis.of(end), "y": y} for end in (one.low, one.high)]
        tick = {"type": "tick", "orient": "vertical", "size": 9, "thickness": 2.5, "color": one.colour}
        ink = INK if one.colour == VALUE else one.colour
        text = {"type": "text", "dy": -10, "baseline": "middle", "color": ink, "fontSize": 11.5}
        label = [{"x": axis.of((axis.low + axis.high) / 2), "y": y, "text": f"{one.name}: {one.ends}"}]
        layers += [
            layer(told, line, x=quantitative("x"), x2={"field": "x2"}, y=quantitative("y")),
            layer(caps, tick, x=quantitative("x"), y=quantitative("y")),
            layer(label, text, x=quantitative("x"), y=quantitative("y"), text={"field": "text"}),
        ]
    return layers
