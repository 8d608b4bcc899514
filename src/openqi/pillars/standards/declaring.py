"""Declaring an own standard: complete, by who makes the product, and compared with what is recommended."""

from fractions import Fraction
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.quantity import Quantity
from openqi.pillars.standards.standing import own_standing
from openqi.records import Command, Content, Instant, Names, RecordId, Text, Uri, body, statement
from openqi.records.conformity import ProductRegistered, registration_subject
from openqi.records.governance import first_standing, withdrawal
from openqi.records.own_standards import (
    BELOW,
    Compared,
    GradeLimits,
    Indicator,
    IndicatorCompared,
    OwnStandardDeclared,
    Recommended,
)  # fmt: skip
from openqi.science.decision.declared import limits_compared
from openqi.science.decision.rule import Interval

MOST: Final = 40
"""Indicators a standard: 48,000 bytes hold so many with names in two languages."""


class DeclareOwnStandard(Command, frozen=True):
    """Declare the own standard of a product; how each indicator compares with a recommended standard is worked out, not said."""

    NAME: ClassVar[str] = "standards.declare-own-standard/1"
    ROLE: ClassVar[str | None] = "manufacturer"

    product: Uri
    standard: Uri
    number: Text
    name: Names
    indicators: tuple[Indicator, ...]
    valid_from: Instant
    valid_until: Instant | None = None
    document: Content | None = None
    replaces: RecordId | None = None
    illustrative: bool = False


def declare_own_standard(view: View, command: DeclareOwnStandard, issuer: str) -> tuple[Statement, ...]:
    """Return the declaration.

    Raises:
        NotFoundError: the edition before is not in the log.
        RefusedError: no indicators, too many, one stands twice, the product is another maker's, another firm has declared a
            standard under this URI, or one stands that this one does not replace.
    """
    codes = [one.code for one in command.indicators]
    if not 1 <= len(codes) <= MOST or len({*codes}) != len(codes):
        raise RefusedError("indicators-once", f"a standard has 1 to {MOST} indicators, each code once; this one has {len(codes)}")
    if command.valid_until is not None and command.valid_until <= command.valid_from:
        raise RefusedError("term-in-order", f"it ends at {command.valid_until}, which is not after {command.valid_from}")
    _check_maker(view, command.product, issuer)
    _check_before(view, command, issuer)
    found = tuple(compared_indicator(one, one.recommended) for one in command.indicators if one.recommended is not None)
    declared = OwnStandardDeclared(
        firm=issuer, product=command.product, standard=command.standard, number=command.number, name=command.name,
        indicators=command.indicators, compared=found, below_recommended=sum(one.against in BELOW for one in found),
        overstated=sum(one.overstated for one in found), valid_from=command.valid_from, valid_until=command.valid_until,
        document=command.document, replaces=command.replaces, illustrative=command.illustrative,
    )  # fmt: skip
    return (statement(declared),)


def compared_indicator(indicator: Indicator, recommended: Recommended) -> IndicatorCompared:
    """Return how an indicator compares with what is recommended, in the unit of the recommended standard."""
    try:
        declared = _interval(indicator, indicator.unit, recommended.unit)
    except DomainError as error:
        return IndicatorCompared(code=indicator.code, against="not-comparable", why=str(error))
    found: Compared = limits_compared(declared, _interval(recommended, recommended.unit, recommended.unit))
    reaches = reached(declared, recommended)
    ranks = [one.grade for one in recommended.grades]
    claimed = indicator.grade is not None and (reaches is None or ranks.index(indicator.grade) < ranks.index(reaches))
    return IndicatorCompared(code=indicator.code, against=found, reaches=reaches, overstated=claimed)


def reached(declared: Interval, recommended: Recommended) -> str | None:
    """Return the best grade whose limits hold all that is within the declared ones; None where there is no such grade."""
    for one in recommended.grades:
        if limits_compared(declared, _interval(one, recommended.unit, recommended.unit)) in ("stricter", "equal"):
            return one.grade
    return None


def _interval(limits: Indicator | Recommended | GradeLimits, unit: str, into: str) -> Interval:
    def converted(text: str | None) -> Fraction | None:
        return None if text is None else Quantity(value=text, unit=unit).converted(into)

    return Interval(lower=converted(limits.lower), upper=converted(limits.upper))


def _check_maker(view: View, product: str, firm: str) -> None:
    """The first who registered a product makes it."""
    record = first_standing(view.stream(registration_subject(product)), ProductRegistered, view.home, view.origin)
    if record is None:
        raise RefusedError("maker-declares", f"nobody has registered the product {product}; its maker does so first")
    if record.issuer != firm:
        raise RefusedError("maker-declares", f"{product} was registered by {record.issuer}; {firm} does not make it")


def _check_before(view: View, command: DeclareOwnStandard, firm: str) -> None:
    """Of the editions under one URI at most one stands that no other replaces, and it is the firm's own."""
    stream = [one for one in view.stream(command.standard) if view.home(one.id) == view.origin]
    editions = {
        one.id: body(one, OwnStandardDeclared)
        for one in stream
        if one.kind == OwnStandardDeclared.KIND and one.basis is not None and withdrawal(one, stream, view.home) is None
    }
    for name, one in editions.items():
        if one.firm != firm:
            raise RefusedError("own-number", f"{command.standard} was declared by {one.firm} in record {name}; take another URI")
    replaced = {one.replaces for one in editions.values()}
    open_ = [name for name in editions if name not in replaced]
    if command.replaces is None:
        if open_:
            raise RefusedError("replaces-edition", f"record {open_[0]} declares {command.standard}; name it in `replaces`")
        return
    own_standing(view, command.replaces)
    if command.replaces not in open_:
        raise RefusedError("replaces-edition", f"record {command.replaces} is not the latest edition of {command.standard}")
