"""What self-declared standards of a workspace become: the declaration, and what results say of it."""

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.standardising import IndicatorDeclared, OwnStandardCheckDeclared, OwnStandardDeclared
from openqi.pillars.standards.declaring import DeclareOwnStandard
from openqi.pillars.standards.measuring import MeasureOwnStandard
from openqi.records.own_standards import GradeLimits, Indicator, Recommended, measured_subject


def own_standard(builder: Builder, slot: str, declared: OwnStandardDeclared) -> None:
    """Declare a standard."""
    workspace = builder.workspace
    product = builder.record(workspace.known(slot, "product", "products", declared.product))
    workspace.party(slot, declared.declared_by, "declared_by")
    before = None
    if declared.replaces is not None:
        before = builder.record(workspace.known(slot, "replaces", "own_standards", declared.replaces))
    until = declared.valid_until
    command = DeclareOwnStandard(
        product=workspace.declared.products[declared.product].uri, standard=declared.uri, number=declared.number,
        name=declared.name, indicators=tuple(_indicator(code, one) for code, one in declared.indicators.items()),
        valid_from=workspace.instant(slot, "valid_from", declared.valid_from),
        valid_until=None if until is None else workspace.ending(slot, "valid_until", until),
        replaces=before, illustrative=workspace.illustrative(declared.illustrative),
    )  # fmt: skip
    digest = builder.digest(slot, product, *([] if before is None else [before]))
    builder.decide(slot, declared.declared_by, digest, command, subject=declared.uri)


def _indicator(code: str, declared: IndicatorDeclared) -> Indicator:
    recommended = None
    if declared.recommended_standard is not None:
        recommended = Recommended(
            standard=declared.recommended_standard, clause=declared.recommended_clause or "",
            unit=declared.recommended_unit or declared.unit, lower=declared.recommended_lower, upper=declared.recommended_upper,
            grades=tuple(GradeLimits(grade=name, lower=one.lower, upper=one.upper) for name, one in declared.grades.items()),
        )  # fmt: skip
    elif declared.grades or declared.recommended_lower or declared.recommended_upper:
        raise ValueError(f"indicator {code}: name the recommended standard, or leave out what it recommends")
    return Indicator(
        code=code, name=declared.name, quantity=declared.quantity, unit=declared.unit, concerns=declared.concerns,
        method=declared.method, lower=declared.lower, upper=declared.upper, grade=declared.grade, recommended=recommended,
    )  # fmt: skip


def own_standard_check(builder: Builder, slot: str, declared: OwnStandardCheckDeclared) -> None:
    """Hold a declared standard against results."""
    workspace = builder.workspace
    standard = builder.record(workspace.known(slot, "own_standard", "own_standards", declared.own_standard))
    workspace.party(slot, declared.checked_by, "checked_by")
    command = MeasureOwnStandard(
        declared=standard, also=declared.also,
        since=None if declared.since is None else workspace.instant(slot, "since", declared.since),
    )  # fmt: skip
    subject = measured_subject(workspace.declared.own_standards[declared.own_standard].uri)
    builder.decide(slot, declared.checked_by, builder.digest(slot, standard), command, subject=subject)
