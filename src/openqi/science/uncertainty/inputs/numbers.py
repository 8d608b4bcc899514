"""Numbers as people state them: decimal text stays exact, a float is what it holds; neither may be missing or infinite."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import isfinite, isqrt

from openqi.kernel.errors import DomainError, FormatError

_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(?:\.[0-9]{1,60})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


def stated_fraction(number: float | str, what: str) -> Fraction:
    """Return exactly the number that was stated; of a float the shortest decimal text that means it, 0.1 as one tenth.

    Args:
        number: decimal text, perhaps with an exponent of ten (1.5e-6), or a float.
        what: it is, for messages.

    Raises:
        FormatError: the text is no decimal.
        DomainError: NaN or infinite.
    """
    return Fraction(stated_decimal(number, what))


def stated_decimal(number: float | str, what: str) -> Decimal:
    """Return the number that was stated as a decimal; arguments and errors as of `stated_fraction`."""
    text = number if isinstance(number, str) else repr(float(number))
    if not _NUMBER.fullmatch(text):
        if not isinstance(number, str):
            raise DomainError(f"{what} is {number!r}; give a finite number")
        raise FormatError(f"{what} {text[:60]!r} is no decimal number; write digits with a point, for example 0.035 or 3.5e-2")
    return Decimal(text)


def stated_float(number: float | str, what: str) -> float:
    """Return the float nearest to what was stated; raises as `stated_fraction`, and DomainError where there is none."""
    exact = stated_decimal(number, what) if isinstance(number, str) else number
    try:
        value = float(exact)
    except OverflowError:
        raise DomainError(f"{what} is beyond the range of floats; state it in another unit") from None
    if not isfinite(value):
        raise DomainError(f"{what} is {number!r}; give a finite number")
    if value == 0.0 and exact:
        raise DomainError(f"{what} is {number}, smaller than any float and not 0; state it in another unit")
    return value


def stated_uncertainty(number: float | str, what: str) -> float:
    """Return an uncertainty that was stated; raises as `stated_float`, and DomainError where it is negative."""
    value = stated_float(number, what)
    if value < 0:
        raise DomainError(f"{what} is {number}; an uncertainty is 0 or more")
    return value


def nearest(number: Fraction, what: str) -> float:
    """Return the float nearest to an exact number; raises DomainError where it is beyond floats."""
    try:
        found = float(number)
    except OverflowError:
        raise DomainError(f"{what} is beyond the range of floats; state it in another unit") from None
    if found == 0.0 and number:
        raise DomainError(f"{what} is smaller than any float, and not 0; state it in another unit")
    return found


def root(square: Fraction, what: str) -> float:
    """Return the root of an exact square >= 0, which may itself be beyond floats; raises as `nearest`."""
    shift = max(0, 132 - square.numerator.bit_length() + square.denominator.bit_length()) // 2
    # An integer root of at least 64 bits: more than a float holds.
    return nearest(Fraction(isqrt((square.numerator << 2 * shift) // square.denominator), 1 << shift), what)


def whole_steps(readings: Sequence[float | str], what: str) -> tuple[list[int], Fraction]:
    """Return readings as whole multiples of one power of ten, and that power: sums of them lose nothing."""
    decimals = [stated_decimal(reading, f"{what}, reading {number}") for number, reading in enumerate(readings, 1)]
    # A decimal that was parsed is finite, so that its exponent is a number.
    exponents = [int(number.as_tuple().exponent) for number in decimals]
    lowest = min(exponents, default=0)
    steps = [
        (-1 if number.is_signed() else 1) * int("".join(map(str, number.as_tuple().digits))) * 10 ** (exponent - lowest)
        for number, exponent in zip(decimals, exponents, strict=True)
    ]
    return steps, Fraction(10) ** lowest
