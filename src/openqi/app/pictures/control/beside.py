"""Numbers of rules beside the points that break them, where they find room: none lies on another, nor on a marked point."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from openqi.app.pictures.control.view import View
from openqi.app.pictures.frame import LIMIT, Spec, layer, quantitative
from openqi.science.charts.charting import Panel

_LETTER: Final = 6.8
_HALF_HIGH: Final = 6.0
_MARK: Final = 4.5
_OVER: Final = 9.0
"""So far a number may rise over the panel; names of stages begin above."""
_NEAR: Final = 80


@dataclass(frozen=True)
class _Place:
    """Where a number stands beside its point, in CSS pixels."""

    align: str
    right: float
    down: float


_ABOVE: Final = _Place("center", 0.0, -12.0)
_BELOW: Final = _Place("center", 0.0, 12.0)
_FURTHER: Final = (_Place("right", -7.0, -3.0), _Place("left", 7.0, -3.0), _Place("center", 0.0, -22.0))
_Box = tuple[float, float, float, float]


def numbers_beside(view: View, marked: Sequence[tuple[Panel, int]]) -> list[Spec]:
    """Return the layers of the numbers, each on a pale ground; those without room are in the lanes below alone.

    Args:
        view: of the panel.
        marked: statistic and point of all that break a rule.
    """
    crowded = view.across.room <= 1.0
    at = [(view.across.pixel(view.across.places[point]), view.pixel(panel.values[point])) for panel, point in marked]
    taken: list[_Box] = [] if crowded else [(x - _MARK, x + _MARK, y - _MARK, y + _MARK) for x, y in at]
    values: list[tuple[_Place, Spec]] = []
    for (panel, point), (x, y) in zip(marked, at, strict=True):
        value, centre = panel.values[point], panel.centre[point]
        if crowded and panel.lower[point] <= value <= panel.upper[point]:
            continue  # within a cloud of points nobody could read it
        text = ",".join(map(str, view.chart.broken(panel, point)))
        first = (_BELOW, _ABOVE) if isfinite(centre) and value < centre else (_ABOVE, _BELOW)
        for place in (*first, *_FURTHER):
            box = _box(text, place, x, y)
            if box[2] >= -_OVER and box[3] <= view.height and not _hits(box, taken[-_NEAR:] if crowded else taken):
                taken.append(box)
                values.append((place, {"x": view.across.places[point], "y": view.up.of(value), "text": text}))
                break
    return _layers(values)


def _box(text: str, place: _Place, x: float, y: float) -> _Box:
    wide = len(text) * _LETTER
    left = x + place.right - {"center": wide / 2.0, "right": wide, "left": 0.0}[place.align]
    return (left - 2.0, left + wide + 2.0, y + place.down - _HALF_HIGH, y + place.down + _HALF_HIGH)


def _hits(one: _Box, others: Sequence[_Box]) -> bool:
    return any(one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3] for other in others)


def _layers(values: Sequence[tuple[_Place, Spec]]) -> list[Spec]:
    found = []
    for place in (_ABOVE, _BELOW, *_FURTHER):
        here = [value for where, value in values if where == place]
        mark: Spec = {
            "type": "text", "align": place.align, "baseline": "middle", "dx": place.right, "dy": place.down, "fontSize": 11,
            "fontWeight": 600, "color": LIMIT,
        }  # fmt: skip
        ground = mark | {"stroke": "white", "strokeWidth": 3, "strokeJoin": "round", "color": "white"}
        if here:
            found += [layer(here, one, x=quantitative("x"), y=quantitative("y"), text={"field": "text"}) for one in (ground, mark)]
    return found
