"""How long charts run: the mean run length over the shift, and the chance of no alarm over the number of points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from typing import Final

from openqi.app.pictures.axes import axis_of
from openqi.app.pictures.frame import (
    ACCEPTED,
    INNER,
    LIMIT,
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
from openqi.app.pictures.numbers import grouped, percent, signed
from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import INDEPENDENT, KNOWN, NORMAL, RunLength, RunLengthDistribution

LOOKS: Final[tuple[tuple[str, tuple[int, ...]], ...]] = (
    (VALUE, (1, 0)), (SECOND, (6, 3)), (LIMIT, (2, 2)), (MUTED, (9, 3, 2, 3)), (ACCEPTED, (4, 2)),
)  # fmt: skip
_SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross")
_STEPS: Final = 160
_SURE: Final = 2.0
"""Bars are so many standard errors to each side."""
_LEFT: Final = {"minExtent": 52, "maxExtent": 60}


@dataclass(frozen=True, kw_only=True)
class RunLengthCurve:
    """A chart or a set of rules, with its run length after some shifts.

    Args:
        name: as a reader knows it.
        answers: one a shift, in rising order of the size of the shift, at least two.
    """

    name: str
    answers: tuple[RunLength, ...]


def run_length_curves(curves: Sequence[RunLengthCurve], wording: Wording, *, width: int = INNER) -> Spec:
    """Return the mean run lengths of charts over the shift of the mean, on a logarithmic axis, with the error that each states.

    Args:
        curves: 1 to 5, each under its own name.
        wording: words.
        width: of the plot in CSS pixels.

    Raises:
        DomainError: there are none or too many, or a curve has no two shifts in order.
    """
    names = _names([curve.name for curve in curves])
    for curve in curves:
        shifts = [abs(one.shift) for one in curve.answers]
        if len(shifts) < 2 or any(left >= right for left, right in pairwise(shifts)):
            raise DomainError(f"{curve.name}: run lengths after the shifts {shifts}; at least two, in rising order")
    answers = [one for curve in curves for one in curve.answers]
    across = axis_of(wording("shift"), "σ", [one.shift for one in answers], margin=0.03)
    most = max(one.value + _SURE * (one.standard_error or 0.0) for one in answers)
    told = named_lines(*((name, *look) for name, look in zip(names, LOOKS, strict=False)))
    lines = [{"x": across.of(one.shift), "y": one.value, "kind": curve.name} for curve in curves for one in curve.answers]
    mark: Spec = {"type": "line", "strokeWidth": 2.0, "interpolate": "monotone"}
    layers = [layer(lines, mark, x=quantitative("x"), y=quantitative("y"), **told)]
    for curve, (colour, _), shape in zip(curves, LOOKS, _SHAPES, strict=False):
        layers += _points(curve, colour, shape, across.of, wording)
    scale: Spec = {"type": "log", "domain": [1, most * 1.25], "nice": False}
    axis = {"title": wording("run-length"), "grid": True, "values": _ticks(most * 1.25), "format": ",d", **_LEFT}
    return framed(
        {"width": width, "height": 230, "layer": on_axes(layers, x=across.drawn(), y={"axis": axis, "scale": scale})},
        title=wording("run-length-title"),
        subtitle=[*_error(answers, wording), _assumed(answers[0].assumptions, wording)],
        zoom=True,
    )


def no_alarm_curves(
    found: Mapping[str, RunLengthDistribution], wording: Wording, *, assumptions: Sequence[str] = (), shift: float = 0.0,
    width: int = INNER,
) -> Spec:  # fmt: skip
    """Return the chance that there has been no alarm, over the number of points; the point by which half alarm is marked.

    Args:
        found: distributions by name, 1 to 5.
        wording: words.
        assumptions: of the distributions.
        shift: of all of them, in sigma, which is said.
        width: of the plot in CSS pixels.

    Raises:
        DomainError: there are none or too many.
    """
    _names(list(found))
    most = max(one.quantile(0.95) for one in found.values())
    across = axis_of(wording("points"), "", [0.0, float(most)], margin=0.0)
    halves = {name: one.quantile(0.5) for name, one in found.items()}
    legend = {
        name: wording("half-by", name=name, points=grouped(str(halves[name])), mean=signed(f"{one.mean:.4g}"))
        for name, one in found.items()
    }
    told = named_lines(*((legend[name], *look) for name, look in zip(found, LOOKS, strict=False)))
    values = [
        {"x": across.of(float(n)), "y": 100.0 * one.beyond(n), "kind": legend[name]}
        for name, one in found.items()
        for n in sorted({most * step // _STEPS for step in range(_STEPS + 1)})
    ]
    # Between two points nothing happens: where each is drawn, the chance is that of the point before.
    mark: Spec = {"type": "line", "strokeWidth": 2.0, "interpolate": "step-after" if most <= _STEPS else "linear"}
    layers = [layer(values, mark, x=quantitative("x"), y=quantitative("y"), **told)]
    for (name, one), (colour, _), shape in zip(found.items(), LOOKS, _SHAPES, strict=False):
        at = halves[name]
        tip = f"{name}: {wording('no-alarm')} ({grouped(str(at))}) {percent(one.beyond(at))}"
        layers.append(_dots([{"x": across.of(float(at)), "y": 100.0 * one.beyond(at), "tip": tip}], colour, shape))
    y = {"axis": {"title": f"{wording('no-alarm')} / %", "grid": True, "tickCount": 5, **_LEFT}, "scale": {"domain": [0, 100]}}
    return framed(
        {"width": width, "height": 220, "layer": on_axes(layers, x=across.drawn(), y=y)},
        title=wording("no-alarm-title"),
        subtitle=[
            wording("after-shift", shift=signed(f"{shift:g}")) if shift else wording("in-control"),
            _assumed(assumptions, wording) if assumptions else "",
        ],
        zoom=True,
    )


def _names(names: list[str]) -> list[str]:
    if not 1 <= len(names) <= len(LOOKS) or len(set(names)) != len(names):
        raise DomainError(f"run lengths of {names}; 1 to {len(LOOKS)} charts can be told apart, each under its own name")
    return names


def _points(curve: RunLengthCurve, colour: str, shape: str, of: Callable[[float], float], wording: Wording) -> list[Spec]:
    """The computed or simulated values, each with what its error is."""
    values, bars = [], []
    for one in curve.answers:
        value = signed(f"{one.value:.6g}")
        if one.error_bound is not None:
            value += f" ({wording('error-bound', error=f'{one.error_bound:.1g}')})"
        elif one.standard_error is not None:
            value += f" ± {one.standard_error:.2g} ({wording('simulated')})"
            low = max(one.value - _SURE * one.standard_error, 1.0)
            bars.append({"x": of(one.shift), "y": low, "y2": one.value + _SURE * one.standard_error})
        values.append({"x": of(one.shift), "y": one.value, "tip": f"{curve.name}, {signed(f'{one.shift:g}')} σ: {value}"})
    rule: Spec = {"type": "rule", "color": colour, "strokeWidth": 1.4}
    shown = [layer(bars, rule, x=quantitative("x"), y=quantitative("y"), y2={"field": "y2"})] if bars else []
    return [*shown, _dots(values, colour, shape)]


def _dots(values: Sequence[Spec], colour: str, shape: str) -> Spec:
    mark: Spec = {"type": "point", "filled": True, "color": colour, "shape": shape, "size": 44, "opacity": 1}
    return layer(values, mark, x=quantitative("x"), y=quantitative("y"))


def _ticks(most: float) -> list[int]:
    """1, 2, 5, 10, ... while they can be told apart; of very long run lengths only powers of ten."""
    steps = (1, 2, 5) if most < 2e4 else (1,)
    return [step * 10**power for power in range(int(log10(most)) + 1) for step in steps if step * 10**power <= most]


def _error(answers: Sequence[RunLength], wording: Wording) -> list[str]:
    bounds = [one.error_bound / one.value for one in answers if one.error_bound is not None]
    errors = [one.standard_error / one.value for one in answers if one.error_bound is None and one.standard_error is not None]
    return [
        *([wording("computed", error=f"{max(bounds):.1g}")] if bounds else []),
        *([wording("simulated-bars", error=percent(max(errors)))] if errors else []),
    ]


def _assumed(assumptions: Sequence[str], wording: Wording) -> str:
    names = {INDEPENDENT: "assumed-independent", NORMAL: "assumed-normal", KNOWN: "assumed-known"}
    told = [wording(names[one]) if one in names else one for one in assumptions]
    return wording("assumed", told=" · ".join(told))
