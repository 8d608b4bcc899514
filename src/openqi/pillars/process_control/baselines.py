"""Freezing a baseline: estimates from readings, less the points whose alarm people confirmed."""

from collections.abc import Sequence
from math import isfinite
from typing import ClassVar, Final

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import DomainError, RefusedError
from openqi.pillars.process_control.in_control import in_control
from openqi.pillars.process_control.lines import alarms, panel_lines, rule_counts
from openqi.pillars.process_control.plans import Planned, planned
from openqi.pillars.process_control.series import Point, charted, series
from openqi.pillars.process_control.standing import acting, certificates_of, standing
from openqi.records import Command, RecordId, statement
from openqi.records.process_control import AlarmAssessed, ControlPlanPublished
from openqi.records.process_evidence import BaselineFrozen, Estimated, LeftOut
from openqi.science.charts.charting import Chart, StageEstimates

MOST_LEFT_OUT: Final = 60
MOST_NAMED: Final = 80
"""Records of readings and assessments of one baseline together: what it read stands in its own record, which has an end."""


class FreezeBaseline(Command, frozen=True):
    """Freeze what a process is judged by: estimates from its readings, without points whose alarm was confirmed.

    `leaves_out` names the assessments that confirmed one; nothing is left out without. `predecessor` is the baseline before.
    """

    NAME: ClassVar[str] = "process-control.freeze-baseline/1"
    ROLE: ClassVar[str | None] = "process-owner"
    INHERITS: ClassVar[bool] = True

    published: RecordId
    readings: tuple[RecordId, ...]
    predecessor: RecordId | None = None
    leaves_out: tuple[RecordId, ...] = ()


def freeze_baseline(view: View, command: FreezeBaseline, issuer: str) -> tuple[Statement, ...]:
    """Return the baseline.

    Raises:
        NotFoundError: plan, readings, their rows or the earlier baseline are not in the log.
        RefusedError: one was withdrawn or does not fit the plan, whoever asks does not act under it, or too little is left.
        DomainError: readings are none that the chart could take.
    """
    plan_record, plan = standing(view, command.published, ControlPlanPublished)
    acting(plan_record, plan, issuer)
    _check_predecessor(view, plan_record, plan, command.predecessor)
    asked = planned(plan)
    read = series(view, plan_record, plan, asked, command.readings)
    points = read.points
    if len(command.readings) + len(command.leaves_out) > MOST_NAMED:
        why = f"{len(command.readings)} records of readings and {len(command.leaves_out)} points left out"
        raise RefusedError(
            "baseline-left-out", f"{why}; together at most {MOST_NAMED}, take fewer readings or longer records of them"
        )
    left_out = _left_out(view, plan_record, plan, points, command.leaves_out)
    kept = [one.emptied() if any(overlaps(one, left) for left in left_out) else one for one in points]
    found = charted(asked, kept)
    stage = found.stages[0]
    _check_estimates(asked, stage)
    drawn = _drawn_again(asked, kept, found)
    missing = sum(one.is_missing for one in kept)
    ringing = alarms(drawn)
    frozen = BaselineFrozen(
        plan=plan.plan, process=plan.process, instrument=plan.instrument, published=plan_record.id, taken=read.taken,
        first_at=points[0].at, last_at=points[-1].until,
        estimates=tuple(
            Estimated(name=name, value=repr(stage.estimates[name]), estimator=stage.estimators.get(name)) for name in asked.frozen
        ),
        panels=tuple(map(panel_lines, drawn.panels)), points=len(points), missing=missing, used=len(points) - missing,
        broken=rule_counts(drawn), alarms=ringing, stable=not ringing,
        missing_readings=read.missing_readings, left_out=left_out,
        in_control=in_control(asked), predecessor=command.predecessor,
        certificates=certificates_of(view, plan, points[0].at, points[-1].until), simulated=read.simulated,
        illustrative=plan.illustrative,
    )  # fmt: skip
    return (statement(frozen),)


def estimates_of(baseline: BaselineFrozen) -> dict[str, float]:
    """Return what a chart is drawn with: the same floats that were estimated."""
    return {one.name: float(one.value) for one in baseline.estimates}


def _check_predecessor(view: View, plan_record: Record, plan: ControlPlanPublished, name: str | None) -> None:
    if name is None:
        return
    record, before = standing(view, name, BaselineFrozen)
    acting(plan_record, plan, record.issuer)
    if before.plan != plan.plan:
        raise RefusedError("same-plan", f"baseline {name} is of plan {before.plan}; it comes before no baseline of {plan.plan}")


def _left_out(
    view: View, plan_record: Record, plan: ControlPlanPublished, points: Sequence[Point], names: Sequence[str]
) -> tuple[LeftOut, ...]:  # fmt: skip
    """What each assessment leaves out, after checking that it confirmed an alarm among these readings."""
    if len(names) > MOST_LEFT_OUT or len({*names}) != len(names):
        why = f"{len(names)} assessments leave a point out; name each once, and at most {MOST_LEFT_OUT}"
        raise RefusedError("baseline-left-out", f"{why}: beyond that take readings from after the cause was removed")
    found = []
    for name in names:
        record, one = standing(view, name, AlarmAssessed)
        acting(plan_record, plan, record.issuer)  # another party may publish a plan under the same URI, and confirm what it likes
        left = LeftOut(assessment=name, readings=one.readings, leaf=one.leaf, leaves=one.leaves)
        if one.plan != plan.plan or not any(overlaps(point, left) for point in points):
            raise RefusedError("left-out-is-here", f"assessment {name} is of no point among these readings; name those that are")
        if one.outcome != "confirmed":
            raise RefusedError(
                "left-out-confirmed", f"assessment {name} refuted its alarm; only a confirmed one leaves a point out"
            )
        found.append(left)
    return tuple(found)


def overlaps(point: Point, left: LeftOut) -> bool:
    """Return whether a point has a reading that is left out: under another edition of the plan subgroups may be others."""
    return point.readings == left.readings and point.leaf < left.leaf + left.leaves and left.leaf < point.leaf + len(point.values)


def _check_estimates(asked: Planned, stage: StageEstimates) -> None:
    for name in asked.frozen:
        value = stage.estimates[name]
        if not isfinite(value) or (name in ("sigma", "stretch") and value <= 0.0) or (asked.kind.data == "counts" and value <= 0.0):
            why = f"{name} of these readings is {value!r}"
            raise RefusedError("baseline-tells", f"{why}: too few are left, or they do not differ; nothing could be judged by that")


def _drawn_again(asked: Planned, points: Sequence[Point], first: Chart) -> Chart:
    """The chart of the baseline on its own frozen numbers, as every later chart is drawn on them."""
    frozen = {name: first.stages[0].estimates[name] for name in asked.frozen}
    again = charted(asked, points, frozen)
    if [one.flags for one in again.panels] != [one.flags for one in first.panels]:
        raise DomainError(f"chart {asked.kind.name}: frozen numbers do not draw the chart that they came from; report this")
    return again
