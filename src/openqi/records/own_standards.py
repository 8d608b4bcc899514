"""Self-declared enterprise standards (企业标准自我声明): declared, recommended and measured values."""

from typing import ClassVar, Final, Literal

from openqi.kernel.decimals import fraction
from openqi.kernel.units import unit_of
from openqi.records import Body, Content, DecimalText, Index, Instant, Names, Part, RecordId, Reference, Text, Uri

Compared = Literal["stricter", "equal", "looser", "crossing", "not-comparable"]
"""Declared limits beside recommended ones. `crossing`: one limit is stricter and the other one looser."""
BELOW: Final[frozenset[Compared]] = frozenset({"looser", "crossing"})
"""Goods may meet what is declared and not what is recommended."""
Verdict = Literal["meets", "fails", "undecided"]


def own_standards_subject(firm: str) -> str:
    """Return the subject in whose stream lie the standards that a firm declares itself."""
    return f"{firm}#own-standards"


def measured_subject(standard: str) -> str:
    """Return the subject in whose stream it lies how a declared standard was held against results; itself it stays complete."""
    return f"{standard}#measured"


def _check_limits(lower: str | None, upper: str | None, unit: str) -> None:
    """Raise ValueError where there are no limits, or they are out of order, or the unit is not known."""
    unit_of(unit)
    if lower is None and upper is None:
        raise ValueError("give a lower limit, an upper limit or both")
    if lower is not None and upper is not None and fraction(lower) > fraction(upper):
        raise ValueError(f"the limits are out of order: lower {lower} is above upper {upper}")


class GradeLimits(Part, frozen=True, kw_only=True):
    """What a grade of a recommended standard asks for, in its unit."""

    grade: Text
    lower: DecimalText | None = None
    upper: DecimalText | None = None


class Recommended(Part, frozen=True, kw_only=True):
    """What a recommended standard says of the same quantity; `grades` from the best one down, where it has some."""

    standard: Text
    clause: Text
    unit: Text
    lower: DecimalText | None = None
    upper: DecimalText | None = None
    grades: tuple[GradeLimits, ...] = ()

    def __post_init__(self) -> None:
        _check_limits(self.lower, self.upper, self.unit)
        for one in self.grades:
            _check_limits(one.lower, one.upper, self.unit)
        if len({one.grade for one in self.grades}) != len(self.grades):
            raise ValueError("each grade stands once, the best one first")


class Indicator(Part, frozen=True, kw_only=True):
    """One declared value: quantity, limits and method; `concerns` tells indicators of safety, health and environment apart.

    `grade` is the one that the firm says its goods have.
    """

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
        _check_limits(self.lower, self.upper, self.unit)
        if self.grade is not None and (
            self.recommended is None or self.grade not in {one.grade for one in self.recommended.grades}
        ):
            raise ValueError(f"grade {self.grade} is none of the recommended standard; give its grades, or leave the grade out")


class IndicatorCompared(Part, frozen=True, kw_only=True):
    """How declared limits compare with recommended ones, and why where it cannot be said; absent where nothing is recommended.

    `reaches` is the best grade that the declared limits keep; `overstated` where a better one is declared.
    """

    code: Text
    against: Compared
    why: Text | None = None
    reaches: Text | None = None
    overstated: bool = False


class OwnStandardDeclared(Body, frozen=True):
    """A firm declares its own standard for a product; every indicator that is below a recommended standard is said to be so."""

    KIND: ClassVar[str] = "standards.own-standard-declared/1"

    firm: Uri
    product: Uri
    standard: Uri
    number: Text
    name: Names
    indicators: tuple[Indicator, ...]
    below_recommended: Index
    overstated: Index
    valid_from: Instant
    compared: tuple[IndicatorCompared, ...] = ()
    valid_until: Instant | None = None
    document: Content | None = None
    replaces: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.standard, own_standards_subject(self.firm))

    def references(self) -> tuple[Reference, ...]:
        return () if self.replaces is None else (Reference("edition before", self.replaces),)


class IndicatorMeasured(Part, frozen=True, kw_only=True):
    """Declared limits against measured values: how many meet them, fail them, or are undecided within their uncertainty.

    `lowest` and `highest` are measured values in the unit of the indicator, absent where they have no finite decimal form there.
    """

    code: Text
    results: tuple[RecordId, ...]
    meet: Index
    fail: Index
    undecided: Index
    lowest: DecimalText | None = None
    highest: DecimalText | None = None
    other_units: Index = 0


class OwnStandardMeasured(Body, frozen=True):
    """A declared standard was held against all results on the product's lots, none left out, and on what else is named.

    An indicator without any result is said to have none.
    """

    KIND: ClassVar[str] = "standards.own-standard-measured/1"

    standard: Uri
    declared: RecordId
    product: Uri
    measured: tuple[IndicatorMeasured, ...]
    unmeasured: tuple[Text, ...]
    lots: Index
    also: tuple[Uri, ...] = ()
    since: Instant | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (measured_subject(self.standard),)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("declared standard", self.declared),
            *(Reference("result", one) for one in dict.fromkeys(one for found in self.measured for one in found.results)),
        )
