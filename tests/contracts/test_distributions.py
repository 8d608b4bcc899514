"""Every kind of distribution: quantile and probability lead back to each other, density and moments say the same thing."""

from itertools import pairwise
from math import inf, isclose, nan
from random import Random

import pytest
from scipy import stats
from scipy.integrate import quad

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import FOLDER, Distribution, DistributionKind, distribution, kind_of

KINDS = load(FOLDER, DistributionKind)
CASES = [
    distribution("normal", mean=3.0, sd=0.1),
    distribution("t", mean=1.0, scale=2.0, dof=7.5),
    distribution("t", mean=-1.0, scale=0.01, dof=20_000.0),
    distribution("rectangular", lower=-1.0, upper=3.0),
    distribution("triangular", lower=-1.0, upper=3.0),
    distribution("arcsine", lower=-1.0, upper=3.0),
    distribution("trapezoidal", lower=-1.0, upper=3.0, ratio=0.3),
    distribution("trapezoidal", lower=-1.0, upper=3.0, ratio=1.0),
    distribution("trapezoidal", lower=-1.0, upper=3.0, ratio=0.0),
    distribution("inexact-limits", lower=-1.0, upper=3.0, inexactness=0.5),
    distribution("inexact-limits", lower=-1.0, upper=3.0, inexactness=1.99),
    distribution("exponential", mean=2.0),
    distribution("gamma", shape=2.5, scale=0.5),
    distribution("gamma", shape=1.0, scale=0.5),
    distribution("beta", first=2.0, second=3.5, lower=-1.0, upper=4.0),
    distribution("discrete", values=[3.0, 1.0, 2.0], probabilities=[0.2, 0.3, 0.5]),
    distribution("discrete", values=[5.0], probabilities=[1.0]),
    distribution("empirical", sample=[3.0, 1.0, 2.0, 2.0, 5.0]),
]
SMOOTH = [one for one in CASES if not kind_of(one.kind).lists]
STEPPED = [one for one in CASES if kind_of(one.kind).lists]
ORACLES = [
    (distribution("normal", mean=3.0, sd=0.1), stats.norm(3.0, 0.1)),
    (distribution("t", mean=1.0, scale=2.0, dof=7.5), stats.t(7.5, 1.0, 2.0)),
    (distribution("rectangular", lower=-1.0, upper=3.0), stats.uniform(-1.0, 4.0)),
    (distribution("triangular", lower=-1.0, upper=3.0), stats.triang(0.5, -1.0, 4.0)),
    (distribution("trapezoidal", lower=-1.0, upper=3.0, ratio=0.3), stats.trapezoid(0.35, 0.65, -1.0, 4.0)),
    (distribution("arcsine", lower=-1.0, upper=3.0), stats.arcsine(-1.0, 4.0)),
    (distribution("exponential", mean=2.0), stats.expon(0.0, 2.0)),
    (distribution("gamma", shape=2.5, scale=0.5), stats.gamma(2.5, 0.0, 0.5)),
    (distribution("beta", first=2.0, second=3.5, lower=-1.0, upper=4.0), stats.beta(2.0, 3.5, -1.0, 5.0)),
]
WRONG = [
    ("normal", {"mean": 0.0, "sd": 0.0}, "sd 0"),
    ("normal", {"mean": 0.0, "sd": -1.0}, "sd -1"),
    ("normal", {"mean": nan, "sd": 1.0}, "mean nan"),
    ("t", {"mean": 0.0, "scale": 1.0, "dof": 0.0}, "0.0 degrees"),
    ("t", {"mean": 0.0, "scale": 1.0, "dof": inf}, "take normal"),
    ("t", {"mean": 0.0, "scale": nan, "dof": 3.0}, "scale nan"),
    ("rectangular", {"lower": 1.0, "upper": 1.0}, "lower below upper"),
    ("rectangular", {"lower": 1.0, "upper": inf}, "upper inf"),
    ("triangular", {"lower": 2.0, "upper": 1.0}, "lower 2"),
    ("arcsine", {"lower": 2.0, "upper": 1.0}, "lower 2"),
    ("trapezoidal", {"lower": 2.0, "upper": 1.0, "ratio": 0.5}, "lower 2"),
    ("trapezoidal", {"lower": 0.0, "upper": 1.0, "ratio": 1.5}, "ratio 1.5"),
    ("inexact-limits", {"lower": 1.0, "upper": 0.0, "inexactness": 0.1}, "lower 1"),
    ("inexact-limits", {"lower": 0.0, "upper": 1.0, "inexactness": 0.5}, "inexactness 0.5"),
    ("inexact-limits", {"lower": 0.0, "upper": 1.0, "inexactness": 0.0}, "rectangular"),
    ("exponential", {"mean": 0.0}, "mean 0"),
    ("gamma", {"shape": -1.0, "scale": 1.0}, "shape -1"),
    ("beta", {"first": 0.0, "second": 1.0, "lower": 0.0, "upper": 1.0}, "shapes 0"),
    ("beta", {"first": 1.0, "second": 1.0, "lower": 1.0, "upper": 1.0}, "lower 1"),
    ("discrete", {"values": [1.0, 2.0], "probabilities": [0.5, 0.4]}, "sum to 0.9"),
    ("discrete", {"values": [1.0, 1.0], "probabilities": [0.5, 0.5]}, "stated once"),
    ("discrete", {"values": [1.0, nan], "probabilities": [0.5, 0.5]}, "finite"),
    ("discrete", {"values": [1.0, 2.0], "probabilities": [1.5, -0.5]}, "positive"),
    ("discrete", {"values": [], "probabilities": []}, "at least one"),
    ("discrete", {"values": [1.0, 2.0], "probabilities": [1.0]}, "equally many"),
    ("empirical", {"sample": []}, "at least one"),
    ("empirical", {"sample": [1.0, inf]}, "finite"),
    ("empirical", {"sample": 1.0}, "list of numbers"),
    ("normal", {"mean": [1.0], "sd": 1.0}, "must be a number"),
    ("empirical", {"sample": ["one"]}, "made of numbers"),
    ("discrete", {"values": "12", "probabilities": [0.5, 0.5]}, "list of numbers"),
    ("normal", {"mean": 10**400, "sd": 1.0}, "made of numbers"),
    ("inexact-limits", {"lower": 0.0, "upper": 1.0, "inexactness": 1e-7}, "rectangular"),
    ("normal", {"mean": 1.0}, "lacks sd"),
    ("normal", {"mean": 1.0, "sd": 1.0, "u": 1.0}, "has no u"),
    ("gaussian", {"mean": 1.0, "sd": 1.0}, "known are"),
]


def name_of(one):
    return f"{one.kind}{one.parameters}"


def probabilities():
    chance = Random("probabilities")
    return [chance.random() for _ in range(200)] + [10.0**-n for n in range(1, 13)] + [1 - 10.0**-n for n in range(1, 13)] + [0.5]


def test_every_kind_is_in_the_suite_and_has_refusals():
    assert {one.kind for one in CASES} == set(KINDS)
    assert {kind for kind, _, _ in WRONG} >= set(KINDS)
    assert len(KINDS) == 12


@pytest.mark.parametrize("one", CASES, ids=name_of)
def test_what_is_no_probability_and_no_value_is_refused(one):
    for p in (nan, 0.0, 1.0, -1.0, 2.0):
        with pytest.raises(DomainError, match="between 0 and 1"):
            one.quantile(p)
    for function in (one.cdf, one.density):
        with pytest.raises(DomainError, match="give a number"):
            function(nan)


@pytest.mark.parametrize("one", CASES, ids=name_of)
def test_far_out_there_is_no_density_and_no_probability_left(one):
    assert [one.density(x) for x in (-inf, -1e308, 1e308, inf)] == [0.0] * 4
    assert (one.cdf(-inf), one.cdf(inf)) == (0.0, 1.0)


@pytest.mark.parametrize("size", [1e-300, 1e-100, 1e100, 1.7e308])
@pytest.mark.parametrize(
    ("kind", "parameters", "scaled"),
    [
        ("normal", {"mean": 0.0, "sd": 1.0}, ("sd",)),
        ("t", {"mean": 0.0, "scale": 1.0, "dof": 1.0}, ("scale",)),
        ("exponential", {"mean": 1.0}, ("mean",)),
        ("gamma", {"shape": 1.0, "scale": 1.0}, ("scale",)),
        *((kind, {"lower": -1.0, "upper": 1.0}, ("lower", "upper")) for kind in ("rectangular", "triangular", "arcsine")),
        ("trapezoidal", {"lower": -1.0, "upper": 1.0, "ratio": 0.5}, ("lower", "upper")),
        ("inexact-limits", {"lower": -1.0, "upper": 1.0, "inexactness": 0.5}, ("lower", "upper", "inexactness")),
        ("beta", {"first": 2.0, "second": 3.0, "lower": -1.0, "upper": 1.0}, ("lower", "upper")),
    ],
)
def test_a_spread_whose_moments_are_no_floats_is_refused_and_none_becomes_exact(kind, parameters, scaled, size):
    with pytest.raises(DomainError, match=r"another unit|must be|finite"):
        distribution(kind, **{name: value * size if name in scaled else value for name, value in parameters.items()})


def test_lists_whose_spread_vanishes_in_its_square_are_refused_and_constants_are_not():
    with pytest.raises(DomainError, match="another unit"):
        distribution("empirical", sample=[0.0, 1e-200])
    with pytest.raises(DomainError, match="another unit"):
        distribution("discrete", values=[0.0, 1e-200], probabilities=[0.5, 0.5])
    assert distribution("empirical", sample=[1e-60, 1e-60, 1e-60]).quantile(0.5) == 1e-60


@pytest.mark.parametrize(
    ("one", "p", "found"),
    [
        (distribution("gamma", shape=0.001, scale=1.0), 0.1, 0.0),
        (distribution("beta", first=0.001, second=0.5, lower=3.0, upper=4.0), 0.1, 3.0),
        (distribution("beta", first=0.5, second=0.001, lower=3.0, upper=4.0), 0.9999, 4.0),
        (distribution("t", mean=0.0, scale=1.0, dof=0.01), 1e-9, -inf),
    ],
)
def test_a_quantile_beyond_floats_is_the_limit_and_no_division_by_zero(one, p, found):
    assert one.quantile(p) == found


@pytest.mark.parametrize("one", SMOOTH, ids=name_of)
def test_the_probability_of_a_quantile_leads_back(one):
    # Close to a limit that is not 0 a float has no room for what is left: there the arcsine has most of its probability.
    least = 3e-9 if one.kind == "arcsine" else 2e-15
    for p in probabilities():
        assert one.cdf(one.quantile(p)) == pytest.approx(p, rel=1e-9, abs=least)


@pytest.mark.parametrize("one", STEPPED, ids=name_of)
def test_a_quantile_is_the_first_value_with_enough_probability(one):
    for p in probabilities():
        x = one.quantile(p)
        assert one.cdf(x) >= p - 1e-15
        assert one.cdf(x - 1e-9) < p


@pytest.mark.parametrize("one", CASES, ids=name_of)
def test_quantiles_and_probabilities_ascend(one):
    points = [one.quantile(p) for p in sorted(probabilities())]
    assert points == sorted(points)
    assert [one.cdf(x) for x in points] == sorted(one.cdf(x) for x in points)
    assert one.cdf(-1e30) < 1e-200
    assert one.cdf(1e30) == 1.0


def integral(one, function):
    edges = [one.quantile(p) for p in (1e-15, *(place / 40 for place in range(1, 40)), 1 - 1e-15)]
    return sum(quad(lambda x: function(x) * one.density(x), a, b, epsabs=1e-14, epsrel=1e-11)[0] for a, b in pairwise(edges))


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
@pytest.mark.parametrize("one", SMOOTH, ids=name_of)
def test_density_and_moments_agree_by_quadrature(one):
    mean, sd = one.mean, one.variance**0.5
    # The fourth moment of t with 7.5 dof has a share of 1e-4 beyond the range of quantiles that floats reach.
    rest = 2e-2 if one.kind == "t" and one.parameters[2] < 10 else 1e-6
    assert integral(one, lambda x: 1.0) == pytest.approx(1.0, abs=1e-11)
    assert integral(one, lambda x: (x - mean) / sd) == pytest.approx(0.0, abs=1e-7)
    assert integral(one, lambda x: ((x - mean) / sd) ** 2) == pytest.approx(1.0, rel=1e-6)
    assert integral(one, lambda x: ((x - mean) / sd) ** 3) == pytest.approx(one.third / sd**3, abs=1e-4)
    assert integral(one, lambda x: ((x - mean) / sd) ** 4) == pytest.approx(one.fourth / sd**4, rel=rest)


@pytest.mark.parametrize("one", STEPPED, ids=name_of)
def test_moments_of_steps_are_their_sums(one):
    values = sorted(set(one.parameters[: len(one.parameters) // 2] if one.kind == "discrete" else one.parameters))
    weights = [one.cdf(x) - one.cdf(x - 1e-9) for x in values]
    pairs = list(zip(values, weights, strict=True))
    mean = sum(v * w for v, w in pairs)
    assert one.mean == pytest.approx(mean)
    for order, found in ((2, one.variance), (3, one.third), (4, one.fourth)):
        assert found == pytest.approx(sum(w * (v - mean) ** order for v, w in pairs), abs=1e-12)
    assert one.density(values[0]) == inf
    assert one.density(values[0] + 0.1) == 0.0


@pytest.mark.parametrize(("one", "oracle"), ORACLES, ids=[name_of(one) for one, _ in ORACLES])
def test_a_kind_agrees_with_scipy(one, oracle):
    assert (one.mean, one.variance) == pytest.approx((oracle.mean(), oracle.var()))
    for p in (1e-6, 0.01, 0.3, 0.5, 0.77, 0.999):
        x = one.quantile(p)
        assert isclose(x, oracle.ppf(p), rel_tol=1e-9, abs_tol=1e-9)
        assert isclose(one.cdf(x), oracle.cdf(x), rel_tol=1e-9)
        assert isclose(one.density(x), oracle.pdf(x), rel_tol=1e-8)


def test_outside_of_their_limits_nothing_is():
    for one in SMOOTH:
        if one.kind in {"rectangular", "triangular", "arcsine", "trapezoidal", "inexact-limits", "beta", "exponential", "gamma"}:
            assert one.density(-5.0) == one.cdf(-5.0) == 0.0
    for one in SMOOTH:
        if one.kind in {"rectangular", "triangular", "arcsine", "trapezoidal", "inexact-limits", "beta"}:
            assert one.density(6.0) == 0.0
            assert one.cdf(6.0) == 1.0


def test_the_moments_of_few_degrees_of_freedom_do_not_exist():
    assert distribution("t", mean=0.0, scale=1.0, dof=1.0).mean != 0.0
    assert distribution("t", mean=0.0, scale=1.0, dof=2.0).variance == inf
    assert distribution("t", mean=0.0, scale=1.0, dof=4.0).fourth == inf
    assert distribution("t", mean=0.0, scale=2.0, dof=3.0).variance == 12.0


@pytest.mark.parametrize(("kind", "parameters", "what"), WRONG)
def test_what_is_no_distribution_is_refused(kind, parameters, what):
    with pytest.raises(DomainError, match=what):
        distribution(kind, **parameters)


def test_a_distribution_of_no_kind_answers_nothing():
    with pytest.raises(DomainError, match="known are arcsine"):
        Distribution(kind="cauchy", parameters=(0.0,)).quantile(0.5)


def test_the_order_in_which_a_sample_is_stated_does_not_matter():
    assert distribution("empirical", sample=[2.0, 1.0]) == distribution("empirical", sample=[1.0, 2.0])
    one = distribution("discrete", values=[2.0, 1.0], probabilities=[0.25, 0.75])
    assert one == distribution("discrete", values=[1.0, 2.0], probabilities=[0.75, 0.25])
