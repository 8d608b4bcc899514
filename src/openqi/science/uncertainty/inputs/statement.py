"""What a certificate or a data sheet says of an uncertainty: absolute, relative, both, or a table; evaluated at each point."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, sqrt
from typing import TYPE_CHECKING, Literal

from openqi.kernel.errors import DomainError

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Form = Literal["absolute", "relative", "mixed-sum", "mixed-rss", "table"]


@dataclass(frozen=True, kw_only=True)
class UncertaintyStatement:
    """A statement, made by one of the functions below.

    Args:
        form: how the numbers are meant.
        numbers: of absolute (a,), of relative (b,), of mixed (a, b); a in the unit of the quantity, b a ratio (1 % is 0.01).
        points: of a table (value, statement), in order; straight lines lie between them.
        divisor: what the statement is divided by to give a standard uncertainty: k, or the root of 3 for a half width.
    """

    form: Form
    numbers: tuple[float, ...]
    points: tuple[tuple[float, float], ...]
    divisor: float

    def at(self, x: float) -> float:
        """Return the standard uncertainty at the value x, in the unit of x.

        Raises:
            DomainError: x is not finite, or lies outside of the table.
        """
        if not isfinite(x):
            raise DomainError(f"the value {x!r} has no stated uncertainty; give a finite number")
        if self.form == "table":
            return self._of_table(x) / self.divisor
        return self._of_numbers(abs(x)) / self.divisor

    def at_each(self, x: "NDArray[float64]") -> "NDArray[float64]":
        """Return the standard uncertainty at each value; raises as `at`."""
        import numpy as np

        if not np.all(np.isfinite(x)):
            raise DomainError("a value is not finite; it has no stated uncertainty")
        size = np.abs(x)
        if self.form == "table":
            return np.array([self._of_table(float(one)) for one in x], dtype=np.float64) / self.divisor
        if self.form == "absolute":
            return np.full_like(size, self.numbers[0]) / self.divisor
        if self.form == "relative":
            return self.numbers[0] * size / self.divisor
        a, b = self.numbers
        if self.form == "mixed-sum":
            return (a + b * size) / self.divisor
        return np.sqrt(a * a + b * size * (b * size)) / self.divisor

    def _of_numbers(self, size: float) -> float:
        if self.form == "absolute":
            return self.numbers[0]
        if self.form == "relative":
            return self.numbers[0] * size
        a, b = self.numbers
        return a + b * size if self.form == "mixed-sum" else sqrt(a * a + b * size * (b * size))

    def _of_table(self, x: float) -> float:
        (first, _), (last, end) = self.points[0], self.points[-1]
        if not first <= x <= last:
            raise DomainError(f"the value {x} lies outside of the table from {first} to {last}; nothing is stated there")
        place = bisect_right(self.points, (x, inf))
        if place == len(self.points):
            return end
        (x0, y0), (x1, y1) = self.points[place - 1], self.points[place]
        return y0 + (y1 - y0) * ((x - x0) / (x1 - x0))


def absolute(a: float, *, divisor: float = 1.0) -> UncertaintyStatement:
    """Return the statement a, the same at every value.

    Raises:
        DomainError: a is negative or not finite, or the divisor is not positive.
    """
    return _statement("absolute", (a,), (), divisor)


def relative(b: float, *, divisor: float = 1.0) -> UncertaintyStatement:
    """Return the statement b times the magnitude of the value; raises as `absolute`."""
    return _statement("relative", (b,), (), divisor)


def mixed(a: float, b: float, *, form: Literal["sum", "rss"] = "sum", divisor: float = 1.0) -> UncertaintyStatement:
    """Return the statement a + b |x|, or the root of the sum of their squares; raises as `absolute`."""
    if form not in ("sum", "rss"):
        raise DomainError(f"a mixed statement is a sum or a root of squares (rss), not {form!r}")
    return _statement("mixed-sum" if form == "sum" else "mixed-rss", (a, b), (), divisor)


def table(points: Iterable[tuple[float, float]], *, divisor: float = 1.0) -> UncertaintyStatement:
    """Return the statement that a table makes; raises as `absolute`, and where values do not ascend."""
    rows = tuple((float(x), float(u)) for x, u in points)
    if not rows:
        raise DomainError("a table of uncertainties has no rows; give (value, uncertainty) at least once")
    for x, _ in rows:
        if not isfinite(x):
            raise DomainError(f"a value of the table is {x!r}; give finite numbers")
    for (before, _), (after, _) in pairwise(rows):
        if not before < after:
            raise DomainError(f"the values of the table do not ascend: {before} stands before {after}; sort the rows")
    return _statement("table", tuple(u for _, u in rows), rows, divisor)


def _statement(
    form: Form, numbers: tuple[float, ...], points: tuple[tuple[float, float], ...], divisor: float
) -> UncertaintyStatement:
    for number in numbers:
        if not (isfinite(number) and number >= 0):
            raise DomainError(f"a stated uncertainty is {number!r}; give a finite number that is 0 or more")
    if not (isfinite(divisor) and divisor > 0):
        raise DomainError(f"the divisor of a statement is {divisor!r}; give k, or the root of 3 for a half width")
    kept = () if form == "table" else tuple(map(float, numbers))
    return UncertaintyStatement(form=form, numbers=kept, points=points, divisor=float(divisor))
