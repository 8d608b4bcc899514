"""What an interval of an index is, and the intervals of a normal process by formula."""

from dataclasses import dataclass
from math import inf, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.capability.indices import Limits
from openqi.science.capability.intervals.noncentral import noncentrality
from openqi.science.numbers.gamma_functions import gamma_root
from openqi.science.numbers.normal_functions import normal_root


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An interval that covers the true index with a stated confidence.

    Args:
        lower: may be -inf.
        upper: may be inf.
        confidence: nominal, between 0 and 1.
        method: its name.
    """

    lower: float
    upper: float
    confidence: float
    method: str


def tails(confidence: float) -> tuple[float, float]:
    """Return the probabilities below and above an interval of a confidence with equal tails.

    Raises:
        DomainError: it does not lie between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise DomainError(f"a confidence of {confidence}; it lies between 0 and 1, for example 0.95")
    return 0.5 * (1.0 - confidence), 0.5 * (1.0 + confidence)


def chi_squared_quantile(p: float, dof: float) -> float:
    """Return the quantile of p in (0, 1) of chi squared, dof > 0."""
    return 2.0 * gamma_root(0.5 * dof, p, 1.0 - p)


def chi_squared(index: float, dof: float, confidence: float) -> Interval:
    """Return the interval of Cp or Pp: exact where the squared spread is chi squared over its degrees of freedom.

    Source: [KOTZ-LOVELACE] section 2.3.
    """
    low, high = tails(confidence)
    below, above = (sqrt(chi_squared_quantile(p, dof) / dof) for p in (low, high))
    return Interval(lower=index * below, upper=index * above, confidence=confidence, method="chi-squared")


def noncentral_t(index: float, n: float, dof: float, confidence: float) -> Interval:
    """Return the interval of a one-sided index, Cpu or Cpl; exact where dof are those of a chi squared of its own.

    Source: [KOTZ-LOVELACE] section 3.3, after [OWEN1968].
    """
    low, high = tails(confidence)
    scale = 3.0 * sqrt(n)
    lower, upper = (noncentrality(scale * index, dof, p) / scale for p in (high, low))
    return Interval(lower=lower, upper=upper, confidence=confidence, method="noncentral-t")


def bissell(index: float, n: float, dof: float, confidence: float) -> Interval:
    """Return the approximate interval of Cpk or Ppk.

    Source: [BISSELL1990].
    """
    low, _ = tails(confidence)
    half = -normal_root(low) * sqrt(1.0 / (9.0 * n) + index * index / (2.0 * dof))
    return Interval(lower=index - half, upper=index + half, confidence=confidence, method="bissell")


def boyles(index: float, n: float, off_target: float, confidence: float) -> Interval:
    """Return the approximate interval of Cpm, with chi squared of as many degrees of freedom as its denominator is worth.

    Args:
        index: Cpm.
        n: readings.
        off_target: distance of the mean from the target, in standard deviations.
        confidence: between 0 and 1.

    Source: [BOYLES1991].
    """
    square = off_target * off_target
    dof = n * (1.0 + square) * (1.0 + square) / (1.0 + 2.0 * square)
    found = chi_squared(index, dof, confidence)
    return Interval(lower=found.lower, upper=found.upper, confidence=confidence, method="boyles")


def about_target(limit: Limits, mean: float, sd: float, n: float, dof: float, confidence: float) -> Interval:
    """Return the approximate interval of Cpmk: by its slopes in the mean and in the variance, which are independent.

    Args:
        limit: with its target.
        mean: estimated from n readings.
        sd: of the process.
        n: readings.
        dof: degrees of freedom of sd.
        confidence: between 0 and 1.

    Raises:
        DomainError: there is no target.

    Source: [PEARN1992].
    """
    if limit.target is None:
        raise DomainError("Cpmk is about a target, and none was given")
    off = mean - limit.target
    tau = sqrt(sd * sd + off * off)
    up = limit.upper - mean <= mean - limit.lower
    room, sign = (limit.upper - mean, -1.0) if up else (mean - limit.lower, 1.0)
    index = room / (3.0 * tau)
    # All over tau, so that no unit is too small or large for a square.
    room, off, sd = room / tau, off / tau, sd / tau
    in_mean = sd * (sign - room * off) / 3.0
    in_variance = room * sd * sd / 6.0
    variance = in_mean * in_mean / n + in_variance * in_variance * 2.0 / dof
    half = -normal_root(tails(confidence)[0]) * sqrt(variance)
    return Interval(lower=index - half, upper=index + half, confidence=confidence, method="delta")


def one_sided(found: Interval, *, lower: bool) -> Interval:
    """Return the half of an interval that bounds from one side; its confidence is the larger one of one tail."""
    confidence = 0.5 * (1.0 + found.confidence)
    if lower:
        return Interval(lower=found.lower, upper=inf, confidence=confidence, method=found.method)
    return Interval(lower=-inf, upper=found.upper, confidence=confidence, method=found.method)
