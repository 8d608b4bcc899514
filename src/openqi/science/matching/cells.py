"""Spans as whole numbers: exactly compared many at a time, with open and closed ends.

The ends of all spans, in order, cut the line into cells: a value, the stretch up to the next value, that value, and so on. A span
holds whole cells, so that one covers another where its first cell comes no later and its last one no earlier.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from openqi.science.matching.spans import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """The cuts of some spans.

    Args:
        values: every end of theirs once, rising; cell 2 i is value i, cell 2 i - 1 lies below it.
    """

    values: tuple[Fraction, ...]

    def of(self, span: Span) -> tuple[int, int]:
        """Return the first and the last cell that a span of these, or any other one, reaches into."""
        return self._first(span), self._last(span)

    def _first(self, span: Span) -> int:
        if span.low is None:
            return -1
        place = bisect_left(self.values, span.low)
        if place == len(self.values) or self.values[place] != span.low:
            return 2 * place - 1
        return 2 * place + span.low_open

    def _last(self, span: Span) -> int:
        if span.high is None:
            return 2 * len(self.values) - 1
        place = bisect_left(self.values, span.high)
        if place == len(self.values) or self.values[place] != span.high:
            return 2 * place - 1
        return 2 * place - span.high_open


def cells_of(spans: Iterable[Span]) -> Cells:
    """Return the cuts of spans."""
    ends = {end for one in spans for end in (one.low, one.high) if end is not None}
    return Cells(values=tuple(sorted(ends)))


def joined(pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs of cells in order, those joined that overlap or meet."""
    runs: list[tuple[int, int]] = []
    for first, last in sorted(pieces):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs
