"""A reported value with its unit, and the one function that leads it to the coherent SI."""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from sys import float_info

from openqi.kernel.decimals import Rule, decimal, fraction, rounded
from openqi.kernel.errors import DomainError
from openqi.kernel.units import unit_of

# pi lies between these two; what both agree on is true of pi itself.
_PI = Fraction("3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679")
_PIS = (_PI, _PI + Fraction(1, 10**100))
_UNDECIDED = "a hundred digits of pi do not decide this; state one of them with fewer digits"


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    r"""A value as reported and its unit. Equal means written alike; `ordering` compares what is meant.

    Args:
        value: decimal text; its zeros count.
        unit: D-SI or UCUM text.
        difference: the value is an interval, an error or an uncertainty, so that a scale's zero (°C, °F) plays no part.

    Raises:
        FormatError: the value is not decimal text, or the unit is not known.
    """

    value: str
    unit: str
    difference: bool = False

    def __post_init__(self) -> None:
        decimal(self.value)
        unit_of(self.unit)

    @property
    def si(self) -> float:
        """Return `coherent_value` of this quantity."""
        return coherent_value(self)

    @property
    def as_difference(self) -> "Quantity":
        """Return the same text read as a difference: an uncertainty of 0.5 °C is 0.5 K, not 273.65 K."""
        return replace(self, difference=True)

    def converted(self, unit: str) -> Fraction:
        """Return the exact value in another unit.

        Raises:
            DomainError: another dimension, or the factor holds pi (degree to radian): use `converted_text`.
            FormatError: the unit is not known.
        """
        if unit_of(self.unit).pi != unit_of(unit).pi and fraction(self.value):
            raise DomainError(f"{self.unit!r} to {unit!r}: no exact value, the factor holds pi; use converted_text")
        return _in_unit(self, unit, _PIS[0])

    def converted_text(self, unit: str, interval: str, *, rule: Rule = "half-even") -> str:
        """Return the value in another unit as decimal text, rounded once to a multiple of `interval` in that unit.

        Raises:
            DomainError: another dimension, or as `rounded`.
            FormatError: the unit is not known, or the interval is not decimal text.
        """
        low, high = (rounded(_in_unit(self, unit, pi), interval, rule=rule) for pi in _PIS)
        if low != high:
            raise DomainError(f"{self.value} {self.unit} in {unit!r}: {_UNDECIDED}")
        return low


def coherent_value(quantity: Quantity) -> float:
    """Return the value in the coherent SI unit of its dimension: the float nearest to the exact product.

    Raises:
        DomainError: too large or too small for a float of full precision.
    """
    exact = _coherent(quantity, _PIS[0])
    try:
        number = float(exact)
    except OverflowError:
        number = inf
    if number in (inf, -inf) or (exact and abs(number) < float_info.min):
        raise DomainError(f"{quantity.value} {quantity.unit}: beyond a float in SI units; state a value of usual size")
    return number


def ordering(left: Quantity, right: Quantity) -> int:
    """Return -1, 0 or 1 as `left` is less than, equal to or greater than `right`, decided without rounding.

    Raises:
        DomainError: different dimensions, or a temperature compared with a temperature difference.
    """
    one, two = unit_of(left.unit), unit_of(right.unit)
    if left.difference != right.difference and (one.offset or two.offset):
        raise DomainError(f"{left.unit!r} and {right.unit!r}: one is a difference, one is not; compare two of a kind")
    differences = [_in_unit(left, right.unit, pi) - fraction(right.value) for pi in _PIS]
    signs = {(difference > 0) - (difference < 0) for difference in differences}
    if len(signs) > 1:
        raise DomainError(f"{left.value} {left.unit} and {right.value} {right.unit}: {_UNDECIDED}")
    return signs.pop()


def _coherent(quantity: Quantity, pi: Fraction) -> Fraction:
    unit = unit_of(quantity.unit)
    return fraction(quantity.value) * unit.factor * pi**unit.pi + (0 if quantity.difference else unit.offset)


def _in_unit(quantity: Quantity, unit: str, pi: Fraction) -> Fraction:
    target = unit_of(unit)
    if unit_of(quantity.unit).dimension != target.dimension:
        raise DomainError(f"{quantity.unit!r} and {unit!r} differ in dimension; use units of one dimension")
    return (_coherent(quantity, pi) - (0 if quantity.difference else target.offset)) / (target.factor * pi**target.pi)
