"""Whether probabilities hold, beside plain definitions, other libraries' optima, and populations whose risks are known."""

import numpy as np
import pytest
from scipy.optimize import minimize

from openqi.kernel.errors import DomainError
from openqi.science.risk.judging import odds
from openqi.science.risk.judging.odds import log_odds, logistic
from openqi.science.risk.judging.reliability import reliability_of
from openqi.science.risk.measures import Judged, mean_of, rate_of


def judged(n=4000, seed=1, moved=0.0, stretched=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(-1.5, 1.0, n)
    truth = 1 / (1 + np.exp(-(moved + stretched * x)))
    bad = (rng.random(n) < truth).astype(float)
    return Judged(probability=1 / (1 + np.exp(-x)), bad=bad, weight=rng.uniform(1, 10, n))


def test_the_brier_score_is_what_it_is_made_of_and_what_it_is_by_definition():
    one = judged()
    found = reliability_of(one).brier
    assert found.value == pytest.approx(np.average((one.probability - one.bad) ** 2, weights=one.weight), rel=1e-12)
    assert found.value == pytest.approx(found.reliability - found.resolution + found.uncertainty + found.within, rel=1e-12)
    # Within bins of one forecast each nothing is left: then it is Murphy's decomposition in three parts.
    few = Judged(probability=np.round(one.probability, 1) * 0.98 + 0.01, bad=one.bad, weight=one.weight)
    exact = reliability_of(few, bins=100).brier
    assert abs(exact.within) < 1e-15
    assert exact.value == pytest.approx(exact.reliability - exact.resolution + exact.uncertainty, rel=1e-12)


def test_bins_are_equal_shares_of_the_population_and_their_error_is_the_weighted_distance():
    one = judged()
    found = reliability_of(one)
    assert len(found.bins) == 10 and all(abs(own.share - 0.1) < 0.01 for own in found.bins)
    assert sum(own.objects for own in found.bins) == 4000 and sum(own.bad for own in found.bins) == one.bad.sum()
    plain = 0.0
    for own in found.bins:
        rows = (one.probability >= own.least) & (one.probability <= own.greatest)
        gap = np.average(one.probability[rows] - one.bad[rows], weights=one.weight[rows])
        plain += abs(gap) * one.weight[rows].sum() / one.weight.sum()
    assert found.error == pytest.approx(plain, rel=1e-10)


def test_slope_and_intercept_are_where_the_weighted_likelihood_is_greatest():
    one = judged(moved=0.4, stretched=0.7)
    x = np.log(one.probability / (1 - one.probability))

    def loss(ab):
        eta = ab[0] + ab[1] * x
        return np.sum(one.weight * (np.logaddexp(0, eta) - one.bad * eta))

    best = minimize(loss, [0.0, 1.0], method="BFGS", options={"gtol": 1e-7}).x
    found = reliability_of(one)
    assert (found.intercept.value, found.slope.value) == pytest.approx(tuple(best), abs=1e-5)
    assert found.slope.interval.lower < 0.7 < found.slope.interval.upper
    assert not found.slope.interval.lower < 1.0 < found.slope.interval.upper


def test_intervals_hold_the_truth_as_often_as_they_say_and_the_error_by_chance_is_what_chance_gives():
    inside, errors, expected, estimates, spreads = np.zeros(4), [], [], [], []
    for seed in range(150):
        found = reliability_of(judged(800, seed=seed))
        truth = (0.0, 1.0, 0.0, 1.0)
        parts = (found.large, found.ratio, found.intercept, found.slope)
        inside += [one.interval.lower <= value <= one.interval.upper for one, value in zip(parts, truth, strict=True)]
        errors.append(found.error)
        expected.append(found.error_by_chance)
        estimates.append([one.value for one in parts])
        spreads.append([(one.interval.upper - one.interval.lower) / (2 * 1.959963984540054) for one in parts])
    # Of 150 intervals of 95 %, fewer than 133 hold it once in ten thousand.
    assert np.all(inside >= 133), inside
    assert np.mean(errors) == pytest.approx(np.mean(expected), rel=0.05)
    # A standard deviation of 150 values is known to about 6 %; the ratio's interval lies on the scale of its logarithm.
    np.testing.assert_allclose(np.mean(spreads, axis=0), np.std(estimates, axis=0), rtol=0.2)


def test_a_model_that_says_too_much_is_seen():
    found = reliability_of(judged(moved=-0.7))
    assert found.large.interval.upper < 0.0 and found.ratio.interval.upper < 1.0
    assert found.error > 3 * found.error_by_chance


def test_the_spread_of_a_weighted_rate_is_the_one_of_repeated_draws():
    rng = np.random.default_rng(8)
    size = rng.gamma(2.0, 1.0, 20_000)
    bad = (rng.random(20_000) < 0.1 + 0.1 * (size > 2)).astype(float)
    chance = np.minimum(1.0, 600 * size / size.sum())
    rates, errors = [], []
    for _ in range(300):
        drawn = rng.random(20_000) < chance
        one = mean_of(bad[drawn], 1 / chance[drawn])
        rates.append(one.value)
        errors.append((one.interval.upper - one.interval.lower) / 2 / 1.959963984540054)
    assert np.mean(errors) == pytest.approx(np.std(rates), rel=0.12)
    assert np.mean(rates) == pytest.approx(bad.mean(), abs=4 * np.std(rates) / np.sqrt(300))


def test_what_cannot_be_said_is_none_and_what_cannot_be_is_refused():
    alike = Judged(probability=np.full(50, 0.2), bad=np.asarray([1.0] * 10 + [0.0] * 40), weight=np.ones(50))
    found = reliability_of(alike)
    assert found.slope is None and found.intercept is None and len(found.bins) == 1
    assert rate_of(np.ones(1), np.ones(1)).interval is None
    apart = Judged(probability=np.asarray([0.2] * 5 + [0.6] * 5), bad=np.asarray([0.0] * 5 + [1.0] * 5), weight=np.ones(10))
    assert reliability_of(apart).slope is None
    for probability in (0.0, 1.0, np.nan):
        with pytest.raises(DomainError, match="certain"):
            Judged(probability=np.full(2, probability), bad=np.ones(2), weight=np.ones(2))
    with pytest.raises(DomainError, match="weight"):
        Judged(probability=np.full(2, 0.5), bad=np.ones(2), weight=np.zeros(2))


def test_log_odds_have_the_same_bits_compiled_and_plain(monkeypatch):
    p = np.random.default_rng(1).random(60_000)
    fast = log_odds(p), logistic(log_odds(p))
    monkeypatch.setattr(odds, "PAYS_FROM", 10**9)
    assert np.array_equal(fast[0], log_odds(p)) and np.array_equal(fast[1], logistic(fast[0]))
    np.testing.assert_allclose(fast[1], p, rtol=1e-12)
