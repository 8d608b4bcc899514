"""Judging readings: corrected by the certificates in force, given an uncertainty, held against a requirement, item by item."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import ClassVar

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.catalogue import load
from openqi.kernel.decimals import fraction, rounded_result
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.quantity import Quantity
from openqi.kernel.units import unit_of
from openqi.pillars.conformity.influences import Influences, influences_of
from openqi.pillars.conformity.standing import rule_of, standing
from openqi.records import Command, Items, RecordId, body, statement
from openqi.records.conformity import ReadingsJudged, ReadingsReported
from openqi.records.governance import withdrawal
from openqi.records.metrology import ProcedurePublished
from openqi.records.procedures import MeasurementPublished
from openqi.records.rows import ReadingRow, committed, decoded, quoted, rows_of
from openqi.records.standards import ClausePublished, CriterionPublished
from openqi.science.decision.comparison import COMPARISONS
from openqi.science.decision.rule import Interval, acceptance_interval, verdict
from openqi.science.uncertainty.model import Indication, Model, expanded_uncertainty

_PROCEDURES = (ProcedurePublished.KIND, MeasurementPublished.KIND)
_COVERAGE = Fraction(2)
"""The coverage factor of every U that is stated here: about 95 % for a normal distribution."""


class JudgeReadings(Command, frozen=True):
    """Judge reported readings by a published requirement, each item with its own uncertainty and verdict."""

    NAME: ClassVar[str] = "conformity.judge-readings/1"
    ROLE: ClassVar[str | None] = "conformity-assessment-body"
    INHERITS: ClassVar[bool] = True

    readings: RecordId
    requirement: RecordId


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """One verdict as a row states it, with the item left out: what stands before it, and what after."""

    conforming: bool
    before: bytes
    after: bytes


def judge_readings(view: View, command: JudgeReadings, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- the role decides
    """Return the verdicts on readings.

    Raises:
        NotFoundError: readings, requirement, procedure or rows are not in the log.
        RefusedError: one was withdrawn, the requirement asks for something else, its edition was not valid at the measurement, no
            certificate was in force, or the decision rule and the comparison do not go together.
        DomainError: an item cannot be judged; the message names it.
    """
    readings_record, clause_record = standing(view, command.readings), standing(view, command.requirement)
    readings, clause = body(readings_record, ReadingsReported), body(clause_record, ClausePublished)
    procedure_record = standing(view, readings.procedure)
    procedure = body(procedure_record, ProcedurePublished)
    check_fits(readings, clause, procedure)
    check_procedure(view, procedure_record, procedure)
    model = _model(procedure.model)
    _check_inputs(readings, procedure, model)
    behind = influences_of(view, readings, procedure, readings_record.issuer, whole=model.compares)
    if readings.measured_until > readings_record.valid_from:
        why = f"the readings were taken until {readings.measured_until}, and reported before, at {readings_record.valid_from}"
        raise RefusedError("not-in-the-future", why)
    items, content, conforming = _judged(view, readings, _judge(readings, clause, model, behind))
    stated = ReadingsJudged(
        subject=readings.subject,
        readings=readings_record.id,
        requirement=clause_record.id,
        procedure=procedure_record.id,
        instruments=behind.instruments,
        certificates=behind.certificates,
        rule=clause.rule,
        unit=clause.unit,
        items=items,
        conforming=conforming,
        nonconforming=items.count - conforming,
    )
    return (statement(stated, contents=(content,)),)


def _judged(view: View, readings: ReadingsReported, judge: Callable[[str, str | None], _Judged]) -> tuple[Items, bytes, int]:
    """The rows of the verdicts on all items, the content of their blob, and how many conform."""
    conforming = 0

    def lines() -> Iterator[bytes]:
        nonlocal conforming
        for row in decoded(rows_of(view, readings.items), ReadingRow):
            try:
                judged = judge(row.value, row.reference)
            except (DomainError, RefusedError) as error:
                raise DomainError(f"item {row.item}, {readings.quantity} {row.value} {readings.unit}: {error}") from error
            conforming += judged.conforming
            yield judged.before + quoted(row.item) + judged.after

    items, content = committed(lines())
    return items, content, conforming


def _check_inputs(readings: ReadingsReported, procedure: ProcedurePublished, model: Model) -> None:
    own = readings.quantity in procedure.inputs
    if own if model.compares else (model.adds and set(procedure.inputs) != {readings.quantity}):
        wants = "no calibration of its own quantity" if model.compares else f"the input {readings.quantity} alone"
        raise RefusedError("inputs-fit", f"model {model.name} of procedure {procedure.procedure} takes {wants}")


def check_fits(
    readings: ReadingsReported, clause: ClausePublished | CriterionPublished, procedure: ProcedurePublished | MeasurementPublished
) -> None:
    """Raise RefusedError unless the requirement asks for what was read, by this procedure, and was valid when it was read."""
    pairs = {
        "quantity": (readings.quantity, clause.quantity),
        "quantity of the procedure": (readings.quantity, procedure.quantity),
        "procedure": (procedure.procedure, clause.procedure),
        "condition": (readings.condition, clause.condition),
    }
    for name, (has, wants) in pairs.items():
        if has != wants:
            raise RefusedError("readings-fit", f"{name}: the readings state {has!r}, clause {clause.clause} asks for {wants!r}")
    if unit_of(procedure.unit).dimension != unit_of(clause.unit).dimension:
        raise RefusedError(
            "readings-fit", f"the procedure gives {procedure.unit!r}, clause {clause.clause} asks for {clause.unit!r}"
        )
    end = clause.valid_until
    if readings.measured_from < clause.valid_from or (end is not None and readings.measured_until >= end):
        period = f"{readings.measured_from} to {readings.measured_until}"
        why = f"edition {clause.edition} of clause {clause.clause} is valid from {clause.valid_from} to {end or 'now'}"
        raise RefusedError("edition-valid", f"{why}; the readings were taken from {period}")


def check_procedure(view: View, record: Record, procedure: ProcedurePublished | MeasurementPublished) -> None:
    """Raise RefusedError where another published the procedure first: nobody else changes what a requirement means by its name."""
    others = [other for other in view.stream(procedure.procedure) if view.home(other.id) == view.origin]
    for other in others:
        if other.kind in _PROCEDURES and withdrawal(other, others, view.home) is None:
            if other.issuer != record.issuer:
                why = f"procedure {procedure.procedure} is {other.issuer}'s; {record.issuer} cannot publish it anew"
                raise RefusedError("own-procedure", why)
            return


def _model(name: str) -> Model:
    models: Mapping[str, Model] = load("openqi.science.uncertainty.kinds", Model)
    if name not in models:
        raise RefusedError("model-known", f"measurement model {name!r} is not known; known are {', '.join(models)}")
    return models[name]


def _judge(
    readings: ReadingsReported, clause: ClausePublished, model: Model, behind: Influences
) -> Callable[[str, str | None], _Judged]:
    """A function from the texts of a reading to its verdict. Gauges quantise, so that many items share one text."""
    rule, compare = rule_of(clause.rule), COMPARISONS[clause.comparison]
    tolerance = Interval(lower=_limit(clause.lower), upper=_limit(clause.upper))
    guard_factor = None if clause.guard_factor is None else fraction(clause.guard_factor)
    source = "1" if model.compares else readings.unit
    scale = Quantity(value="1", unit=source, difference=True).converted(clause.unit)
    zero = Quantity(value="0", unit=source).converted(clause.unit)
    resolution = _resolution(readings, behind)

    def indication(text: str) -> Indication:
        relative = fraction(behind.indicates.relative_stability) ** 2
        return Indication(value=fraction(text), variance=resolution, relative_variance=relative)

    @cache
    def judge(text: str, reference: str | None) -> _Judged:
        if (reference is not None) != model.compares:
            raise RefusedError(
                "reference-reading", f"model {model.name} {'needs' if model.compares else 'has no'} reference reading"
            )
        reading = indication(text)
        other = None if reference is None else indication(reference)
        estimate = model.evaluate(reading, other, behind.at(reading.value))
        exact, expanded = estimate.value * scale + zero, expanded_uncertainty(estimate.variance * scale**2, _COVERAGE)
        value, uncertainty = rounded_result(exact, expanded)
        acceptance = acceptance_interval(rule, tolerance, fraction(uncertainty), guard_factor=guard_factor)
        if clause.comparison == "rounded-value" and acceptance != tolerance:
            raise RefusedError("round-without-guard", f"rounding would give part of the guard band of {rule.name} away")
        # Never rounded twice: the rounded comparison starts from the exact value, the full one takes the value as reported.
        rounds = clause.rounding_interval is not None
        compared = compare(exact, value, clause.rounding_interval)
        found = verdict(fraction(compared), acceptance)
        return _row(text, value, uncertainty, found, compared if rounds else None)

    return judge


def _row(indicated: str, value: str, uncertainty: str, found: str, compared: str | None) -> _Judged:
    # Written by hand, key by key in canonical order, since the same bytes stand around every item with this reading.
    told = f'"compared":"{compared}",' if compared is not None else ""
    before = f'{{{told}"expandedUncertainty":"{uncertainty}","indicated":"{indicated}","item":'
    after = f',"value":"{value}","verdict":"{found}"}}'
    return _Judged(conforming=found == "conforming", before=before.encode(), after=after.encode())


def _resolution(readings: ReadingsReported, behind: Influences) -> Fraction:
    """The variance of a reading for the last step of the display (rectangular) and absolute drift, in the readings' unit."""
    unit = behind.indicates.unit
    step, drift = (
        Quantity(value=text, unit=unit, difference=True).converted(readings.unit)
        for text in (behind.indicates.resolution, behind.indicates.absolute_stability)
    )
    return step**2 / 12 + drift**2


def _limit(text: str | None) -> Fraction | None:
    return None if text is None else fraction(text)
