"""The points: joined, with a gap where one is missing; those that break rules by colour, shape and the numbers of the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from openqi.app.pictures.control.across import drawn_points, runs_of
from openqi.app.pictures.control.beside import numbers_beside
from openqi.app.pictures.control.view import View
from openqi.app.pictures.frame import ACCEPTED, LIMIT, SECOND, VALUE, Spec, layer, quantitative
from openqi.science.charts.charting import Panel


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The points of a panel that are drawn, in order, and the runs of those that are joined."""

    points: tuple[int, ...]
    runs: tuple[tuple[int, int], ...]


def drawn_of(view: View, panel: Panel) -> Drawn:
    """Return the points of a panel that are drawn: of very many those that can be seen, and all that are marked."""
    chart = view.chart
    borders = {stage.start for stage in chart.spans}
    runs = runs_of(panel.values, borders)
    start = chart.monitored_from or 0
    kept = [*(point for point, bits in enumerate(panel.flags) if bits), *{start, max(start - 1, 0)} & set(range(len(panel.values)))]
    return Drawn(points=tuple(drawn_points(panel.values, view.across, runs, kept)), runs=tuple(runs))


def points_of(view: View) -> list[Spec]:
    """Return the layers of the points of a panel."""
    drawn = [(panel, drawn_of(view, panel)) for panel in view.panels]
    found: list[Spec] = []
    for panel, one in drawn:
        found += _joined(view, panel, one)
    for panel, one in drawn:
        found += _ordinary(view, panel, one)
    marked = [(panel, point) for panel, one in drawn for point in one.points if panel.flags[point]]
    return [*found, *_marked(view, marked), *numbers_beside(view, marked)]


def _joined(view: View, panel: Panel, drawn: Drawn) -> list[Spec]:
    """Lines, paler in the baseline; the step from one to the other belongs to what is monitored."""
    place, shown = 0, []
    start = view.chart.monitored_from or 0
    for run, (_, stop) in enumerate(drawn.runs):
        part = []
        while place < len(drawn.points) and drawn.points[place] < stop:
            part.append(drawn.points[place])
            place += 1
        shown += [(run, point, point >= start) for point in part]
        if 0 < start < stop and part and part[0] < start <= part[-1]:
            shown.append((run, max(point for point in part if point < start), True))
    found = []
    for monitored, colour in ((False, ACCEPTED), (True, VALUE)):
        values = [
            {"x": view.across.places[point], "y": view.up.of(panel.values[point]), "run": run}
            for run, point, late in sorted(shown)
            if late == monitored
        ]
        mark: Spec = {"type": "line", "color": colour, "strokeWidth": 1.3 if view.across.room > 1.0 else 0.7, "strokeJoin": "round"}
        if values:
            found.append(layer(values, mark, x=quantitative("x"), y=quantitative("y"), detail={"field": "run", "type": "nominal"}))
    return found


def _ordinary(view: View, panel: Panel, drawn: Drawn) -> list[Spec]:
    """Circles, hollow in the baseline; none where they would lie on each other, but of those that no line reaches."""
    room = view.across.room
    alone = {start for start, stop in drawn.runs if stop - start == 1}
    start = view.chart.monitored_from or 0
    points = [point for point in drawn.points if not panel.flags[point] and (room >= 3.0 or point in alone)]
    size = 30 if room >= 7.0 else 14
    found = []
    for late in (False, True):
        values = [_point(view, panel, point) for point in points if (point >= start) == late]
        mark: Spec = {"type": "point", "shape": "circle", "size": size, "opacity": 1, "strokeWidth": 1.3}
        mark |= {"filled": True, "color": VALUE} if late else {"filled": False, "fill": "white", "stroke": VALUE}
        if values:
            found.append(layer(values, mark, x=quantitative("x"), y=quantitative("y")))
    return found


def _marked(view: View, marked: Sequence[tuple[Panel, int]]) -> list[Spec]:
    """Diamonds for what alarms, triangles for what only warns; bigger than other points, so that shape tells what colour does."""
    rules = {rule.number: rule for rule in view.chart.rules.rules}
    size = 78 if view.across.room > 1.0 else 34
    found = []
    for warns, shape, colour in ((True, "triangle-up", SECOND), (False, "diamond", LIMIT)):
        values = [
            _point(view, panel, point)
            for panel, point in marked
            if all(rules[number].warns for number in view.chart.broken(panel, point)) == warns
        ]
        mark: Spec = {
            "type": "point", "shape": shape, "filled": True, "color": colour, "size": size, "opacity": 1, "stroke": "white",
            "strokeWidth": 0.8,
        }  # fmt: skip
        if values:
            found.append(layer(values, mark, x=quantitative("x"), y=quantitative("y")))
    return found


def _point(view: View, panel: Panel, point: int) -> Spec:
    value, numbers = panel.values[point], view.chart.broken(panel, point)
    named = str(point + view.chart.first)
    if view.chart.times:
        named += f" ({_time(view, point)})"
    told = [f"{named}: {view.told(value)}"]
    if numbers:
        told.append(view.wording("breaks", numbers=", ".join(map(str, numbers))))
    found: Spec = {"x": view.across.places[point], "y": view.up.of(value), "tip": "; ".join(told)}
    return found | ({"point": point + view.chart.first, "rules": ", ".join(map(str, numbers))} if numbers else {})


def _time(view: View, point: int) -> str:
    given = view.chart.times[point]
    if isinstance(given, datetime):
        return (given.astimezone(UTC) if given.tzinfo else given).strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    return f"{given:.12g}" if isinstance(given, float | int) else given.isoformat()
