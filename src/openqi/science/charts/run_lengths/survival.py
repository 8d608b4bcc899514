"""Probabilities of no signal yet, step by step, until what is left is geometric: with bounds on what is left.

A matrix without negative entries keeps order: if one step makes every entry of a vector at least a and at most b times what it
was, then every later step does too. So the whole tail lies between two geometric series.
"""

from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLengthDistribution
from openqi.science.charts.run_lengths.eased import eased

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

MOST_STEPS = 40_000
EVERY = 8
ENOUGH = 1e-13
DIGITS = 4e-16
ROUNDING = 1e-15


def _table_steps(nexts: Any, chances: Any, mass: Any, survival: Any, bracket: Any) -> int:
    """Walk a chain given as a table from a vector of masses, which moves along; return how many probabilities were written."""
    states, kinds = nexts.shape
    moved = mass.copy()
    total = 0.0
    for t in range(len(survival)):
        left = 0.0
        for state in range(states):
            left += mass[state]
            moved[state] = 0.0
        survival[t] = left
        for state in range(states):
            here = mass[state]
            if here > 0.0:
                for kind in range(kinds):
                    following = nexts[state, kind]
                    if following >= 0:
                        moved[following] += here * chances[kind]
        if t % EVERY == EVERY - 1 and bracketed(mass, moved, bracket) and closed(total, survival[t], bracket):
            return t + 1
        total += survival[t]
        for state in range(states):
            mass[state] = moved[state]
    return len(survival)


def _matrix_steps(matrix: Any, entry: Any, left: Any, survival: Any, bracket: Any) -> int:
    """Walk back from "no signal yet in any state", from which a start takes `entry`; return how many probabilities were written."""
    size = len(left)
    moved = left.copy()
    survival[0] = total = 1.0
    for t in range(1, len(survival)):
        here = 0.0
        for state in range(size):
            here += entry[state] * left[state]
        survival[t] = here
        for state in range(size):
            value = 0.0
            for other in range(size):
                value += matrix[state, other] * left[other]
            moved[state] = value
        if t % EVERY == EVERY - 1 and bracketed(left, moved, bracket) and closed(total, survival[t], bracket):
            return t + 1
        total += survival[t]
        for state in range(size):
            left[state] = moved[state]
    return len(survival)


def bracketed(before: Any, after: Any, bracket: Any) -> bool:
    """Write the least and the greatest ratio of a step; return whether both are below 1."""
    least, most = 2.0, 0.0
    for place in range(len(before)):
        if before[place] > 1e-280:
            ratio = after[place] / before[place]
            least = min(least, ratio)
            most = max(most, ratio)
        elif after[place] > 1e-280:
            most = 2.0
    bracket[0], bracket[1] = min(least, most), most
    return most < 1.0


def closed(total: float, last: float, bracket: Any) -> bool:
    """Return whether the tail is known well enough beside what was added up before; no better than ratios have digits."""
    low, high = last / (1.0 - bracket[0]), last / (1.0 - bracket[1])
    return bool(high - low <= max(ENOUGH, DIGITS / (1.0 - bracket[1])) * (total + low))


_ABOUT = 60
_table_walk = eased(lambda nexts, *_: nexts.size * _ABOUT)(_table_steps)
_matrix_walk = eased(lambda matrix, *_: matrix.size * _ABOUT * 5)(_matrix_steps)


def table_distribution(nexts: Any, chances: Any, mass: Any) -> RunLengthDistribution:
    """Return the distribution of the time until a chain leaves its table.

    Args:
        nexts: following states, a row a state and a column a kind of zone; -1 for a signal.
        chances: of the kinds of zones.
        mass: probabilities of the states at the beginning; where the walk ended, afterwards.

    Raises:
        DomainError: the tail does not become geometric in 40,000 steps.
    """
    import numpy as np

    survival, bracket = np.empty(MOST_STEPS), np.array([0.0, 2.0])
    written = _table_walk(nexts, chances, mass, survival, bracket)
    return _distribution(survival, written, bracket)


def matrix_distribution(matrix: Any, entry: Any) -> RunLengthDistribution:
    """Return the distribution of the time until a chain leaves a matrix of transition probabilities; raises as the other.

    Args:
        matrix: from each state to each; a row that adds up to less than 1 signals with the rest.
        entry: from the beginning to each state, likewise.
    """
    import numpy as np

    survival, bracket = np.empty(MOST_STEPS), np.array([0.0, 2.0])
    written = _matrix_walk(matrix, entry, np.ones(len(entry)), survival, bracket)
    return _distribution(survival, written, bracket)


def matrix_survival(matrix: Any, entry: Any, points: int) -> list[float]:
    """Return P(N > t) of t from 0, so many or until the rest is geometric; nothing is said of what comes after them."""
    import numpy as np

    survival, bracket = np.empty(points), np.array([0.0, 2.0])
    written = _matrix_walk(matrix, entry, np.ones(len(entry)), survival, bracket)
    kept: list[float] = survival[:written].tolist()
    while len(kept) < points:
        kept.append(kept[-1] * (kept[-1] / kept[-2]) if kept[-1] > 0.0 else 0.0)
    return kept


def _distribution(survival: "Array", written: int, bracket: "Array") -> RunLengthDistribution:
    low, high = float(bracket[0]), float(bracket[1])
    kept = tuple(survival[:written].tolist())
    if not high < 1.0:
        raise DomainError(f"the run length is not certified: its tail has no end after {written} points; take narrower limits")
    last = kept[-1]
    shortest, longest = last / (1.0 - low), last / (1.0 - high)
    # The ratio whose tail lies in the middle of the two bounds.
    ratio = 1.0 - 2.0 * last / (shortest + longest) if last > 0.0 else 0.0
    found = RunLengthDistribution(survival=kept, ratio=ratio, error_bound=0.0)
    mean = found.mean
    # Each step multiplies by probabilities that are rounded themselves: a relative error that grows with the length of the run.
    bound = (longest - shortest) / mean + ROUNDING * (mean + 1.0)
    if bound > 1e-3:
        raise DomainError(f"the run length is not certified: {mean:.6g} with a relative bound of {bound:.1e}; take narrower limits")
    return RunLengthDistribution(survival=kept, ratio=ratio, error_bound=bound)
