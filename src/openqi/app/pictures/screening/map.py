"""The map of many streams: how surprising their alarms are against how capable they are, the worst ones by their names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, log10
from typing import Final

from openqi.app.pictures.frame import INK, LIMIT, MUTED, SECOND, Spec, Wording, framed, layer, on_axes, quantitative
from openqi.app.pictures.numbers import grouped, signed
from openqi.app.screening.measures import Quadrant, Screened, Screening
from openqi.kernel.errors import DomainError

WIDTH, HEIGHT = 400, 300
MOST_MARKS: Final = 5_000
"""Of more streams each mark stands for those near to it."""
_NAMED: Final = 8
_LN10: Final = 2.302585092994046
_FAR: Final = 1000.0  # powers of ten beyond which chances are no longer told apart
_TICKS: Final = (0, 1, 2, 5, 10, 30, 100, 300, 1000)
_LOOK: Final[dict[Quadrant, tuple[str, str]]] = {
    "stable-capable": ("#8fb4bc", "circle"), "stable": ("#8fb4bc", "circle"), "stable-incapable": ("#7a4b9d", "diamond"),
    "unstable-capable": (SECOND, "triangle-up"), "unstable": (LIMIT, "square"), "unstable-incapable": (LIMIT, "square"),
}  # fmt: skip
"""Colour and shape of a mark, so that a print in grey tells them apart too."""


@dataclass(frozen=True, kw_only=True)
class _Height:
    """What goes upwards: its name, its value of a stream, the least and the most that is told apart, and the line across."""

    title: str
    of: Callable[[Screened], float | None]
    least: float
    most: float
    line: float | None

    @property
    def low(self) -> float:
        """The lower end of the axis, with room for names below the marks."""
        return self.least - 0.1 * (self.most - self.least)

    @property
    def high(self) -> float:
        """The upper end of the axis."""
        return self.most + 0.12 * (self.most - self.least)

    def at(self, value: float) -> float:
        """Where a value stands; what lies farther out, at the edge of what is told apart."""
        return min(max(value, self.least), self.most)


def screening_map(found: Screening, wording: Wording, *, address: Callable[[Screened], str | None] | None = None) -> Spec:
    """Return the map: a mark a stream, quadrants with their names and counts, the worst streams by name.

    Args:
        found: the streams.
        wording: words.
        address: of the page of a stream, for those that are named; None for none.

    Raises:
        DomainError: the run length of the rules is not known, so that no alarm is surprising; or no stream has both measures.
    """
    if found.run_length is None:
        raise DomainError(
            "the run length of these rules is not certified: how surprising alarms are is not known, and there is no map"
        )
    up = _height(found.streams, found.capable_from, wording)
    placed = [one for one in found.streams if up.of(one) is not None]
    if not placed:
        raise DomainError("no stream has enough readings for a map")
    right = max([2.0, *(_across(one) for one in placed)]) + 0.08
    edge = _moved(-(found.log_threshold or 0.0) / _LN10)
    marks = _many(placed, up, wording) if len(placed) > MOST_MARKS else _each(placed, up, wording)
    layers = [
        *_lines(edge, up), *marks, *_corners(placed, up, wording), *_names(placed, up, right, wording, address),
    ]  # fmt: skip
    ticks = [tick for tick in _TICKS if _moved(tick) <= right]
    told = " : ".join(f"abs(datum.value - {_moved(tick):.6f}) < 1e-4 ? '{_power(tick)}'" for tick in ticks) + " : ''"
    x: Spec = {
        "axis": {"title": wording("screen-chance"), "values": [_moved(tick) for tick in ticks], "labelExpr": told, "grid": False},
        "scale": {"domain": [-0.06, right], "nice": False, "zero": False},
    }
    y: Spec = {
        "axis": {"title": up.title, "grid": False, "tickCount": 5},
        "scale": {"domain": [up.low, up.high], "nice": False, "zero": False},
    }
    spec = {"width": WIDTH, "height": HEIGHT, "layer": on_axes(layers, x=x, y=y)}
    return framed(
        spec,
        title=wording("screen-map" if up.line is not None else "screen-map-stability"),
        subtitle=_told(found, placed, up, wording),
    )


def _height(streams: Sequence[Screened], capable: float, wording: Wording) -> _Height:
    """Upwards stands Ppk; where no stream has a tolerance, the stability index."""
    values = [one.ppk for one in streams if one.ppk is not None]
    if values:
        low, high = max(min([0.0, *values]), -1.0), min(max([1.5 * capable, *values]), 3.0 * capable)
        return _Height(title="Ppk", of=lambda one: one.ppk, least=low, most=high, line=capable)
    values = [one.stability_index for one in streams if one.stability_index is not None]
    low, high = min([0.8, *values]), min(max([2.0, *values]), 6.0)
    return _Height(title=wording("screen-spread"), of=lambda one: one.stability_index, least=low, most=high, line=None)


def _told(found: Screening, placed: Sequence[Screened], up: _Height, wording: Wording) -> list[str]:
    named = sum(one.unstable for one in found.streams)
    lines = [
        wording("screen-named", named=grouped(str(named)), count=grouped(str(len(found.streams))), rate=f"{100 * found.rate:g}")
    ]
    if len(placed) < len(found.streams):
        lines.append(wording("screen-left-out", count=grouped(str(len(found.streams) - len(placed)))))
    if any(up.at(value) != value for one in placed if (value := up.of(one)) is not None):
        lines.append(wording("screen-at-the-edge"))
    return lines


def _moved(power: float) -> float:
    """Where a chance of 10^-power stands: near 1 about as it is, far from it by the logarithm of the power."""
    return log10(1.0 + power)


def _across(one: Screened) -> float:
    chance = one.log_chance or 0.0
    return _moved(min(-chance / _LN10, _FAR) if isfinite(chance) else _FAR)


def _power(tick: int) -> str:
    raised = str(tick).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return "1" if tick == 0 else "0.1" if tick == 1 else "0.01" if tick == 2 else f"10⁻{raised}"


def _place(one: Screened, up: _Height) -> tuple[float, float]:
    return round(_across(one), 4), round(up.at(up.of(one) or 0.0), 4)


def _each(placed: Sequence[Screened], up: _Height, wording: Wording) -> list[Spec]:
    """A mark a stream, the worst drawn last and so on top; only those that need somebody say what they are."""
    groups: dict[Quadrant, list[Spec]] = {}
    telling = len(placed) <= 500
    for one in reversed(placed):
        x, y = _place(one, up)
        row: Spec = {"x": x, "y": y}
        if telling:
            row["tip"] = told_of(one, wording)
        groups.setdefault(one.quadrant, []).append(row)
    size = 30 if len(placed) <= 500 else 14
    return [
        layer(
            groups[name], {"type": "point", "filled": True, "color": colour, "shape": shape, "size": size, "opacity": 0.75},
            x=quantitative("x"), y=quantitative("y"),
        )
        for name, (colour, shape) in _LOOK.items()
        if name in groups
    ]  # fmt: skip


def _many(placed: Sequence[Screened], up: _Height, wording: Wording) -> list[Spec]:
    """A mark for all streams of a quadrant that lie near to each other; its area grows with their number."""
    cells: dict[tuple[Quadrant, int, int], list[tuple[float, float]]] = {}
    for one in placed:
        x, y = _place(one, up)
        column, row = int(x / 0.06), int((y - up.low) / (up.high - up.low) * 36)
        cells.setdefault((one.quadrant, column, row), []).append((x, y))
    groups: dict[Quadrant, list[Spec]] = {}
    for (name, _, _), points in sorted(cells.items()):
        count = len(points)
        x, y = (sum(point[place] for point in points) / count for place in (0, 1))
        tip = wording("screen-bin", count=grouped(str(count)))
        groups.setdefault(name, []).append({"x": round(x, 4), "y": round(y, 4), "n": count, "tip": tip})
    most = max(row["n"] for rows in groups.values() for row in rows)
    size = {
        "field": "n",
        "type": "quantitative",
        "legend": None,
        "scale": {"type": "sqrt", "domain": [1, most], "range": [10, 260]},
    }
    return [
        layer(
            groups[name], {"type": "point", "filled": True, "color": colour, "shape": shape, "opacity": 0.75},
            x=quantitative("x"), y=quantitative("y"), size=size,
        )
        for name, (colour, shape) in _LOOK.items()
        if name in groups
    ]  # fmt: skip


def _lines(edge: float, up: _Height) -> list[Spec]:
    rule = {"type": "rule", "color": MUTED, "strokeWidth": 1.2, "strokeDash": [5, 3]}
    lines = [layer([{"x": edge}], rule, x=quantitative("x"))]
    if up.line is not None:
        lines.append(layer([{"y": up.line}], rule, y=quantitative("y")))
    return lines


def _corners(placed: Sequence[Screened], up: _Height, wording: Wording) -> list[Spec]:
    """The names of the quadrants with how many streams lie in each, in the corners, on a pale ground."""
    names: list[tuple[Quadrant, bool, bool]] = [("stable", False, True), ("unstable", True, True)]
    if up.line is not None:
        names = [
            ("stable-capable", False, True), ("unstable-capable", True, True), ("stable-incapable", False, False),
            ("unstable-incapable", True, False),
        ]  # fmt: skip
    found = []
    for name, at_right, at_top in names:
        count = sum(one.quadrant == name for one in placed)
        text = f"{wording(f'quadrant-{name}')}: {grouped(str(count))}"
        mark = {
            "type": "text", "align": "right" if at_right else "left", "baseline": "top" if at_top else "bottom", "fontSize": 11.5,
            "fontWeight": 600, "color": INK, "dx": -4 if at_right else 4, "dy": 4 if at_top else -4, "stroke": None,
        }  # fmt: skip
        halo = {**mark, "stroke": "white", "strokeWidth": 4, "color": "white", "strokeJoin": "round"}
        data = [{"text": text}]
        place: Spec = {"x": {"value": "width" if at_right else 0}, "y": {"value": 0 if at_top else "height"}}
        found += [layer(data, one, **place, text={"field": "text"}) for one in (halo, mark)]
    return found


def _names(
    placed: Sequence[Screened], up: _Height, right: float, wording: Wording, address: Callable[[Screened], str | None] | None
) -> list[Spec]:
    """The worst streams by rank and name; a name that would lie on another one is left out, its mark stays ringed."""
    rings, texts = [], []
    taken: list[tuple[float, float, float, float]] = [(0, 0, WIDTH, 20), (0, HEIGHT - 20, WIDTH, HEIGHT)]
    for rank, one in enumerate([one for one in placed if one.quadrant != "stable-capable"][:_NAMED], start=1):
        x, y = _place(one, up)
        row: Spec = {"x": x, "y": y, "tip": f"{rank}. {told_of(one, wording)}"}
        if address is not None and (leads := address(one)):
            row["href"] = leads
        rings.append(row)
        name = f"{rank} {shown_name(one.stream, 24)}"
        left, top = (x + 0.06) / (right + 0.06) * WIDTH, (up.high - y) / (up.high - up.low) * HEIGHT
        wide = 12.0 + sum(12.0 if character > "\u2e80" else 6.6 for character in name)
        leftwards = left > WIDTH / 2
        box = (left - wide - 6, top - 8, left - 4, top + 8) if leftwards else (left + 4, top - 8, left + wide + 6, top + 8)
        if rank == 1 or not any(_over(box, other) for other in taken):
            taken.append(box)
            texts.append({"x": x, "y": y, "text": name, "leftwards": leftwards})
    found: list[Spec] = []
    for leftwards in (False, True):
        chosen = [{name: one[name] for name in ("x", "y", "text")} for one in texts if one["leftwards"] == leftwards]
        text = {
            "type": "text",
            "align": "right" if leftwards else "left",
            "baseline": "middle",
            "dx": -8 if leftwards else 8,
            "fontSize": 11,
        }
        if chosen:
            both: Spec = {"x": quantitative("x"), "y": quantitative("y"), "text": {"field": "text"}}
            halo = {**text, "stroke": "white", "strokeWidth": 3.5, "color": "white", "strokeJoin": "round"}
            found += [layer([dict(one) for one in chosen], mark, **both) for mark in (halo, {**text, "color": INK})]
    ring = {
        "type": "point",
        "filled": False,
        "fill": "white",
        "fillOpacity": 0.01,
        "stroke": INK,
        "size": 70,
        "strokeWidth": 1.4,
        "opacity": 1,
    }
    for linked in (False, True):  # a mark without an address among those with one would lead to nowhere
        marks = [one for one in rings if ("href" in one) == linked]
        link: Spec = {"href": {"field": "href", "type": "nominal"}} if linked else {}
        if marks:
            found.append(layer(marks, ring, x=quantitative("x"), y=quantitative("y"), **link))
    return found


def _over(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def told_of(one: Screened, wording: Wording) -> str:
    """Return a stream in a line: its name, alarms, chance and capability."""
    ppk = "-" if one.ppk is None else signed(f"{one.ppk:.2f}")
    expected = "-" if one.expected is None else f"{one.expected:.3g}"
    return wording(
        "screen-tip",
        name=shown_name(one.stream, 80),
        alarms=one.alarms,
        expected=expected,
        chance=chance_text(one.log_chance),
        ppk=ppk,
    )


def shown_name(name: str, most: int) -> str:
    """Return the name of a stream for a picture: a long one without its middle, and nothing in it that turns or breaks a line."""
    plain = "".join(one if one.isprintable() else "\ufffd" for one in name)
    half = (most - 1) // 2
    return plain if len(plain) <= most else f"{plain[:half]}…{plain[-half:]}"


def chance_text(log_chance: float | None) -> str:
    """Return a chance as it is read: three digits, of a small one its power of ten."""
    if log_chance is None:
        return "-"
    power = -log_chance / _LN10
    if power < 4.0:
        return f"{10.0**-power:.2g}" if power >= 0.005 else "1"
    raised = signed(str(-int(min(power, _FAR)))).translate(str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"< 10{raised}" if power > _FAR else f"10{raised}"
