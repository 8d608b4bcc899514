"""A quantity that is stated in several units says the same in each, to the digits that it states."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from openqi.formats.dcc.certificate import DigitalCertificate
from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.quantities import quantity_values
from openqi.formats.dcc.rules.rule import ContentRule
from openqi.formats.dcc.values import Values
from openqi.formats.dcc.values.lists import NO_VALUE
from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.quantity import Quantity

NAME, CLAUSE = "one-value-in-several-units", "D-SI hybrid"


def check(certificate: DigitalCertificate) -> Iterator[Finding]:
    """Find values of a hybrid that differ from the first ones by more than the last digits can."""
    hybrids = [next(hybrid.around()) for hybrid in certificate.root.below("si:hybrid")]
    for first, *others in filter(None, map(quantity_values, hybrids)):
        for other in others:
            if len(first.points) != len(other.points):
                text = f"{len(other.points)} values in {other.unit} beside {len(first.points)} in {first.unit}"
                yield Finding(rule=NAME, clause=CLAUSE, line=other.line, text=text)
                continue
            for one, two in zip(first.points, other.points, strict=True):
                if NO_VALUE not in (one.value, two.value) and _differ(one.value, first, two.value, other):
                    text = f"{two.value} {other.unit} is not {one.value} {first.unit}"
                    yield Finding(rule=NAME, clause=CLAUSE, line=other.line, text=text)


def _differ(one: str, first: Values, two: str, other: Values) -> bool:
    """Whether two texts cannot be the same value rounded, neither as values nor as differences."""
    if first.form != "real" or other.form != "real":
        return False
    (number, size), (converted, other_size) = _whole(one), _whole(two)
    for difference in (False, True):
        scale = _scale(other.unit, first.unit, difference=difference)
        if scale is None:
            return False  # an unknown unit, or another quantity: `known-units` says so
        # |number - factor converted - zero| <= (step + other step |factor|) / 2, times all denominators: whole numbers are quick.
        factor, zero = scale
        top, bottom = factor.numerator * size * zero.denominator, factor.denominator * zero.denominator * other_size
        apart = number * bottom - converted * top - zero.numerator * size * other_size * factor.denominator
        if 2 * abs(apart) <= bottom + abs(top):
            return False
    return True


@lru_cache(maxsize=256)
def _scale(unit: str, other: str, *, difference: bool) -> tuple[Fraction, Fraction] | None:
    """Factor and zero that turn a number in a unit into one in another, None where there are none."""
    try:
        zero, one = (Quantity(value=text, unit=unit, difference=difference).converted(other) for text in ("0", "1"))
    except (FormatError, DomainError):
        return None
    return one - zero, zero


def _whole(text: str) -> tuple[int, int]:
    """A plain decimal text as a whole number of its last digits, and how many of those are one."""
    whole, _, decimals = text.partition(".")
    return int(whole + decimals), 10 ** len(decimals)


CONTENTRULE = ContentRule(name=NAME, clause=CLAUSE, check=check)
