"""How a sample lies: counts between even edges, for pictures."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from openqi.kernel.errors import DomainError

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Counts of a sample; `edges` are one more than `counts`, and what lies outside of them is counted in `below` and `above`."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int
    above: int


def histogram(sample: "NDArray[float64]", *, most: int = 60, tails: float = 2e-3) -> Histogram:
    """Return how a sample lies: between its ends, or between the quantiles of the tails where the ends lie far outside of them.

    A value on an edge counts to the bin above it, on the last edge to the last bin. Of values that are all the same there is
    one bin without width.

    Args:
        sample: in any order, at least one value.
        most: bins at most, > 0; of fewer than its square values there are as many as the root of their number.
        tails: share of the sample on each side that may lie outside.

    Raises:
        DomainError: there is no value, no bin is allowed, or the tails are none.
    """
    import numpy as np

    if not len(sample) or most < 1 or not 0.0 <= tails < 0.5:
        raise DomainError(
            f"a histogram of {len(sample)} values in {most} bins with tails of {tails}: give values, bins, and less than 0.5"
        )
    ordered = np.sort(sample)
    size = len(ordered)
    least, greatest = float(ordered[0]), float(ordered[-1])
    rank = int(tails * size)
    low, high = float(ordered[rank]), float(ordered[size - 1 - rank])
    if greatest - least <= 1.5 * (high - low):
        low, high = least, greatest
    if not high > low:
        same = bisect_right(ordered, high) - bisect_left(ordered, low)
        below = bisect_left(ordered, low)
        return Histogram(edges=(low, high), counts=(same,), below=below, above=size - same - below)
    bins = max(1, min(most, int(size**0.5)))
    edges = [low + (high - low) * (place / bins) for place in range(bins)] + [high]
    places = [bisect_left(ordered, edge) for edge in edges[:-1]] + [bisect_right(ordered, high)]
    counts = tuple(after - before for before, after in pairwise(places))
    return Histogram(edges=tuple(edges), counts=counts, below=places[0], above=size - places[-1])
