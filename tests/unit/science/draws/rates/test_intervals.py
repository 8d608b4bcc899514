"""Intervals of rates: their formulas, close to 0 and 1 too, and what is said where nothing bad was found."""

from math import inf, log, sqrt

import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.intervals import METHODS, Interval, Spread, clopper_pearson, interval_of, most_undetected

SPREAD = Spread(rate=0.021857923497, variance=0.02262245086113394**2, objects=183, kish=15.0, degrees=14.0)


def test_clopper_pearson_is_that_of_the_binomial_test():
    for found, n in [(0, 10), (1, 10), (5, 10), (10, 10), (3, 1000)]:
        ends = stats.binomtest(found, n).proportion_ci(0.95, "exact")
        mine = clopper_pearson(found, n)
        assert (mine.lower, mine.upper) == (pytest.approx(ends.low, rel=1e-10, abs=1e-15), pytest.approx(ends.high, rel=1e-10))


def test_korn_and_graubard_take_what_the_sample_is_worth():
    n = SPREAD.rate * (1 - SPREAD.rate) / SPREAD.variance * (stats.t.ppf(0.975, 182) / stats.t.ppf(0.975, 14)) ** 2
    lower = stats.beta.ppf(0.025, n * SPREAD.rate, n * (1 - SPREAD.rate) + 1)
    upper = stats.beta.ppf(0.975, n * SPREAD.rate + 1, n * (1 - SPREAD.rate))
    found = interval_of(SPREAD)
    assert (found.lower, found.upper, found.method) == (pytest.approx(lower), pytest.approx(upper), "korn-graubard")


def test_logit_wilson_and_wald_are_their_formulas():
    t, p, se = stats.t.ppf(0.975, 14), SPREAD.rate, sqrt(SPREAD.variance)
    logit = interval_of(SPREAD, method="logit")
    for end, sign in [(logit.lower, -1), (logit.upper, 1)]:
        assert log(end / (1 - end)) == pytest.approx(log(p / (1 - p)) + sign * t * se / (p * (1 - p)), rel=1e-12)
    n = p * (1 - p) / SPREAD.variance
    wilson = interval_of(SPREAD, method="wilson")
    for end in (wilson.lower, wilson.upper):  # both ends lie t standard errors of their own away
        assert abs(p - end) == pytest.approx(t * sqrt(end * (1 - end) / n), rel=1e-10)
    assert interval_of(SPREAD, method="wald") == Interval(
        lower=0.0, upper=pytest.approx(p + t * se), confidence=0.95, method="wald"
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rate", [1e-6, 0.001, 0.5, 0.999])
def test_an_interval_holds_its_rate_and_stays_within_0_and_1(method, rate):
    found = interval_of(Spread(rate=rate, variance=rate * (1 - rate) / 40, objects=50, kish=40, degrees=49), method=method)
    assert 0.0 <= found.lower <= rate <= found.upper <= 1.0


def test_a_more_confident_interval_is_wider():
    narrow, wide = interval_of(SPREAD, confidence=0.8), interval_of(SPREAD, confidence=0.99)
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_where_nothing_was_found_the_interval_says_how_much_there_may_be():
    """For 60 alike: 1 - 0.025^(1/60); of a sample half of which was certain, half as much."""
    none = Spread(rate=0.0, variance=0.0, objects=80, kish=60.0, degrees=79)
    found = interval_of(none)
    assert (found.lower, found.upper, found.method) == (0.0, pytest.approx(1 - 0.025 ** (1 / 60)), "none-found")
    half = Spread(rate=0.0, variance=0.0, objects=80, kish=60.0, degrees=79, unsure=0.5)
    assert interval_of(half).upper == pytest.approx(found.upper / 2)
    all_bad = interval_of(Spread(rate=1.0, variance=0.0, objects=80, kish=60.0, degrees=79))
    assert (all_bad.lower, all_bad.upper, all_bad.method) == (pytest.approx(1 - found.upper), 1.0, "all-found")


def test_a_census_leaves_no_doubt_and_strata_that_are_alike_do():
    """No spread was seen either way; only where every object was certain is there none."""
    census = interval_of(Spread(rate=0.25, variance=0.0, objects=8, kish=8, degrees=0, unsure=0.0))
    assert (census.lower, census.upper, census.method) == (0.25, 0.25, "census")
    for variance in (0.0, 1e-34):
        alike = interval_of(Spread(rate=0.25, variance=variance, objects=40, kish=20, degrees=38))
        plain = clopper_pearson(5, 20)
        assert (alike.lower, alike.upper, alike.method) == (plain.lower, plain.upper, "alike-in-strata")


def test_the_bad_may_be_those_least_likely_to_be_drawn():
    """With k bad objects of probability p none is found with probability (1 - p)^k."""
    assert 0.9 ** most_undetected(0.1) == pytest.approx(0.05)
    assert most_undetected(1.0) == 0.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: interval_of(SPREAD, method="exact"), "one of korn-graubard"),
        (lambda: interval_of(SPREAD, confidence=95), "confidence = 95"),
        (lambda: interval_of(Spread(rate=1.5, variance=1, objects=3, kish=3, degrees=2)), "rate = 1.5"),
        (lambda: interval_of(Spread(rate=0.5, variance=1, objects=3, kish=3, degrees=0)), "more units than strata"),
        (lambda: clopper_pearson(5, 4), "no more found"),
        (lambda: clopper_pearson(0, 0), "must be some"),
        (lambda: most_undetected(0.0), "smallest = 0.0"),
        (lambda: most_undetected(inf), "smallest = inf"),
    ],
)
def test_what_cannot_be_answered_is_said(call, says):
    with pytest.raises(DomainError, match=says):
        call()
