"""Intervals: published ones come out again, exact ones agree with a second method, and simulation counts what they cover."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.process import process_spread
from openqi.science.capability.estimates.spread import Spread
from openqi.science.capability.indices import limits, taguchi, taguchi_nearer
from openqi.science.capability.intervals.bootstrap import bootstrap, drawn, key_of
from openqi.science.capability.intervals.interval import about_target, bissell, boyles, chi_squared, noncentral_t, one_sided
from openqi.science.capability.intervals.noncentral import noncentral_t_cdf, noncentrality
from openqi.science.numbers.normal_samples import d2, d3
from vectors_of import vectors_of

QCC = vectors_of("control/capability_pistonrings.json")["figures"]
INDEX = {one["_row"]: one for one in QCC["pistonrings_capability"]["indices"]}
SIGMA, CENTRE = QCC["pistonrings_xbar_phase1"]["std.dev"], QCC["pistonrings_xbar_phase1"]["center"]


def ends(found):
    return [found.lower, found.upper]


def published(name):
    return [INDEX[name]["2.5%"], INDEX[name]["97.5%"]]


def test_the_intervals_of_qcc_come_out_again():
    """qcc counts 124 degrees of freedom whatever the estimator, and bounds Cpl and Cpu by one-sided limits."""
    assert ends(chi_squared(INDEX["Cp"]["Value"], 124, 0.95)) == pytest.approx(published("Cp"), rel=1e-10)
    assert ends(bissell(INDEX["Cp_k"]["Value"], 125, 124, 0.95)) == pytest.approx(published("Cp_k"), rel=1e-10)
    for name in ("Cp_l", "Cp_u"):
        both = bissell(INDEX[name]["Value"], 125, 124, 0.9)
        assert ends(both) == pytest.approx(published(name), rel=1e-10)
        assert one_sided(both, lower=True).confidence == pytest.approx(0.95)


def test_the_interval_of_cpm_in_qcc_lacks_a_square():
    """Boyles gives n (1 + a^2)^2 / (1 + 2 a^2) degrees of freedom; qcc 2.7 lacks the outer square, and has 123.2 for 125.0."""
    off = (CENTRE - 74.0) / SIGMA
    assert taguchi(limits(73.95, 74.05, 74.0), CENTRE, SIGMA) == pytest.approx(INDEX["Cpm"]["Value"], rel=1e-10)
    wrong = 125 * (1 + off**2) / (1 + 2 * off**2)
    assert ends(chi_squared(INDEX["Cpm"]["Value"], wrong, 0.95)) == pytest.approx(published("Cpm"), rel=1e-10)
    assert ends(boyles(INDEX["Cpm"]["Value"], 125, off, 0.95)) == pytest.approx([1.481618, 1.900285], abs=1e-6)


@pytest.mark.parametrize(
    ("t", "dof", "shift"), [(2, 5, 1), (30, 99, 28), (-3, 10, -2), (50, 24, 51), (18.6, 1000, 17), (200, 9, 180), (0.3, 1, 2)]
)
def test_the_noncentral_t_agrees_with_scipy(t, dof, shift):
    assert noncentral_t_cdf(t, dof, shift) == pytest.approx(stats.nct.cdf(t, dof, shift), abs=1e-11)


def test_without_shift_it_is_students_t_and_at_zero_it_is_normal():
    assert noncentral_t_cdf(1.0, 1, 0.0) == pytest.approx(0.75, abs=1e-11)
    assert noncentral_t_cdf(0.0, 7, 1.3) == pytest.approx(stats.norm.cdf(-1.3), abs=1e-13)


@pytest.mark.parametrize(("t", "dof", "p"), [(30, 99, 0.025), (0, 5, 0.975), (-3, 2, 0.025), (400, 9, 0.975), (5, 1, 0.025)])
def test_the_shift_that_gives_a_probability_gives_it(t, dof, p):
    assert stats.nct.cdf(t, dof, noncentrality(t, dof, p)) == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize("dof", [0.5, 1e8, float("nan")])
def test_what_is_not_computed_is_refused(dof):
    with pytest.raises(DomainError, match="degrees of freedom"):
        noncentral_t_cdf(1.0, dof, 0.0)


def simulated(n, trials, off=1.0):
    """Means and deviations of normal samples with sd 1, `off` from 0."""
    random = np.random.default_rng(8)
    return off + random.standard_normal(trials) / sqrt(n), np.sqrt(random.chisquare(n - 1, trials) / (n - 1))


def covered(n, truth, interval_of, trials=1500):
    means, sds = simulated(n, trials)
    found = [interval_of(float(mean), float(sd)) for mean, sd in zip(means, sds, strict=True)]
    return np.mean([one.lower <= truth <= one.upper for one in found])


@pytest.mark.parametrize("n", [10, 50])
def test_the_interval_of_pp_covers_exactly(n):
    low, high = ends(chi_squared(1.0, n - 1, 0.95))
    sds = simulated(n, 40_000)[1]
    assert np.mean((low / sds <= 1.0) & (high / sds >= 1.0)) == pytest.approx(0.95, abs=0.004)


@pytest.mark.parametrize("n", [10, 50])
def test_the_interval_of_a_one_sided_index_covers_exactly(n):
    means, sds = simulated(n, 250)
    # The index lies in its interval where its own distribution, at the truth, puts it between 5 % and 95 %.
    chances = [
        noncentral_t_cdf(float(sqrt(n) * (5 - mean) / sd), n - 1, 4.0 * sqrt(n)) for mean, sd in zip(means, sds, strict=True)
    ]
    assert stats.kstest(chances, "uniform").pvalue > 1e-3
    estimate = (5 - float(means[0])) / (3 * float(sds[0]))
    found = noncentral_t(estimate, n, n - 1, 0.9)
    for end, p in ((found.lower, 0.95), (found.upper, 0.05)):
        assert noncentral_t_cdf(3 * sqrt(n) * estimate, n - 1, 3 * sqrt(n) * end) == pytest.approx(p, abs=1e-9)


def test_bissell_covers_about_at_fifty_readings():
    assert covered(50, 4 / 3, lambda mean, sd: bissell((5 - mean) / (3 * sd), 50, 49, 0.95)) == pytest.approx(0.95, abs=0.025)


def test_the_intervals_about_a_target_cover_about():
    limit = limits(-5, 5, 0)
    truth, nearer = 5 / (3 * sqrt(2)), 4 / (3 * sqrt(2))

    def of(mean, sd):
        return sd * sqrt(79 / 80)

    assert covered(
        80, truth, lambda mean, sd: boyles(taguchi(limit, mean, of(mean, sd)), 80, mean / of(mean, sd), 0.95)
    ) == pytest.approx(0.95, abs=0.025)  # fmt: skip
    assert taguchi_nearer(limit, 1.0, 1.0) == pytest.approx(nearer)
    assert covered(80, nearer, lambda mean, sd: about_target(limit, mean, of(mean, sd), 80, 79, 0.95)) == pytest.approx(
        0.95, abs=0.025
    )


def test_the_effective_degrees_of_a_mean_range_cover_and_nominal_ones_cover_less():
    random = np.random.default_rng(9)
    sigma = np.mean(np.ptp(random.standard_normal((40_000, 10, 5)), axis=2), axis=1) / d2(5)
    dof = {"effective": 0.5 * 10 * (d2(5) / d3(5)) ** 2 + 0.25, "nominal": 40.0}
    share = {}
    for name, value in dof.items():
        low, high = ends(chi_squared(1.0, value, 0.95))
        share[name] = np.mean((low / sigma <= 1.0) & (high / sigma >= 1.0))
    assert share["effective"] == pytest.approx(0.95, abs=0.005)
    assert share["nominal"] < 0.942


def test_an_index_corrected_for_measurement_covers():
    """Process 1, measurement 0.6, 60 readings: what is observed varies with 1.36."""
    random = np.random.default_rng(10)
    hit = []
    for variance in 1.36 * random.chisquare(59, 2000) / 59:
        observed = Spread(method="sd", value=sqrt(variance), dof=59, nominal_dof=59)
        own = process_spread(observed, 0.6)
        low, high = ends(chi_squared(1.0 / own.value, own.dof, 0.95))
        hit.append(low <= 1.0 <= high)
    assert np.mean(hit) == pytest.approx(0.95, abs=0.015)


def test_a_correction_takes_off_variance_and_degrees_of_freedom():
    own = process_spread(Spread(method="sd", value=5.0, dof=99.0, nominal_dof=99.0), 3.0)
    assert own.value == pytest.approx(4.0)
    assert own.share == pytest.approx(16 / 25)
    assert own.dof == pytest.approx(99 * (16 / 25) ** 2)


@pytest.mark.parametrize(
    ("u", "says"),
    [
        (5.0, "explains the spread"),
        (6.0, "explains the spread"),
        (4.98, "degrees of freedom are left"),
        (-1.0, "not negative"),
        (float("nan"), "finite"),
    ],
)
def test_measurement_that_explains_everything_leaves_no_process(u, says):
    with pytest.raises(DomainError, match=says):
        process_spread(Spread(method="sd", value=5.0, dof=99.0, nominal_dof=99.0), u)


def test_draws_are_a_function_of_the_seed():
    assert drawn(10, 3, key_of("a")) == drawn(10, 3, key_of("a"))
    assert drawn(10, 3, key_of("a")) != drawn(10, 3, key_of("b"))
    places = [place for sample in range(400) for place in drawn(10, sample, key_of("c"))]
    assert stats.chisquare(np.bincount(places, minlength=10)).pvalue > 1e-4
    assert min(places) == 0 and max(places) == 9


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_bootstrap_intervals_are_those_of_scipy_but_for_chance(method):
    """Of the variance of skewed readings the two methods differ by more than the tolerance."""
    values = [float(x) for x in np.random.default_rng(3).exponential(1.0, 25)]

    def variance(places):
        mean = sum(values[k] for k in places) / len(places)
        return (sum((values[k] - mean) ** 2 for k in places) / (len(places) - 1),)

    (found,) = bootstrap(25, variance, resamples=2500, seed="s", method=method)
    ask = {"n_resamples": 20_000, "vectorized": True, "axis": -1}
    both = {
        name: stats.bootstrap(
            (values,), lambda x, axis: np.var(x, axis=axis, ddof=1), method=name, rng=np.random.default_rng(1), **ask
        ).confidence_interval
        for name in ("percentile", "bca")
    }
    width = both[method].high - both[method].low
    assert abs(both["bca"].high - both["percentile"].high) > 0.15 * width
    assert ends(found) == pytest.approx([both[method].low, both[method].high], abs=0.07 * width)
    assert found.method == f"bootstrap-{method}"


def test_a_statistic_that_keeps_refusing_is_no_interval():
    def refuses(places):
        raise DomainError("no")

    with pytest.raises(DomainError, match="no"):
        bootstrap(10, refuses, resamples=99, seed="s")
    with pytest.raises(DomainError, match="99 to 100000"):
        bootstrap(10, lambda places: (1.0,), resamples=10, seed="s")


@pytest.mark.parametrize(("trials", "least"), [(12, 7), pytest.param(40, 29, marks=pytest.mark.long)])
def test_the_bootstrap_covers_about(trials, least):
    random, hit = np.random.default_rng(11), 0
    for trial in range(trials):
        values = random.standard_normal(60).tolist()

        def index(places, values=values):
            mean = sum(values[k] for k in places) / len(places)
            return (5.0 / (3.0 * sqrt(sum((values[k] - mean) ** 2 for k in places) / (len(places) - 1))),)

        (found,) = bootstrap(60, index, resamples=199, seed=str(trial), confidence=0.9)
        hit += found.lower <= 5 / 3 <= found.upper
    assert hit >= least  # of 12 or 40; nine of ten expected, fewer than the least in one run of a thousand
