"""Holding a declared standard against results: how many meet what the firm declares, fail it, or leave it undecided."""

from fractions import Fraction
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import rounded
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.quantity import Quantity
from openqi.pillars.standards.results import Results, lots_of, results_on
from openqi.pillars.standards.standing import own_standing
from openqi.records import Command, Instant, RecordId, Uri, statement
from openqi.records.own_standards import Indicator, IndicatorMeasured, OwnStandardMeasured
from openqi.science.decision.declared import against_limits
from openqi.science.decision.rule import Interval

MOST_RECORDS: Final = 300
MOST_ALSO: Final = 100
_MOST_PLACES: Final = 30


class MeasureOwnStandard(Command, frozen=True):
    """Hold a declared standard against every result on the product's lots, and on further subjects such as spot-checked items."""

    NAME: ClassVar[str] = "standards.measure-own-standard/1"
    ROLE: ClassVar[str | None] = None
    ANY_ROLE: ClassVar[bool] = True
    INHERITS: ClassVar[bool] = True

    declared: RecordId
    also: tuple[Uri, ...] = ()
    since: Instant | None = None


def measure_own_standard(view: View, command: MeasureOwnStandard, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- any role
    """Return what results say of a declared standard.

    Raises:
        NotFoundError: the declaration is not in the log.
        RefusedError: it does not stand, too many subjects or records, or rows that are not at hand.
        DomainError: a value in a unit of the same name that cannot be converted exactly.
    """
    record, declared = own_standing(view, command.declared)
    if len(command.also) > MOST_ALSO:
        raise RefusedError("few-subjects", f"{len(command.also)} further subjects; name at most {MOST_ALSO} at once")
    lots = lots_of(view, declared.product, declared.firm)
    found = [one for one in results_on(view, (*lots, *command.also)) if _counts(one, command)]
    used = {one.record for one in found if any(one.quantity == asked.quantity for asked in declared.indicators)}
    if len(used) > MOST_RECORDS:
        raise RefusedError("few-records", f"{len(used)} records of results; narrow them with `since` to at most {MOST_RECORDS}")
    measured = [_measured(one, found) for one in declared.indicators]
    stated = OwnStandardMeasured(
        standard=declared.standard, declared=record.id, product=declared.product,
        measured=tuple(one for one in measured if one.results), unmeasured=tuple(one.code for one in measured if not one.results),
        lots=len(lots), also=command.also, since=command.since, illustrative=declared.illustrative,
    )  # fmt: skip
    return (statement(stated),)


def _counts(one: Results, command: MeasureOwnStandard) -> bool:
    return (command.since is None or one.measured_at >= command.since) and one.measured_at <= command.now


def _measured(indicator: Indicator, found: list[Results]) -> IndicatorMeasured:
    """What results in the quantity of an indicator say of it; in a unit of another dimension they are counted and say nothing."""
    counts, values, other = {"meets": 0, "fails": 0, "undecided": 0}, [], 0
    names: list[str] = []
    limits = Interval(lower=_exact(indicator.lower), upper=_exact(indicator.upper))
    for one in found:
        if one.quantity != indicator.quantity:
            continue
        names.append(one.record)
        for value, uncertainty in one.values:
            try:
                exact = Quantity(value=value, unit=one.unit).converted(indicator.unit)
                spread = Quantity(value=uncertainty, unit=one.unit, difference=True).converted(indicator.unit)
            except DomainError:
                other += 1
                continue
            values.append(exact)
            counts[against_limits(exact, spread, limits)] += 1
    return IndicatorMeasured(
        code=indicator.code, results=tuple(names), meet=counts["meets"], fail=counts["fails"], undecided=counts["undecided"],
        lowest=_text(min(values, default=None)), highest=_text(max(values, default=None)), other_units=other,
    )  # fmt: skip


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _text(number: Fraction | None) -> str | None:
    """The decimal text of exactly this number; None where it has none of at most 30 places."""
    if number is None or 10**_MOST_PLACES % number.denominator:
        return None
    places = next(places for places in range(_MOST_PLACES + 1) if 10**places % number.denominator == 0)
    return rounded(number, "1" if places == 0 else f"0.{'0' * (places - 1)}1")
