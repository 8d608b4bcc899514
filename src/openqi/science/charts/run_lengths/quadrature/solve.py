"""The run length of a walk by Nyström's method on Gauss-Legendre nodes, with a bound on its error, or refused.

Where L solves L = 1 + K L with an operator K that has no negative values, an approximation M whose residual 1 + K M - M is at
most r everywhere is within r L of L: one more step of the walk is its own error bound. K is taken on nodes twice as many.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.quadrature import kernels
from openqi.science.charts.run_lengths.quadrature.nodes import on_panels
from openqi.science.charts.run_lengths.quadrature.walk import Walk
from openqi.science.numbers.normal_functions import normal_below

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

WANTED = 1e-9
CERTIFIED = 1e-6
MOST_NODES = 512
ROUNDING = 2e-15
"""Relative rounding of a transition probability; the run length multiplies it."""
SAFE = 2.0
"""The largest residual is looked for at a finite number of places."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """The run lengths of a walk from its nodes, from which those of any start follow.

    Args:
        walk: what was solved.
        nodes: of the quadrature.
        weights: of the nodes.
        places: the nodes, and the place of rest where there is one.
        values: run lengths from the places.
        relative: bound of their relative error; inf where it was not asked for.
    """

    walk: Walk
    nodes: "Array"
    weights: "Array"
    places: "Array"
    values: "Array"
    relative: float

    def at(self, start: float) -> float:
        """Return the run length from a start, which need not be a node."""
        import numpy as np

        places, out = np.array([start]), np.empty(1)
        rows = np.empty((1, len(self.values)))
        kernels.read(self.walk.numbers(), places, self.nodes, self.weights, self.values, rows, out)
        return float(out[0])

    @property
    def value(self) -> float:
        """Return the run length from the start of the walk."""
        return self.at(self.walk.start)


def first_size(walk: Walk) -> int:
    """Return how many nodes a panel of a walk wants at first."""
    return 14 + int(1.2 * walk.width)


def solved(walk: Walk, size: int | None = None) -> Solution:
    """Return the run lengths of a walk on so many nodes a panel, with no bound on the error."""
    import numpy as np

    nodes, weights = on_panels(walk.panels, size or first_size(walk))
    places = nodes if walk.rest is None else np.append(nodes, walk.rest.place)
    values, matrix = np.ones(len(places)), np.empty((len(places), len(places)))
    kernels.solve(walk.numbers(), places, nodes, weights, matrix, values)
    return Solution(walk=walk, nodes=nodes, weights=weights, places=places, values=values, relative=float("inf"))


def certified(walk: Walk, most: float = CERTIFIED) -> Solution:
    """Return the run lengths of a walk with a bound on their relative error, on as many nodes as that takes.

    Args:
        walk: what is solved.
        most: the largest bound that is good enough.

    Raises:
        DomainError: no such bound is reached with 512 nodes a panel, or by this arithmetic.
    """
    size = first_size(walk)
    while size <= MOST_NODES:
        found = solved(walk, size)
        highest = max(abs(one) for one in found.values.tolist())
        rounding = ROUNDING * highest
        if rounding > most and size > 2 * first_size(walk):
            raise DomainError(
                f"the run length is not certified: it is about {highest:.1e}, where this arithmetic has no digits left; beyond "
                f"{most / ROUNDING:.0e} points take narrower limits"
            )
        bound = relative_bound(found) + rounding
        if min(found.values.tolist()) >= 1.0 and bound <= min(max(WANTED, 20.0 * rounding), most):
            return Solution(
                walk=walk, nodes=found.nodes, weights=found.weights, places=found.places, values=found.values, relative=bound
            )
        size = size * 3 // 2
    raise DomainError(
        f"the run length is not certified: its bound stays above {most:g} of it on {MOST_NODES} nodes a panel "
        f"({walk.width:.0f} steps wide); take a larger weight or narrower limits, or simulate"
    )


def ends_before_rest(walk: Walk, size: int) -> float:
    """Return the probability that a walk above its rest leaves at the upper end before it comes to rest."""
    import numpy as np

    open_walk = replace(walk, rest=None)
    nodes, weights = on_panels(walk.panels, size)
    end = walk.panels[-1][1]
    chances = np.array([normal_below((walk.keep * x + walk.drift - end) / walk.step) for x in nodes.tolist()])
    kernels.solve(open_walk.numbers(), nodes, nodes, weights, np.empty((size, size)), chances)
    out = np.empty(1)
    kernels.read(open_walk.numbers(), np.array([walk.start]), nodes, weights, chances, np.empty((1, size)), out)
    return float(out[0]) - 1.0 + normal_below((walk.keep * walk.start + walk.drift - end) / walk.step)


def relative_bound(found: Solution) -> float:
    """Return the bound of the relative error that the residual of a solution gives, with that of the quadrature behind it."""
    import numpy as np

    walk, numbers, width = found.walk, found.walk.numbers(), len(found.values)
    fine, fine_weights = on_panels(walk.panels, 2 * (len(found.nodes) // len(walk.panels)))
    rests = [] if walk.rest is None else [walk.rest.place]
    ends = [end for panel in walk.panels for end in panel]
    checks = np.concatenate([(found.nodes[1:] + found.nodes[:-1]) / 2.0, np.array([*ends, walk.start, *rests])])
    finer, here = np.empty(len(fine) + len(rests)), np.empty(len(checks))
    places = np.append(fine, rests)
    kernels.read(numbers, places, found.nodes, found.weights, found.values, np.empty((len(places), width)), finer)
    kernels.read(numbers, checks, found.nodes, found.weights, found.values, np.empty((len(checks), width)), here)
    gap = SAFE * kernels.residual(numbers, checks, fine, fine_weights, finer, here, np.empty((len(checks), len(finer))))
    return gap / (1.0 - gap) if gap < 1.0 else float("inf")


def settled(found: Solution) -> "Array":
    """Return how a walk that has not ended for long is spread over the places of a solution; masses that add up to 1.

    Raises:
        DomainError: it does not settle in 100,000 steps.
    """
    import numpy as np

    mass = np.full(len(found.places), 1.0 / len(found.places))
    rows = np.empty((len(mass), len(mass)))
    if kernels.spread(found.walk.numbers(), found.places, found.nodes, found.weights, rows, mass, 100_000) < 0:
        raise DomainError("the steady state is not reached in 100,000 steps; take a larger weight")
    return mass
