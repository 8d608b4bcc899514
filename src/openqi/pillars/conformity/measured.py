"""Judging readings by the measurement model of their procedure, all items at once: value, uncertainty, coverage factor, verdict."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import isinf, sqrt
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction, fraction_of_float, rounded, rounded_result
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.quantity import Quantity
from openqi.kernel.units import unit_of
from openqi.pillars.conformity.modelled import Entering, Entry, entering
from openqi.pillars.conformity.readings import check_fits, check_procedure
from openqi.pillars.conformity.ruling import Found, Ruling, clause_of, ruling_of
from openqi.pillars.conformity.standing import standing
from openqi.records import Command, RecordId, body, statement
from openqi.records.conformity import ReadingsReported
from openqi.records.judgements import MeasuredJudged, OutcomeCount
from openqi.records.procedures import MeasurementPublished
from openqi.records.rows import ReadingRow, committed, decoded, quoted, rows_of

if TYPE_CHECKING:  # imported where it is used, see `modelled`
    from openqi.science.uncertainty.expression.model import MeasurementModel

MOST_STEPS: Final = 5_000_000
"""Different readings times steps of the model: half a minute or so for whoever replays."""
MOST_BITS: Final = 4_096
"""Of an exact value; where one is longer, which no reading and no certificate makes it, the value is that of the kernel too."""
_ITEM = re.compile(r"\bitem ([0-9]+)(?:: |, )")


class JudgeMeasured(Command, frozen=True):
    """Judge reported readings through the measurement model of their procedure, each item with its own uncertainty and verdict."""

    NAME: ClassVar[str] = "conformity.judge-readings/2"
    ROLE: ClassVar[str | None] = "conformity-assessment-body"
    INHERITS: ClassVar[bool] = True

    readings: RecordId
    requirement: RecordId


class Shown(NamedTuple):
    """What an instrument showed on an item: the texts of the reading and of the one that it is compared with."""

    value: str
    reference: str | None


class _Result(NamedTuple):
    """What the model gave for one reading, in the unit of the procedure."""

    value: float
    u: float
    dof: float


def judge_measured(view: View, command: JudgeMeasured, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- the role decides
    """Return the verdicts on readings.

    Raises:
        NotFoundError: readings, requirement, procedure or rows are not in the log.
        RefusedError: one was withdrawn, the requirement asks for something else, its edition was not valid at the measurement, no
            certificate was in force, the model does not fit, or the decision rule and the comparison do not go together.
        DomainError: an item cannot be judged; the message names it.
    """
    readings_record, clause_record = standing(view, command.readings), standing(view, command.requirement)
    readings = body(readings_record, ReadingsReported)
    ruling = ruling_of(clause_of(clause_record))
    procedure_record = standing(view, readings.procedure)
    procedure = body(procedure_record, MeasurementPublished)
    check_fits(readings, ruling.clause, procedure)
    check_procedure(view, procedure_record, procedure)
    behind = entering(view, readings, procedure, readings_record.issuer)
    if readings.measured_until > readings_record.valid_from:
        why = f"the readings were taken until {readings.measured_until}, and reported before, at {readings_record.valid_from}"
        raise RefusedError("not-in-the-future", why)
    rows = decoded(rows_of(view, readings.items), ReadingRow)
    judged = _judged(rows, readings, procedure, behind, ruling)
    items, content = committed(judged[Shown(row.value, row.reference)].line(row.item) for row in rows)
    found = [judged[Shown(row.value, row.reference)].found for row in rows]
    verdicts, outcomes = Counter(one.verdict for one in found), Counter(one.outcome for one in found)
    stated = MeasuredJudged(
        subject=readings.subject,
        readings=readings_record.id,
        requirement=clause_record.id,
        procedure=procedure_record.id,
        model_digest=procedure.model_digest,
        instruments=behind.instruments,
        certificates=behind.certificates,
        rule=ruling.clause.rule,
        unit=ruling.clause.unit,
        items=items,
        conforming=verdicts["conforming"],
        nonconforming=verdicts["nonconforming"],
        undecided=verdicts["undecided"],
        outcomes=tuple(OutcomeCount(outcome=one, count=count) for one, count in sorted(outcomes.items()) if one is not None),
        coverage_factor=procedure.coverage_factor,
        coverage_probability=procedure.coverage_probability,
    )
    return (statement(stated, contents=(content,)),)


def shown_texts(procedure: MeasurementPublished, shown: Shown) -> Mapping[str, str]:
    """Return what was shown by the names of the model's inputs.

    Raises:
        RefusedError: the model compares two readings and there is one, or the other way round.
    """
    if (shown.reference is not None) != (procedure.reference is not None):
        needs = "has no" if procedure.reference is None else "needs a"
        raise RefusedError("reference-reading", f"the model of procedure {procedure.procedure} {needs} reference reading")
    texts = {procedure.reading: shown.value}
    return texts if procedure.reference is None or shown.reference is None else texts | {procedure.reference: shown.reference}


def _judged(
    rows: Sequence[ReadingRow], readings: ReadingsReported, procedure: MeasurementPublished, behind: Entering, ruling: Ruling
) -> Mapping[Shown, "_Judged"]:
    """Verdicts by what was shown. Gauges quantise, so that many items share one reading, which is evaluated once."""
    first: dict[Shown, str] = {}
    for row in rows:
        first.setdefault(Shown(row.value, row.reference), row.item)
    shown = list(first)
    if not shown:
        return {}

    def named(place: int, error: DomainError | RefusedError) -> DomainError:
        """The error with the item that it is about, which batches count from 1."""
        where = f"item {first[shown[place]]}, {readings.quantity} {shown[place].value} {readings.unit}"
        return DomainError(f"{where}: {_ITEM.sub('', str(error), count=1)}")

    steps = len(behind.model.tape.code)
    if len(shown) * steps > MOST_STEPS:
        why = f"{len(shown)} different readings through {steps} steps of the model take too long to repeat"
        raise RefusedError("judging-size", f"{why}; report them in parts of at most {MOST_STEPS // steps} different readings")
    entered: list[list[Entry]] = []
    for place, one in enumerate(shown):
        try:
            entered.append(behind.entries(shown_texts(procedure, one)))
        except (DomainError, RefusedError) as error:
            raise named(place, error) from error
    try:
        results = _evaluated(behind, entered)
    except DomainError as error:
        counted = _ITEM.search(str(error))
        if counted is None:
            raise
        raise named(int(counted[1]) - 1, error) from error
    report, found = _Report(procedure=procedure, model=behind.model, ruling=ruling), dict[Shown, _Judged]()
    for place, result in enumerate(results):
        try:
            found[shown[place]] = report.judged(shown[place], entered[place], result)
        except (DomainError, RefusedError) as error:
            raise named(place, error) from error
    return found


def _evaluated(behind: Entering, entered: Sequence[Sequence[Entry]]) -> list[_Result]:
    from openqi.science.uncertainty.batch import evaluated_batch

    columns = list(zip(*entered, strict=True))
    values = [[float(entry.value) for entry in column] for column in columns]
    deviations = [[sqrt(float(entry.variance)) for entry in column] for column in columns]
    batch = evaluated_batch(behind.model, values, deviations, behind.correlation, common=[False] * len(values), dof=behind.dof)
    found = zip(batch.value[0].tolist(), batch.standard_uncertainty[0].tolist(), batch.dof[0].tolist(), strict=True)
    return [_Result(*one) for one in found]


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """One verdict as a row states it, with the item left out: what stands before it, and what after."""

    found: Found
    before: bytes
    after: bytes

    def line(self, item: str) -> bytes:
        """The canonical row of an item."""
        return self.before + quoted(item) + self.after


class _Report:
    """From what a model gave to what is reported and judged, in the unit of the requirement."""

    def __init__(self, *, procedure: MeasurementPublished, model: "MeasurementModel", ruling: Ruling) -> None:
        from openqi.science.uncertainty.expression.exact import LongFractionError, exact_results
        from openqi.science.uncertainty.propagation.coverage import coverage_factor, whole_freedom

        self._exact, self._long, self._quantile, self._whole = exact_results, LongFractionError, coverage_factor, whole_freedom
        self._procedure, self._model, self._ruling = procedure, model, ruling
        assert model.units is not None
        # Where it can be exact it is, so that a tie is seen as one; else the value is that of the fixed-order kernel.
        self._exactly = model.rational and not any(unit_of(unit).pi for unit in model.units.values())
        self._scale = Quantity(value="1", unit=procedure.unit, difference=True).converted(ruling.clause.unit)
        # A difference keeps no zero of a scale: 3 °C of warming are 3 K, and not 276.15 K.
        difference = model.outputs[0] in model.differences
        self._zero = Quantity(value="0", unit=procedure.unit, difference=difference).converted(ruling.clause.unit)
        self._converts = self._scale != 1 or self._zero != 0
        self._factor = cache(self._coverage)

    def judged(self, shown: Shown, entered: Sequence[Entry], found: _Result) -> _Judged:
        """Report a result and judge it.

        Raises:
            DomainError: it has no uncertainty, or no verdict by this rule.
        """
        exact = self._value(entered, found)
        k, times, freedom = self._factor(self._whole(found.dof))
        expanded = fraction_of_float(found.u) * times
        if expanded <= 0:
            raise DomainError("no input has a part in the uncertainty of this result; no verdict stands without one")
        if self._converts:
            exact = exact * self._scale + self._zero
        result, uncertainty = rounded_result(exact, expanded)
        ruled = self._ruling.found(exact, result, uncertainty, k)
        return _row(shown, ruled, result, uncertainty, None if self._procedure.coverage_factor is not None else (k, freedom))

    def _value(self, entered: Sequence[Entry], found: _Result) -> Fraction:
        if self._exactly:
            try:
                return self._exact(self._model, [entry.value for entry in entered], most_bits=MOST_BITS)[0]
            except self._long:
                pass
        return fraction_of_float(found.value)

    def _coverage(self, dof: float) -> tuple[str, Fraction, str | None]:
        """The coverage factor as it is reported, what u is multiplied by, and whole degrees of freedom, None for infinite ones."""
        if self._procedure.coverage_factor is not None:
            return self._procedure.coverage_factor, self._scale * fraction(self._procedure.coverage_factor), None
        k = self._quantile(float(fraction(self._procedure.coverage_probability or "0")), dof)
        told = rounded(fraction_of_float(k), "0.01")
        return told, self._scale * fraction(told), None if isinf(dof) else str(int(dof))


def _row(shown: Shown, found: Found, value: str, uncertainty: str, coverage: tuple[str, str | None] | None) -> _Judged:
    # Written by hand, key by key in canonical order, since the same bytes stand around every item with this reading.
    k, freedom = coverage or (None, None)
    before = {
        "compared": found.compared, "coverageFactor": k, "degreesOfFreedom": freedom, "expandedUncertainty": uncertainty,
        "indicated": shown.value,
    }  # fmt: skip
    after = {"outcome": found.outcome, "reference": shown.reference, "value": value, "verdict": found.verdict}
    head = "".join(f'"{name}":"{text}",' for name, text in before.items() if text is not None)
    tail = "".join(f',"{name}":"{text}"' for name, text in after.items() if text is not None)
    return _Judged(found=found, before=f'{{{head}"item":'.encode(), after=f"{tail}}}".encode())
