"""How something is measured and what is required of it: the procedures and clauses of a workspace."""

from typing import Any

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.checks import check_clause, check_criterion, check_procedure, check_text
from openqi.app.workspace.declared import ClauseDeclared, RequirementsDeclared
from openqi.app.workspace.entries import stated
from openqi.app.workspace.measuring import ProcedureDeclared
from openqi.pillars.conformity.modelled import model_of
from openqi.records import Names
from openqi.records.metrology import ProcedurePublished
from openqi.records.procedures import CertifiedInput, MeasurementPublished, StatedInput, model_digest
from openqi.records.standards import ClausePublished, CriterionPublished, Parameter, Prior
from openqi.science.decision.outcomes import decision_rules


def procedure(builder: Builder, slot: str, declared: ProcedureDeclared) -> None:
    """Publish a measurement procedure: with a model of the catalogue, or with one that is text."""
    builder.workspace.party(slot, declared.issued_by, "issued_by")
    if declared.modelled:
        stated(builder, slot, declared.issued_by, _measurement(builder, slot, declared))
        return
    check_procedure(builder.workspace, slot, declared)
    body = ProcedurePublished(
        procedure=declared.uri,
        edition=declared.edition,
        name=declared.name,
        quantity=declared.quantity,
        unit=declared.unit,
        model=declared.model,
        inputs=declared.inputs,
        source=declared.source,
    )
    stated(builder, slot, declared.issued_by, body)


def _measurement(builder: Builder, slot: str, declared: ProcedureDeclared) -> MeasurementPublished:
    text = check_text(builder.workspace, slot, declared)
    own = declared.quantity
    body = MeasurementPublished(
        procedure=declared.uri,
        edition=declared.edition,
        name=declared.name,
        quantity=own,
        unit=declared.unit,
        model=text,
        model_digest=model_digest(text),
        reading=declared.reading or "",
        reference=declared.reference,
        certified=tuple(
            CertifiedInput(
                name=name, quantity=one.quantity, takes=one.takes, at=one.at or ("reading" if one.quantity == own else "setting")
            )
            for name, one in declared.certified.items()
        ),
        stated=tuple(
            StatedInput(
                name=name,
                value=one.value,
                distribution=one.distribution,
                source=one.source,
                standard_uncertainty=one.standard_uncertainty,
                half_width=one.half_width,
                degrees_of_freedom=one.degrees_of_freedom,
            )
            for name, one in declared.stated.items()
        ),
        points=declared.points,
        coverage_factor=declared.coverage_factor,
        coverage_probability=declared.coverage_probability,
        source=declared.source,
    )
    model_of(body)
    return body


def clause(builder: Builder, slot: str, declared: tuple[RequirementsDeclared, ClauseDeclared]) -> None:
    """Publish one requirement, in the form that its decision rule needs."""
    workspace, (edition, one) = builder.workspace, declared
    place = next(f"requirements/{name}" for name, found in workspace.declared.requirements.items() if found is edition)
    workspace.party(place, edition.issued_by, "issued_by")
    own = workspace.declared.procedures[workspace.known(slot, "procedure", "procedures", one.procedure)[11:]]
    until = edition.valid_until
    common: dict[str, Any] = {
        "requirement": one.uri, "edition": edition.edition, "source": edition.source, "clause": one.clause, "name": one.name,
        "quantity": one.quantity, "unit": one.unit, "procedure": own.uri, "condition": one.condition, "rule": one.rule,
        "comparison": one.comparison, "rounding_interval": one.rounding_interval,
        "valid_from": workspace.instant(place, "valid_from", edition.valid_from),
        "valid_until": None if until is None else workspace.ending(place, "valid_until", until),
        "lower": one.lower, "upper": one.upper, "illustrative": workspace.illustrative(edition.illustrative),
    }  # fmt: skip
    body: ClausePublished | CriterionPublished
    if one.rule in decision_rules():
        check_criterion(workspace, slot, one)
        body = CriterionPublished(**common, parameters=_parameters(one.parameters), prior=_prior(one))
    else:
        check_clause(workspace, slot, one)
        body = ClausePublished(**common, guard_factor=one.guard_factor)
    stated(builder, slot, edition.issued_by, body, own.uri)


def _parameters(given: dict[str, str]) -> tuple[Parameter, ...]:
    return tuple(Parameter(name=name, value=value) for name, value in given.items())


def _prior(one: ClauseDeclared) -> Prior | None:
    if not one.prior:
        return None
    parameters = {name: text for name, text in one.prior.items() if name not in ("distribution", "source")}
    source = Names(en=one.prior["source"], zh=one.prior["source"])
    return Prior(distribution=one.prior["distribution"], parameters=_parameters(parameters), source=source)
