"""Which contradictions are open on a day: not void, and not both closed and answered by something that was shown after it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import inf

from openqi.pillars.governance.pledges.facts import Contradicted, Shown, any_holds


class OpenContradictions:
    """The contradictions of one promise, and what may repair them.

    Most are open from their day on until one day; those spans are joined, so that thousands are looked up at once. What was
    withdrawn anywhere makes a contradiction open anew, and is looked at one by one.
    """

    def __init__(self, contradicted: Sequence[Contradicted], repairing: Sequence[Shown]) -> None:
        self.all, self._repairing = contradicted, repairing
        self._standing = [(one.at, one.last, one.span.since) for one in repairing if one.span.until is None]
        self._withdrawn = [one for one in repairing if one.span.until is not None]
        spans: list[tuple[float, float]] = []
        self._others: list[Contradicted] = []
        for one in contradicted:
            end = self._end(one)
            if end is None:
                self._others.append(one)
            elif one.day < end:
                spans.append((one.day, end))
        self._starts: list[float] = []
        self._ends: list[float] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def _end(self, one: Contradicted) -> float | None:
        """The day from which on a contradiction is repaired for ever, inf for never; None where it is not so simple."""
        if one.void or any(span.until is not None for span in one.closed):
            return None
        if any(shown.at > one.at and shown.last >= one.day for shown in self._withdrawn):
            return None
        closed = min((span.since for span in one.closed), default=inf)
        answered = min((since for at, last, since in self._standing if at > one.at and last >= one.day), default=inf)
        return max(closed, answered)

    def on(self, day: int) -> Iterator[Contradicted]:
        """Yield those that are open on a day."""
        return (one for one in self.all if self._open(one, day))

    def any_on(self, day: int) -> bool:
        """Return whether any is open on a day."""
        place = bisect_right(self._starts, day)
        joined = place > 0 and day < self._ends[place - 1]
        return joined or any(self._open(one, day) for one in self._others)

    def _open(self, one: Contradicted, day: int) -> bool:
        if one.day > day or any_holds(one.void, day):
            return False
        return not (any_holds(one.closed, day) and self._answered(one, day))

    def _answered(self, one: Contradicted, day: int) -> bool:
        """Whether evidence that stands was handed in after a contradiction, and is about that day or later ones."""
        return any(shown.at > one.at and shown.last >= one.day and shown.span.holds(day) for shown in self._repairing)
