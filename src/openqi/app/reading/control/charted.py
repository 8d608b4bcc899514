"""The points of a control plan as they were judged: some evaluations on one baseline, as sealed, and as a picture wants them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from openqi.app.pictures.control.plotted import PlottedChart, stored_panel
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.control.rows import Files, files_of
from openqi.evidence.fold import Row
from openqi.kernel.errors import NotFoundError
from openqi.pillars.process_control.alarms import broken_rules
from openqi.pillars.process_control.plans import rules_of
from openqi.records.process_control import Broken, ControlPlanPublished, ReadingsTaken
from openqi.records.process_evidence import ChartEvaluated
from openqi.records.rows import PointRow
from openqi.science.charts.charting import Panel

MOST_POINTS: Final = 120
MOST_EVALUATIONS: Final = 24
"""A page shows no more; files have all."""
AlarmState = Literal["", "open", "confirmed", "refuted"]
_LINES: Final = ("centre", "sigma", "lower", "upper")


@dataclass(frozen=True, kw_only=True)
class PointLine:
    """A point as it was judged.

    Args:
        number: of the point among all that follow each other on the baseline, from 1.
        at, group: time of its first reading, and the label of its subgroup.
        values: one a panel, "" where it is missing.
        broken: the rules that it breaks.
        evaluation, point: its address.
        state: of its alarm; "" where it raises none.
    """

    number: int
    at: str
    group: str
    values: tuple[str, ...]
    broken: tuple[Broken, ...]
    evaluation: str
    point: int
    state: AlarmState


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """One evaluation with its points."""

    id: str
    stated: ChartEvaluated
    rows: Sequence[PointRow]
    points: tuple[PointLine, ...]


@dataclass(frozen=True, kw_only=True)
class Window:
    """Some evaluations that came one after the other on one baseline, the earliest first.

    Args:
        plan: the edition that they were made under.
        evaluations: with their points.
        seen: the same, in one line each.
        points: the last of them, as many as a page shows.
        chart: what its picture is drawn from.
        cut: whether there are earlier points on this baseline.
        simulated: how readings of these points were made, where no measurement took place; "" where one did.
    """

    plan: ControlPlanPublished
    evaluations: tuple[Evaluated, ...]
    seen: tuple[Seen, ...]
    points: tuple[PointLine, ...]
    chart: PlottedChart
    cut: bool
    simulated: str

    @property
    def broken(self) -> int:
        """How many of the points break a rule."""
        return sum(bool(one.broken) for one in self.points)

    @property
    def baseline(self) -> str:
        """The record of the baseline."""
        return self.evaluations[0].stated.baseline


def alarming(chart: ChartEvaluated, broken: Sequence[Broken]) -> bool:
    """Return whether rules that are broken raise an alarm: one of them does not only warn."""
    return any(rule not in chart.warning for one in broken for rule in one.rules)


def evaluated(context: Context, files: Files, row: Row) -> Evaluated | None:
    """Return an evaluation with its points; None where it may not be shown, or its rows are not at hand."""
    record = str(row["id"])
    stated = context.body(record, ChartEvaluated)
    try:
        return None if stated is None else _evaluated(context, files, record, stated)
    except NotFoundError:
        return None


def _evaluated(context: Context, files: Files, record: str, stated: ChartEvaluated) -> Evaluated:
    known: dict[int, AlarmState] = {}
    if stated.alarms:
        for one in files.of_evaluation(record):
            known.setdefault(int(one["point"] or 0), "confirmed" if one["outcome"] == "confirmed" else "refuted")
    rows = context.rows(stated.items, PointRow)
    return Evaluated(id=record, stated=stated, rows=rows, points=tuple(_points(record, stated, rows, known)))


def _points(
    record: str, stated: ChartEvaluated, rows: Sequence[PointRow], known: dict[int, AlarmState]
) -> Iterator[PointLine]:  # fmt: skip
    for place, row in enumerate(rows):
        broken = broken_rules(stated, row)
        state: AlarmState = known.get(place, "open") if alarming(stated, broken) else ""
        yield PointLine(
            number=stated.before + place + 1, at=row.at, group=row.group or "", values=row.values, broken=broken,
            evaluation=record, point=place, state=state,
        )  # fmt: skip


def window_of(context: Context, record: str, stated: ChartEvaluated, plan: ControlPlanPublished) -> Window | None:
    """Return one evaluation alone; None where its rows are not at hand."""
    files = files_of(context, plan.plan) or Files(context=context, plan=plan.plan, editions=(stated.published,), gone={})
    try:
        one = _evaluated(context, files, record, stated)
    except NotFoundError:
        return None
    return _window(context, plan, (one,), cut=False) if one.points else None


def window(context: Context, files: Files, *, baseline: str | None = None, below: int | None = None) -> Window | None:
    """Return the newest evaluations on one baseline; None where there are none.

    Args:
        context: the log.
        files: of the plan.
        baseline: on which; None for that of the newest evaluation.
        below: only those that came into the log below this index.
    """
    found: list[Evaluated] = []
    cut, points = False, 0
    for row in files.standing("e", below=below):
        if baseline is not None and row["of"] != baseline:
            if found:
                break
            continue
        if points >= MOST_POINTS or len(found) >= MOST_EVALUATIONS:
            cut = True
            break
        one = evaluated(context, files, row)
        if one is None:
            break
        if found and one.stated.published != found[-1].stated.published:
            break
        baseline = one.stated.baseline
        found.append(one)
        points += len(one.rows)
    if not points:
        return None
    plan = context.body(found[0].stated.published, ControlPlanPublished)
    return None if plan is None else _window(context, plan, tuple(reversed(found)), cut=cut)


def _window(context: Context, plan: ControlPlanPublished, found: tuple[Evaluated, ...], *, cut: bool) -> Window:
    points = _points_of(found)
    return Window(
        plan=plan, evaluations=found, seen=context.all_seen([one.id for one in found]), points=tuple(points[-MOST_POINTS:]),
        chart=chart_of(plan, found, MOST_POINTS), cut=cut or len(points) > MOST_POINTS, simulated=_simulated(context, found),
    )  # fmt: skip


def _simulated(context: Context, found: Sequence[Evaluated]) -> str:
    names = dict.fromkeys(taken.readings for one in found for taken in one.stated.taken)
    bodies = (context.body(name, ReadingsTaken) for name in names)
    return next((body.simulated for body in bodies if body is not None and body.simulated), "")


def chart_of(plan: ControlPlanPublished, found: Sequence[Evaluated], most: int) -> PlottedChart:
    """Return the last points of some evaluations as a picture draws them: as they were sealed, nothing computed."""
    rules = rules_of(plan.rules)
    points = [(each, row) for each in found for row in each.rows][-most:]
    first = _points_of(found)[-most:][0].number
    panels = tuple(_panel(plan, points, place) for place in range(len(found[0].stated.panels)))
    return PlottedChart(kind=plan.chart, rules=rules, panels=panels, unit=plan.characteristic.unit, first=first)


def _points_of(found: Sequence[Evaluated]) -> list[PointLine]:
    return [one for each in found for one in each.points]


def _panel(plan: ControlPlanPublished, points: Sequence[tuple[Evaluated, PointRow]], place: int) -> Panel:
    first = points[0][0].stated.panels[place]
    numbers = points[0][0].stated.rules
    lines = {name: [_line(each, row, place, name) for each, row in points] for name in _LINES}
    broken = {
        at: [number for bit, number in enumerate(numbers) if row.rules[place] >> bit & 1]
        for at, (_, row) in enumerate(points)
        if row.rules[place]
    }
    values = [_number(row.values[place]) for _, row in points]
    return stored_panel(
        first.name, values, rules=rules_of(plan.rules), broken=broken, watched=first.watched, centre=lines["centre"],
        sigma=lines["sigma"], lower=lines["lower"], upper=lines["upper"],
    )  # fmt: skip


def _line(each: Evaluated, row: PointRow, place: int, name: str) -> float | None:
    if row.lines and row.lines[place]:
        return _number(row.lines[place][_LINES.index(name)])
    return _number(getattr(each.stated.panels[place], name) or "")


def _number(text: str) -> float | None:
    return float(text) if text else None
