"""Numbers as pictures write them: a value with two digits of its uncertainty, a share, a risk; the sign is a real minus."""

from typing import Final

from openqi.kernel.decimals import fraction_of_float, rounded_result
from openqi.kernel.errors import DomainError

_THIN: Final = "\N{THIN SPACE}"
_LONGEST: Final = 16


def stated(value: float, uncertainty: float) -> tuple[str, str]:
    """Return a value and its uncertainty, both to the second digit of the uncertainty."""
    try:
        told, sure = rounded_result(fraction_of_float(value), fraction_of_float(uncertainty))
    except DomainError:  # there is no uncertainty, or its plain decimals are too long to be read
        return signed(f"{value:.6g}"), f"{uncertainty:.2g}"
    if len(told) > _LONGEST:
        return signed(f"{value:.6g}"), f"{uncertainty:.2g}"
    return grouped(told), grouped(sure)


def short(number: float) -> str:
    """Return a number with three digits."""
    return signed(f"{number:.3g}")


def percent(share: float) -> str:
    """Return a share in percent with one decimal; what is there and smaller is not shown as nothing."""
    number = 100.0 * share
    if not number:
        return "0 %"
    if abs(number) < 0.05:
        return "< 0.1 %" if number > 0 else "> −0.1 %"
    return signed(f"{number:.1f} %").replace(".0 %", " %") if abs(number) >= 99.95 else signed(f"{number:.1f} %")


def risk(probability: float) -> str:
    """Return a probability of being wrong: in percent, of what is tiny as a power of ten."""
    return f"{100 * probability:.2g} %" if probability >= 1e-4 or not probability else f"{probability:.1e}"


def grouped(text: str) -> str:
    """Return a decimal text with its digits in threes where there are five or more on a side of the mark.

    Source: [ISO80000-1] clause 7.3.
    """
    sign, digits = ("−", text[1:]) if text.startswith("-") else ("", text)
    if not digits.replace(".", "").isdigit():
        return signed(text)
    whole, mark, rest = digits.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", _THIN)
    if len(rest) > 4:
        rest = _THIN.join(rest[place : place + 3] for place in range(0, len(rest), 3))
    return sign + whole + mark + rest


def signed(text: str) -> str:
    """Return a number's text with the sign that is as wide as a plus."""
    return text.replace("-", "−")
