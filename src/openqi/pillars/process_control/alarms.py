"""What people found about alarms: an assessment of one that was raised, once; and which of a plan were confirmed."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.process_control.standing import acting, standing
from openqi.records import Command, Index, Names, RecordId, Text, body, statement
from openqi.records.governance import withdrawal
from openqi.records.process_control import AlarmAssessed, Broken, ControlPlanPublished, ReadingsTaken, alarm_subject, alarms_subject
from openqi.records.process_evidence import ChartEvaluated
from openqi.records.rows import PointRow, TakenRow, decoded, rows_of


class AssessAlarm(Command, frozen=True):
    """Say of an alarm whether there was a cause: it is confirmed or refuted, with what was found and what was done.

    The alarm is row `point`, from 0, of an evaluated chart. Whoever errs withdraws the assessment and makes another.
    """

    NAME: ClassVar[str] = "process-control.assess-alarm/1"
    ROLE: ClassVar[str | None] = "process-owner"
    INHERITS: ClassVar[bool] = True

    evaluation: RecordId
    point: Index
    outcome: Literal["confirmed", "refuted"]
    cause: Names
    cause_code: Text | None = None
    action: Names | None = None


def assess_alarm(view: View, command: AssessAlarm, issuer: str) -> tuple[Statement, ...]:
    """Return the assessment.

    Raises:
        NotFoundError: the evaluation, its plan or rows are not in the log.
        RefusedError: there is no such alarm, it was assessed before, or whoever asks does not act under the plan.
    """
    record, chart = standing(view, command.evaluation, ChartEvaluated)
    plan_record, plan = standing(view, chart.published, ControlPlanPublished)
    acting(plan_record, plan, issuer)
    lines = rows_of(view, chart.items)
    if command.point >= len(lines):
        raise RefusedError("alarm-there", f"chart {record.id} has the points 0 to {len(lines) - 1}; there is no {command.point}")
    (row,) = decoded(lines[command.point : command.point + 1], PointRow)
    broken = broken_rules(chart, row)
    if not any(rule not in chart.warning for one in broken for rule in one.rules):
        raise RefusedError("alarm-there", f"point {command.point} of chart {record.id}, at {row.at}, raises no alarm")
    for other, one in _assessments(view, alarm_subject(plan.plan, record.id, command.point)):
        why = f"this alarm was {one.outcome} before, by record {other.id}"
        raise RefusedError("assessed-once", f"{why}; withdraw that first, if it is wrong")
    name, leaf, leaves = _readings(view, plan, chart, command.point)
    assessed = AlarmAssessed(
        plan=plan.plan, process=plan.process, published=plan_record.id, evaluation=record.id, point=command.point, at=row.at,
        broken=broken, readings=name, leaf=leaf, leaves=leaves, outcome=command.outcome, cause=command.cause,
        cause_code=command.cause_code, action=command.action,
    )  # fmt: skip
    return (statement(assessed),)


def broken_rules(chart: ChartEvaluated, row: PointRow) -> tuple[Broken, ...]:
    """Return which rules a point breaks, panel by panel; panels on which it breaks none are left out."""
    found = []
    for panel, bits in zip(chart.panels, row.rules, strict=True):
        if rules := tuple(number for place, number in enumerate(chart.rules) if bits >> place & 1):
            found.append(Broken(panel=panel.name, rules=rules))
    return tuple(found)


def _assessments(view: View, subject: str) -> Iterable[tuple[Record, AlarmAssessed]]:
    """Yield the assessments in a stream that stand, in log order."""
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    for record in stream:
        decided = record.kind == AlarmAssessed.KIND and record.basis is not None
        if decided and withdrawal(record, stream, view.home) is None:
            yield record, body(record, AlarmAssessed)


def confirmed(view: View, plan_record: Record, plan: ControlPlanPublished) -> list[tuple[str, AlarmAssessed]]:
    """Return the assessments that confirm an alarm of a plan and stand, each with its record.

    Only of who acts under the plan: another party may publish one under the same URI.
    """
    own = (plan_record.issuer, *plan.parties)
    found = _assessments(view, alarms_subject(plan.plan))
    return [(record.id, one) for record, one in found if one.outcome == "confirmed" and record.issuer in own]


def _readings(view: View, plan: ControlPlanPublished, chart: ChartEvaluated, point: int) -> tuple[str, int, int]:
    """The readings of a point: their record, the first of their rows, and how many these are."""
    for one in chart.taken:
        if point < one.points:
            break
        point -= one.points
    size = plan.subgroup.size or 1
    if plan.subgroup.by != "label":
        return one.readings, point * size, size
    _, readings = standing(view, one.readings, ReadingsTaken)
    rows = decoded(rows_of(view, readings.items), TakenRow)
    starts = [place for place, row in enumerate(rows) if not place or row.group != rows[place - 1].group]
    ends = [*starts[1:], len(rows)]
    return one.readings, starts[point], ends[point] - starts[point]
