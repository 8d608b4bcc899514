"""Where a stream stands on the map: to the right by the chance of its alarms, upwards by its capability."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, log10
from typing import Final

from openqi.app.pictures.frame import Wording
from openqi.app.pictures.screening.told import FAR, LN10
from openqi.app.screening.measures import Screened

WIDTH, HEIGHT = 400, 300
"""Of the plot, in CSS pixels."""
LEFT: Final = 0.06
"""Room to the left of a chance of 1, in units of the axis."""


@dataclass(frozen=True, kw_only=True)
class Height:
    """What goes upwards: its name, its value of a stream, the least and the most that is told apart, and the line across."""

    title: str
    of: Callable[[Screened], float | None]
    least: float
    most: float
    line: float | None

    @property
    def low(self) -> float:
        """The lower end of the axis, with room for names below the marks."""
        return self.least - 0.1 * (self.most - self.least)

    @property
    def high(self) -> float:
        """The upper end of the axis."""
        return self.most + 0.12 * (self.most - self.least)

    def at(self, value: float) -> float:
        """Where a value stands; what lies farther out, at the edge of what is told apart."""
        return min(max(value, self.least), self.most)


def height_of(streams: Sequence[Screened], capable: float, wording: Wording) -> Height:
    """Return what goes upwards: Ppk; where no stream has a tolerance, the stability index."""
    values = [one.ppk for one in streams if one.ppk is not None]
    if values:
        low, high = max(min([0.0, *values]), -1.0), min(max([1.5 * capable, *values]), 3.0 * capable)
        return Height(title="Ppk", of=lambda one: one.ppk, least=low, most=high, line=capable)
    values = [one.stability_index for one in streams if one.stability_index is not None]
    low, high = min([0.8, *values]), min(max([2.0, *values]), 6.0)
    return Height(title=wording("screen-spread"), of=lambda one: one.stability_index, least=low, most=high, line=None)


def moved(power: float) -> float:
    """Return where a chance of 10^-power stands: near 1 about as it is, far from it by the logarithm of the power."""
    return log10(1.0 + power)


def across_of(one: Screened) -> float:
    """Return where a stream stands to the right."""
    chance = one.log_chance or 0.0
    return moved(min(-chance / LN10, FAR) if isfinite(chance) else FAR)


def place_of(one: Screened, up: Height) -> tuple[float, float]:
    """Return where a stream stands, to the right and upwards."""
    return round(across_of(one), 4), round(up.at(up.of(one) or 0.0), 4)


def pixel_of(one: Screened, up: Height, right: float) -> tuple[float, float]:
    """Return where the mark of a stream lies, in CSS pixels from the upper left corner; `right` is where the axis ends."""
    x, y = place_of(one, up)
    return (x + LEFT) / (right + LEFT) * WIDTH, (up.high - y) / (up.high - up.low) * HEIGHT
