"""Rates of small areas that lean on their common mean: the beta-binomial model, also for areas with nothing bad or no data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.intervals import Interval
from openqi.science.numbers.special import incomplete_beta_inverse
from openqi.science.numbers.sums import total

MAX_AREAS: Final = 1000
_LEAST = 1e-6  # of the correlation within an area: below it, all areas are one


@dataclass(frozen=True, kw_only=True)
class Counted:
    """An area: how many of its n examined objects were bad; both may be what a weighted sample is worth."""

    name: str
    found: float
    n: float


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """An area's rate, its mean squared error with what estimating the prior adds, and the interval of a beta with both.

    Its source is `both`, or `synthetic` where the area has no data; `own` is the weight of its own data.
    """

    name: str
    value: float
    mean_squared_error: float
    interval: Interval
    own: float
    source: str


@dataclass(frozen=True, kw_only=True)
class BetaBinomial:
    """Rates of all areas, and the prior: beta with parameters a and b."""

    areas: tuple[Posterior, ...]
    a: float
    b: float


def beta_binomial(areas: Sequence[Counted], *, confidence: float = 0.95) -> BetaBinomial:
    """Return the empirical Bayes rates of areas.

    Args:
        areas: at least three of them with data; at most MAX_AREAS.
        confidence: of the intervals, in (0, 1).

    Raises:
        DomainError: more found than examined, or nothing bad (nothing good) anywhere.
        RefusedError: too few areas have data.

    Source: [KLEINMAN1973]; [JIANG-LAHIRI-WAN2002]; [RAO-MOLINA2015] 9.5.
    """
    if not 0.0 < confidence < 1.0:
        raise DomainError(f"confidence = {confidence}; between 0 and 1, 0.95 for example")
    seen = _checked(areas)
    a, b = moments_prior(seen)
    without = [moments_prior([*seen[:place], *seen[place + 1 :]]) for place in range(len(seen))] if len(seen) > 3 else []
    return BetaBinomial(areas=tuple(_posterior(one, a, b, without, confidence) for one in areas), a=a, b=b)


def moments_prior(areas: Sequence[Counted]) -> tuple[float, float]:
    """Return the parameters of the prior out of the spread of the areas, weighted by what each is worth.

    Raises:
        DomainError: nothing bad, or nothing good, was found anywhere.

    Source: [KLEINMAN1973].
    """
    rho, mean = 0.0, 0.0
    for _ in range(100):
        weights = [one.n / (1.0 + rho * (one.n - 1.0)) for one in areas]
        whole = total(weights)
        mean = total([w * one.found / one.n for w, one in zip(weights, areas, strict=True)]) / whole
        if not 0.0 < mean < 1.0:
            raise DomainError("all areas are alike: nothing bad (or nothing good) was found anywhere, so no prior can be seen")
        spread = total([w * (one.found / one.n - mean) ** 2 for w, one in zip(weights, areas, strict=True)])
        chance = total([w / one.n * (1.0 - w / whole) for w, one in zip(weights, areas, strict=True)])
        reach = total([w * (1.0 - w / whole) for w in weights])
        both = mean * (1.0 - mean)
        following = (
            min(max((spread - both * chance) / (both * (reach - chance)), _LEAST), 1.0 - _LEAST) if reach > chance else _LEAST
        )
        if abs(following - rho) < 1e-12:
            rho = following
            break
        rho = following
    worth = 1.0 / rho - 1.0
    return mean * worth, (1.0 - mean) * worth


def _checked(areas: Sequence[Counted]) -> list[Counted]:
    for one in areas:
        if not 0.0 <= one.found <= one.n:
            raise DomainError(f"area {one.name!r}: {one.found} bad of {one.n}; no more than were examined, and none below 0")
    seen = [one for one in areas if one.n > 0.0]
    if len(seen) < 3:
        raise RefusedError("enough-areas", f"{len(seen)} areas with data; at least 3 are needed to see how areas differ")
    if len(areas) > MAX_AREAS:
        raise DomainError(f"{len(areas)} areas; at most {MAX_AREAS}")
    return seen


def _mean_and_variance(one: Counted, a: float, b: float) -> tuple[float, float]:
    worth = a + b + one.n
    mean = (a + one.found) / worth
    return mean, mean * (1.0 - mean) / (worth + 1.0)


def _posterior(one: Counted, a: float, b: float, without: list[tuple[float, float]], confidence: float) -> Posterior:
    mean, variance = _mean_and_variance(one, a, b)
    others = [_mean_and_variance(one, *prior) for prior in without]
    share = (len(without) - 1.0) / len(without) if without else 0.0
    error = variance - share * total([v - variance for _, v in others]) + share * total([(m - mean) ** 2 for m, _ in others])
    error = min(max(error, variance), 0.999 * mean * (1.0 - mean))
    return Posterior(
        name=one.name,
        value=mean,
        mean_squared_error=error,
        interval=_matched(mean, error, confidence),
        own=one.n / (a + b + one.n),
        source="both" if one.n else "synthetic",
    )


def _matched(mean: float, variance: float, confidence: float) -> Interval:
    """The interval of the beta distribution with this mean and variance, so that what the prior may be wrong by counts too."""
    worth_of, tail = mean * (1.0 - mean) / variance - 1.0, (1.0 - confidence) / 2.0
    a, b = mean * worth_of, (1.0 - mean) * worth_of
    return Interval(
        lower=incomplete_beta_inverse(a, b, tail),
        upper=incomplete_beta_inverse(a, b, 1.0 - tail),
        confidence=confidence,
        method="matched-beta",
    )


def worth(rate: float, standard_error: float) -> Counted:
    """Return what a weighted rate is worth as plain counts: n = p (1 - p) / variance.

    Args:
        rate: strictly between 0 and 1.
        standard_error: positive.

    Raises:
        DomainError: an argument lies outside.

    Source: [KORN-GRAUBARD1998].
    """
    if not (0.0 < rate < 1.0 and standard_error > 0.0):
        raise DomainError(f"rate {rate} with standard error {standard_error}: a rate between 0 and 1 whose spread was seen")
    n = rate * (1.0 - rate) / standard_error**2
    return Counted(name="", found=rate * n, n=n)
