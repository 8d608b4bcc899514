"""Figures of a budget as people read them: a few digits, powers of ten written out, a real minus."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from openqi.interfaces.web.words import phrases

_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MINUS: Final = "\u2212"


def filters(language: str) -> Mapping[str, Callable[..., str]]:
    """Return what templates call the functions below."""
    plain = {"figure": figure, "magnitude": magnitude, "share": share, "bar": bar, "minus": minus}
    return plain | {"degrees": partial(degrees, language=language), "caution": partial(caution, language=language)}


def figure(text: str, digits: int = 3) -> str:
    """Return a computed number to so many digits: 2.886e-05 as 2.89 × 10⁻⁵."""
    mantissa, _, exponent = f"{float(text):.{digits}g}".partition("e")
    shown = mantissa.replace("-", MINUS)
    return f"{shown}\u00a0×\u00a010{str(int(exponent)).translate(_RAISED)}" if exponent else shown


def minus(text: str) -> str:
    """Return a decimal text with a real minus."""
    return text.replace("-", MINUS)


def magnitude(text: str) -> str:
    """Return a contribution without its sign: |c| u(x)."""
    return figure(text.removeprefix("-"))


def degrees(text: str, language: str) -> str:
    """Return degrees of freedom."""
    if text == "undefined":
        return phrases()["value:undefined"].zh if language == "zh" else phrases()["value:undefined"].en
    return "∞" if text == "inf" else f"{float(text):.4g}"


def share(text: str) -> str:
    """Return a share of the variance, which may be negative, in per cent."""
    return f"{Decimal(text) * 100:.1f}\u00a0%".replace("-", MINUS)


def bar(text: str) -> str:
    """Return a share between 0 and 1 for a meter."""
    return text if 0 <= Decimal(text) <= 1 else "1" if Decimal(text) > 1 else "0"


def caution(code: str, names: Sequence[str], figures: Sequence[str], language: str) -> str:
    """Return a warning in a language."""
    found = phrases()[f"caution:{code}"]
    listed = ("、" if language == "zh" else ", ").join(names)
    return (found.zh if language == "zh" else found.en).format(*figures, names=listed)
