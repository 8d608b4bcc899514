"""A chart with memory as a walk: y = a x + c + s times a standard normal number, until it leaves its interval."""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Where a walk comes to rest: what falls between two lines is set to one place.

    Args:
        place: where it is set.
        low: the lower line; may be -inf.
        high: the upper line.
    """

    place: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One step: v = a x + c + s xi; where v lies between the lines of `rest`, y is its place; else y is v.

    It ends when y leaves the panels.

    Args:
        keep: a, how much of x is kept.
        drift: c.
        step: s > 0.
        panels: intervals that follow each other, on each of which the run length is smooth.
        start: first x.
        rest: where it comes to rest, None where it never does.
        back: how far y is drawn back towards 0 (Crosier's CUSUM); else 0.
        restarts: y is log(1 + e^v) instead of v: an unlikely past counts as none (Shiryaev-Roberts).
    """

    keep: float
    drift: float
    step: float
    panels: tuple[tuple[float, float], ...]
    start: float
    rest: Rest | None = None
    back: float = 0.0
    restarts: bool = False

    @property
    def width(self) -> float:
        """Return the widest panel, in steps."""
        return max(high - low for low, high in self.panels) / self.step

    def numbers(self) -> "Array":
        """Return what the kernels take."""
        import numpy as np

        rest = self.rest or Rest(place=0.0, low=-inf, high=-inf)
        return np.array([self.keep, self.drift, self.step, self.back, rest.low, rest.high, float(self.restarts)])
