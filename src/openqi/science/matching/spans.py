"""Ranges with open or closed ends, exactly: whether one covers another, alone or together with its neighbours."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from openqi.kernel.errors import DomainError


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """All numbers between two ends. None is no end on that side; an end that is open does not belong to it.

    Args:
        low: lower end, in the unit that all spans of one comparison share.
        high: upper end, same unit, >= low; equal only where both ends are closed.
        low_open: whether the lower end is left out.
        high_open: whether the upper end is left out.

    Raises:
        DomainError: there is no number in it, or an end that is none is open or closed.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if (self.low is None and self.low_open) or (self.high is None and self.high_open):
            raise DomainError("a side without an end is neither open nor closed")
        if self.low is not None and self.high is not None:
            empty = self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))
            if empty:
                raise DomainError(f"no number lies between {self.low} and {self.high} with these ends; give the lower end first")

    def holds(self, value: Fraction) -> bool:
        """Return whether a number lies in it."""
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        return above and (self.high is None or value < self.high or (value == self.high and not self.high_open))

    def covers(self, other: "Span") -> bool:
        """Return whether every number of the other one lies in it."""
        return _begins_no_later(self, other) and _ends_no_earlier(self, other)


def uncovered(wanted: Span, offered: Iterable[Span]) -> Span | None:
    """Return the first stretch of what is wanted that no offered span holds; None where together they hold all of it.

    Two spans that meet at a number which neither of them holds leave that number out: [0, 10) and (10, 20] do not cover [0, 20].

    Args:
        wanted: what is to be covered.
        offered: spans in the same unit, in any order.
    """
    # What is covered so far ends at `reach`; `open_` says that `reach` itself is still to be covered.
    reach, open_ = wanted.low, not wanted.low_open
    begun = False
    for one in sorted(offered, key=_by_low):
        if not _joins(one, reach, open_=open_, begun=begun):
            break
        begun = True
        if one.high is None:
            return None
        if reach is None or one.high > reach or (one.high == reach and open_ and not one.high_open):
            reach, open_ = one.high, one.high_open
        if _done(wanted, reach, open_=open_):
            return None
    if not begun:
        return wanted
    rest_low_open = not open_
    if wanted.high is not None and reach is not None and (reach > wanted.high or (reach == wanted.high and rest_low_open)):
        return None
    return Span(low=reach, high=wanted.high, low_open=reach is not None and rest_low_open, high_open=wanted.high_open)


def _by_low(one: Span) -> tuple[bool, Fraction, bool]:
    return (one.low is not None, Fraction(0) if one.low is None else one.low, one.low_open)


def _joins(one: Span, reach: Fraction | None, *, open_: bool, begun: bool) -> bool:
    """Whether a span holds the first number that is still to be covered."""
    if one.low is None:
        return True
    if reach is None:
        return begun
    return one.low < reach or (one.low == reach and (not open_ or not one.low_open))


def _done(wanted: Span, reach: Fraction | None, *, open_: bool) -> bool:
    if wanted.high is None or reach is None:
        return False
    return reach > wanted.high or (reach == wanted.high and (not open_ or wanted.high_open))


def _begins_no_later(one: Span, other: Span) -> bool:
    if one.low is None or other.low is None:
        return one.low is None
    return one.low < other.low or (one.low == other.low and (not one.low_open or other.low_open))


def _ends_no_earlier(one: Span, other: Span) -> bool:
    if one.high is None or other.high is None:
        return one.high is None
    return one.high > other.high or (one.high == other.high and (not one.high_open or other.high_open))
