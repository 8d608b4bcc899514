"""Mean, variance and standard deviation of readings: two passes in the order given, the lost digits carried along."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import long_total

LEAST_SPREAD = 1e-150


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Mean and sum of squared deviations of n readings."""

    n: int
    mean: float
    squares: float

    @property
    def variance(self) -> float:
        """The unbiased variance, of n - 1 degrees of freedom; 0 of one reading."""
        return self.squares / (self.n - 1) if self.n > 1 else 0.0

    @property
    def sd(self) -> float:
        """The root of the unbiased variance."""
        return sqrt(self.variance)


def moments(values: Sequence[float]) -> Moments:
    """Return the moments of readings, at least one.

    Raises:
        DomainError: there is none.

    Source: [CHAN-GOLUB-LEVEQUE] the corrected two-pass algorithm.
    """
    n = len(values)
    if n == 0:
        raise DomainError("no readings: a mean needs at least one")
    mean = long_total(values) / n
    apart = [value - mean for value in values]
    lacking = long_total(apart)
    squares = long_total([one * one for one in apart]) - lacking * lacking / n
    return Moments(n=n, mean=mean + lacking / n, squares=max(squares, 0.0))


def checked(values: Sequence[float], *, least: int, what: str = "reading") -> tuple[float, ...]:
    """Return readings as floats.

    Args:
        values: finite, of one unit, less than 1e150 in magnitude.
        least: fewest that the method needs.
        what: one of them is called in an error.

    Raises:
        DomainError: too few, or one is missing, not a number or too large; says which, counted from 1.
    """
    if len(values) < least:
        raise DomainError(f"{len(values)} {what}s: this needs at least {least}")
    if set(map(type, values)) == {float} and all(map(isfinite, values)) and max(map(abs, values)) <= 1.0 / LEAST_SPREAD:
        return tuple(values)
    for place, value in enumerate(values):
        if not _is_number(value):
            raise DomainError(f"{what} {place + 1} is {value!r}: a missing value is no number; leave out what was not measured")
        if abs(value) > 1.0 / LEAST_SPREAD:
            raise DomainError(f"{what} {place + 1} is {value!r}: choose units of usual size")
    return tuple(map(float, values))


def _is_number(value: object) -> bool:
    """Text and None come from callers without types; neither is a number."""
    return isinstance(value, float | int) and not isinstance(value, bool) and isfinite(value)
