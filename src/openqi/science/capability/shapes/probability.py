"""Readings on probability paper: where each would lie in a distribution, and how far by chance alone it may lie off it."""

from collections.abc import Sequence
from dataclasses import dataclass

from openqi.kernel.errors import DomainError
from openqi.science.capability.intervals.interval import tails
from openqi.science.capability.shapes.law import Law
from openqi.science.numbers.beta_functions import beta_root
from openqi.science.numbers.normal_functions import normal_root

_ENDS = 30
"""So many readings at each end are always kept: there it shows what fits."""


@dataclass(frozen=True, kw_only=True)
class ProbabilityPoint:
    """A reading on probability paper.

    Args:
        value: of the reading.
        share: plotting position, the median of the share of the distribution that lies below such a reading, about.
        score: normal quantile of it, by which the paper is ruled.
        low, high: between which a reading of this rank lies with the stated confidence, one reading at a time, if the distribution
            is the true one; None where there is no distribution.
    """

    value: float
    share: float
    score: float
    low: float | None
    high: float | None


def probability_points(
    values: Sequence[float], law: Law | None, *, confidence: float = 0.95, most: int = 200
) -> tuple[ProbabilityPoint, ...]:
    """Return the readings in their order on probability paper.

    The share below the k-th of n readings has the beta distribution of k and n - k + 1, whatever the law is. That the law was
    fitted to the same readings is not reckoned with: they lie nearer to it than to the true one, so the band is rather wide.

    Args:
        values: at least one.
        law: they may follow; None where no distribution was fitted.
        confidence: of the band.
        most: points; of more readings those in the middle are thinned out evenly, at least 100.

    Raises:
        DomainError: there are no readings, the confidence is none, or fewer points than 100 are asked for.

    Source: [HYNDMAN-FAN1996] type 8 for the positions; [DAVID-NAGARAJA] section 2.1 for the band.
    """
    if not values or most < 100:
        raise DomainError(f"{len(values)} readings in at most {most} points: at least one reading, and 100 points")
    below, above = tails(confidence)
    ordered, n, found = sorted(values), len(values), []
    for rank in _ranks(n, most):
        share, rest = (rank - 1.0 / 3.0) / (n + 1.0 / 3.0), (n - rank + 2.0 / 3.0) / (n + 1.0 / 3.0)
        ends = (None, None) if law is None else tuple(_end(law, rank, n, p, q) for p, q in ((below, above), (above, below)))
        found.append(ProbabilityPoint(
            value=ordered[rank - 1], share=share, score=normal_root(share) if share <= rest else -normal_root(rest),
            low=ends[0], high=ends[1],
        ))  # fmt: skip
    return tuple(found)


def _end(law: Law, rank: int, n: int, p: float, q: float) -> float:
    x, y = beta_root(float(rank), float(n - rank + 1), p, q)
    return law.quantile(x, y)


def _ranks(n: int, most: int) -> list[int]:
    if n <= most:
        return list(range(1, n + 1))
    inner = most - 2 * _ENDS
    middle = [_ENDS + 1 + (n - 2 * _ENDS - 1) * place // (inner - 1) for place in range(inner)]
    return [*range(1, _ENDS + 1), *middle, *range(n - _ENDS + 1, n + 1)]
