"""An evaluation of uncertainty on one page: what was found, its budget, the model, and what its inputs come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isinf

from openqi.app.reading.context import Context, Seen
from openqi.evidence.record import Record
from openqi.records import body
from openqi.records.evaluations import (
    BudgetLine,
    Cautioned,
    CorrelationStated,
    EvaluatedInput,
    EvaluatedOutput,
    Simulated,
    SourceLine,
    Trials,
    UncertaintyEvaluated,
)
from openqi.science.uncertainty.propagation.coverage import whole_freedom

Look = Callable[[str], Seen | None]
_HEAD = 2
"""Lines of a canonical model before its units: what it is, and whether it is between quantities or numbers."""


@dataclass(frozen=True, kw_only=True)
class BudgetRow:
    """One input in the budget of a result, with the record that it comes from where it names one."""

    input: EvaluatedInput
    line: BudgetLine
    rests_on: Seen | None


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One certificate, other source or input in the budget by source."""

    line: SourceLine
    certificate: Seen | None


@dataclass(frozen=True, kw_only=True)
class ResultPage:
    """One result: as it is reported, the numbers that its statement needs, and its budget.

    `percent` is the coverage probability in per cent, `whole_dof` the degrees of freedom that k was taken for; None where a factor
    was stated, or where there are infinitely many.
    """

    reported: EvaluatedOutput
    percent: str | None
    whole_dof: int | None
    rows: tuple[BudgetRow, ...]
    sources: tuple[SourceRow, ...]
    warnings: tuple[Cautioned, ...]
    monte_carlo: Simulated | None


@dataclass(frozen=True, kw_only=True)
class EvaluationPage:
    """What the page of an evaluation shows beside what every record shows."""

    results: tuple[ResultPage, ...]
    equations: tuple[str, ...]
    digest: str
    order: str
    between: tuple[CorrelationStated, ...]
    trials: Trials | None
    trials_percent: str | None


def evaluation_page(context: Context, record: Record) -> EvaluationPage | None:
    """Return what is shown of an evaluation; None for a record of another kind."""
    if record.kind != UncertaintyEvaluated.KIND:
        return None
    return evaluation_shown(body(record, UncertaintyEvaluated), context.seen)


def evaluation_shown(found: UncertaintyEvaluated, seen: Look) -> EvaluationPage:
    """Return what is shown of an evaluation, sealed or not.

    Args:
        found: the evaluation.
        seen: what is known of a record that it names.
    """
    inputs = {one.name: one for one in found.inputs}
    return EvaluationPage(
        results=tuple(_result(seen, one, inputs) for one in found.measurands),
        equations=tuple(line for line in found.model.splitlines()[_HEAD:] if " : " not in line),
        digest=found.model_digest,
        order=found.order,
        between=found.between,
        trials=found.trials,
        trials_percent=None if found.trials is None else _percent(found.trials.probability),
    )


def _result(seen: Look, one: EvaluatedOutput, inputs: Mapping[str, EvaluatedInput]) -> ResultPage:
    dof = one.exact_degrees_of_freedom
    return ResultPage(
        reported=one,
        percent=None if one.probability is None else _percent(one.probability),
        whole_dof=None if one.probability is None or isinf(cut := whole_freedom(float(dof))) else int(cut),
        rows=tuple(_row(seen, inputs[line.input], line) for line in one.budget),
        sources=tuple(
            SourceRow(line=line, certificate=None if line.certificate is None else seen(line.certificate)) for line in one.by_source
        ),
        warnings=one.warnings,
        monte_carlo=one.monte_carlo,
    )


def _row(seen: Look, given: EvaluatedInput, line: BudgetLine) -> BudgetRow:
    named = given.certificate or given.result
    return BudgetRow(input=given, line=line, rests_on=None if named is None else seen(named))


def _percent(probability: str) -> str:
    return f"{(Decimal(probability) * 100).normalize():f}"
