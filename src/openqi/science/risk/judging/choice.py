"""From probability to a decision: classes A to D by thresholds, and whom to visit by what a visit costs and a missed one loses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.kernels import total_of
from openqi.science.risk.measures import Judged, Measure, rate_of

CLASSES: Final = ("A", "B", "C", "D")


@dataclass(frozen=True, kw_only=True)
class Class:
    """One class: from which probability on, how many, and whether it keeps what it says.

    Args:
        name: A is lowest.
        least: probability from which on an object belongs to it; 0 of the lowest.
        objects: examined ones.
        share: of the population.
        said, found: mean probability, and rate; None where nobody was examined.
        times: found rate over that of class A; None where A has none.
    """

    name: str
    least: float
    objects: int
    share: float
    said: float | None
    found: Measure | None
    times: float | None


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a threshold costs per object of the population, in the unit of the two costs.

    Args:
        threshold: objects from this probability on are visited.
        visited: share of the population.
        by_found, by_said: visits and missed ones by what was found, and by what the model says.
    """

    threshold: float
    visited: float
    by_found: float
    by_said: float


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Thresholds by cost: of the best one by the model, of visiting nobody, everybody, and of others.

    Args:
        visit, missed: the costs.
        best: visit where probability times loss exceeds the cost of the visit.
        nobody, everybody: what it costs to visit none, and all.
        others: at multiples of the best threshold.
    """

    visit: float
    missed: float
    best: Cost
    nobody: float
    everybody: float
    others: tuple[Cost, ...]


def classes_of(judged: Judged, thresholds: Sequence[float], *, confidence: float = 0.95) -> tuple[Class, ...]:
    """Return the classes that thresholds make.

    Args:
        judged: probabilities of a model that has not seen the objects.
        thresholds: from which probability on an object is in class B, C and D; rising, between 0 and 1.
        confidence: of the intervals.

    Raises:
        DomainError: thresholds are not three rising probabilities.
    """
    import numpy as np

    cuts = [float(one) for one in thresholds]
    if len(cuts) != len(CLASSES) - 1 or not all(low < high for low, high in zip([0.0, *cuts], [*cuts, 1.0], strict=True)):
        raise DomainError(f"thresholds {', '.join(map(str, thresholds))}: three rising probabilities, where B, C and D begin")
    part = np.searchsorted(np.asarray(cuts), judged.probability, side="right")
    mass, found, first = total_of(judged.weight), list[Class](), None
    for place, (name, least) in enumerate(zip(CLASSES, [0.0, *cuts], strict=True)):
        rows = np.flatnonzero(part == place)
        if not len(rows):
            found.append(Class(name=name, least=least, objects=0, share=0.0, said=None, found=None, times=None))
            continue
        own = judged.of(rows)
        weight, rate = total_of(own.weight), rate_of(own.bad, own.weight, confidence)
        first = rate.value if place == 0 else first
        found.append(
            Class(
                name=name, least=least, objects=len(rows), share=weight / mass,
                said=total_of(own.probability * own.weight) / weight, found=rate, times=rate.value / first if first else None,
            )
        )  # fmt: skip
    return tuple(found)


def choice_of(judged: Judged, *, visit: float, missed: float) -> Choice:
    """Return which threshold is cheapest, and what it costs.

    Args:
        judged: probabilities of a model that has not seen the objects.
        visit: cost of a visit, positive.
        missed: loss from a bad object that is not visited, same unit, greater.

    Raises:
        DomainError: a cost is not positive, or a visit costs more than it can save.

    Source: [ELKAN2001].
    """
    if not 0.0 < visit < missed:
        raise DomainError(f"visit = {visit}, missed = {missed}; a visit costs something, and less than a missed one loses")
    best, mass = visit / missed, total_of(judged.weight)
    rate = total_of(judged.bad * judged.weight) / mass
    others = [best * times for times in (0.25, 0.5, 2.0, 4.0) if best * times < 1.0]
    return Choice(
        visit=visit, missed=missed, best=_cost(judged, best, visit, missed), nobody=rate * missed, everybody=visit,
        others=tuple(_cost(judged, one, visit, missed) for one in others),
    )  # fmt: skip


def _cost(judged: Judged, threshold: float, visit: float, missed: float) -> Cost:
    import numpy as np

    mass = total_of(judged.weight)
    seen = np.where(judged.probability >= threshold, judged.weight, 0.0)
    left = judged.weight - seen
    share = total_of(seen) / mass
    costs = (share * visit + total_of(left * one) / mass * missed for one in (judged.bad, judged.probability))
    return Cost(threshold=threshold, visited=share, by_found=next(costs), by_said=next(costs))
