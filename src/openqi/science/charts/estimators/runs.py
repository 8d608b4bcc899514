"""Tests of a run chart: runs about the median, their longest, and runs up and down."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from math import comb, isnan, nan, sqrt

from openqi.science.charts.estimators.individuals import median
from openqi.science.numbers.elementary import log
from openqi.science.numbers.special import incomplete_beta, normal_cdf
from openqi.science.numbers.sums import plain_sum

_EXACT_UP_TO = 1_000


def run_findings(values: Sequence[float]) -> dict[str, float]:
    """Return what the order of values says: counts of runs, their chances in a random order, and longest runs.

    Args:
        values: in their order; missing ones, and those on the median, count in no run about the median.

    Source: [SWED-EISENHART] for runs about the median; [NIST-EHANDBOOK] 1.3.5.13 for runs up and down; [ANHOJ2014] for the limits.
    """
    there = [value for value in values if not isnan(value)]
    middle = median(there)
    sides = [value > middle for value in there if value != middle]
    lengths = [len(list(run)) for _, run in groupby(sides)]
    few, many = chance_of_runs(plain_sum(sides), len(sides) - plain_sum(sides), len(lengths))
    steps = [later > earlier for earlier, later in pairwise(there) if later != earlier]
    up_and_down = len(list(groupby(steps)))
    points = len(steps) + 1
    score = (up_and_down - (2 * points - 1) / 3) / sqrt((16 * points - 29) / 90) if points > 2 else nan
    return {
        "median": middle,
        "runs": len(lengths),
        "p_clustering": few,
        "p_mixture": many,
        "longest_run": max(lengths, default=0),
        "longest_run_limit": float(round(log(len(sides)) / log(2.0) + 3)) if sides else nan,
        "crossings": max(len(lengths) - 1, 0),
        "crossings_limit": _fewest_crossings(len(sides)),
        "runs_up_and_down": up_and_down,
        "p_trend": nan if isnan(score) else normal_cdf(score),
        "p_oscillation": nan if isnan(score) else normal_cdf(-score),
    }


def chance_of_runs(above: int, below: int, runs: int) -> tuple[float, float]:
    """Return the chance of at most, and of at least so many runs in a random order of points on two sides.

    Exact up to a thousand points, by the normal distribution beyond; NaN where all lie on one side.
    """
    points = above + below
    if not above or not below:
        return nan, nan
    if points > _EXACT_UP_TO:
        mean = 1.0 + 2.0 * above * below / points
        deviation = sqrt((mean - 1.0) * (mean - 2.0) / (points - 1.0))
        return normal_cdf((runs + 0.5 - mean) / deviation), normal_cdf((mean - runs + 0.5) / deviation)
    whole = comb(points, above)
    fewer = plain_sum(_orders(above, below, count) for count in range(2, runs))
    exactly = _orders(above, below, runs)
    return float(Fraction(fewer + exactly, whole)), float(Fraction(whole - fewer, whole))


def _orders(above: int, below: int, runs: int) -> int:
    """In how many orders there are so many runs."""
    half = runs // 2
    if half == 0:
        return 0
    if runs % 2 == 0:
        return 2 * comb(above - 1, half - 1) * comb(below - 1, half - 1)
    return comb(above - 1, half) * comb(below - 1, half - 1) + comb(above - 1, half - 1) * comb(below - 1, half)


def _fewest_crossings(points: int) -> float:
    """The 5 % quantile of the crossings of a random order: the first count with a chance of at least 0.05 up to it."""
    if points < 2:
        return nan
    trials = points - 1
    return float(next(count for count in range(trials) if incomplete_beta(trials - count, count + 1.0, 0.5) >= 0.05))
