"""Counted nonconformity: exact intervals against their definition, and what is not one rate."""

from math import inf

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.capability.attribute import binomial, poisson


@pytest.mark.parametrize(("x", "n"), [(1, 10), (6, 200), (0, 100), (5, 5), (3, 1_000_000)])
def test_a_binomial_interval_ends_where_its_tails_are_two_and_a_half_percent(x, n):
    found = binomial([x], [n])
    if x:
        assert stats.binom.sf(x - 1, n, found.rate_interval.lower) == pytest.approx(0.025, rel=1e-9)
    if x < n:
        assert stats.binom.cdf(x, n, found.rate_interval.upper) == pytest.approx(0.025, rel=1e-9)
    assert found.rate_interval.lower <= found.rate <= found.rate_interval.upper


@pytest.mark.parametrize("x", [0, 1, 12])
def test_a_poisson_interval_ends_where_its_tails_are_two_and_a_half_percent(x):
    found = poisson([x], [40.0])
    if x:
        assert stats.poisson.sf(x - 1, 40 * found.rate_interval.lower) == pytest.approx(0.025, rel=1e-9)
    assert stats.poisson.cdf(x, 40 * found.rate_interval.upper) == pytest.approx(0.025, rel=1e-9)


def test_nothing_seen_is_no_perfection():
    found = binomial([0, 0], [50, 50])
    assert (found.rate, found.z, found.z_interval.upper) == (0.0, inf, inf)
    assert found.z_interval.lower == pytest.approx(stats.norm.isf(1 - 0.025 ** (1 / 100)), rel=1e-9)  # nothing in 100: (1 - p)^100
    assert found.stable is None


def test_z_and_ppm_follow_from_the_fraction():
    found = binomial([5] * 10, [100] * 10)
    assert found.ppm == pytest.approx(50_000)
    assert found.z == pytest.approx(stats.norm.isf(0.05))
    assert found.equivalent_ppk == pytest.approx(found.z / 3)
    defects = poisson([5] * 10, [100] * 10)
    assert defects.nonconforming == pytest.approx(1 - np.exp(-0.05))


def test_samples_of_different_rates_have_no_equivalent_index():
    found = binomial([0, 20, 0, 20, 1, 19], [100] * 6)
    table = np.array([[0, 20, 0, 20, 1, 19], [100, 80, 100, 80, 99, 81]])
    assert found.dispersion_p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)
    assert found.stable is False and found.equivalent_ppk is None
    assert poisson([0, 30, 2], [10.0] * 3).stable is False


@pytest.mark.parametrize(("p", "n"), [(0.02, 100), (0.3, 20)])
def test_the_exact_interval_covers_at_least_as_often_as_it_says(p, n):
    kept = [x for x in range(n + 1) if binomial([x], [n]).rate_interval.lower <= p <= binomial([x], [n]).rate_interval.upper]
    assert sum(stats.binom.pmf(x, n, p) for x in kept) >= 0.95


@pytest.mark.parametrize(
    ("counts", "sizes", "says"),
    [
        ([], [], "at least one"), ([1], [1, 2], "a size for each"), ([3], [2], "not below the count"), ([-1], [2], "from 0"),
        ([1.5], [2], "whole"), ([0], [0], "above 0"), ([1], [2.5], "whole size"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(counts, sizes, says):
    with pytest.raises(DomainError, match=says):
        binomial(counts, sizes)
