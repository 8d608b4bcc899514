"""The stretches of days of a promise: when each is due, and which of them a piece of evidence shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from openqi.records.pledges import Obligation

FIRST: Final = 0


@dataclass(frozen=True, kw_only=True)
class Stretches:
    """The stretches of a promise, counted from 0: each ends on its due day and begins on the day after the one before.

    Days are proleptic Gregorian ordinals, so that leap years and zones are no matter here.

    Args:
        signed: day of the signature, with which the first stretch begins.
        first: due day of the first stretch.
        every: days from one due day to the next; None where it is shown once.
        grace: days after a due day on which it is not missed yet.
        last: day after which nothing falls due; None for no end.
    """

    signed: int
    first: int
    every: int | None
    grace: int
    last: int | None

    def due(self, number: int) -> int | None:
        """Return the due day of a stretch; None where there is no such stretch."""
        if number and self.every is None:
            return None
        day = self.first + number * (self.every or 0)
        return None if self.last is not None and day > self.last else day

    def overdue(self, day: int) -> int:
        """Return the number of the last stretch whose days of grace are over on a day; -1 for none."""
        past = day - 1 - self.grace
        if self.last is not None:
            past = min(past, self.last)
        if past < self.first:
            return -1
        return FIRST if self.every is None else (past - self.first) // self.every

    def shown(self, first_day: int, last_day: int) -> tuple[int, int]:
        """Return the numbers of the first and the last stretch that evidence for some days shows.

        It shows the stretch in which its last day lies, and of those before each one of which it covers every day.
        """
        if self.every is None:
            return FIRST, FIRST
        newest = max(FIRST, -((self.first - last_day) // self.every))
        if first_day <= self.signed:
            return FIRST, newest
        # Stretch j >= 1 begins on first + (j - 1) * every + 1.
        oldest = max(1, 1 - ((self.first + 1 - first_day) // self.every))
        return min(oldest, newest), newest


def stretches_of(
    obligation: Obligation, *, signed: int, term: int | None, ended: int | None, within: int | None = None
) -> Stretches:
    """Return the stretches of an obligation.

    Args:
        obligation: as it was published.
        signed: day of the signature.
        term: last day of its term, where it has one; a first due day after it moves there.
        within: days until it is first due, where that is fewer than the obligation gives.
        ended: day on which the signature ended in any way; nothing falls due after it.
    """
    first = signed + (obligation.first_within if within is None else min(within, obligation.first_within))
    return Stretches(
        signed=signed, first=first if term is None else min(first, term), every=obligation.every, grace=obligation.grace, last=ended
    )


def days_left(stretches: Stretches, shown: Iterable[tuple[int, int]], until: int) -> int | None:
    """Return how many days were left to show what was due next when a signature ended; 0 where it was overdue, None for nothing.

    Args:
        stretches: of the signature that ended, as if it had no end.
        shown: first and last day of each piece of evidence that stands.
        until: day on which it ended, or the next one began.
    """
    newest = max((stretches.shown(first, last)[1] for first, last in shown), default=-1)
    due = stretches.due(newest + 1)
    return None if due is None else max(0, due - until)
