"""What the record of an evaluation holds, as pictures: its budget, and the intervals of a Monte Carlo run.

The trials are not in a record, only what anybody needs to make them again; so there is no distribution, and none is guessed.
"""

from decimal import Decimal

from openqi.app.pictures.axes import axis_of
from openqi.app.pictures.budget import bars_of
from openqi.app.pictures.distribution import ROW, Interval, brackets
from openqi.app.pictures.frame import INNER, MUTED, SECOND, VALUE, Spec, Wording, framed, layer, on_axes, quantitative
from openqi.app.pictures.numbers import grouped
from openqi.records.evaluations import EvaluatedOutput, Simulated
from openqi.science.uncertainty.propagation.budget import BudgetRow
from openqi.science.uncertainty.propagation.evaluation import HIGHER


def recorded_budget(one: EvaluatedOutput, wording: Wording) -> Spec:
    """Return the budget of a result as its record states it."""
    rows = [BudgetRow(line.input, abs(float(line.contribution)), float(line.share)) for line in one.budget]
    if one.higher_contribution is not None and one.higher_share is not None:
        rows.append(BudgetRow(HIGHER, abs(float(one.higher_contribution)), float(one.higher_share)))
    rows.sort(key=lambda row: -row.share)
    return bars_of(rows, wording, name=one.name, unit=one.unit)


def recorded_intervals(one: EvaluatedOutput, run: Simulated, wording: Wording, *, probability: str) -> Spec:
    """Return the coverage intervals of a run beside that of first order, each with its value as a point.

    Args:
        one: the result.
        run: what Monte Carlo gave for it.
        wording: words and units.
        probability: for which the run states its intervals, "0.95".
    """
    intervals = [
        _simulated(wording("shortest", share=_percent(probability)), run.shortest_lower, run.shortest_upper, VALUE),
        _simulated(wording("symmetric", share=_percent(probability)), run.symmetric_lower, run.symmetric_upper, MUTED),
        _first(one, wording),
    ]
    value, mean = float(one.exact_value), float(run.value)
    unit = wording.unit(one.unit) if one.unit else ""
    axis = axis_of(one.name, unit, [value, mean, *(end for each in intervals for end in (each.low, each.high))], margin=0.03)
    height = len(intervals) * ROW + 8
    found = (mean, mean, value)  # a point on each interval, for what stands in the middle of it
    points = [
        {"x": axis.of(at), "y": -(row + 0.72) * ROW / height, "colour": intervals[row].colour} for row, at in enumerate(found)
    ]
    colour = {"field": "colour", "type": "nominal", "scale": None}
    dot = {"type": "point", "filled": True, "size": 42, "opacity": 1}
    layers = [*brackets(intervals, axis, height=height), layer(points, dot, x=quantitative("x"), y=quantitative("y"), color=colour)]
    y: Spec = {"axis": None, "scale": {"domain": [-1, 0], "nice": False}}
    return framed(
        {"width": INNER + 40, "height": height, "layer": on_axes(layers, x=axis.drawn(), y=y)},
        title=wording("intervals", name=one.name),
    )


def _simulated(name: str, low: str, high: str, colour: str) -> Interval:
    return Interval(name=name, low=float(low), high=float(high), ends=f"{grouped(low)} … {grouped(high)}", colour=colour)


def _first(one: EvaluatedOutput, wording: Wording) -> Interval:
    """Value and U as they were reported, with the coverage that was stated for them."""
    name = wording("first-order", share=f"k = {one.coverage_factor}" if one.probability is None else _percent(one.probability))
    low, high = (Decimal(one.value) + sign * Decimal(one.expanded_uncertainty) for sign in (-1, 1))
    told = f"{grouped(f'{low:f}')} … {grouped(f'{high:f}')}"
    return Interval(name=name, low=float(low), high=float(high), ends=told, colour=SECOND, dash=(5, 3))


def _percent(probability: str) -> str:
    return f"{(Decimal(probability) * 100).normalize():f} %"
