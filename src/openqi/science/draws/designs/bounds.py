"""Who can be left out before exact integers decide: floats with slack for all their roundings, which never leave out too many."""

from typing import TYPE_CHECKING, Any

from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.targets import Targets
from openqi.science.numbers.compiled import compiled, is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLACK = 1e-12
"""Far more than all roundings of a handful of operations, far less than what separates tickets."""
PART = 2.0**-64


def under_chance(first: "NDArray[Any]", targets: Targets) -> list[int]:
    """Return all places whose ticket may be under their chance, and few others."""
    return _near(first, targets, -1.0)


def under_rank(first: "NDArray[Any]", targets: Targets, line: float) -> list[int]:
    """Return all places whose odds of the ticket may be at most `line` times the odds of their chance, and few others.

    Args:
        first: first 64 bits of the tickets.
        targets: the chances; places whose chance is one are all returned.
        line: > 0.
    """
    return _near(first, targets, line)


def _near(first: "NDArray[Any]", targets: Targets, line: float) -> list[int]:
    import numpy as np

    floors = np.array([float(bound.floor) for bound in targets.bounds])
    caps = np.array([float(bound.cap) for bound in targets.bounds])
    below, above = np.array(targets.below, dtype=np.int64), np.array(targets.above, dtype=np.int64)
    if len(first) >= FEW and is_fast():
        out = np.empty(len(first), dtype=np.int64)
        found = _keep(first, targets.size, targets.rank, below, above, floors, caps, float(targets.rate), line, out)
        return [int(place) for place in out[:found]]
    chance = targets.size * float(targets.rate)
    chance = np.where(targets.size < below[targets.rank], floors[targets.rank], chance)
    chance = np.where(targets.size > above[targets.rank], caps[targets.rank], chance)
    part = first.astype(np.float64) * PART
    if line < 0.0:
        near = part <= chance * (1.0 + SLACK) + SLACK
    else:
        near = part * (1.0 - chance - SLACK) <= line * (1.0 - part + SLACK) * chance * (1.0 + SLACK) + SLACK * SLACK
    return [int(place) for place in np.flatnonzero(near)]


@compiled
def _keep(
    first: Any, size: Any, rank: Any, below: Any, above: Any, floors: Any, caps: Any, rate: float, line: float, out: Any
) -> int:  # fmt: skip
    found = 0
    for place in range(len(first)):
        code, weight = rank[place], size[place]
        chance = weight * rate
        if weight < below[code]:
            chance = floors[code]
        elif weight > above[code]:
            chance = caps[code]
        part = first[place] * PART
        if line < 0.0:
            near = part <= chance * (1.0 + SLACK) + SLACK
        else:
            near = part * (1.0 - chance - SLACK) <= line * (1.0 - part + SLACK) * chance * (1.0 + SLACK) + SLACK * SLACK
        if near:
            out[found] = place
            found += 1
    return found
