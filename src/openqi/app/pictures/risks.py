"""Risk curves: of one item against its measured value, and of all items against the guard band."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf, isfinite
from typing import Final

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.decision import Decided
from openqi.app.pictures.frame import (
    INK,
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
    upright,
)
from openqi.app.pictures.numbers import grouped, risk, short
from openqi.kernel.decimals import fraction_of_float
from openqi.kernel.errors import DomainError
from openqi.science.decision.risk import global_risk, limits_of, specific_risk
from openqi.science.decision.rule import Interval
from openqi.science.distributions.distribution import Distribution

_STEPS: Final = 50
_BANDS: Final = 24
_LEFT: Final = {"minExtent": 40, "maxExtent": 60}
_Curve = list[tuple[float, float]]


def specific_risk_curve(decided: Decided, wording: Wording) -> Spec:
    """Return how likely the decision would be wrong for each measured value.

    Args:
        decided: a decision, whose rule, uncertainty and limits hold for every value.
        wording: words and units.
    """
    tolerance, accept = decided.tolerance, decided.decision.accept
    axis = axis_of(wording("value"), wording.unit(decided.unit), decided.shown(*_around(decided)), margin=0.02)
    zones = _zones(decided, axis)
    up = _percents([decided.decision.specific_risk, *(share for _, curve in zones for _, share in curve)], wording)
    names = [wording("consumer-specific"), wording("producer-specific")]
    if decided.decision.reject is not None:
        names.append(wording("open-specific"))
    ends = [(end, LIMIT, (1, 0), wording("tolerance")) for end in _finite(tolerance)]
    ends += [(end, MUTED, (4, 3), wording("accepted")) for end in _finite(accept)]
    layers = [
        *(
            upright(axis.of(end), colour=colour, dash=dash, tip=f"{name}: {grouped(f'{end:.6g}')}")
            for end, colour, dash, name in ends
        ),
        *(_lines([zone], axis, up, names) for zone in zones),
    ]
    told = f"{wording.with_unit(grouped(decided.decision.compared), decided.unit)}: {risk(decided.decision.specific_risk)}"
    layers.append(_dot(axis.of(decided.value), up.of(100 * decided.decision.specific_risk), told))
    return framed(
        {"width": INNER, "height": 200, "layer": on_axes(layers, x=axis.drawn(), y=up.drawn(grid=True, **_LEFT))},
        title=wording("specific-risk"),
        zoom=True,
        subtitle=[told],
    )


def guard_band_curve(decided: Decided, prior: Distribution, wording: Wording) -> Spec:
    """Return the risks over all items against the guard band, in units of U; the rule's own guard band is marked.

    Args:
        decided: a decision.
        prior: what items are like before they are measured.
        wording: words and units.

    Raises:
        DomainError: as `global_risk`.
    """
    low, high = limits_of(decided.tolerance)
    most = min(1.5, 0.98 * (high - low) / 2 / decided.expanded)
    found = [
        (r, global_risk(prior, decided.standard_uncertainty, decided.tolerance, _moved(decided.tolerance, r * decided.expanded)))
        for r in _bands(most)
    ]
    consumer = [(r, one.consumer) for r, one in found]
    producer = [(r, one.producer) for r, one in found]
    own = _own(decided)
    title = f"{wording('guard-band')} / U"
    across = axis_of(wording("guard-band"), "U", [0.0, most, *([] if own is None else [own])], margin=0.0)
    up = _percents([share for _, share in (*consumer, *producer)], wording)
    layers = [
        *([] if own is None else [upright(across.of(own), colour=MUTED, dash=(4, 3), tip=f"{title} = {short(own)}")]),
        _lines([(0, consumer), (1, producer)], across, up, (wording("consumer"), wording("producer"))),
        *_dots(consumer, across, up, wording("consumer")),
        *_dots(producer, across, up, wording("producer")),
    ]
    return framed(
        {"width": INNER, "height": 200, "layer": on_axes(layers, x=across.drawn(), y=up.drawn(grid=True, **_LEFT))},
        title=wording("global-risk"),
        zoom=True,
        subtitle=["" if own is None else wording("own-guard", rule=wording(f"rule-{decided.decision.rule}"), r=short(own))],
    )


def _zones(decided: Decided, axis: Axis) -> list[tuple[int, _Curve]]:
    """The curve in pieces: 0 where values are accepted, 1 where they are rejected, 2 where the rule leaves it open."""
    u, tolerance, accept, reject = decided.standard_uncertainty, decided.tolerance, decided.decision.accept, decided.decision.reject
    cuts = sorted({axis.low, *_finite(accept), *_finite(reject), axis.high})
    low, high = (inf, -inf) if accept is None else limits_of(accept)  # where nothing is accepted no value lies between
    lower, upper = (low, high) if reject is None else limits_of(reject)
    found: list[tuple[int, _Curve]] = []
    for left, right in pairwise(cuts):
        middle = (left + right) / 2
        kind = 0 if low <= middle <= high else 2 if lower <= middle <= upper else 1
        places = {left + (right - left) * step / _STEPS for step in range(_STEPS)} | {right}
        places |= {end for end in (decided.value, *_finite(tolerance)) if left < end < right}
        found.append((kind, [(at, _wrong(at, u, tolerance, kind)) for at in sorted(places)]))
    return found


def _wrong(at: float, u: float, tolerance: Interval, kind: int) -> float:
    here, elsewhere = fraction_of_float(at), fraction_of_float(at + u)
    if kind == 2:
        return specific_risk(at, u, tolerance)
    accept = Interval(lower=here, upper=here) if kind == 0 else Interval(lower=elsewhere, upper=None)
    return specific_risk(at, u, tolerance, accept)


def _around(decided: Decided) -> list[float]:
    return [end + side * 3 * decided.standard_uncertainty for end in _finite(decided.tolerance) for side in (-1, 1)]


def _finite(interval: Interval | None) -> list[float]:
    return [] if interval is None else [end for end in limits_of(interval) if isfinite(end)]


def _bands(most: float) -> list[float]:
    if most <= 0:
        raise DomainError("the limits are closer together than any guard band: there is no curve to draw")
    return [most * step / _BANDS for step in range(_BANDS + 1)]


def _moved(tolerance: Interval, guard: float) -> Interval:
    by = fraction_of_float(guard)
    return Interval(
        lower=None if tolerance.lower is None else tolerance.lower + by,
        upper=None if tolerance.upper is None else tolerance.upper - by,
    )


def _own(decided: Decided) -> float | None:
    """The guard band of the rule in units of U, of the upper limit where there are two; None where it moves one limit alone."""
    accept = decided.decision.accept
    if accept is None:
        return None
    pairs = [(accept.lower, decided.tolerance.lower, 1), (accept.upper, decided.tolerance.upper, -1)]
    moved = [
        float(side * (inner - outer)) / decided.expanded for inner, outer, side in pairs if inner is not None and outer is not None
    ]
    return max(0.0, moved[-1]) if moved else None


def _percents(shares: Sequence[float], wording: Wording) -> Axis:
    return replace(axis_of(wording("risk"), "%", [0.0, *(100 * share for share in shares)], margin=0.03), low=0.0)


_LOOKS: Final[tuple[tuple[str, Sequence[int]], ...]] = ((VALUE, (1, 0)), (SECOND, (5, 3)), (MUTED, (2, 2)))


def _lines(curves: Sequence[tuple[int, _Curve]], across: Axis, up: Axis, names: Sequence[str]) -> Spec:
    """Curves by name, told apart by colour and dashes."""
    values = [{"x": across.of(at), "y": up.of(100 * share), "kind": names[kind]} for kind, curve in curves for at, share in curve]
    told = named_lines(*((name, *look) for name, look in zip(names, _LOOKS, strict=False)))
    return layer(values, {"type": "line", "strokeWidth": 2.2}, x=quantitative("x"), y=quantitative("y"), **told)


def _dots(curve: _Curve, across: Axis, up: Axis, name: str) -> list[Spec]:
    """Places to touch, which are not seen."""
    values = [{"x": across.of(at), "y": up.of(100 * share), "tip": f"{short(at)} U: {name} {risk(share)}"} for at, share in curve]
    return [layer(values, {"type": "point", "filled": True, "size": 90, "opacity": 0}, x=quantitative("x"), y=quantitative("y"))]


def _dot(x: float, y: float, tip: str) -> Spec:
    mark: Spec = {"type": "point", "filled": True, "color": INK, "size": 70, "opacity": 1}
    return layer([{"x": x, "y": y, "tip": tip}], mark, x=quantitative("x"), y=quantitative("y"))
