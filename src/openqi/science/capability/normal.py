"""Indices of readings that are normal, or were made so: by formula from mean and spread, each with its interval."""

from collections.abc import Mapping
from math import sqrt

from openqi.science.capability import indices
from openqi.science.capability.estimates.moments import Moments
from openqi.science.capability.estimates.process import ProcessSpread
from openqi.science.capability.indices import Limits, Reach
from openqi.science.capability.intervals import interval
from openqi.science.capability.result import Index

NAMES: Mapping[str, tuple[str, str, str, str]] = {"within": ("Cp", "Cpk", "Cpu", "Cpl"), "overall": ("Pp", "Ppk", "Ppu", "Ppl")}


def by_reach(basis: str, limit: Limits, reach: Reach) -> dict[str, float]:
    """Return the indices that limits and a reach have, by name.

    Args:
        basis: `within` or `overall`.
        limit: of specification.
        reach: of the process.
    """
    both, nearer, above, below = NAMES[basis]
    upper, lower = indices.upper_index(limit, reach), indices.lower_index(limit, reach)
    found = {both: indices.spread_index(limit, reach), nearer: indices.nearer(lower, upper), above: upper, below: lower}
    return {name: value for name, value in found.items() if value is not None}


def sides(basis: str, limit: Limits, found: Moments, process: ProcessSpread, confidence: float, method: str) -> list[Index]:
    """Return the indices out of one spread, with their intervals.

    Args:
        basis: `within` or `overall`.
        limit: in the unit of the readings.
        found: of all readings.
        process: spread without measurement.
        confidence: of the intervals.
        method: as the indices name it.
    """
    both, nearer, _, _ = NAMES[basis]
    # The mean of n readings is as far off as that of so many readings of the process alone.
    n = found.n * process.share
    shown = []
    for name, value in by_reach(basis, limit, indices.normal_reach(found.mean, process.value)).items():
        if name == both:
            known = interval.chi_squared(value, process.dof, confidence)
        elif name == nearer and limit.both:
            known = interval.bissell(value, n, process.dof, confidence)
        else:
            known = interval.noncentral_t(value, n, process.dof, confidence)
        shown.append(Index(name=name, value=value, interval=known, method=method))
    return shown


def about_target(limit: Limits, found: Moments, process: ProcessSpread, confidence: float, method: str) -> list[Index]:
    """Return Cpm and Cpmk, which divide by the root mean square about the target: of n readings and not of n - 1."""
    if limit.target is None:
        return []
    n = found.n * process.share
    sd = process.value * sqrt((found.n - 1) / found.n)
    off = (found.mean - limit.target) / sd
    shown = []
    if (value := indices.taguchi(limit, found.mean, sd)) is not None:
        shown.append(Index(name="Cpm", value=value, interval=interval.boyles(value, n, off, confidence), method=method))
    if (least := indices.taguchi_nearer(limit, found.mean, sd)) is not None:
        known = interval.about_target(limit, found.mean, sd, n, process.dof, confidence)
        shown.append(Index(name="Cpmk", value=least, interval=known, method=method))
    return shown
