"""The map of many streams: how surprising their alarms are against how capable they are, the worst ones by their names."""

from collections.abc import Callable, Sequence
from typing import Final

from openqi.app.pictures.frame import INK, LIMIT, MUTED, SECOND, Spec, Wording, framed, layer, on_axes, quantitative
from openqi.app.pictures.numbers import grouped
from openqi.app.pictures.screening.places import HEIGHT, LEFT, WIDTH, Height, across_of, height_of, moved, place_of
from openqi.app.pictures.screening.told import LN10, told_of
from openqi.app.pictures.screening.worst import names_of
from openqi.app.screening.measures import Quadrant, Screened, Screening
from openqi.kernel.errors import DomainError

MOST_MARKS: Final = 5_000
"""Of more streams each mark stands for those near to it."""
_TICKS: Final = (0, 1, 2, 5, 10, 30, 100, 300, 1000)
_LOOK: Final[dict[Quadrant, tuple[str, str]]] = {
    "stable-capable": ("#8fb4bc", "circle"), "stable": ("#8fb4bc", "circle"), "stable-incapable": ("#7a4b9d", "diamond"),
    "unstable-capable": (SECOND, "triangle-up"), "unstable": (LIMIT, "square"), "unstable-incapable": (LIMIT, "square"),
}  # fmt: skip
"""Colour and shape of a mark, so that a print in grey tells them apart too."""


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
    up = height_of(found.streams, found.capable_from, wording)
    placed = [one for one in found.streams if up.of(one) is not None]
    if not placed:
        raise DomainError("no stream has enough readings for a map")
    right = max([2.0, *(across_of(one) for one in placed)]) + 0.08
    edge = moved(-(found.log_threshold or 0.0) / LN10)
    marks = _many(placed, up, wording) if len(placed) > MOST_MARKS else _each(placed, up, wording)
    layers = [
        *_lines(edge, up), *marks, *_corners(placed, up, wording), *names_of(placed, up, right, wording, address),
    ]  # fmt: skip
    ticks = [tick for tick in _TICKS if moved(tick) <= right]
    told = " : ".join(f"abs(datum.value - {moved(tick):.6f}) < 1e-4 ? '{_power(tick)}'" for tick in ticks) + " : ''"
    x: Spec = {
        "axis": {"title": wording("screen-chance"), "values": [moved(tick) for tick in ticks], "labelExpr": told, "grid": False},
        "scale": {"domain": [-LEFT, right], "nice": False, "zero": False},
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


def _told(found: Screening, placed: Sequence[Screened], up: Height, wording: Wording) -> list[str]:
    named = sum(one.unstable for one in found.streams)
    lines = [
        wording("screen-named", named=grouped(str(named)), count=grouped(str(len(found.streams))), rate=f"{100 * found.rate:g}")
    ]
    if len(placed) < len(found.streams):
        lines.append(wording("screen-left-out", count=grouped(str(len(found.streams) - len(placed)))))
    if any(up.at(value) != value for one in placed if (value := up.of(one)) is not None):
        lines.append(wording("screen-at-the-edge"))
    return lines


def _power(tick: int) -> str:
    raised = str(tick).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return "1" if tick == 0 else "0.1" if tick == 1 else "0.01" if tick == 2 else f"10⁻{raised}"


def _each(placed: Sequence[Screened], up: Height, wording: Wording) -> list[Spec]:
    """A mark a stream, the worst drawn last and so on top; only those that need somebody say what they are."""
    groups: dict[Quadrant, list[Spec]] = {}
    telling = len(placed) <= 500
    for one in reversed(placed):
        x, y = place_of(one, up)
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


def _many(placed: Sequence[Screened], up: Height, wording: Wording) -> list[Spec]:
    """A mark for all streams of a quadrant that lie near to each other; its area grows with their number."""
    cells: dict[tuple[Quadrant, int, int], list[tuple[float, float]]] = {}
    for one in placed:
        x, y = place_of(one, up)
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


def _lines(edge: float, up: Height) -> list[Spec]:
    rule = {"type": "rule", "color": MUTED, "strokeWidth": 1.2, "strokeDash": [5, 3]}
    lines = [layer([{"x": edge}], rule, x=quantitative("x"))]
    if up.line is not None:
        lines.append(layer([{"y": up.line}], rule, y=quantitative("y")))
    return lines


def _corners(placed: Sequence[Screened], up: Height, wording: Wording) -> list[Spec]:
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
