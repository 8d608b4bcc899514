"""Constants of subgroups as published, by closed forms and another integration; estimators by what they must find in known data."""

from itertools import pairwise
from math import isnan, nan, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators import individuals, subgroups
from openqi.science.charts.streams import watch
from openqi.science.numbers.normal_samples import _D3, _deviation_of_range, c4, d2, d3
from shared_data import shared


@pytest.mark.parametrize(
    ("size", "published"),  # Montgomery, appendix VI: d2, d3, c4
    [(2, (1.128, 0.853, 0.7979)), (3, (1.693, 0.888, 0.8862)), (5, (2.326, 0.864, 0.9400)), (10, (3.078, 0.797, 0.9727)),
     (25, (3.931, 0.708, 0.9896))],
)  # fmt: skip
def test_constants_are_the_published_ones(size, published):
    assert (round(d2(size), 3), round(d3(size), 3), round(c4(size), 4)) == published


def test_constants_of_two_and_three_have_closed_forms():
    assert d2(2) == 2 / sqrt(pi)
    assert d2(3) == pytest.approx(3 / sqrt(pi), rel=1e-13)
    assert d3(2) == pytest.approx(sqrt(2 - 4 / pi), rel=1e-12)
    assert c4(2) == pytest.approx(sqrt(2 / pi), rel=1e-14)
    assert c4(3) == pytest.approx(sqrt(pi) / 2, rel=1e-14)


@pytest.mark.parametrize("size", [4, 17, 100])
def test_constants_agree_with_another_integration(size):
    def density(w):
        return quad(
            lambda x: size * (size - 1) * norm._pdf(x) * norm._pdf(x + w) * (norm._cdf(x + w) - norm._cdf(x)) ** (size - 2),
            -9, 9 - w if w < 9 else 0.1, epsabs=1e-13,
        )[0]  # fmt: skip

    points, weights = np.polynomial.legendre.leggauss(60)
    widths, steps = 6 * (points + 1), 6 * weights
    densities = np.array([density(w) for w in widths])
    assert d2(size) == pytest.approx(float(np.sum(steps * widths * densities)), rel=1e-8)
    second = float(np.sum(steps * widths**2 * densities))
    assert d3(size) == pytest.approx(sqrt(second - d2(size) ** 2), rel=1e-7)


@pytest.mark.parametrize("size", [2, 7, 25])
def test_tabulated_deviations_of_ranges_are_those_that_are_computed(size):
    assert len(_D3) == 24
    assert _D3[size - 2] == _deviation_of_range(size)


@pytest.mark.parametrize("size", [0, 1, 1001])
def test_a_range_of_one_value_or_of_very_many_is_refused(size):
    for constant in (d2, d3):
        with pytest.raises(DomainError):
            constant(size)
    with pytest.raises(DomainError):
        c4(1)


@pytest.mark.parametrize("name", individuals.SPREADS)
def test_every_estimator_finds_sigma_of_normal_readings_and_leaves_missing_ones_out(name):
    values = np.random.default_rng(5).normal(20.0, 2.5, 40_000)
    assert individuals.spread_of_individuals(values.tolist(), name) == pytest.approx(2.5, rel=0.02)
    values[::10] = nan
    assert individuals.spread_of_individuals(values.tolist(), name) == pytest.approx(2.5, rel=0.02)
    assert isnan(individuals.spread_of_individuals([nan, 1.0, nan], name)) or name == "median-absolute-deviation"


@pytest.mark.parametrize("name", ["median-moving-range", "median-absolute-deviation"])
def test_robust_estimators_do_not_see_one_reading_in_twenty(name):
    values = np.random.default_rng(6).normal(0.0, 1.0, 4_000)
    values[::20] += 1_000.0
    assert individuals.spread_of_individuals(values.tolist(), name) == pytest.approx(1.0, rel=0.15)


def test_individuals_and_many_streams_have_the_same_bits():
    values = (np.random.default_rng(8).normal(5.0, 1.0, 777)).tolist()
    found = watch(values)
    assert individuals.mean(values) == found.centres[0]
    assert individuals.spread_of_individuals(values) == found.sigmas[0]
    assert individuals.standard_deviation(values) == found.overall[0]


@pytest.mark.parametrize("name", subgroups.SPREADS)
def test_estimators_within_subgroups_find_sigma_whatever_the_sizes(name):
    chance = np.random.default_rng(9)
    rows = [(chance.normal(chance.normal(0, 50), 2.0, size)).tolist() for size in chance.integers(2, 8, 4_000)]
    assert subgroups.spread_within(rows, name) == pytest.approx(2.0, rel=0.02)
    assert subgroups.spread_within([[1.0, 2.0], [nan, 5.0], [3.0, nan, 2.0]], name) == pytest.approx(
        subgroups.spread_within([[1.0, 2.0], [3.0, 2.0]], name)
    )


def test_equal_sizes_give_the_plain_mean_of_ranges():
    rows = [[1.0, 3.0, 2.0], [5.0, 5.5, 4.0], [0.0, 9.0, 2.0]]
    assert subgroups.spread_within(rows, "mean-range") == pytest.approx((2.0 + 1.5 + 9.0) / 3 / d2(3), rel=1e-14)


def test_the_mean_square_successive_difference_is_what_it_says():
    values = [1.0, 4.0, 2.0, 2.5]
    expected = sqrt(sum((b - a) ** 2 for a, b in pairwise(values)) / 3 / 2)
    assert individuals.spread_of_individuals(values, "successive-differences") == pytest.approx(expected, rel=1e-15)


def test_unknown_estimators_are_refused_with_those_that_exist():
    with pytest.raises(DomainError, match="median-moving-range"):
        individuals.spread_of_individuals([1.0], "other")
    with pytest.raises(DomainError, match="pooled"):
        subgroups.spread_within([[1.0]], "other")


def test_michelson_as_certified():
    text = shared("data/control/nist/MICHELSO.DAT").read_text()
    values = [float(line.split()[0]) for line in text.splitlines() if line.startswith(("  299.", "  300."))]
    assert len(values) == 100
    assert individuals.mean(values) == pytest.approx(299.8524, rel=1e-15)
    assert individuals.standard_deviation(values) == pytest.approx(0.0790105478190518, rel=1e-11)
