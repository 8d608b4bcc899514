"""Exact limits are the quantiles that SciPy has: a chance of at most the tail lies beyond each."""

import pytest
from scipy.stats import binom, geom, poisson

from openqi.science.charts.charting import chart
from openqi.science.charts.exact_limits import TAIL, binomial_limits, geometric_limits, poisson_limits


def keeps(law, lower, upper):
    assert law.cdf(lower - 1) <= TAIL < law.cdf(lower)
    assert law.sf(upper) <= TAIL
    assert upper == 0 or law.sf(upper - 1) > TAIL


@pytest.mark.parametrize("size", [1, 5, 50, 3_000])
@pytest.mark.parametrize("proportion", [0.0005, 0.1, 0.5, 0.98])
def test_binomial(size, proportion):
    keeps(binom(size, proportion), *binomial_limits(size, proportion))


@pytest.mark.parametrize("mean", [0.01, 0.7, 4.0, 16.0, 1234.5])
def test_poisson(mean):
    keeps(poisson(mean), *poisson_limits(mean))


@pytest.mark.parametrize("mean", [0.2, 3.0, 150.0])
def test_geometric(mean):
    keeps(geom(1.0 / (mean + 1.0), loc=-1), *geometric_limits(mean))


def test_nothing_varies_where_nothing_can():
    assert binomial_limits(9, 0.0) == (0.0, 0.0)
    assert binomial_limits(9, 1.0) == (9.0, 9.0)
    assert poisson_limits(0.0) == (0.0, 0.0)


def test_a_chart_takes_them_on_wish():
    drawn = chart("np", [1, 2, 3], sizes=[50, 50, 80], centre=0.04, limits="exact").panels[0]
    assert (drawn.lower[0], drawn.upper[0]) == binomial_limits(50, 0.04)
    assert (drawn.lower[2], drawn.upper[2]) == binomial_limits(80, 0.04)
    rate = chart("u", [1, 2], sizes=[2.0, 3.0], centre=1.5, limits="exact").panels[0]
    assert rate.upper[0] == poisson_limits(3.0)[1] / 2.0
