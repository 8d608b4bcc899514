"""How readings lie, in bins of even width; where a gauge shows steps, each bin holds whole steps."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from openqi.kernel.errors import DomainError

_MOST = 40


@dataclass(frozen=True, kw_only=True)
class Bins:
    """Counts of readings; `edges` are one more than `counts`, and no reading lies outside of them."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


def bins(values: Sequence[float]) -> Bins:
    """Return how readings lie: about as many bins as the root of their number, 5 to 40.

    A value on an edge counts to the bin above it. Where readings differ by whole steps, a bin holds whole steps, and its
    edges lie between them.

    Args:
        values: at least two that differ.

    Raises:
        DomainError: they do not differ.
    """
    ordered = sorted(values)
    span = ordered[-1] - ordered[0] if ordered else 0.0
    if not span > 0.0:
        raise DomainError("readings that do not differ have no histogram")
    wanted = max(5, min(_MOST, int(len(ordered) ** 0.5)))
    width, step = span / wanted, _step(ordered)
    if step is not None:
        width = step * max(1, round(width / step))
        low = ordered[0] - 0.5 * step
        count = int((ordered[-1] - low) / width) + 1
    else:
        low, count = ordered[0], wanted
    edges = [low + width * place for place in range(count)] + [max(low + width * count, ordered[-1])]
    places = [bisect_left(ordered, edge) for edge in edges[:-1]] + [bisect_right(ordered, edges[-1])]
    return Bins(edges=tuple(edges), counts=tuple(after - before for before, after in pairwise(places)))


def _step(ordered: Sequence[float]) -> float | None:
    """The step of which all differences are multiples; None where there is none that is wide enough to be seen."""
    gaps = [after - before for before, after in pairwise(sorted(set(ordered)))]
    least, span = min(gaps), ordered[-1] - ordered[0]
    if least < span / 2000.0:
        return None
    for size in (least, least / 2.0):
        if all(abs(gap / size - round(gap / size)) < 1e-6 * (1.0 + gap / size) for gap in gaps):
            return size
    return None
