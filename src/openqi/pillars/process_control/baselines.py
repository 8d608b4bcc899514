"""Freezing a baseline: estimates from readings, less the points whose alarm people confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar, Final

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import DomainError, RefusedError
from openqi.pillars.process_control.alarms import confirmed
from openqi.pillars.process_control.in_control import in_control
from openqi.pillars.process_control.lines import alarms, panel_lines, rule_counts
from openqi.pillars.process_control.plans import Planned, planned
from openqi.pillars.process_control.series import Point, charted, series
from openqi.pillars.process_control.standing import acting, certificates_of, standing
from openqi.records import Command, Names, RecordId, statement
from openqi.records.process_control import AlarmAssessed, ControlPlanPublished
from openqi.records.process_evidence import BaselineFrozen, Estimated, LeftOut
from openqi.science.charts.charting import Chart, StageEstimates

MOST_LEFT_OUT: Final = 60


class FreezeBaseline(Command, frozen=True):
    """Freeze what a process is judged by: estimates from its readings, without the points whose alarm was confirmed.

    Every confirmed alarm of the plan among the readings leaves its point out, and nothing else does. `keeps` names
    assessments whose points stay in, and `keeps_because` says why: the process was changed for good, for example.
    """

    NAME: ClassVar[str] = "process-control.freeze-baseline/1"
    ROLE: ClassVar[str | None] = "process-owner"
    INHERITS: ClassVar[bool] = True

    published: RecordId
    readings: tuple[RecordId, ...]
    predecessor: RecordId | None = None
    keeps: tuple[RecordId, ...] = ()
    keeps_because: Names | None = None

    def __post_init__(self) -> None:
        if bool(self.keeps) != (self.keeps_because is not None):
            raise ValueError("whoever keeps points whose alarm was confirmed says why, and nobody else does")


@dataclass(frozen=True, kw_only=True)
class _Sifted:
    """Points with those emptied that are left out, and what was left out and kept."""

    points: list[Point]
    left_out: tuple[LeftOut, ...]
    kept: tuple[str, ...]


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
    taken, points = series(view, plan_record, plan, asked, command.readings)
    sifted = _sifted(view, plan, points, command.keeps)
    found = charted(asked, sifted.points)
    stage = found.stages[0]
    _check_estimates(asked, stage)
    drawn = _drawn_again(asked, sifted.points, found)
    missing = sum(one.is_missing for one in sifted.points)
    ringing = alarms(drawn)
    frozen = BaselineFrozen(
        plan=plan.plan, process=plan.process, instrument=plan.instrument, published=plan_record.id, taken=taken,
        first_at=points[0].at, last_at=points[-1].until,
        estimates=tuple(
            Estimated(name=name, value=repr(stage.estimates[name]), estimator=stage.estimators.get(name)) for name in asked.frozen
        ),
        panels=tuple(map(panel_lines, drawn.panels)), points=len(points), missing=missing, used=len(points) - missing,
        broken=rule_counts(drawn), alarms=ringing, stable=not ringing, left_out=sifted.left_out, kept=sifted.kept,
        kept_because=command.keeps_because, in_control=in_control(asked), predecessor=command.predecessor,
        certificates=certificates_of(view, plan, points[0].at), illustrative=plan.illustrative,
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


def _sifted(view: View, plan: ControlPlanPublished, points: Sequence[Point], keeps: Sequence[str]) -> _Sifted:
    """The points without those that a confirmed alarm leaves out; what is kept must have been confirmed."""
    whose = {one.readings for one in points}
    causes = [(name, one) for name, one in confirmed(view, plan.plan) if one.readings in whose]
    known = {name for name, _ in causes}
    if idle := [name for name in keeps if name not in known]:
        raise RefusedError("kept-was-confirmed", f"assessment {idle[0]} confirms no alarm among these readings; keep nothing by it")
    gone = [(name, one) for name, one in causes if name not in keeps]
    if len(gone) > MOST_LEFT_OUT:
        why = f"{len(gone)} points were confirmed; a baseline that leaves out more than {MOST_LEFT_OUT} is none"
        raise RefusedError("baseline-left-out", f"{why}, take readings from after the cause was removed")
    left = tuple(LeftOut(assessment=name, readings=one.readings, leaf=one.leaf, leaves=one.leaves) for name, one in gone)
    return _Sifted(
        points=[one.emptied() if any(_within(one, cause) for _, cause in gone) else one for one in points],
        left_out=left,
        kept=tuple(name for name, _ in causes if name in keeps),
    )


def _within(point: Point, cause: AlarmAssessed) -> bool:
    """Whether a point has a reading of the alarm: under another edition of the plan subgroups may be others."""
    first, last = cause.leaf, cause.leaf + cause.leaves
    return point.readings == cause.readings and point.leaf < last and first < point.leaf + len(point.values)


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
