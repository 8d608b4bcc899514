"""What programs are told of control plans: the same as the pages show, with the ids of the sealed records."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Query

from openqi.app.reading.control.alarms import AlarmLine
from openqi.app.reading.control.changed import BaselineView
from openqi.app.reading.control.charted import PointLine
from openqi.app.reading.control.page import CapabilityView, control_page
from openqi.app.reading.control.plans import PlanLine, plan_line, plan_list
from openqi.app.reading.control.rows import Totals
from openqi.app.reading.reader import Reader
from openqi.interfaces.rest.models import Model, RecordLine, Subject, line, subject

Uri = Annotated[str, Query(min_length=1, max_length=2000, description="URI of the control plan")]
Below = Annotated[int | None, Query(ge=0, le=2**40, description="Only what lies below this index; `below` of the page before")]
After = Annotated[str, Query(pattern=r"^([0-9]{1,15} [!-~]{1,2000})?$", description="`after` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="At most so many")]


class AlarmTotals(Model):
    """How many alarms were raised and what became of them; `open` ones nobody has assessed."""

    points: int
    alarms: int
    open: int
    confirmed: int
    refuted: int


class ControlPlanLine(Model):
    """A control plan; `capability` says whether all that it wants is reached, empty where nothing was evaluated."""

    plan: Subject
    published: RecordLine
    process: Subject
    instrument: Subject
    characteristic: str
    quantity: str
    unit: str
    chart: str
    totals: AlarmTotals
    evaluated: RecordLine | None
    last_at: str
    capability: Literal["reached", "not-reached", "open", "not-stated", ""]


class ControlPlanLines(Model):
    """Some control plans; `after` is where to go on, empty at the end."""

    plans: list[ControlPlanLine]
    after: str


class Broken(Model):
    """Which rules a point breaks on one panel."""

    panel: str
    rules: list[int]


class ControlPoint(Model):
    """A point as it was judged: row `point` of `evaluation`; a value is empty where it is missing."""

    number: int
    at: str
    group: str
    values: list[str]
    broken: list[Broken]
    evaluation: str
    point: int
    alarm: Literal["", "open", "confirmed", "refuted"]


class Baseline(Model):
    """A frozen baseline; `left_out` are the assessments by which it leaves points out."""

    record: RecordLine
    estimates: dict[str, str]
    points: int
    used: int
    stable: bool
    run_length: str
    left_out: list[str]


class Alarm(Model):
    """An alarm; without an assessment it is open."""

    point: ControlPoint
    evaluation: RecordLine
    assessment: RecordLine | None


class Index(Model):
    """A capability index with its interval; an end that there is not is empty."""

    name: str
    value: str
    lower: str
    upper: str
    wanted: str
    reached: str


class Capability(Model):
    """A capability; `not_stated` are wanted indices that may not be said of a process that is not stable."""

    record: RecordLine
    of: RecordLine
    stable: bool
    indices: list[Index]
    not_stated: list[str]


class ControlPlan(Model):
    """A control plan with its newest points and alarms. `below` leads to earlier alarms, None at the end.

    `standing` counts the `earlier` alarms that would be raised on the newest baseline too: computed for the answer, sealed nowhere.
    """

    plan: ControlPlanLine
    panels: list[str]
    baseline: Baseline | None
    before: Baseline | None
    earlier: int
    standing: int
    points: list[ControlPoint]
    alarms: list[Alarm]
    below: int | None
    capability: Capability | None


class ControlAnswers:
    """What each route of control plans answers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def control_plans(self, after: After = "", limit: Limit = 50) -> ControlPlanLines:
        """Return control plans, those that came last first."""
        found = plan_list(self._reader.context(), after=after, most=limit)
        return ControlPlanLines(plans=list(map(_line, found.plans)), after=found.after)

    def control_plan(self, uri: Uri, below: Below = None) -> ControlPlan:
        """Return a control plan: baselines, newest points, alarms and capability."""
        context = self._reader.context()
        page = control_page(context, uri, below=below)
        window, change = page.window, page.change
        return ControlPlan(
            plan=_line(plan_line(context, uri)),
            panels=[] if window is None else [panel.name for panel in window.evaluations[0].stated.panels],
            baseline=None if page.baseline is None else _baseline(page.baseline),
            before=None if change is None else _baseline(change.before), earlier=0 if change is None else len(change.alarms),
            standing=0 if change is None else change.standing, points=[] if window is None else list(map(_point, window.points)),
            alarms=list(map(_alarm, page.alarms.alarms)), below=page.alarms.below,
            capability=None if page.capability is None else _capability(page.capability),
        )  # fmt: skip

    def routes(self) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
        """Return each route with what it is about and what answers it."""
        return (("/api/control-plans", "control", self.control_plans), ("/api/control-plan", "control", self.control_plan))


def _line(one: PlanLine) -> ControlPlanLine:
    own = one.stated.characteristic
    return ControlPlanLine(
        plan=subject(one.plan), published=line(one.published), process=subject(one.process), instrument=subject(one.instrument),
        characteristic=own.characteristic, quantity=own.quantity, unit=own.unit, chart=one.stated.chart, totals=_totals(one.totals),
        evaluated=None if one.evaluated is None else line(one.evaluated), last_at=one.last_at, capability=one.reached,
    )  # fmt: skip


def _totals(one: Totals) -> AlarmTotals:
    return AlarmTotals(points=one.points, alarms=one.alarms, open=one.open, confirmed=one.confirmed, refuted=one.refuted)


def _point(one: PointLine) -> ControlPoint:
    return ControlPoint(
        number=one.number, at=one.at, group=one.group, values=list(one.values), evaluation=one.evaluation, point=one.point,
        broken=[Broken(panel=each.panel, rules=list(each.rules)) for each in one.broken], alarm=one.state,
    )  # fmt: skip


def _baseline(one: BaselineView) -> Baseline:
    stated = one.stated
    return Baseline(
        record=line(one.seen), estimates={each.name: each.value for each in stated.estimates}, points=stated.points,
        used=stated.used, stable=stated.stable, run_length="" if stated.in_control is None else stated.in_control.run_length,
        left_out=[each.assessment for each in stated.left_out],
    )  # fmt: skip


def _alarm(one: AlarmLine) -> Alarm:
    return Alarm(
        point=_point(one.point), evaluation=line(one.evaluation),
        assessment=None if one.assessment is None else line(one.assessment),
    )  # fmt: skip


def _capability(one: CapabilityView) -> Capability:
    indices = [
        Index(
            name=each.name, value=each.value, lower=each.lower or "", upper=each.upper or "", wanted=each.wanted or "",
            reached=each.reached or "",
        )
        for each in one.stated.indices
    ]  # fmt: skip
    return Capability(
        record=line(one.seen), of=line(one.of), stable=one.stated.stability.stable, indices=indices,
        not_stated=list(one.stated.not_stated),
    )  # fmt: skip
