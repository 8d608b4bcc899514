"""A calibration function with its band and its points, and the residuals below; and a certificate as decisions read it."""

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import Final

from openqi.app.pictures.axes import Axis, axis_of
from openqi.app.pictures.frame import INNER, MUTED, VALUE, Spec, Wording, framed, layer, level, on_axes, quantitative
from openqi.app.pictures.numbers import short, signed, stated
from openqi.kernel.errors import DomainError
from openqi.science.calibration.certificate import CalibrationPoint
from openqi.science.calibration.function import CalibrationFunction
from openqi.science.numbers.special import normal_quantile, t_quantile

_STEPS: Final = 80
_ROOM: Final = {"minExtent": 46, "maxExtent": 46}  # the axes of both plots begin at one line
_Band = list[tuple[float, float, float]]


def calibration_curve(
    function: CalibrationFunction,
    x: Sequence[float],
    y: Sequence[float],
    wording: Wording,
    *,
    u_x: Sequence[float] = (),
    u_y: Sequence[float] = (),
    names: tuple[str, str] = ("x", "y"),
    units: tuple[str, str] = ("", ""),
    title: str = "",
) -> Spec:
    """Return the curve with the points that it was fitted to, and below what is left of them, with the band of the function.

    The band has 95 % coverage: from the t distribution where the residuals told how sure the points are, else from the normal
    one. Bars are standard uncertainties.

    Args:
        function: fitted.
        x, y: points, equally many, in the units of the function; without any there are no residuals either.
        wording: words and units.
        u_x, u_y: standard uncertainties of them, or none.
        names: of the two quantities.
        units: of them.
        title: of the picture, by default that it is a calibration function.

    Raises:
        DomainError: the lists are not equally long, or a number is not finite.
    """
    if any(len(one) != len(x) for one in (y, u_x or x, u_y or x)):
        raise DomainError(f"{len(x)} x, {len(y)} y, {len(u_x)} u_x, {len(u_y)} u_y: a picture needs equally many")
    k = _factor(function)
    low, high = function.span
    band = [(at, one.value, k * one.standard_uncertainty) for at in _steps(low, high) for one in [function.at(at)]]
    points = _points(function, x, y, u_x or [0.0] * len(x), u_y or [0.0] * len(x))
    ends = [at + side * one["u_x"] for at, one in zip(x, points, strict=True) for side in (-1, 1)]
    across = axis_of(names[0], wording.unit(units[0]), [*function.span, *ends])
    unit = wording.unit(units[1])
    rows = [_above(across, points, band, names[1], unit)]
    if points:
        rows.append(_below(across, points, band, wording("residual"), unit))
    return framed(
        {"vconcat": rows}, title=title or wording("calibration"), zoom=True, subtitle=_told(function, names, k, bool(u_y), wording)
    )


def _above(across: Axis, points: Sequence[dict[str, float]], band: _Band, name: str, unit: str) -> Spec:
    up = axis_of(name, unit, [*_ends(points, "y"), *(value + side * half for _, value, half in band for side in (-1, 1))])
    layers = _plot(across, up, points, "y", band)
    x = across.drawn(labels=False, title=None) if points else across.drawn()
    return {"width": INNER, "height": 210, "layer": on_axes(layers, x=x, y=up.drawn(grid=True, **_ROOM))}


def _below(across: Axis, points: Sequence[dict[str, float]], band: _Band, name: str, unit: str) -> Spec:
    up = axis_of(name, unit, [*_ends(points, "rest"), 0.0, *(side * half for _, _, half in band for side in (-1, 1))])
    flat = [(at, 0.0, half) for at, _, half in band]
    layers = [level(up.of(0.0), colour=MUTED), *_plot(across, up, points, "rest", flat)]
    return {"width": INNER, "height": 96, "layer": on_axes(layers, x=across.drawn(), y=up.drawn(grid=True, ticks=3, **_ROOM))}


def certificate_curve(
    points: Sequence[CalibrationPoint], wording: Wording, *, unit: str, title: str, coverage_factor: str, width: int = INNER
) -> Spec:
    """Return the errors of indication that a certificate states, and between its points what a decision takes: decision 0013.

    Args:
        points: in rising order of what was indicated.
        wording: words and units.
        unit: of them.
        title: of the picture.
        coverage_factor: k of the expanded uncertainties, as it was stated.
        width: of the plot in CSS pixels.

    Raises:
        DomainError: there is no point.
    """
    if not points:
        raise DomainError(f"{title}: there is no calibrated point to draw")
    shown = wording.unit(unit)
    told = [
        {"at": float(p.indicated), "error": float(p.indicated - p.reference), "u": float(p.expanded_uncertainty)} for p in points
    ]
    across = axis_of(wording("indication"), shown, [one["at"] for one in told])
    band: _Band = []
    for left, right in pairwise(told):
        larger = max(left["u"], right["u"])
        band += [(left["at"], left["error"], larger), (right["at"], right["error"], larger)]
    sure = [(one["error"], one["u"]) for one in told] + [(error, half) for _, error, half in band]
    up = axis_of(wording("error"), shown, [0.0, *(error + side * half for error, half in sure for side in (-1, 1))])
    values = [
        {
            "x": across.of(one["at"]), "y": up.of(one["error"]),
            "lo": up.of(one["error"] - one["u"]), "hi": up.of(one["error"] + one["u"]),
            "tip": f"{_plain(one['at'])}: {' ± '.join(stated(one['error'], one['u']))} {shown}".rstrip(),
        }
        for one in told
    ]  # fmt: skip
    zero = level(up.of(0.0), colour=MUTED)
    layers = [zero, *_band(across, up, band), *_marks(values, upright_bars=True, across_bars=False)]
    spec = {"width": width, "height": 190, "layer": on_axes(layers, x=across.drawn(), y=up.drawn(grid=True, **_ROOM))}
    told_below = [
        wording("certificate-points", count=len(points), k=coverage_factor),
        wording("between-points") if len(points) > 1 else "",
    ]
    return framed(spec, title=title, subtitle=told_below, zoom=True)


def _factor(function: CalibrationFunction) -> float:
    """The coverage factor of 95 %; 0 where the points leave nothing to tell how sure they are."""
    if function.chi_squared is not None:
        return normal_quantile(0.975)
    return t_quantile(0.975, float(function.dof)) if function.dof > 0 else 0.0


def _steps(low: float, high: float) -> list[float]:
    return [low] if low == high else [low + (high - low) * step / _STEPS for step in range(_STEPS)] + [high]


def _points(
    function: CalibrationFunction, x: Sequence[float], y: Sequence[float], u_x: Sequence[float], u_y: Sequence[float]
) -> list[dict[str, float]]:
    return [
        {"x": at, "y": value, "rest": value - function.at(at).value, "u_x": sure, "u_y": also}
        for at, value, sure, also in zip(x, y, u_x, u_y, strict=True)
    ]


def _ends(points: Sequence[dict[str, float]], name: str) -> list[float]:
    return [one[name] + side * one["u_y"] for one in points for side in (-1, 1)]


def _plot(across: Axis, up: Axis, points: Sequence[dict[str, float]], name: str, band: _Band) -> list[Spec]:
    values = [
        {
            "x": across.of(one["x"]), "y": up.of(one[name]),
            "lo": up.of(one[name] - one["u_y"]), "hi": up.of(one[name] + one["u_y"]),
            "left": across.of(one["x"] - one["u_x"]), "right": across.of(one["x"] + one["u_x"]),
            "tip": f"({_plain(one['x'])}, {_plain(one['y'])}) · {short(one['rest'])}",
        }
        for one in points
    ]  # fmt: skip
    bars = any(one["u_y"] for one in points), any(one["u_x"] for one in points)
    return [*_band(across, up, band), *_marks(values, upright_bars=bars[0], across_bars=bars[1] and name == "y")]


def _band(across: Axis, up: Axis, band: _Band) -> list[Spec]:
    if len(band) < 2:
        return []
    values = [
        {"x": across.of(at), "y": up.of(value), "lo": up.of(value - half), "hi": up.of(value + half)} for at, value, half in band
    ]
    shade = {"type": "area", "color": VALUE, "opacity": 0.16}
    line = {"type": "line", "color": VALUE, "strokeWidth": 1.8}
    x = quantitative("x")
    return [
        layer(values, shade, x=dict(x), y=quantitative("lo"), y2={"field": "hi"}),
        layer(values, line, x=dict(x), y=quantitative("y")),
    ]


def _marks(values: list[Spec], *, upright_bars: bool, across_bars: bool) -> list[Spec]:
    bar = {"type": "rule", "color": "#1c2733", "strokeWidth": 1.4}
    silent = [{name: one[name] for name in one if name != "tip"} for one in values]
    dot = {
        "type": "point",
        "filled": True,
        "fill": "white",
        "stroke": "#1c2733",
        "strokeWidth": 1.5,
        "size": 34 if len(values) <= 200 else 12,
        "opacity": 1,
    }
    layers = []
    if upright_bars:
        layers.append(layer(silent, bar, x=quantitative("x"), y=quantitative("lo"), y2={"field": "hi"}))
    if across_bars:
        layers.append(layer(silent, bar, x=quantitative("left"), x2={"field": "right"}, y=quantitative("y")))
    return [*layers, layer(values, dot, x=quantitative("x"), y=quantitative("y"))]


def _told(function: CalibrationFunction, names: tuple[str, str], k: float, bars: bool, wording: Wording) -> list[str]:
    degree = len(function.coefficients) - 1
    x = names[0] if not function.origin else f"({names[0]} {'−' if function.origin > 0 else '+'} {abs(function.origin):.6g})"
    text = f"{names[1]} = {function.coefficients[0]:.6g}"
    for power, b in enumerate(function.coefficients[1:], start=1):
        raised = "" if power == 1 else str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        text += f" {'−' if b < 0 else '+'} {abs(b):.6g} {x}{raised}"
    told = signed(text) if degree <= 2 else wording("degree", degree=degree)
    spread = wording("spread", s=short(function.residual_sd), dof=function.dof) if function.dof else ""
    band = wording("band", k=f"{k:.2f}") if k and k != inf else wording("no-band")
    return [told, " · ".join(one for one in (spread, band) if one), wording("bars") if bars else ""]


def _plain(number: float) -> str:
    return signed(f"{number:.10g}")
