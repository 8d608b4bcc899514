"""Where the points of a chart stand from left to right: by number, by time or by date; and which of very many are drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from openqi.app.pictures.axes import axis_of
from openqi.app.pictures.control.plotted import PlottedChart
from openqi.app.pictures.frame import Spec, Wording

_DAY: Final = 86_400_000.0
_FORMATS: Final = (
    (2 / 1440, "%H:%M:%S"), (2.0, "%H:%M"), (10.0, "%m-%d %H:%M"), (300.0, "%m-%d"), (4000.0, "%Y-%m"), (float("inf"), "%Y"),
)  # fmt: skip
"""How dates are written where the picture spans so many days; digits alone, which every reader knows."""
_FEW: Final = 10
_DENSE: Final = 4
"""So many points a CSS pixel can be told apart at most: the first, the last, the highest and the lowest."""


@dataclass(frozen=True, kw_only=True)
class Across:
    """The axis from left to right.

    Args:
        places: of the points, as they are drawn.
        low, high: ends of what is shown.
        width: in CSS pixels.
        title: of the axis.
        by_date: places are milliseconds.
        counted: places are numbers of points.
    """

    places: tuple[float, ...]
    low: float
    high: float
    width: int
    title: str
    by_date: bool
    counted: bool

    @property
    def room(self) -> float:
        """CSS pixels for a point."""
        return self.width / len(self.places)

    def pixel(self, place: float) -> float:
        """Return how many CSS pixels from the left a place lies."""
        return (place - self.low) / (self.high - self.low) * self.width

    def edge(self, point: int) -> float:
        """Return where the room of a point begins: between it and the one before; of the first the end of the axis."""
        if point <= 0:
            return self.low
        return self.high if point >= len(self.places) else (self.places[point - 1] + self.places[point]) / 2.0

    def drawn(self, *, labels: bool) -> Spec:
        """Return axis and scale; without labels where another panel below has them."""
        scale: Spec = {"domain": [self.low, self.high], "nice": False, "zero": False}
        axis: Spec = {"grid": False, "title": self.title if labels else None, "labels": labels, "tickCount": self.width // 65}
        if self.by_date:
            scale["type"] = "utc"
            span = (self.high - self.low) / _DAY
            axis["format"] = next(how for most, how in _FORMATS if span <= most)
        elif self.counted:
            axis |= {"format": ",d", "tickMinStep": 1}
            if len(self.places) <= _FEW:
                axis["values"] = list(self.places)
        return {"axis": axis, "scale": scale, "type": "temporal" if self.by_date else "quantitative"}


def across_of(chart: PlottedChart, wording: Wording, width: int) -> Across:
    """Return the axis from left to right of a chart."""
    places, by_date, title = chart.places(), chart.by_date, wording("time")
    if chart.times and not by_date:
        axis = axis_of(wording("time"), "", places, margin=0.0)
        title, places = axis.title, tuple(map(axis.of, places))
    elif not chart.times:
        title = wording("point")
    span = places[-1] - places[0]
    edge = span / (2 * (len(places) - 1)) if span else (_DAY / 2 if by_date else 0.5)
    return Across(
        places=places, low=places[0] - edge, high=places[-1] + edge, width=width, title=title, by_date=by_date,
        counted=not chart.times,
    )  # fmt: skip


def width_for(points: int, least: int, most: int = 720) -> int:
    """Return how wide a plot of so many points is: a reader can touch each, up to the width of a page."""
    return min(max(least, 14 * points), most)


def runs_of(values: Sequence[float], borders: Iterable[int]) -> list[tuple[int, int]]:
    """Return the points that a line joins, from and up to but without: it ends at a missing value and at the border of a stage."""
    found: list[tuple[int, int]] = []
    start, cuts = -1, set(borders)
    for point, value in enumerate(values):
        if start >= 0 and (point in cuts or not isfinite(value)):
            found.append((start, point))
            start = -1
        if start < 0 and isfinite(value):
            start = point
    return found if start < 0 else [*found, (start, len(values))]


def drawn_points(values: Sequence[float], across: Across, runs: Sequence[tuple[int, int]], marked: Iterable[int]) -> list[int]:
    """Return the points that are drawn, in order: all that are there, or of very many those that can be seen.

    In every column of a pixel the first, the last, the highest and the lowest of a line are kept, so that the line covers what it
    would cover with all of them; and so is every marked point.

    Args:
        values: of the points.
        across: the axis.
        runs: of the points that are joined.
        marked: points that are kept whatever they are.
    """
    there = [point for start, stop in runs for point in range(start, stop)]
    if len(there) <= _DENSE * across.width:
        return there
    kept = {point for point in marked if isfinite(values[point])}
    for start, stop in runs:
        column: list[int] = []
        for point in range(start, stop):
            if column and int(across.pixel(across.places[point])) != int(across.pixel(across.places[column[0]])):
                kept |= _seen(values, column)
                column = []
            column.append(point)
        kept |= _seen(values, column)
    return sorted(kept)


def _seen(values: Sequence[float], column: list[int]) -> set[int]:
    return {column[0], column[-1], max(column, key=values.__getitem__), min(column, key=values.__getitem__)}
