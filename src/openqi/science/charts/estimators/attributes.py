"""Counts of defective units and of events: rates, limits by three sigma or by exact quantiles, and Laney's correction."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, nan, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.individuals import spread_of_individuals
from openqi.science.charts.exact_limits import binomial_limits, poisson_limits
from openqi.science.charts.panel import SKEWED, Computed, Row, Stage, Track, sigma_track
from openqi.science.numbers.sums import plain_sum

LIMITS = ("sigma", "exact")
"""How limits of counts are found."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Counts, what they were counted in, and their rate: defective units a unit, or events a unit."""

    counts: Row
    sizes: Row
    rate: float
    rate_by: str


def counted(stage: Stage, *, most: float = float("inf")) -> Counted:
    """Return the counts of a stage with their rate: the option `centre`, or all counts over all sizes.

    Args:
        stage: counts, and sizes where the chart has them.
        most: the highest rate there can be; 1 for proportions.

    Raises:
        DomainError: there are more defective units than units, or the rate lies outside.
    """
    sizes = stage.sizes or (1.0,) * len(stage.values)
    for place, (count, size) in enumerate(zip(stage.values, sizes, strict=True)):
        if most == 1.0 and (count > size or size % 1.0 > 0.0):
            raise DomainError(f"point {place + 1}: {count:g} of {size:g} units; whole numbers, and not more than there are")
    given = stage.given("centre", above=-5e-324, up_to=most)
    seen = [(count, size) for count, size in zip(stage.values, sizes, strict=True) if not isnan(count)]
    total = plain_sum(size for _, size in seen)
    rate = given if given is not None else plain_sum(count for count, _ in seen) / total if seen else nan
    return Counted(counts=stage.values, sizes=sizes, rate=rate, rate_by="overall-rate" if given is None else "frozen")


def counts_chart(name: str, found: Counted, *, proportions: bool, per_unit: bool, limits: str, stretch: float = 1.0) -> Computed:
    """Return the panel of counts.

    Args:
        name: of the statistic.
        found: counts, sizes and rate.
        proportions: binomial counts; else Poisson.
        per_unit: divided by their sizes.
        limits: one of `LIMITS`.
        stretch: by which sigma is multiplied (Laney).
    """
    rate = found.rate
    unit = [size if per_unit else 1.0 for size in found.sizes]
    values = [count / one for count, one in zip(found.counts, unit, strict=True)]
    centre = [rate if per_unit else rate * size for size in found.sizes]
    variance = rate * (1.0 - rate) if proportions else rate
    sigma = [stretch * sqrt(variance * size) / one for size, one in zip(found.sizes, unit, strict=True)]
    ceilings = [(size if proportions else float("inf")) / one for size, one in zip(found.sizes, unit, strict=True)]
    if limits == "exact" and not isnan(rate):
        track = _exact(name, found, values, centre, sigma, unit, proportions)
    else:
        singles = [
            sigma_track(name, [value], [middle], [spread], SKEWED, floor=0.0, ceiling=ceiling)
            for value, middle, spread, ceiling in zip(values, centre, sigma, ceilings, strict=True)
        ]
        track = Track(
            name=name, values=tuple(values), centre=tuple(centre), sigma=tuple(sigma), nature=SKEWED,
            lower=tuple(one.lower[0] for one in singles), upper=tuple(one.upper[0] for one in singles),
        )  # fmt: skip
    return Computed(
        tracks=(track,), estimates={"centre": rate, "stretch": stretch}, estimators={"centre": found.rate_by, "limits": limits}
    )


def _exact(
    name: str, found: Counted, values: list[float], centre: list[float], sigma: list[float], unit: list[float], proportions: bool
) -> Track:
    limits_of: Callable[[float], tuple[float, float]] = (
        (lambda size: binomial_limits(int(size), found.rate)) if proportions else (lambda size: poisson_limits(found.rate * size))
    )
    known = {size: limits_of(size) for size in set(found.sizes)}
    return Track(
        name=name, values=tuple(values), centre=tuple(centre), sigma=tuple(sigma), nature=SKEWED,
        lower=tuple(known[size][0] / one for size, one in zip(found.sizes, unit, strict=True)),
        upper=tuple(known[size][1] / one for size, one in zip(found.sizes, unit, strict=True)),
    )  # fmt: skip


def laney_stretch(found: Counted, *, proportions: bool) -> float:
    """Return how much more the rates vary from point to point than their distribution says: sigma of the z-scores.

    Source: [LANEY2002].
    """
    variance = found.rate * (1.0 - found.rate) if proportions else found.rate
    if not variance > 0.0:
        return nan
    scores = [(count / size - found.rate) / sqrt(variance / size) for count, size in zip(found.counts, found.sizes, strict=True)]
    return spread_of_individuals(scores)
