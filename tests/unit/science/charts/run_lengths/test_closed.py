"""Run lengths in closed form or nearly: counts, T², and limits out of a pre-run."""

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.charts.attributes import (
    binomial_run_length,
    poisson_run_length,
    t2_run_length,
    three_sigma_limits,
)
from openqi.science.charts.run_lengths.charts.estimated import EstimatedShewhart
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart


def test_the_three_sigma_chart_signals_every_370_points():
    found = Shewhart(limit=3.0).run_length()
    assert found.value == pytest.approx(370.39834734495645, rel=1e-13)
    assert found.method == "closed form"
    assert Shewhart(limit=3.0, side="upper").run_length().value == pytest.approx(740.7966946899, rel=1e-12)
    assert Shewhart(limit=3.0).run_length(1.0, 1.5).value == pytest.approx(1 / (stats.norm.sf(2 / 1.5) + stats.norm.sf(4 / 1.5)))


@pytest.mark.parametrize(("fraction", "size"), [(0.1, 50), (0.02, 400), (0.5, 20), (0.001, 1000), (0.3, 5)])
def test_a_chart_of_fractions_has_binomial_tails(fraction, size):
    lower, upper = three_sigma_limits(size * fraction, size * fraction * (1 - fraction))
    for now in (fraction, min(2 * fraction, 0.9)):
        wanted = stats.binom.sf(np.floor(upper), size, now) + stats.binom.cdf(np.ceil(lower) - 1, size, now)
        if wanted == 0.0:
            with pytest.raises(DomainError, match="never signals"):
                binomial_run_length(now, size, lower=lower, upper=upper)
        else:
            assert binomial_run_length(now, size, lower=lower, upper=upper).value == pytest.approx(1 / wanted, rel=1e-11)


def test_a_count_on_its_limit_does_not_signal():
    assert binomial_run_length(0.5, 2, lower=0.0, upper=1.0).value == pytest.approx(4.0)  # only 2 of 2
    assert poisson_run_length(3.0, lower=1.0, upper=1e6).value == pytest.approx(1 / np.exp(-3.0))  # only 0


@pytest.mark.parametrize("mean", [0.4, 4.0, 16.0, 250.0])
def test_a_chart_of_counts_has_poisson_tails(mean):
    lower, upper = three_sigma_limits(mean, mean)
    for now in (mean, 1.5 * mean):
        wanted = stats.poisson.sf(np.floor(upper), now) + stats.poisson.cdf(np.ceil(lower) - 1, now)
        assert poisson_run_length(now, lower=lower, upper=upper).value == pytest.approx(1 / wanted, rel=1e-11)


@pytest.mark.parametrize(("variables", "limit"), [(1, 9.0), (2, 11.83), (10, 25.0), (50, 80.0)])
def test_t2_has_the_tail_of_a_noncentral_chi_squared(variables, limit):
    assert t2_run_length(variables, limit).value == pytest.approx(1 / stats.chi2.sf(limit, variables), rel=1e-11)
    for shift in (0.5, 2.0, 8.0):
        wanted = 1 / stats.ncx2.sf(limit / 1.44, variables, (shift / 1.2) ** 2)
        assert t2_run_length(variables, limit, shift, 1.2).value == pytest.approx(wanted, rel=1e-9)
    assert t2_run_length(1, 9.0, 1.0).value == pytest.approx(Shewhart(limit=3.0).estimate(1.0), rel=1e-11)


@pytest.mark.parametrize(("groups", "dof", "shift"), [(30, 120, 0.0), (25, 100, 1.0), (100, 99, 0.5)])
def test_a_pre_run_makes_runs_longer_on_average_as_simulation_says(groups, dof, shift):
    chance = np.random.Generator(np.random.Philox(groups))
    mean = chance.standard_normal(1_000_000) / np.sqrt(groups)
    deviation = np.sqrt(chance.chisquare(dof, 1_000_000) / dof)
    runs = 1 / (stats.norm.sf(3 * deviation - shift + mean) + stats.norm.cdf(-3 * deviation - shift + mean))
    found = EstimatedShewhart(limit=3.0, groups=groups, dof=dof).run_length(shift)
    assert abs(found.value - runs.mean()) < 4 * runs.std() / 1000
    assert "estimated" in found.assumptions[-1]


def test_a_long_pre_run_is_as_good_as_knowing():
    assert EstimatedShewhart(limit=3.0, groups=10**7, dof=10**7).run_length().value == pytest.approx(370.398, abs=0.002)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: EstimatedShewhart(limit=3.0, groups=10, dof=9), "degrees of freedom"),
        (lambda: EstimatedShewhart(limit=3.0, groups=1, dof=100), "groups"),
        (lambda: EstimatedShewhart(limit=3.0, groups=5, dof=12).run_length(), "not certified"),
        (lambda: Shewhart(limit=0.0), "limit"),
        (lambda: Shewhart(limit=30.0, side="upper").run_length(-20.0), "never signals"),
        (lambda: binomial_run_length(1.1, 10, lower=0.0, upper=5.0), "fraction"),
        (lambda: binomial_run_length(0.1, 0, lower=0.0, upper=5.0), "items"),
        (lambda: binomial_run_length(0.1, 10, lower=5.0, upper=5.0), "limits"),
        (lambda: binomial_run_length(0.1, 10, lower=-1.0, upper=10.0), "never signals"),
        (lambda: poisson_run_length(-1.0, lower=0.0, upper=5.0), "mean"),
        (lambda: t2_run_length(0, 10.0), "variables"),
        (lambda: t2_run_length(2, -1.0), "limit"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(make, word):
    with pytest.raises(DomainError, match=word):
        make()
