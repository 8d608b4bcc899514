"""Capability as evidence: the indices of a baseline or of an evaluated chart, as far as the process allows them to be said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite, isnan
from typing import ClassVar, Final, Literal, TypeAlias

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction, fraction_of_float, rounded
from openqi.kernel.errors import RefusedError
from openqi.kernel.quantity import Quantity
from openqi.pillars.process_control.alarms import confirmed
from openqi.pillars.process_control.baselines import overlaps
from openqi.pillars.process_control.lines import number
from openqi.pillars.process_control.plans import planned
from openqi.pillars.process_control.series import Point, series
from openqi.pillars.process_control.standing import acting, certificates_of, standing
from openqi.records import Command, RecordId, statement
from openqi.records.process_control import ControlPlanPublished, Tolerance
from openqi.records.process_evidence import (
    BaselineFrozen,
    CapabilityEvaluated,
    ChartEvaluated,
    Gate,
    IndexStated,
    LeftOut,
    Noticed,
    Outside,
    Spread,
)
from openqi.records.standards import ClausePublished, CriterionPublished, RequirementPublished
from openqi.science.capability.estimates.spread import METHODS
from openqi.science.capability.result import Index, Notice, Study
from openqi.science.capability.study import study

_STEP: Final = "0.001"
_ESTIMATORS: Final[Mapping[str, str]] = {"xbar-r": "mean-range", "xbar-s": "mean-sd"}
"""Of the spread within, where the plan names none: the one of its chart."""
_Requirement: TypeAlias = RequirementPublished | ClausePublished | CriterionPublished
_REQUIREMENTS: Final[Mapping[str, type[_Requirement]]] = {
    RequirementPublished.KIND: RequirementPublished,
    ClausePublished.KIND: ClausePublished,
    CriterionPublished.KIND: CriterionPublished,
}


class EvaluateCapability(Command, frozen=True):
    """Evaluate how well a process keeps the tolerance of its plan, from the readings of a baseline or of an evaluated chart.

    The readings of a baseline are those that made it. An alarm among the readings that people confirmed closes the gate:
    what the study refuses of a process that is not stable is absent.
    """

    NAME: ClassVar[str] = "process-control.evaluate-capability/1"
    ROLE: ClassVar[str | None] = "process-owner"
    INHERITS: ClassVar[bool] = True

    of: RecordId


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Whose readings are asked."""

    record: str
    published: str
    readings: tuple[str, ...]
    alarms: int
    left_out: tuple[LeftOut, ...]


def evaluate_capability(view: View, command: EvaluateCapability, issuer: str) -> tuple[Statement, ...]:
    """Return the capability.

    Raises:
        NotFoundError: what is named or its readings are not in the log.
        RefusedError: something was withdrawn, the plan has no tolerance or asks no capability, its requirement asks for other
            limits, or whoever asks does not act under it.
        DomainError: the readings allow no answer.
    """
    source = _source(view, command.of)
    plan_record, plan = standing(view, source.published, ControlPlanPublished)
    acting(plan_record, plan, issuer)
    tolerance, asked = plan.tolerance, plan.capability
    if tolerance is None or asked is None:
        raise RefusedError("capability-asked", f"plan {plan.plan} asks no capability; a plan says first what it wants of it")
    _check_requirement(view, plan, tolerance)
    read = series(view, plan_record, plan, planned(plan), source.readings)
    points = read.points
    kept = [one for one in points if not any(overlaps(one, left) for left in source.left_out)]
    known = _confirmed(view, plan_record, plan, kept)
    found = _study(plan, tolerance, asked.distribution, kept, known)
    wanted: dict[str, str] = {one.index: one.at_least for one in asked.wanted}
    stated = tuple(_index(one, wanted.get(one.name)) for one in found.indices)
    gate = found.stability
    evaluated = CapabilityEvaluated(
        plan=plan.plan, process=plan.process, instrument=plan.instrument, published=plan_record.id, of=source.record,
        distribution=asked.distribution, unit=plan.characteristic.unit, readings=found.n, subgroups=found.subgroups,
        mean=repr(found.mean),
        spreads=tuple(
            Spread(name=name, value=repr(one.value), estimator=one.method, degrees_of_freedom=repr(one.dof))
            for name, one in found.spreads.items()
        ),
        stability=Gate(
            stable=gate.stable, test=gate.test, points=gate.points, beyond=gate.beyond, runs=gate.runs,
            chance=None if gate.chance is None else number(gate.chance),
            significance=None if gate.significance is None else number(gate.significance),
        ),
        alarms=source.alarms, confirmed=known, indices=stated, outside=_outside(found),
        not_stated=tuple(name for name in wanted if name not in {one.name for one in stated}),
        lower=tolerance.lower, upper=tolerance.upper, target=tolerance.target,
        assumptions=_notices(found.assumptions), warnings=_notices(found.warnings),
        certificates=certificates_of(view, plan, points[0].at, points[-1].until), simulated=read.simulated,
        illustrative=plan.illustrative,
    )  # fmt: skip
    return (statement(evaluated),)


def study_of(view: View, evaluated: CapabilityEvaluated) -> Study | None:
    """Return the study that a record states, computed again from its readings; None where it comes out otherwise.

    Args:
        view: the log.
        evaluated: what was stated.

    Raises:
        NotFoundError: its readings are not in the log.
        RefusedError, DomainError: they were withdrawn, or allow no answer.
    """
    source = _source(view, evaluated.of)
    plan_record, plan = standing(view, source.published, ControlPlanPublished)
    if plan.tolerance is None:
        return None
    points = series(view, plan_record, plan, planned(plan), source.readings).points
    kept = [one for one in points if not any(overlaps(one, left) for left in source.left_out)]
    found = _study(plan, plan.tolerance, evaluated.distribution, kept, evaluated.confirmed)
    same = [repr(one.value) for one in found.indices] == [one.exact_value for one in evaluated.indices]
    return found if same and repr(found.mean) == evaluated.mean else None


def _source(view: View, name: str) -> _Source:
    kind = view.record(name).kind
    if kind == BaselineFrozen.KIND:
        _, base = standing(view, name, BaselineFrozen)
        readings = tuple(one.readings for one in base.taken)
        return _Source(record=name, published=base.published, readings=readings, alarms=base.alarms, left_out=base.left_out)
    if kind == ChartEvaluated.KIND:
        _, chart = standing(view, name, ChartEvaluated)
        readings = tuple(one.readings for one in chart.taken)
        return _Source(record=name, published=chart.published, readings=readings, alarms=chart.alarms, left_out=())
    raise RefusedError("capability-of", f"record {name} is a {kind}; capability is of a baseline or of an evaluated chart")


def _confirmed(view: View, plan_record: Record, plan: ControlPlanPublished, points: Sequence[Point]) -> int:
    """How many of the points have a reading of an alarm that was confirmed."""
    causes = [
        LeftOut(assessment=name, readings=one.readings, leaf=one.leaf, leaves=one.leaves)
        for name, one in confirmed(view, plan_record, plan)
    ]
    return sum(any(overlaps(point, cause) for cause in causes) for point in points)


def _check_requirement(view: View, plan: ControlPlanPublished, tolerance: Tolerance) -> None:
    """Refuse a tolerance that is not what the requirement asks for, which the plan names."""
    if tolerance.requirement is None:
        return
    kind = _REQUIREMENTS.get(view.record(tolerance.requirement).kind)
    if kind is None:
        raise RefusedError("requirement-named", f"record {tolerance.requirement} is no requirement")
    record, found = standing(view, tolerance.requirement, kind)
    asks: _Requirement = found
    for name, has, wants in (("lower", tolerance.lower, asks.lower), ("upper", tolerance.upper, asks.upper)):
        told = None if wants is None else Quantity(value=wants, unit=asks.unit).converted(plan.characteristic.unit)
        if (None if has is None else fraction(has)) != told or asks.quantity != plan.characteristic.quantity:
            why = f"requirement {record.id} has {name} limit {wants} {asks.unit} of {asks.quantity}"
            raise RefusedError("tolerance-of-requirement", f"{why}; plan {plan.plan} has {has} {plan.characteristic.unit}")


def _study(plan: ControlPlanPublished, tolerance: Tolerance, distribution: str, points: Sequence[Point], known: int) -> Study:
    values = [value for one in points for value in one.values if not isnan(value)]
    labels = [str(place) for place, one in enumerate(points) for value in one.values if not isnan(value)]
    options = {one.name: one.value for one in plan.options}
    estimator = options.get("sigma_by", _ESTIMATORS.get(plan.chart))
    return study(
        values,
        lower=_limit(tolerance.lower),
        upper=_limit(tolerance.upper),
        target=_limit(tolerance.target) if distribution == "normal" else None,
        by=None if plan.subgroup.by == "single" else labels,
        estimator=estimator if estimator in METHODS else None,
        distribution=None if distribution == "normal" else distribution,
        # A confirmed cause is in the readings, whatever its chance; what nobody confirmed is reckoned with by chance.
        alarms=known or None,
    )


def _limit(text: str | None) -> float | None:
    return None if text is None else float(fraction(text))


def _index(one: Index, wanted: str | None) -> IndexStated:
    interval = one.interval
    low, high = (-inf, inf) if interval is None else (interval.lower, interval.upper)
    return IndexStated(
        name=one.name, value=_three(one.value) or "", exact_value=repr(one.value), method=one.method, lower=_three(low),
        upper=_three(high), confidence=None if interval is None else _plain(interval.confidence),
        interval_method=None if interval is None else interval.method, wanted=wanted,
        reached=None if wanted is None else _reached(low, high, fraction(wanted)),
    )  # fmt: skip


def _reached(low: float, high: float, wanted: Fraction) -> Literal["reached", "not-reached", "open"]:
    if isfinite(low) and fraction_of_float(low) >= wanted:
        return "reached"
    return "not-reached" if isfinite(high) and fraction_of_float(high) < wanted else "open"


def _three(value: float) -> str | None:
    return rounded(fraction_of_float(value), _STEP) if isfinite(value) else None


def _plain(value: float) -> str:
    return rounded(fraction_of_float(value), "0.0001").rstrip("0")


def _outside(found: Study) -> tuple[Outside, ...]:
    million = 1e6
    return tuple(
        Outside(basis=one.basis, below=repr(million * one.below), above=repr(million * one.above), total=repr(million * one.total))
        for one in found.nonconforming
    )


def _notices(given: Sequence[Notice]) -> tuple[Noticed, ...]:
    return tuple(
        Noticed(code=one.code, figures=tuple(f"{name}={_text(value)}" for name, value in one.parameters.items())) for one in given
    )


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else repr(value)
