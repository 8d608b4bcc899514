"""Intervals of a rate, by name, also where it is close to 0 or 1, and what can be said where nothing bad was found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isinf, sqrt
from types import MappingProxyType
from typing import Final

from openqi.kernel.errors import DomainError
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.special import incomplete_beta_inverse, t_quantile

NOTHING: Final = 1e-13
"""A variance below this part of p (1 - p) is what rounding left of none."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Two ends, the confidence, and the name of the method."""

    lower: float
    upper: float
    confidence: float
    method: str


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What an interval of an estimated rate rests on.

    Args:
        rate: the estimate, in [0, 1].
        variance: of it, at least 0.
        objects: how many drawn objects it rests on.
        kish: how many equally likely ones they are worth, (Σw)²/Σw² over units.
        degrees: of freedom of the variance: units less strata.
        unsure: share of the total weight that was not certain to be drawn.
    """

    rate: float
    variance: float
    objects: int
    kish: float
    degrees: float
    unsure: float = 1.0


def interval_of(spread: Spread, *, confidence: float = 0.95, method: str = "korn-graubard") -> Interval:
    """Return the interval of an estimated rate.

    Where all that were seen are alike, the spread cannot be seen either: the interval is then that of Clopper and Pearson for
    as many objects as the sample is worth (Kish), and says so by its method `none-found`, `all-found`, or `alike-in-strata`
    where strata differ and each is alike in itself. Where all were certain, it has no width: `census`.

    Args:
        spread: estimate and variance.
        confidence: in (0, 1).
        method: one of METHODS.

    Raises:
        DomainError: an argument lies outside, or there are no degrees of freedom.

    Source: [KORN-GRAUBARD1998], [CLOPPER-PEARSON], [KISH1965] 8.2.
    """
    _check(confidence)
    if method not in METHODS:
        raise DomainError(f"interval {method!r}: one of {', '.join(METHODS)}")
    if not 0.0 <= spread.rate <= 1.0 + 1e-12:
        raise DomainError(f"rate = {spread.rate}; an interval of a rate needs one between 0 and 1")
    if spread.rate in {0.0, 1.0}:
        return _alike(spread, confidence)
    if spread.variance <= NOTHING * spread.rate * (1.0 - spread.rate):
        return _without_spread(spread, confidence)
    if not spread.degrees > 0.0:
        raise DomainError(f"{spread.degrees} degrees of freedom: there must be more units than strata")
    lower, upper = METHODS[method](spread, confidence)
    return Interval(lower=max(lower, 0.0), upper=min(upper, 1.0), confidence=confidence, method=method)


def clopper_pearson(found: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Return the interval of Clopper and Pearson; numbers need not be whole.

    Args:
        found: how many of n, between 0 and n.
        n: positive.
        confidence: in (0, 1).

    Raises:
        DomainError: an argument lies outside.

    Source: [CLOPPER-PEARSON].
    """
    _check(confidence)
    if not (n > 0.0 and 0.0 <= found <= n):
        raise DomainError(f"{found} of {n}: there must be some, and no more found than there are")
    tail = (1.0 - confidence) / 2.0
    lower = 0.0 if found == 0.0 else incomplete_beta_inverse(found, n - found + 1.0, tail)
    upper = 1.0 if found == n else incomplete_beta_inverse(found + 1.0, n - found, 1.0 - tail)
    return Interval(lower=lower, upper=upper, confidence=confidence, method="clopper-pearson")


def most_undetected(smallest: float, *, confidence: float = 0.95) -> float:
    """Return how many bad objects there may be at most where none was found, if the bad are those least likely to be drawn.

    Args:
        smallest: the smallest probability of a drawn (or of any) object, in (0, 1].
        confidence: in (0, 1).

    Raises:
        DomainError: an argument lies outside.
    """
    _check(confidence)
    if not 0.0 < smallest <= 1.0:
        raise DomainError(f"smallest = {smallest}; a probability above 0 and at most 1")
    return 0.0 if smallest == 1.0 else log(1.0 - confidence) / log(1.0 - smallest)


def t_factor(confidence: float, degrees: float) -> float:
    """Return how many standard errors an interval reaches to either side."""
    return t_quantile(0.5 + confidence / 2.0, degrees)


def _check(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise DomainError(f"confidence = {confidence}; between 0 and 1, 0.95 for example")


def _alike(spread: Spread, confidence: float) -> Interval:
    worth = clopper_pearson(0.0, spread.kish, confidence=confidence).upper * spread.unsure
    if spread.rate == 0.0:
        return Interval(lower=0.0, upper=worth, confidence=confidence, method="none-found")
    return Interval(lower=1.0 - worth, upper=1.0, confidence=confidence, method="all-found")


def _without_spread(spread: Spread, confidence: float) -> Interval:
    if spread.unsure <= 0.0:
        return Interval(lower=spread.rate, upper=spread.rate, confidence=confidence, method="census")
    plain = clopper_pearson(spread.rate * spread.kish, spread.kish, confidence=confidence)
    return Interval(lower=plain.lower, upper=plain.upper, confidence=confidence, method="alike-in-strata")


def _wald(spread: Spread, confidence: float) -> tuple[float, float]:
    reach = t_factor(confidence, spread.degrees) * sqrt(spread.variance)
    return spread.rate - reach, spread.rate + reach


def _logit(spread: Spread, confidence: float) -> tuple[float, float]:
    p = spread.rate
    reach = t_factor(confidence, spread.degrees) * sqrt(spread.variance) / (p * (1.0 - p))
    middle = log(p / (1.0 - p))
    return _inverse(middle - reach), _inverse(middle + reach)


def _inverse(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x > -700.0 else 0.0


def _effective(spread: Spread, confidence: float) -> float:
    """What the sample is worth in objects drawn alike, for the degrees of freedom that it has.

    Source: [KORN-GRAUBARD1998].
    """
    n = spread.rate * (1.0 - spread.rate) / spread.variance
    if spread.objects > 1 and not isinf(spread.degrees):
        n *= (t_factor(confidence, spread.objects - 1.0) / t_factor(confidence, spread.degrees)) ** 2
    return n


def _korn_graubard(spread: Spread, confidence: float) -> tuple[float, float]:
    n = _effective(spread, confidence)
    found = clopper_pearson(spread.rate * n, n, confidence=confidence)
    return found.lower, found.upper


def _wilson(spread: Spread, confidence: float) -> tuple[float, float]:
    n, p = spread.rate * (1.0 - spread.rate) / spread.variance, spread.rate
    square = t_factor(confidence, spread.degrees) ** 2
    middle = (p + square / (2.0 * n)) / (1.0 + square / n)
    reach = sqrt(square * (p * (1.0 - p) / n + square / (4.0 * n * n))) / (1.0 + square / n)
    return middle - reach, middle + reach


METHODS: Final[Mapping[str, Callable[[Spread, float], tuple[float, float]]]] = MappingProxyType(
    {"korn-graubard": _korn_graubard, "logit": _logit, "wilson": _wilson, "wald": _wald}
)
"""Intervals by name; of Korn and Graubard: Clopper and Pearson's of as many objects as the sample is worth."""
