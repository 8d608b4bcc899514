"""How small an uncertainty a body states that it can reach, in the forms in which scopes state it, at a value and over a range."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from openqi.kernel.errors import DomainError
from openqi.science.matching.spans import Span

LOOKS: Final = 33
"""At how many values, evenly over a range, an equation is looked at: of an equation nobody knows where it is greatest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Linear:
    """U = constant + proportional · |x|; a stated value is one without the second part.

    Args:
        constant: expanded uncertainty, in the unit of the quantity, >= 0.
        proportional: pure number, >= 0.
        coverage_factor: k of it, > 0.
    """

    constant: Fraction
    proportional: Fraction = Fraction(0)
    coverage_factor: Fraction = Fraction(2)

    def __post_init__(self) -> None:
        if self.constant < 0 or self.proportional < 0 or self.constant + self.proportional == 0 or self.coverage_factor <= 0:
            raise DomainError(f"U = {self.constant} + {self.proportional} x with k = {self.coverage_factor} is no uncertainty")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tabled:
    """U at some values. Between two of them it is on the straight line, or as at the upper one (`step`); beyond, it is not stated.

    Args:
        points: pairs of value and U, in the unit of the quantity, values rising.
        between: `line` or `step`.
        coverage_factor: k of them.
    """

    points: tuple[tuple[Fraction, Fraction], ...]
    between: Literal["line", "step"] = "line"
    coverage_factor: Fraction = Fraction(2)

    def __post_init__(self) -> None:
        values = [value for value, _ in self.points]
        if not values or values != sorted({*values}) or any(u <= 0 for _, u in self.points) or self.coverage_factor <= 0:
            raise DomainError("a table of uncertainties has rising values, each once, and uncertainties above 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation:
    """U as an equation of the value, which is evaluated and never executed as program text.

    Args:
        at: gives U for a value, both in the unit of the quantity.
        text: the equation as it is stated.
        coverage_factor: k of it.
    """

    at: Callable[[Fraction], Fraction] = field(repr=False)
    text: str
    coverage_factor: Fraction = Fraction(2)


Stated: TypeAlias = Linear | Tabled | Equation


def expanded(stated: Stated, value: Fraction) -> Fraction | None:
    """Return U at a value, with the coverage factor of the statement; None where a table does not reach it.

    Raises:
        DomainError: an equation gives no uncertainty there.
    """
    if isinstance(stated, Linear):
        return stated.constant + stated.proportional * abs(value)
    if isinstance(stated, Equation):
        found = stated.at(value)
        if found <= 0:
            raise DomainError(f"U = {stated.text} is {found} at {value}; an uncertainty is above 0")
        return found
    return _tabled(stated, value)


def _tabled(stated: Tabled, value: Fraction) -> Fraction | None:
    points = stated.points
    if not points[0][0] <= value <= points[-1][0]:
        return None
    upper = next(place for place, (at, _) in enumerate(points) if at >= value)
    at, u = points[upper]
    if at == value or stated.between == "step":
        return u
    before, lower = points[upper - 1]
    return lower + (u - lower) * (value - before) / (at - before)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exceeded:
    """Where an uncertainty is greater than what is wanted: at which value or close beside it, how great, how great it may be.

    `offered` is None where none is stated there. Both are expanded with k = 2.
    """

    value: Fraction
    offered: Fraction | None
    wanted: Fraction


def exceeded(offered: Stated, wanted: Stated, over: Span) -> Exceeded | None:
    """Return where what is offered is worst beside what is wanted, as their ratio; None where it is never greater.

    Between the corners of both the ratio of two straight lines only rises or falls, so that it is greatest at a corner or close
    beside one: nothing in between is missed. Of an equation `LOOKS` values are corners. An open end is looked at as a closed one.

    Args:
        offered: what a body states.
        wanted: what is needed, as a bound that may hang on the value; where its table does not reach, nothing is asked.
        over: the values for which it is needed, with both ends.

    Raises:
        DomainError: a range without an end, or an equation that gives none.
    """
    worst: Exceeded | None = None
    corners = _corners(offered, wanted, over)
    places = [(one, one, one) for one in corners]
    places += [(at, low, high) for low, high in pairwise(corners) for at in (low, high)]
    for at, low, high in places:
        limit = _near(wanted, at, low, high)
        if limit is None:
            continue
        most, found = limit * 2 / wanted.coverage_factor, _near(offered, at, low, high)
        if found is None:
            return Exceeded(value=at, offered=None, wanted=most)
        reached = found * 2 / offered.coverage_factor
        if reached > most and (worst is None or worst.offered is None or reached * worst.wanted > worst.offered * most):
            worst = Exceeded(value=at, offered=reached, wanted=most)
    return worst


def _near(stated: Stated, at: Fraction, low: Fraction, high: Fraction) -> Fraction | None:
    """U at an end of a stretch without corners, as it is approached from inside; of a stretch of one value, there."""
    if not isinstance(stated, Tabled) or low == high:
        return expanded(stated, at)
    inside = _tabled(stated, (low + high) / 2)
    return inside if inside is None or stated.between == "step" else _tabled(stated, at)


def _corners(offered: Stated, wanted: Stated, over: Span) -> Sequence[Fraction]:
    """The values between which both statements are straight."""
    if over.low is None or over.high is None:
        raise DomainError("an uncertainty is compared over a range with two ends; give both")
    low, high = over.low, over.high
    values = {low, high, *((Fraction(0),) if low < 0 < high else ())}
    for one in (offered, wanted):
        if isinstance(one, Tabled):
            values.update(value for value, _ in one.points if low <= value <= high)
        elif isinstance(one, Equation):
            values.update(low + (high - low) * step / (LOOKS - 1) for step in range(LOOKS))
    return sorted(values)
