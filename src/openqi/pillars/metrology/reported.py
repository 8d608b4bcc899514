"""What an evaluation reports: rounded as the GUM asks, with what was computed beside it in full."""

import re
from dataclasses import dataclass
from math import floor, inf
from typing import Final, cast

from openqi.kernel.decimals import fraction, fraction_of_float, rounded, rounded_result
from openqi.kernel.errors import RefusedError
from openqi.records.evaluations import (
    BudgetLine,
    CarriedLine,
    Cautioned,
    EvaluatedInput,
    EvaluatedOutput,
    Fits,
    InputStated,
    Simulated,
    SourceLine,
    Way,
)
from openqi.science.uncertainty.caution import Caution
from openqi.science.uncertainty.inputs.quantity import InputQuantity
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.propagation.budget import BudgetRow
from openqi.science.uncertainty.propagation.carried import budget_by_input
from openqi.science.uncertainty.propagation.evaluation import HIGHER, Evaluation
from openqi.science.uncertainty.propagation.validation import validated

_MANY = 1e6
_RECORD = re.compile("[0-9a-f]{64}")
_FITS: Final[dict[bool | None, Fits]] = {True: "fits", False: "does-not-fit", None: "trials-too-few"}


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Either a coverage probability or a coverage factor, as it was stated."""

    probability: str | None
    factor: str | None


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """One result: of first order with the model's own inputs, and as it was made, with components of earlier results in place.

    `through` says for each component of the latter which input it came in through; `results` are the inputs that are results.
    """

    first: Evaluation
    made: Evaluation
    through: tuple[str, ...]
    results: frozenset[str] = frozenset()


def evaluated_input(stated: InputStated, known: InputQuantity) -> EvaluatedInput:
    """Return an input as the record tells it."""
    kind = "t" if known.degrees_of_freedom < inf else "normal"
    if known.distribution is not None:
        kind = known.distribution.kind
    result = stated.of_result
    return EvaluatedInput(
        name=stated.name,
        unit=stated.unit,
        value=_number(known.value),
        standard_uncertainty=_number(known.standard_uncertainty),
        degrees_of_freedom=_dof(known.degrees_of_freedom),
        distribution=cast("Way", kind),
        evaluated=None if result is not None else "A" if stated.readings else "B",
        identity=stated.identity,
        series=stated.series,
        certificate=None if stated.certified is None else stated.certified.certificate,
        source=stated.source,
        result=None if result is None else result.result,
        output=None if result is None else result.output,
    )


def evaluated_output(found: Evaluated, coverage: Coverage, run: Propagated | None) -> EvaluatedOutput:
    """Return a result as it is reported.

    Raises:
        RefusedError: it has no uncertainty, or no degrees of freedom while a probability is asked for.
        DomainError: a number has no decimal text of a sensible length.

    Source: [GUM] clauses 7.2.3 and 7.2.6.
    """
    one = found.made
    if not one.standard_uncertainty:
        raise RefusedError("uncertainty-given", f"{one.name} has no uncertainty to first order; no result without one is evidence")
    k, expanded = _expanded(one, coverage)
    value, reported = rounded_result(fraction_of_float(one.value), fraction_of_float(expanded))
    _, standard = rounded_result(fraction_of_float(one.value), fraction_of_float(one.standard_uncertainty))
    simulated, more = (None, ()) if run is None else _simulated(one, run)
    higher = next((row for row in one.budget() if row.name == HIGHER), None) if one.method == "second-order" else None
    return EvaluatedOutput(
        name=one.name,
        unit=one.unit,
        value=value,
        expanded_uncertainty=reported,
        coverage_factor=k,
        probability=coverage.probability,
        standard_uncertainty=standard,
        degrees_of_freedom=_told_dof(one.degrees_of_freedom),
        exact_value=_number(one.value),
        exact_uncertainty=_number(one.standard_uncertainty),
        exact_degrees_of_freedom="undefined" if one.degrees_of_freedom is None else _dof(one.degrees_of_freedom),
        budget=_budget(found),
        bias=None if one.bias is None else _number(one.bias),
        by_source=_by_source(one),
        carried=_carried(found),
        higher_contribution=None if higher is None else _number(higher.contribution),
        higher_share=None if higher is None else _share(higher.share),
        warnings=tuple(map(_cautioned, (*one.warnings, *more))),
        monte_carlo=simulated,
    )


def _expanded(one: Evaluation, coverage: Coverage) -> tuple[str, float]:
    """k as it is told, and U as it was computed."""
    if coverage.factor is not None:
        return coverage.factor, float(fraction(coverage.factor)) * one.standard_uncertainty
    if one.degrees_of_freedom is None or one.degrees_of_freedom < 1.0 - 1e-12:
        raise RefusedError(
            "coverage-defined",
            f"{one.name}: no effective degrees of freedom, so that no probability has a coverage factor; state a coverage factor",
        )
    expanded = one.expanded(float(fraction(coverage.probability or "0.95")))
    return rounded(fraction_of_float(expanded.coverage_factor), "0.01"), expanded.uncertainty


def _budget(one: Evaluated) -> tuple[BudgetLine, ...]:
    made = one.made
    rest = 1.0 - next((row.share for row in made.budget() if row.name == HIGHER), 0.0) if made.method == "second-order" else 1.0
    parts = {part.name: part for part in one.first.components}
    return tuple(
        BudgetLine(
            input=row.name,
            sensitivity=_number(parts[row.name].sensitivity),
            contribution=_number(parts[row.name].contribution),
            share=_share(row.share * rest),
        )
        for row in budget_by_input(made, one.through)
    )


def _by_source(one: Evaluation) -> tuple[SourceLine, ...]:
    """The budget by certificate, where any input has one."""
    known = {part.certificate for part in one.components} - {None}
    rows = [row for row in one.budget(by="certificate") if row.name != HIGHER] if known else []
    return tuple(_source_line(row, named=row.name in known) for row in rows)


def _source_line(row: BudgetRow, *, named: bool) -> SourceLine:
    record = named and _RECORD.fullmatch(row.name) is not None
    return SourceLine(
        contribution=_number(row.contribution),
        share=_share(row.share),
        certificate=row.name if record else None,
        source=row.name if named and not record else None,
        input=None if named else row.name,
    )


def _carried(one: Evaluated) -> tuple[CarriedLine, ...]:
    return tuple(
        CarriedLine(
            input=name,
            identity=part.id,
            name=part.name,
            sensitivity=_number(part.sensitivity),
            contribution=_number(part.contribution),
            degrees_of_freedom=_dof(part.degrees_of_freedom),
            certificate=part.certificate,
            ensemble=part.ensemble,
        )
        for name, part in zip(one.through, one.made.components, strict=True)
        if name in one.results
    )


def _simulated(one: Evaluation, run: Propagated) -> tuple[Simulated, tuple[Caution, ...]]:
    place = run.names.index(one.name)
    u = run.standard_uncertainty[place]
    value, standard = _rounded(run.value[place], u), rounded_result(fraction_of_float(u), fraction_of_float(u))[1]
    # Below one degree of freedom there is no coverage interval that could be compared.
    able = (one.degrees_of_freedom or 0.0) >= 1.0
    fits: Fits = _FITS[validated(one, run).fits] if able else "not-compared"
    more = [*run.warnings]
    if fits in ("does-not-fit", "trials-too-few"):
        code = "monte-carlo-differs" if fits == "does-not-fit" else "trials-too-few"
        more.append(Caution(code, figures=() if fits == "does-not-fit" else (str(run.trials),)))
    (lower, upper), (low, high) = run.symmetric[place], run.shortest[place]
    told = Simulated(
        value=value, standard_uncertainty=standard, symmetric_lower=_rounded(lower, u), symmetric_upper=_rounded(upper, u),
        shortest_lower=_rounded(low, u), shortest_upper=_rounded(high, u), fits=fits,
    )  # fmt: skip
    return told, tuple(more)


def _rounded(number: float, u: float) -> str:
    return rounded_result(fraction_of_float(number), fraction_of_float(u))[0]


def _cautioned(one: Caution) -> Cautioned:
    return Cautioned(code=one.code, names=one.names, figures=one.figures)


def _number(number: float) -> str:
    """The shortest decimal text that means a float; a zero has no sign."""
    return repr(number or 0.0)


def _dof(dof: float) -> str:
    return "inf" if dof == inf else repr(dof)


def _told_dof(dof: float | None) -> str:
    """Effective degrees of freedom to one decimal, cut and not rounded: 4.96 are not 5."""
    if dof is None:
        return "undefined"
    if dof >= _MANY:
        return "inf" if dof == inf else repr(dof)
    return rounded(fraction_of_float(floor(dof * 10.0 * (1.0 + 1e-12)) / 10.0), "0.1")


def _share(share: float) -> str:
    return rounded(fraction_of_float(share), "0.0001")
