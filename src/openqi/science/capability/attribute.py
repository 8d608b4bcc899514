"""Capability of attributes: fraction nonconforming or rate of defects, with exact intervals and a test that it is one rate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from openqi.kernel.errors import DomainError
from openqi.science.capability.indices import PER_MILLION
from openqi.science.capability.intervals.interval import Interval, tails
from openqi.science.numbers.beta_functions import beta_root
from openqi.science.numbers.elementary import exp
from openqi.science.numbers.gamma_functions import gamma_both, gamma_root
from openqi.science.numbers.normal_functions import normal_root
from openqi.science.numbers.sums import plain_sum, total

MOST = 10**12


@dataclass(frozen=True, kw_only=True)
class AttributeStudy:
    """The capability of counted nonconformity.

    Args:
        model: `binomial` (items) or `poisson` (defects).
        count: nonconforming items, or defects.
        size: items inspected, or units.
        samples: how many.
        rate: fraction nonconforming, or defects a unit.
        rate_interval: exact: it covers at least with its confidence.
        nonconforming: fraction of items; of defects that of units with one or more.
        z: normal quantile of the fraction conforming; infinite where none was seen nonconforming.
        z_interval: out of the ends of that of the rate.
        dispersion_p: probability of so much difference between samples if they share one rate; None of one sample or where nothing
            (or everything) was nonconforming.
        stable: None where `dispersion_p` is None, else whether it is at least 0.05.
    """

    model: str
    count: int
    size: float
    samples: int
    rate: float
    rate_interval: Interval
    nonconforming: float
    z: float
    z_interval: Interval
    dispersion_p: float | None
    stable: bool | None

    @property
    def ppm(self) -> float:
        """Nonconforming items per million."""
        return PER_MILLION * self.nonconforming

    @property
    def equivalent_ppk(self) -> float | None:
        """The Ppk of a normal process that lies as far from its only limit, z / 3; None where the process is not stable."""
        return None if self.stable is False else self.z / 3.0


def _checked(counts: Sequence[float], sizes: Sequence[float], *, whole: bool) -> None:
    if not counts or len(counts) != len(sizes):
        raise DomainError(f"{len(counts)} counts and {len(sizes)} sizes: at least one sample, and a size for each")
    for place, (count, size) in enumerate(zip(counts, sizes, strict=True)):
        if not 0 <= count <= MOST or not 0.0 < size <= MOST:
            raise DomainError(f"sample {place + 1}: {count} of {size}: a count from 0 and a size above 0, at most 10^12")
        if count != int(count):
            raise DomainError(f"sample {place + 1}: {count} is counted, so it must be whole")
        if whole and (count > size or size != int(size)):
            raise DomainError(f"sample {place + 1}: {count} nonconforming of {size}: a whole size, not below the count")


def binomial(nonconforming: Sequence[float], inspected: Sequence[float], *, confidence: float = 0.95) -> AttributeStudy:
    """Return the capability of items that conform or do not.

    Args:
        nonconforming: items of each sample, in order of time; whole numbers.
        inspected: items of each sample, as many.
        confidence: of the intervals.

    Raises:
        DomainError: counts and sizes do not go together.

    Source: [CLOPPER-PEARSON]; chi squared of homogeneity.
    """
    _checked(nonconforming, inspected, whole=True)
    x, n = plain_sum(map(int, nonconforming)), plain_sum(map(int, inspected))
    low, high = tails(confidence)
    lower = beta_root(float(x), n - x + 1.0, low, high)[0] if x > 0 else 0.0
    upper = beta_root(x + 1.0, float(n - x), high, low)[0] if x < n else 1.0
    rate = x / n
    chance = None
    if len(nonconforming) > 1 and 0 < x < n:
        chance = _dispersion(nonconforming, inspected, rate, 1.0 - rate)
    return _study("binomial", x, float(n), len(inspected), rate, (lower, upper), confidence, chance, lambda p: p)


def poisson(defects: Sequence[float], units: Sequence[float], *, confidence: float = 0.95) -> AttributeStudy:
    """Return the capability of units that can have several defects.

    Args:
        defects: of each sample, in order of time; whole numbers.
        units: size of each sample, not necessarily whole.
        confidence: of the intervals.

    Raises:
        DomainError: counts and sizes do not go together.

    Source: [GARWOOD1936]; chi squared of homogeneity.
    """
    _checked(defects, units, whole=False)
    x, n = plain_sum(map(int, defects)), total(list(map(float, units)))
    low, high = tails(confidence)
    lower = gamma_root(float(x), low, high) / n if x > 0 else 0.0
    upper = gamma_root(x + 1.0, high, low) / n
    chance = _dispersion(defects, units, x / n, 1.0) if len(defects) > 1 and x > 0 else None
    return _study("poisson", x, n, len(units), x / n, (lower, upper), confidence, chance, _any_defect)


def _any_defect(rate: float) -> float:
    return 1.0 - exp(-rate) if rate > 1e-8 else rate


def _dispersion(counts: Sequence[float], sizes: Sequence[float], rate: float, rest: float) -> float:
    apart = [(count - size * rate, size) for count, size in zip(counts, sizes, strict=True)]
    statistic = total([one * one / (size * rate * rest) for one, size in apart])
    return gamma_both(0.5 * (len(counts) - 1), 0.5 * statistic)[1] if statistic > 0.0 else 1.0


def _study(
    model: str,
    x: int,
    n: float,
    samples: int,
    rate: float,
    ends: tuple[float, float],
    confidence: float,
    chance: float | None,
    fraction: Callable[[float], float],
) -> AttributeStudy:
    name = "clopper-pearson" if model == "binomial" else "garwood"
    fractions = [fraction(one) for one in (rate, *ends)]
    z, best, worst = (_z(one) for one in fractions)
    return AttributeStudy(
        model=model, count=x, size=n, samples=samples, rate=rate, nonconforming=fractions[0], z=z, dispersion_p=chance,
        rate_interval=Interval(lower=ends[0], upper=ends[1], confidence=confidence, method=name),
        z_interval=Interval(lower=worst, upper=best, confidence=confidence, method=name),
        stable=None if chance is None else chance >= 0.05,
    )  # fmt: skip


def _z(fraction: float) -> float:
    if fraction <= 0.0:
        return inf
    return -normal_root(fraction) if fraction < 1.0 else -inf
