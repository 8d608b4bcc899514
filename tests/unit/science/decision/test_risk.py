"""Risks of decisions against published figures and against integrals of SciPy."""

from fractions import Fraction
from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from scipy import integrate, stats

from openqi.kernel.errors import DomainError
from openqi.science.decision.prior import NODES, weighted_values
from openqi.science.decision.risk import global_risk, guard_for, specific_risk
from openqi.science.decision.rule import Interval
from openqi.science.distributions.distribution import distribution
from openqi.science.numbers.special import normal_quantile
from vectors_of import PLACES, figures_of, vectors_of

FIGURES = vectors_of("metrology/decision_risk_figures.json")["figures"]
NORMAL = distribution("normal", mean=0.0, sd=1.0)


def within(lower, upper):
    return Interval(lower=None if lower is None else Fraction(str(lower)), upper=None if upper is None else Fraction(str(upper)))


@pytest.mark.parametrize("place", PLACES)
def test_the_table_of_false_accept_risks(place):
    """The ratio is one of standard deviations, not of tolerance to U."""
    case = figures_of("metrology/false_accept_risk_table.json", place)
    inputs, wanted = case["inputs"], case["expected"]
    limits = within(*inputs["limits"])
    rows = zip(inputs["in_tolerance_probability"], wanted["pfa_percent"], wanted["conditional_pfa_percent"], strict=True)
    for share, consumer, conditional in rows:
        sd = 1 / normal_quantile((1 + share) / 2)
        found = global_risk(
            distribution("normal", mean=0.0, sd=sd), sd / inputs["ratio_process_sigma_to_test_sigma"], limits, limits
        )
        assert 100 * found.consumer == pytest.approx(consumer, abs=case["tolerance"]["absolute_percent"], rel=0)
        assert 100 * found.conditional_consumer == pytest.approx(conditional, abs=case["tolerance"]["absolute_percent"], rel=0)


@pytest.mark.parametrize("place", PLACES)
def test_the_ball_bearings_of_jcgm_106(place):
    case = figures_of("metrology/jcgm106_ball_bearings.json", place)
    wanted, close = case["expected"], case["tolerance"]
    prior, limits = distribution("gamma", shape=4.0, scale=0.25), within(None, 2)
    guard = guard_for(case["inputs"]["target_global_consumer_risk"], prior, 0.25, limits)
    found = {
        "prob_out_of_tolerance": 1 - prior.cdf(2.0),
        "global_consumer_risk_no_guard_band": global_risk(prior, 0.25, limits, limits).consumer,
        "guard_band": guard,
        "acceptance_limit": 2 - guard,
    }
    for name, value in found.items():
        assert value == pytest.approx(wanted[name], abs=close[name], rel=0), name


def test_the_products_of_suncal():
    case = FIGURES["products"]
    inputs, wanted, close = case["inputs"], case["expected"], case["tolerance"]
    prior, limits = distribution("normal", mean=inputs["mean"], sd=inputs["sd"]), within(inputs["lower"], inputs["upper"])
    found = global_risk(prior, inputs["u"], limits, limits)
    assert found.consumer == pytest.approx(wanted["consumer"], abs=close["consumer"])
    assert found.producer == pytest.approx(wanted["producer"], abs=close["producer"])
    guard = guard_for(inputs["target"], prior, inputs["u"], limits)
    assert guard == pytest.approx(wanted["guard_band"], abs=close["guard_band"])
    narrowed = Interval(lower=limits.lower + Fraction(guard), upper=limits.upper - Fraction(guard))
    assert global_risk(prior, inputs["u"], limits, narrowed).consumer == pytest.approx(inputs["target"], rel=1e-8)


@pytest.mark.parametrize("case", FIGURES["deaver"], ids=str)
def test_the_figures_of_deaver(case):
    limit, accepted = within(f"-{case['limit']}", case["limit"]), within(f"-{case['accepted']}", case["accepted"])
    found = global_risk(NORMAL, 1 / case["ratio"], limit, accepted)
    name = "consumer" if "consumer" in case else "producer"
    assert getattr(found, name) == pytest.approx(case[name], abs=case["tolerance"])


@pytest.mark.parametrize("case", FIGURES["process"], ids=str)
def test_the_share_outside_of_limits_is_the_specific_risk_of_accepting(case):
    about = distribution("normal", mean=case["mean"], sd=case["sd"])
    limits = within(case["lower"], case["upper"])
    found = specific_risk(10.0, about, limits)
    assert found == pytest.approx(case["outside"], abs=case["tolerance"])
    assert specific_risk(10.0, about, limits, within("10.5", "11")) == pytest.approx(1 - case["outside"], abs=case["tolerance"])


def slow(prior, u, limits, accepted):
    """The definition, integrated by SciPy over the density."""
    low, high = limits
    near = {edge + step * u for edge in (*accepted, *limits) for step in range(-8, 9)}
    first, last = prior.ppf(1e-13), prior.ppf(1 - 1e-13)
    ends = sorted({first, last} | {end for end in near if first < end < last})

    def integral(function):
        return sum(
            integrate.quad(function, left, right, epsabs=1e-10, epsrel=1e-8)[0]
            for left, right in pairwise(ends)
            if right - left > 1e-9
        )

    def taken(x):
        return stats.norm.cdf((accepted[1] - x) / u) - stats.norm.cdf((accepted[0] - x) / u)

    return (
        integral(lambda x: 0.0 if low < x < high else prior.pdf(x) * taken(x)),
        integral(lambda x: prior.pdf(x) * (1 - taken(x)) if low < x < high else 0.0),
    )


PRIORS = [
    ("normal", {"mean": 0.3, "sd": 0.8}, stats.norm(0.3, 0.8)),
    ("rectangular", {"lower": -1.5, "upper": 1.2}, stats.uniform(-1.5, 2.7)),
    ("triangular", {"lower": -2.0, "upper": 2.0}, stats.triang(0.5, -2, 4)),
    ("t", {"mean": 0.0, "scale": 0.5, "dof": 4.0}, stats.t(4, 0, 0.5)),
    ("gamma", {"shape": 2.5, "scale": 0.3}, stats.gamma(2.5, scale=0.3)),
    ("exponential", {"mean": 0.6}, stats.expon(scale=0.6)),
]


@pytest.mark.parametrize(("kind", "parameters", "peer"), PRIORS, ids=[one[0] for one in PRIORS])
@pytest.mark.parametrize("u", [0.02, 0.3])
def test_scipy_integrates_the_same_risks_over_every_prior(kind, parameters, peer, u):
    found = global_risk(distribution(kind, **parameters), u, within(-1, 1), within("-0.9", "0.8"))
    consumer, producer = slow(peer, u, (-1.0, 1.0), (-0.9, 0.8))
    assert (found.consumer, found.producer) == pytest.approx((consumer, producer), abs=2e-9)


def test_a_prior_of_atoms_is_summed():
    prior = distribution("discrete", values=[0.0, 1.5], probabilities=[0.75, 0.25])
    found = global_risk(prior, 0.5, within(-1, 1), within(-1, 1))
    inside, outside = stats.norm.cdf(2) - stats.norm.cdf(-2), stats.norm.cdf(-1) - stats.norm.cdf(-5)
    assert found.consumer == pytest.approx(0.25 * outside, rel=1e-12)
    assert found.producer == pytest.approx(0.75 * (1 - inside), rel=1e-12)


def test_a_sample_is_a_prior_too():
    sample = [float(one) for one in stats.norm(0.3, 0.8).ppf((np.arange(4000) + 0.5) / 4000)]
    limits = within(-1, 1)
    found = global_risk(distribution("empirical", sample=sample), 0.3, limits, limits)
    wanted = global_risk(distribution("normal", mean=0.3, sd=0.8), 0.3, limits, limits)
    assert (found.consumer, found.producer) == pytest.approx((wanted.consumer, wanted.producer), abs=2e-4)


def test_a_measurement_may_be_any_distribution_about_the_true_value():
    """A rectangular measurement over a rectangular prior: the areas of triangles."""
    prior = distribution("rectangular", lower=-2.0, upper=2.0)
    limits = within(-1, 1)
    found = global_risk(prior, lambda x: distribution("rectangular", lower=x - 0.5, upper=x + 0.5), limits, limits)
    assert (found.consumer, found.producer) == pytest.approx((2 * 0.125 / 4, 2 * 0.125 / 4), abs=1e-4)
    normal = global_risk(prior, lambda x: distribution("normal", mean=x, sd=0.2), limits, limits)
    plain = global_risk(prior, 0.2, limits, limits)
    assert (normal.consumer, normal.producer) == pytest.approx((plain.consumer, plain.producer), abs=1e-12)


def test_the_conditional_risks_are_shares_of_what_is_accepted_and_rejected():
    limits = within(-1, 1)
    found = global_risk(NORMAL, 0.5, limits, limits)
    accepted = stats.norm.cdf(1 / np.sqrt(1.25)) - stats.norm.cdf(-1 / np.sqrt(1.25))  # what is measured is normal too
    assert found.conditional_consumer == pytest.approx(found.consumer / accepted, rel=1e-9)
    assert found.conditional_producer == pytest.approx(found.producer / (1 - accepted), rel=1e-9)


def test_where_all_is_accepted_nothing_is_rejected_wrongly():
    found = global_risk(distribution("rectangular", lower=0.0, upper=1.0), 0.01, within(-9, 9), within(-9, 9))
    assert (found.consumer, found.conditional_consumer) == (0.0, 0.0)
    assert found.producer < 1e-12


@pytest.mark.parametrize("value", [-3.0, -1.0, 0.0, 0.99, 1.0, 1.5, 40.0])
def test_the_specific_risk_is_a_tail_of_the_normal_distribution(value):
    outside = stats.norm.sf((1 - value) / 0.3) + stats.norm.cdf((-1 - value) / 0.3)
    inside = stats.norm.sf((abs(value) - 1) / 0.3) - stats.norm.sf((abs(value) + 1) / 0.3)  # far outside cdf has no digits left
    found = specific_risk(value, 0.3, within(-1, 1))
    assert found == pytest.approx(outside if -1 <= value <= 1 else inside, rel=1e-9, abs=1e-300)


def test_far_within_a_small_risk_keeps_its_digits():
    assert specific_risk(0.0, 0.1, within(None, 1)) == pytest.approx(stats.norm.sf(10), rel=1e-9)
    assert specific_risk(2.0, 0.1, within(None, 1)) == pytest.approx(stats.norm.sf(10), rel=1e-9)


@pytest.mark.parametrize("target", [0.02, 0.025, 0.05, 0.3])
def test_with_one_limit_the_guard_band_of_a_specific_risk_is_a_quantile(target):
    assert guard_for(target, None, 0.4, within(None, 5)) == pytest.approx(0.4 * stats.norm.isf(target), abs=1e-10)
    assert guard_for(target, None, 0.4, within(-5, None)) == pytest.approx(0.4 * stats.norm.isf(target), abs=1e-10)


def test_a_guard_band_is_none_where_the_risk_is_small_without_one():
    assert guard_for(0.01, distribution("normal", mean=0.0, sd=0.1), 0.01, within(-1, 1)) == 0.0


def test_a_target_that_no_guard_band_reaches_is_refused():
    with pytest.raises(DomainError, match=r"no guard band keeps the risk at 0\.001"):
        guard_for(0.001, None, 1.0, within(-1, 1))


@pytest.mark.parametrize("u", [0.0, -0.1, nan, inf])
def test_no_risk_stands_without_an_uncertainty(u):
    limits = within(-1, 1)
    for asked in (lambda: specific_risk(0.0, u, limits), lambda: global_risk(NORMAL, u, limits, limits)):
        with pytest.raises(DomainError, match="standard uncertainty"):
            asked()


def test_limits_that_are_none_or_not_in_order_are_refused():
    for limits in (within(None, None), within(1, -1)):
        for asked in (
            lambda limits=limits: specific_risk(0.0, 0.1, limits),
            lambda limits=limits: global_risk(NORMAL, 0.1, limits, within(-1, 1)),
            lambda limits=limits: guard_for(0.01, None, 0.1, limits),
        ):
            with pytest.raises(DomainError, match="limit"):
                asked()
    with pytest.raises(DomainError, match="not finite"):
        specific_risk(nan, 0.1, within(-1, 1))
    with pytest.raises(DomainError, match="between 0 and 1"):
        guard_for(1.5, None, 0.1, within(-1, 1))


def test_the_abscissas_are_those_of_gauss_and_legendre():
    nodes, weights = np.polynomial.legendre.leggauss(16)
    assert np.array(NODES) == pytest.approx(np.column_stack([nodes[8:], weights[8:]]), rel=1e-14)


@pytest.mark.parametrize(("kind", "parameters", "peer"), PRIORS, ids=[one[0] for one in PRIORS])
def test_the_weights_of_a_prior_add_up_to_one_and_give_its_mean(kind, parameters, peer):
    values = weighted_values(distribution(kind, **parameters), [])
    assert sum(weight for _, weight in values) == pytest.approx(1, rel=1e-14)
    assert sum(value * weight for value, weight in values) == pytest.approx(peer.mean(), abs=1e-8)


@pytest.mark.parametrize(("sd", "u"), [(0.3, 0.01), (0.4, 0.1), (1.0, 0.3), (5.0, 1.0)])
def test_of_what_is_rejected_the_share_that_conforms_keeps_its_digits_where_hardly_anything_is_rejected(sd, u):
    """Against SciPy. As 1 less what is accepted it had no digits left, and was 1e-37 in place of 1 where nothing was."""
    found = global_risk(distribution("normal", mean=0.0, sd=sd), u, within(-2, 2), within(-2, 2))
    x = np.linspace(-2, 2, 400_001)
    producer = integrate.simpson(stats.norm.pdf(x, scale=sd) * (stats.norm.sf((2 - x) / u) + stats.norm.cdf((-2 - x) / u)), x=x)
    rejected = 2 * stats.norm.sf(2 / np.hypot(sd, u))
    assert found.conditional_producer == pytest.approx(producer / rejected, rel=1e-8 + 1e-15 / rejected)


def test_of_what_no_item_is_there_is_no_share():
    """Fewer than 1e-12 of all are rejected, or accepted: beyond where a prior is integrated."""
    inner, outer = distribution("normal", mean=0.0, sd=0.1), distribution("normal", mean=9.0, sd=0.1)
    assert global_risk(inner, 0.1, within(-2, 2), within(-2, 2)).conditional_producer is None
    assert global_risk(outer, 0.1, within(-2, 2), within(-2, 2)).conditional_consumer is None
