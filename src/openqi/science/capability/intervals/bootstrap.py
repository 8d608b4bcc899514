"""Intervals by drawing readings again from themselves: percentile and BCa, with a seed, so that anyone gets the same."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from math import sqrt
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.quantiles import sample_quantile
from openqi.science.capability.intervals.interval import Interval, tails
from openqi.science.numbers.normal_functions import normal_below, normal_root
from openqi.science.numbers.philox import philox4x32
from openqi.science.numbers.sums import plain_sum, total

Statistic = Callable[[Sequence[int]], Sequence[float]]
"""Numbers out of the places (from 0) of the readings that were drawn."""
MOST = 100_000


def key_of(seed: str) -> tuple[int, int]:
    """Return the key of the generator that a seed names: the first eight bytes of its SHA-256."""
    digest = sha256(seed.encode()).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def drawn(n: int, sample: int, key: tuple[int, int]) -> list[int]:
    """Return n places below n, drawn with replacement: words 0, 1, ... of Philox4x32-10 at counter (block, sample, n, 0), scaled.

    Source: [PHILOX].
    """
    found: list[int] = []
    for block in range((n + 3) // 4):
        found += [word * n >> 32 for word in philox4x32((block, sample, n, 0), key)]
    return found[:n]


def bootstrap(
    n: int,
    statistic: Statistic,
    *,
    resamples: int,
    seed: str,
    confidence: float = 0.95,
    method: Literal["percentile", "bca"] = "bca",
) -> tuple[Interval, ...]:
    """Return one interval for each number of a statistic.

    Args:
        n: readings; what is drawn are their places.
        statistic: as many numbers from every draw. A draw that it refuses with a DomainError is left out, up to one in a hundred.
        resamples: 99 to 100,000.
        seed: any text.
        confidence: between 0 and 1.
        method: equal tails of what was drawn, or corrected for bias and acceleration.

    Raises:
        DomainError: too few or too many resamples, or the statistic refuses too many of them.

    Source: [EFRON-TIBSHIRANI] chapters 13 and 14.
    """
    if not 99 <= resamples <= MOST or n < 2:
        raise DomainError(f"{resamples} resamples of {n} readings: 99 to {MOST} of at least 2")
    low, high = tails(confidence)
    key, found = key_of(seed), []
    for sample in range(resamples):
        try:
            found.append(statistic(drawn(n, sample, key)))
        except DomainError:
            if sample + 1 - len(found) > max(1, resamples // 100):
                raise
    own = statistic(range(n))
    columns = [sorted(row[place] for row in found) for place in range(len(own))]
    ends = [(low, high)] * len(own) if method == "percentile" else _corrected(n, statistic, own, columns, (low, high))
    return tuple(
        Interval(
            lower=sample_quantile(column, first),
            upper=sample_quantile(column, last),
            confidence=confidence,
            method=f"bootstrap-{method}",
        )
        for column, (first, last) in zip(columns, ends, strict=True)
    )


def _corrected(
    n: int, statistic: Statistic, own: Sequence[float], columns: Sequence[Sequence[float]], wanted: tuple[float, float]
) -> list[tuple[float, float]]:
    """The probabilities whose quantiles the corrected interval takes."""
    without = [statistic([place for place in range(n) if place != left]) for left in range(n)]
    ends = []
    for which, (value, column) in enumerate(zip(own, columns, strict=True)):
        count = len(column)
        below = plain_sum(one < value for one in column) + 0.5 * plain_sum(one == value for one in column)
        bias = normal_root(min(max(below / count, 0.5 / count), 1.0 - 0.5 / count))
        mean = total([row[which] for row in without]) / n
        apart = [mean - row[which] for row in without]
        squares = total([one * one for one in apart])
        cubes = total([one * one * one for one in apart])
        acceleration = cubes / (6.0 * squares * sqrt(squares)) if squares > 0.0 else 0.0
        shifted = [bias + normal_root(p) for p in wanted]
        low, high = (normal_below(bias + one / (1.0 - acceleration * one)) for one in shifted)
        ends.append((low, high))
    return ends
