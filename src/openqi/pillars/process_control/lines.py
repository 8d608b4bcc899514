"""A chart as records state it: lines that are the same at all points, rules that points break, rows of points."""

from collections.abc import Sequence
from math import isfinite, isnan

from openqi.pillars.process_control.series import Point
from openqi.records.process_evidence import PanelLines, RuleCount
from openqi.records.rows import PointRow
from openqi.science.charts.charting import Chart, Panel
from openqi.science.charts.rules.rule import RuleSet

LINES = ("centre", "sigma", "lower", "upper")


def number(value: float) -> str | None:
    """Return the shortest decimal text that gives back a float; None of what is not finite."""
    return repr(value) if isfinite(value) else None


def panel_lines(panel: Panel, start: int = 0) -> PanelLines:
    """Return what stands the same at all points of a panel from `start` on."""
    common = {name: _common(getattr(panel, name)[start:]) for name in LINES}
    return PanelLines(name=panel.name, watched=panel.watched, **common)


def _common(row: Sequence[float]) -> str | None:
    there = {number(value) for value in row if not isnan(value)}
    return next(iter(there)) if len(there) == 1 else None


def rule_counts(chart: Chart, start: int = 0) -> tuple[RuleCount, ...]:
    """Return how many points of each panel break each rule that any breaks, from `start` on."""
    found = []
    for panel in chart.panels:
        for place, rule in enumerate(chart.rules.rules):
            points = sum(bits >> place & 1 for bits in panel.flags[start:])
            if points:
                found.append(RuleCount(panel=panel.name, rule=rule.number, points=points))
    return tuple(found)


def alarming(rules: RuleSet) -> int:
    """Return the bits of the rules that do not only warn."""
    return sum(1 << place for place, rule in enumerate(rules.rules) if not rule.warns)


def alarms(chart: Chart, start: int = 0) -> int:
    """Return how many points alarm, on whichever panel, from `start` on."""
    wanted = alarming(chart.rules)
    return sum(any(panel.flags[place] & wanted for panel in chart.panels) for place in range(start, len(chart.panels[0].flags)))


def point_rows(chart: Chart, points: Sequence[Point], start: int) -> list[PointRow]:
    """Return the rows of the points from `start` on.

    Args:
        chart: of all points.
        points: likewise.
        start: the first that is stated.
    """
    varies = [any(len({number(x) for x in getattr(one, name)[start:]}) > 1 for name in LINES) for one in chart.panels]
    return [
        PointRow(
            at=points[place].at,
            group=points[place].group,
            lines=tuple(_lines(one, place) if told else () for one, told in zip(chart.panels, varies, strict=True))
            if any(varies)
            else (),
            rules=tuple(panel.flags[place] for panel in chart.panels),
            values=tuple(number(panel.values[place]) or "" for panel in chart.panels),
        )
        for place in range(start, len(points))
    ]


def _lines(panel: Panel, place: int) -> tuple[str, ...]:
    return tuple(number(getattr(panel, name)[place]) or "" for name in LINES)
