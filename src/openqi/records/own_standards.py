"""Self-declared enterprise standards (企业标准自我声明): declared, recommended and measured values."""

from typing import ClassVar, Literal

from openqi.records import Body, Content, DecimalText, Index, Instant, Names, Part, RecordId, Reference, Text, Uri

Compared = Literal["stricter", "equal", "looser", "not-comparable"]


def own_standards_subject(firm: str) -> str:
    """Return the subject in whose stream lie the standards that a firm declares itself."""
    return f"{firm}#own-standards"


class Recommended(Part, frozen=True, kw_only=True):
    """What a recommended standard says of the same quantity."""

    standard: Text
    clause: Text
    unit: Text
    lower: DecimalText | None = None
    upper: DecimalText | None = None


class Indicator(Part, frozen=True, kw_only=True):
    """One declared value: quantity, limits and method; `concerns` tells indicators of safety, health and environment apart."""

    code: Text
    name: Names
    quantity: Text
    unit: Text
    concerns: Literal["function", "performance", "safety", "health", "environment"]
    method: Text
    lower: DecimalText | None = None
    upper: DecimalText | None = None
    grade: Text | None = None
    recommended: Recommended | None = None

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            raise ValueError("an indicator has a lower limit, an upper limit or both")


class IndicatorCompared(Part, frozen=True, kw_only=True):
    """How a declared value compares with the recommended one, and why where it cannot be said."""

    code: Text
    compared: Compared
    why: Text | None = None


class OwnStandardDeclared(Body, frozen=True):
    """A firm declares its own standard for a product; every indicator that is below a recommended standard is said to be so."""

    KIND: ClassVar[str] = "standards.own-standard-declared/1"

    firm: Uri
    product: Uri
    standard: Uri
    number: Text
    name: Names
    indicators: tuple[Indicator, ...]
    compared: tuple[IndicatorCompared, ...]
    below_recommended: Index
    valid_from: Instant
    valid_until: Instant | None = None
    document: Content | None = None
    replaces: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.standard, own_standards_subject(self.firm), self.product)

    def references(self) -> tuple[Reference, ...]:
        return () if self.replaces is None else (Reference("edition before", self.replaces),)


class IndicatorMeasured(Part, frozen=True, kw_only=True):
    """A declared value against measured ones: how many results meet it, do not, or are undecided within their uncertainty."""

    code: Text
    results: tuple[RecordId, ...]
    meet: Index
    fail: Index
    undecided: Index


class OwnStandardMeasured(Body, frozen=True):
    """Declared values were held against results; an indicator without any result is said to have none."""

    KIND: ClassVar[str] = "standards.own-standard-measured/1"

    standard: Uri
    declared: RecordId
    product: Uri
    measured: tuple[IndicatorMeasured, ...]
    unmeasured: tuple[Text, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.standard, self.product)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("declared standard", self.declared),
            *(Reference("result", one) for found in self.measured for one in found.results),
        )
