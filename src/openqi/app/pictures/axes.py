"""Axes that stay readable: values far from zero are shown as differences, very small and large ones in powers of ten."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any, Final

from openqi.app.pictures.frame import Spec
from openqi.app.pictures.numbers import grouped
from openqi.kernel.errors import DomainError

_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIGITS: Final = 5  # so many digits of a tick can be read on a narrow picture


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A straight scale from values to the numbers at the ticks, with its title.

    Args:
        title: quantity and unit, as ISO 80000-1 writes them: `m / g`, `(l − 50 000 838) / nm`, `u / 10⁻⁶`.
        low, high: ends of what is shown, as values.
        shift: what is taken off a value.
        exponent: of the power of ten by which the rest is divided.
    """

    title: str
    low: float
    high: float
    shift: float = 0.0
    exponent: int = 0

    def of(self, value: float) -> float:
        """Return the number at which a value stands.

        Raises:
            DomainError: it is not finite, and so has no place in a picture.
        """
        if not isfinite(value):
            raise DomainError(f"{value} has no place in a picture of {self.title}; only finite numbers have")
        moved = value - self.shift
        return moved / 10.0**self.exponent if self.exponent >= 0 else moved * 10.0**-self.exponent

    def drawn(self, *, grid: bool = False, ticks: int = 5, **more: Any) -> Spec:
        """Return the axis and the scale of an encoding."""
        axis = {"title": self.title, "grid": grid, "tickCount": ticks, **more}
        return {"axis": axis, "scale": {"domain": [self.of(self.low), self.of(self.high)], "nice": False, "zero": False}}


def axis_of(symbol: str, unit: str, values: Iterable[float], *, margin: float = 0.06) -> Axis:
    """Return the axis on which all values have a place.

    Args:
        symbol: of the quantity.
        unit: as it is read; empty for one.
        values: what is shown, finite, at least one.
        margin: by which share of their span the axis goes on beyond them.

    Raises:
        DomainError: there is no value, or one is not finite.
    """
    kept = list(values)
    if not kept or not all(map(isfinite, kept)):
        raise DomainError(f"{symbol}: a picture needs values, and finite ones")
    low, high = min(kept), max(kept)
    size = max(abs(low), abs(high))
    span = high - low
    if span <= 1e-14 * size or not span:  # one value: something about it, so that it stands in the middle
        span = 0.2 * size or 2.0
        low, high = low - span / 2, high + span / 2
    shift = 0.0
    if size > 10.0 ** (_DIGITS - 1) * span:
        step = 10.0 ** floor(log10(span))
        shift = round((low + high) / 2 / step) * step
    edge = margin * span
    low, high = low - edge, high + edge
    rest = max(abs(low - shift), abs(high - shift))
    exponent = 0 if 5e-3 <= rest < 10.0**_DIGITS else 3 * floor(log10(rest) / 3)
    name = symbol if not shift else f"({symbol} {'−' if shift > 0 else '+'} {grouped(f'{abs(shift):.15g}')})"
    if exponent:
        power = f"10{str(exponent).translate(_RAISED)}"
        name += f" / ({power} {unit})" if unit else f" / {power}"
    elif unit:
        name += f" / {unit}" if not any(sign in unit for sign in "·/") else f" / ({unit})"
    return Axis(title=name, low=low, high=high, shift=shift, exponent=exponent)
