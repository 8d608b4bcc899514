"""What conformity assessment may decide: verdicts on results, readings and lots, certificates and marks."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, ClassVar

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction, rounded
from openqi.kernel.errors import RefusedError
from openqi.kernel.quantity import Quantity
from openqi.pillars.conformity.certification import IssueCertificate, IssueMarks, issue_certificate, issue_marks
from openqi.pillars.conformity.licensing.workflow import WORKFLOW as LICENSING
from openqi.pillars.conformity.lots import DecideLot, decide_lot
from openqi.pillars.conformity.measured import JudgeMeasured, judge_measured
from openqi.pillars.conformity.readings import JudgeReadings, judge_readings
from openqi.pillars.conformity.standing import rule_of
from openqi.records import Command, RecordId, body, statement
from openqi.records.conformity import ResultJudged, ResultReported
from openqi.records.governance import withdrawal
from openqi.records.standards import RequirementPublished
from openqi.science.decision.rule import Interval, acceptance_interval, verdict

_MOST_PLACES = 40
_LEAST_COVERAGE = Fraction("1.64")
"""Just below 0.95 times the root of 3, the factor that covers 95 % of a rectangular distribution; a normal one asks for more."""


class JudgeResult(Command, frozen=True):
    """Judge a reported result by a published requirement."""

    NAME: ClassVar[str] = "conformity.judge-result/1"
    ROLE: ClassVar[str | None] = "conformity-assessment-body"

    result: RecordId
    requirement: RecordId


def judge_result(view: View, command: JudgeResult, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- the role decides
    """Return the verdict on a result.

    Raises:
        NotFoundError: result or requirement are not in the log.
        RefusedError: one was withdrawn, the quantity is another, the edition was not valid at the measurement, or a converted
            limit has no finite decimal form.
        DomainError: units of other dimensions, limits out of order, no uncertainty.
    """
    result_record, requirement_record = _standing(view, command.result), _standing(view, command.requirement)
    result, requirement = body(result_record, ResultReported), body(requirement_record, RequirementPublished)
    _check_fits(result, requirement)
    if fraction(result.coverage_factor) < _LEAST_COVERAGE:
        raise RefusedError("coverage-95", f"coverage factor {result.coverage_factor} is below about 95 %; report U with k = 2")
    rule = rule_of(requirement.rule)
    value = Quantity(value=result.value, unit=result.unit).converted(requirement.unit)
    digit = min(
        _digit(result.value, result.unit, requirement.unit), _digit(result.expanded_uncertainty, result.unit, requirement.unit)
    )
    expanded = Quantity(value=result.expanded_uncertainty, unit=result.unit, difference=True).converted(requirement.unit)
    tolerance = Interval(lower=_limit(requirement.lower), upper=_limit(requirement.upper))
    acceptance = acceptance_interval(rule, tolerance, expanded)
    judged = ResultJudged(
        item=result.item,
        result=result_record.id,
        requirement=requirement_record.id,
        rule=rule.name,
        verdict=verdict(value, acceptance),
        value=_text(value, digit),
        unit=requirement.unit,
        acceptance_lower=None if acceptance.lower is None else _text(acceptance.lower, digit),
        acceptance_upper=None if acceptance.upper is None else _text(acceptance.upper, digit),
    )
    return (statement(judged),)


def _standing(view: View, record_id: str) -> Record:
    """As `standing`, read as version 1 of this command has always read it: in the first stream of the record."""
    record = view.record(record_id)
    other = withdrawal(record, view.stream(record.streams[0]), view.home)
    if other:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {other.id}; name one that stands")
    return record


def _check_fits(result: ResultReported, requirement: RequirementPublished) -> None:
    if result.quantity != requirement.quantity:
        raise RefusedError("same-quantity", f"the result is a {result.quantity}, the requirement is on {requirement.quantity}")
    end = requirement.valid_until
    if result.measured_at < requirement.valid_from or (end is not None and result.measured_at >= end):
        raise RefusedError(
            "edition-valid",
            f"edition {requirement.edition} is valid from {requirement.valid_from} to {end or 'now'}, not at {result.measured_at}",
        )


def _limit(text: str | None) -> Fraction | None:
    return None if text is None else fraction(text)


def _digit(text: str, unit: str, into: str) -> Fraction:
    """What one step of the last stated digit is worth in another unit: 1962.0 mA.h goes in steps of 0.0001 A.h."""
    step = f"0.{'0' * (len(text.partition('.')[2]) - 1)}1" if "." in text else "1"
    return Quantity(value=step, unit=unit, difference=True).converted(into)


def _text(number: Fraction, digit: Fraction) -> str:
    """The decimal text of exactly this number, with the zeros down to `digit`; nothing is rounded without a stated rule."""
    for places in range(_MOST_PLACES):
        step = Fraction(1, 10**places)
        text = rounded(number, "1" if places == 0 else f"0.{'0' * (places - 1)}1")
        if step <= digit and fraction(text) == number:
            return text
    raise RefusedError("decimal-limit", f"{number} has no finite decimal form; report the result in the requirement's unit")


WORKFLOW: Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]] = {
    JudgeResult: judge_result,
    JudgeReadings: judge_readings,
    JudgeMeasured: judge_measured,
    DecideLot: decide_lot,
    IssueCertificate: issue_certificate,
    IssueMarks: issue_marks,
    **LICENSING,
}
