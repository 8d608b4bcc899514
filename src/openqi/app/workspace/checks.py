"""What can be told of an entry before anything is decided: units, rules, models, identifiers; each with its line."""

from collections.abc import Mapping

import msgspec

from openqi.app.folder import LedgerFolder, check_origin
from openqi.app.workspace.declared import ClauseDeclared, InstrumentDeclared, PartyDeclared, ReadingsDeclared
from openqi.app.workspace.measuring import ProcedureDeclared
from openqi.app.workspace.workspace import Workspace
from openqi.formats.digital_link import digital_link
from openqi.kernel.catalogue import load
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import FormatError, OpenQIError
from openqi.kernel.identifier import check_gs1_key, check_uri, check_usci
from openqi.kernel.units import unit_of
from openqi.science.decision.outcomes import decision_rules
from openqi.science.decision.rule import Rule
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.model import Model

_ANY_GTIN = "00000000000000"


def check_head(workspace: Workspace) -> None:
    """Raise FormatError unless operator, origin and base can be what they are declared to be, and each party has its own URI."""
    declared = workspace.declared
    workspace.party("ledger", declared.ledger.operator, "operator")
    try:
        check_origin(declared.ledger.origin)
    except FormatError as error:
        raise workspace.at("ledger", "origin").error(str(error)) from error
    try:
        digital_link(declared.base, _ANY_GTIN, "0")
    except FormatError as error:
        raise workspace.nodes["base"].error(str(error)) from error
    seen: dict[str, str] = {}
    for name, party in declared.parties.items():
        if seen.setdefault(party.uri, name) != name:
            raise workspace.at(f"parties/{name}", "uri").error(f"{party.uri} is {seen[party.uri]} already; each party has its own")


def check_same_ledger(workspace: Workspace, place: LedgerFolder) -> None:
    """Raise FormatError where the workspace speaks of another log or operator than the one that it was built with."""
    declared = workspace.declared
    if place.settings.origin != declared.ledger.origin:
        why = f"the log of this workspace is {place.settings.origin}; a log keeps its name"
        raise workspace.at("ledger", "origin").error(f"{why}, build in a new folder for another one")
    operator = declared.parties[declared.ledger.operator].uri
    if place.operator != operator:
        raise workspace.at("ledger", "operator").error(f"the log was founded by {place.operator}, not by {operator}")


def check_party(workspace: Workspace, slot: str, declared: PartyDeclared) -> None:
    """Raise FormatError where the URI of a party or one of its identifiers is none."""
    try:
        check_uri(declared.uri)
    except FormatError as error:
        raise workspace.at(slot, "uri").error(str(error)) from error
    for scheme, value in declared.identifiers.items():
        try:
            if scheme == "usci":
                check_usci(value)
            elif scheme == "gln":
                check_gs1_key("GLN", value)
            elif scheme != "lei":
                check_uri(scheme)
        except OpenQIError as error:
            raise workspace.at(slot, "identifiers").error(f"{scheme} {value!r}: {error}") from error


def check_instrument(workspace: Workspace, slot: str, declared: InstrumentDeclared) -> None:
    """Raise FormatError where a unit is none, or a number is none."""
    place = workspace.at(slot, "indicates")
    for quantity, one in declared.indicates.items():
        node = place.members.get(quantity, place)
        for member, text in msgspec.structs.asdict(one).items():
            try:
                if member == "unit":
                    unit_of(text)
                elif fraction(text) < 0:
                    raise FormatError(f"{text} is below 0")
            except FormatError as error:
                raise node.members.get(member, node).error(str(error)) from error


def check_procedure(workspace: Workspace, slot: str, declared: ProcedureDeclared) -> None:
    """Raise FormatError where unit or model are none, or nothing that was calibrated enters."""
    unit = _unit(workspace, slot, declared.unit)
    models: Mapping[str, Model] = load("openqi.science.uncertainty.kinds", Model)
    if declared.model not in models:
        known = ", ".join(models)
        raise workspace.at(slot, "model").error(f"measurement model {declared.model!r} is not known; known are {known}")
    if models[declared.model].compares and any(unit):
        raise workspace.at(slot, "model").error(
            f"model {declared.model} gives a ratio, which has the unit 1 or %, not {declared.unit!r}"
        )
    if not declared.inputs:
        raise workspace.at(slot, "inputs").error("name the quantities whose calibration enters; no verdict stands on none")


def check_text(workspace: Workspace, slot: str, declared: ProcedureDeclared) -> str:
    """Return the canonical text of a procedure's model; raise FormatError where it is none, or its inputs come from nowhere."""
    _unit(workspace, slot, declared.unit)
    if declared.inputs:
        raise workspace.at(slot, "inputs").error(
            "the inputs of a model text are its own; say under `certified` where they come from"
        )
    if declared.reading is None:
        raise workspace.where(slot).error("'reading' is missing; name the input of the model that is the reading")
    try:
        return measurement_model(declared.model).text
    except OpenQIError as error:
        raise workspace.at(slot, "model").error(str(error)) from error


def check_criterion(workspace: Workspace, slot: str, declared: ClauseDeclared) -> None:
    """Raise FormatError where a clause with a rule of the second catalogue lacks what the rule takes, or has what it does not."""
    rule = decision_rules()[declared.rule]
    if declared.guard_factor is not None:
        raise workspace.at(slot, "guard_factor").error(f"rule {rule.name} takes its numbers under `parameters`")
    if set(declared.parameters) != set(rule.parameters):
        takes = ", ".join(rule.parameters) or "no parameters"
        raise workspace.at(slot, "parameters").error(f"rule {rule.name} takes {takes}")
    if rule.needs_prior != bool(declared.prior):
        needs = "needs a prior" if rule.needs_prior else "takes no prior"
        raise workspace.at(slot, "prior").error(f"rule {rule.name} {needs}")
    if declared.prior and not {"distribution", "source"} <= set(declared.prior):
        raise workspace.at(slot, "prior").error("a prior has a `distribution`, its parameters, and the `source` of them")
    _check_clause_unit(workspace, slot, declared)
    procedure = workspace.declared.procedures.get(declared.procedure)
    if procedure is not None and not procedure.modelled:
        why = f"rule {rule.name} judges what a procedure with a model text gives; {declared.procedure} has {procedure.model}"
        raise workspace.at(slot, "rule").error(why)


def check_clause(workspace: Workspace, slot: str, declared: ClauseDeclared) -> None:
    """Raise FormatError where unit, rule, guard factor and comparison do not go together, or the unit not with the procedure."""
    rules: Mapping[str, Rule] = load("openqi.science.decision.kinds", Rule)
    rule = rules.get(declared.rule)
    if rule is None:
        raise workspace.at(slot, "rule").error(
            f"decision rule {declared.rule!r} is not known; known are {', '.join((*rules, *decision_rules()))}"
        )
    if declared.parameters or declared.prior:
        raise workspace.at(slot, "parameters").error(f"rule {rule.name} has no parameters and no prior; it only moves limits")
    if rule.scaled != (declared.guard_factor is not None):
        needs = "needs a guard_factor r" if rule.scaled else "has no guard_factor"
        raise workspace.at(slot, "guard_factor").error(f"rule {rule.name} {needs}")
    if (declared.comparison == "rounded-value") != (declared.rounding_interval is not None):
        needs = (
            "needs a rounding_interval" if declared.rounding_interval is None else "does not round, so it has no rounding_interval"
        )
        raise workspace.at(slot, "comparison").error(f"comparison {declared.comparison} {needs}")
    if declared.comparison == "rounded-value" and rule.guard(fraction("1")):
        why = f"rounding would give part of the guard band of {rule.name} away"
        raise workspace.at(slot, "comparison").error(f"{why}; compare full values, or accept without a guard band")
    _check_clause_unit(workspace, slot, declared)


def _check_clause_unit(workspace: Workspace, slot: str, declared: ClauseDeclared) -> None:
    unit = _unit(workspace, slot, declared.unit)
    procedure = workspace.declared.procedures.get(declared.procedure)
    if procedure is not None and unit_of(procedure.unit).dimension != unit:
        raise workspace.at(slot, "unit").error(f"{declared.unit!r} and the {procedure.unit!r} of the procedure differ in dimension")


def check_readings(workspace: Workspace, slot: str, declared: ReadingsDeclared) -> None:
    """Raise FormatError where the unit of readings is none, or not one of what the instrument indicates."""
    unit = _unit(workspace, slot, declared.unit)
    indicates = workspace.declared.instruments[declared.instrument].indicates.get(declared.quantity)
    if indicates is None:
        raise workspace.at(slot, "quantity").error(f"{declared.instrument} does not indicate {declared.quantity!r}")
    if unit_of(indicates.unit).dimension != unit:
        raise workspace.at(slot, "unit").error(
            f"{declared.unit!r} and the {indicates.unit!r} of the instrument differ in dimension"
        )


def _unit(workspace: Workspace, slot: str, text: str) -> tuple[object, ...]:
    try:
        return unit_of(text).dimension
    except FormatError as error:
        raise workspace.at(slot, "unit").error(str(error)) from error
