"""Does the risk find the bad ones?  The area under the curve, and what n visits to the riskiest find."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.kernels import total_of
from openqi.science.risk.measures import Judged, Measure, area_measure, area_of, normal_interval, rate_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUDGETS: Final = (0.01, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True, kw_only=True)
class Lift:
    """What visits to the riskiest find.

    Args:
        budget: share of the population that is visited.
        visits: how many that are.
        threshold: the probability from which on an object is visited; of those on it only a part, where not all fit.
        said: hits that the model expects.
        hits: hits by what was found.
        rate: found among the visited; its interval is None where too few of the table lie there.
        caught: share of all bad ones that these visits find.
        lift: rate over the rate of all: how many times as many hits as by chance.
    """

    budget: float
    visits: float
    threshold: float
    said: float
    hits: float
    rate: Measure
    caught: float
    lift: float


@dataclass(frozen=True, kw_only=True)
class Discrimination:
    """Area under the curve, and hits at budgets."""

    area: Measure
    lifts: tuple[Lift, ...]


def discrimination_of(judged: Judged, *, budgets: Sequence[float] = BUDGETS, confidence: float = 0.95) -> Discrimination:
    """Return how well a risk tells bad from good.

    Args:
        judged: probabilities of a model that has not seen the objects; bad and good must occur.
        budgets: shares of the population, in (0, 1].
        confidence: of the intervals.

    Source: [DELONG1988].
    """
    for one in budgets:
        if not 0.0 < one <= 1.0:
            raise DomainError(f"budget = {one}; a share of the population above 0 and at most 1")
    area = area_measure(area_of(judged.probability, judged.bad, judged.weight), confidence)
    return Discrimination(area=area, lifts=tuple(lift_of(judged, one, confidence) for one in budgets))


def lift_of(judged: Judged, budget: float, confidence: float = 0.95) -> Lift:
    """Return what visits to a share of the population find, riskiest first; of equal risks each gets the same part of a visit."""
    import numpy as np

    mass = total_of(judged.weight)
    threshold, part = _cut(judged, budget * mass)
    visited = judged.weight * np.where(judged.probability > threshold, 1.0, np.where(judged.probability == threshold, part, 0.0))
    rows = np.flatnonzero(visited > 0.0)
    own = judged.of(rows)
    rate = rate_of(own.bad, visited[rows], confidence)
    all_hits = total_of(judged.bad * judged.weight)
    hits = total_of(own.bad * visited[rows])
    return Lift(
        budget=budget, visits=budget * mass, threshold=threshold, said=total_of(own.probability * visited[rows]), hits=hits,
        rate=rate, caught=hits / all_hits if all_hits else 0.0, lift=rate.value * mass / all_hits if all_hits else 0.0,
    )  # fmt: skip


def _cut(judged: Judged, wanted: float) -> tuple[float, float]:
    """The lowest probability that is visited, and which part of those on it."""
    import numpy as np

    from openqi.science.draws.rates.kernels import totals_by

    levels, place = np.unique(judged.probability, return_inverse=True)
    masses = totals_by(judged.weight, place, len(levels)).tolist()
    left = wanted
    for level in range(len(levels) - 1, -1, -1):
        if masses[level] >= left or level == 0:
            return float(levels[level]), min(1.0, left / masses[level])
        left -= masses[level]
    raise AssertionError("there is at least one level")


def difference_of(
    one: "NDArray[Any]", other: "NDArray[Any]", bad: "NDArray[Any]", weight: "NDArray[Any]", confidence: float = 0.95
) -> Measure:
    """Return by how much the area of one score is above that of another on the same objects, with its interval.

    Source: [DELONG1988].
    """
    first, second = area_of(one, bad, weight), area_of(other, bad, weight)
    moved = first.moved - second.moved
    value = first.value - second.value
    return Measure(value=value, interval=normal_interval(value, sqrt(total_of(moved * moved)), confidence))
