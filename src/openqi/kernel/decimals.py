"""Decimal text as a certificate reports it, and the stated rules by which a longer number becomes such a text.

Rounding works on exact fractions, so there is no context, no precision and no setting that a result could depend on.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, isfinite, log10
from typing import Literal

from openqi.kernel.errors import DomainError, FormatError

MAX_LENGTH = 60
_FORM = re.compile(r"(?!-[0.]+\Z)-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)

Rule = Literal["half-even", "half-up", "up"]
# Applied to the magnitude, so that -x always rounds to minus what x rounds to: "up" means away from zero.
_RULES: dict[str, Callable[[Fraction], int]] = {"half-even": round, "half-up": lambda x: floor(x + Fraction(1, 2)), "up": ceil}


def decimal(text: str) -> Decimal:
    """Return the number that `text` writes, with all its zeros.

    Plain decimals only, so that one number to one place has one spelling; `-0` is refused, as it is 0 with a doubt.

    Raises:
        FormatError: not a plain decimal, or longer than 60 characters.
    """
    return Decimal(_checked(text))


def _checked(text: str) -> str:
    if len(text) > MAX_LENGTH or not _FORM.fullmatch(text):
        raise FormatError(
            f"decimal {text[:MAX_LENGTH]!r}: write at most {MAX_LENGTH} ASCII digits with an optional minus and point, "
            "for example -0.0350; no plus, exponent, comma, leading zero or -0"
        )
    return text


def fraction(text: str) -> Fraction:
    """Return the number that decimal `text` writes, as an exact fraction; raises as `decimal`."""
    return Fraction(decimal(text))


def nearest_float(text: str) -> float:
    """Return the float nearest to the number that decimal `text` writes; raises as `decimal`."""
    return float(_checked(text))  # Python reads decimal text to the nearest float, as it divides fractions


def fraction_of_float(number: float) -> Fraction:
    """Return exactly the number that a float holds: 0.1 gives 3602879701896397/2^55, not 1/10.

    Raises:
        DomainError: not finite.
    """
    if not isfinite(number):
        raise DomainError(f"number {number!r}: only a finite number has a decimal text; report what was not measured")
    return Fraction(number)


def text_of(number: Decimal) -> str:
    """Return `number` as plain decimal text, with all its zeros; a negative zero loses its sign.

    Raises:
        DomainError: not finite, or the text would be longer than 60 characters.
    """
    if number.is_finite() and abs(number.adjusted()) <= MAX_LENGTH:
        text = format(number or number.copy_abs(), "f")
        if len(text) <= MAX_LENGTH:
            return text
    raise DomainError(f"number {number:.3E}: no plain decimal text of at most {MAX_LENGTH} characters; round it first")


def rounded(value: str | Fraction, interval: str, *, rule: Rule = "half-even") -> str:
    """Return the multiple of `interval` next to `value`, as text with as many decimals as `interval` has.

    Args:
        value: decimal text, or an exact fraction (of a float: `fraction_of_float`).
        interval: rounding interval > 0 as decimal text: "0.01", "0.5", "100".
        rule: what happens to the magnitude: `half-even`, to the nearest multiple and on a tie to the even one;
            `half-up`, on a tie away from zero; `up`, always away from zero.

    Raises:
        FormatError: value or interval is not decimal text.
        DomainError: the interval is not positive, the rule unknown, or the result longer than 60 characters.
    """
    exact, step = value if isinstance(value, Fraction) else fraction(value), fraction(interval)
    if step <= 0 or rule not in _RULES:
        raise DomainError(f"rounding to {interval!r} by {rule!r}: write an interval > 0 and one of {[*_RULES]}")
    decimals = len(interval.partition(".")[2])
    scaled = _RULES[rule](abs(exact) / step) * int(step * 10**decimals)
    if scaled.bit_length() > 4 * MAX_LENGTH:
        raise DomainError(f"rounding to {interval!r} needs more than {MAX_LENGTH} characters; choose a larger unit")
    return text_of(Decimal((int(exact < 0), tuple(map(int, str(scaled))), -decimals)))


def rounded_gbt8170(value: str | Fraction, interval: str) -> str:
    """Return `value` rounded once by 进舍规则 to the interval 1, 0.5 or 0.2 times a power of ten.

    Args:
        value: decimal text or exact fraction, never a number that was rounded before (clause 3.3).
        interval: 修约间隔 as decimal text: "0.1", "1000"; "0.5" is 0.5 单位修约 of ones, "20" 0.2 单位修约 of hundreds.

    Raises:
        DomainError: the interval is none of these, or as `rounded`.

    Source: [GBT8170] clauses 3.2 to 3.4.
    """
    if f"{decimal(interval):f}".replace(".", "").strip("0") not in {"1", "5", "2"}:
        raise DomainError(f"interval {interval!r}: GB/T 8170 knows 1, 0.5 and 0.2 times a power of ten")
    return rounded(value, interval)


def rounded_result(
    value: str | Fraction, uncertainty: str | Fraction, *, digits: Literal[1, 2] = 2, rule: Rule = "half-even"
) -> tuple[str, str]:
    """Return (value, uncertainty) as texts: the uncertainty to 1 or 2 significant digits, the value to the same place.

    Args:
        value: decimal text or exact fraction.
        uncertainty: standard or expanded, > 0, in the unit of the value.
        digits: significant digits of the uncertainty.
        rule: how the uncertainty is rounded ("up" never reports a smaller one); the value is always rounded half-even.

    Raises:
        DomainError: the uncertainty is not positive, digits is not 1 or 2, or as `rounded`.

    Source: [GUM] clause 7.2.6.
    """
    exact = uncertainty if isinstance(uncertainty, Fraction) else fraction(uncertainty)
    if exact <= 0 or digits not in (1, 2):
        raise DomainError("a reported uncertainty is > 0, with 1 or 2 significant digits; report other values as they are")
    place = floor(log10(exact.numerator) - log10(exact.denominator)) - digits
    # The logarithm is only a first guess, one digit too fine; 0.0996 becomes 0.10 and not 0.100 for the same reason.
    while abs(place) < MAX_LENGTH - 4:
        interval = "1" + "0" * place if place >= 0 else "0." + "1".rjust(-place, "0")
        text = rounded(exact, interval, rule=rule)
        if fraction(text) < Fraction(10) ** (place + digits):
            return rounded(value, interval), text
        place += 1
    raise DomainError(f"an uncertainty of about 10^{place} has no decimal text; choose another unit")
