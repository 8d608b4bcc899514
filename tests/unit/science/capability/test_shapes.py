"""Readings that are not normal: likelihood, transformations, tests of fit, each against a second method or its making."""

from math import inf

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.intervals.bootstrap import key_of
from openqi.science.capability.shapes import goodness as fits
from openqi.science.capability.shapes.box_cox import box_cox, transformed
from openqi.science.capability.shapes.chance import goodness, simulated
from openqi.science.capability.shapes.goodness import TABLES, anderson_darling, normal_p_value, normality
from openqi.science.capability.shapes.johnson import Johnson, back, johnson, of_quantiles
from openqi.science.capability.shapes.kinds.gamma import polygamma
from openqi.science.capability.shapes.shape import fitted, shape_kinds
from openqi.science.numbers.normal_functions import normal_below

POSITIVE = [float(x) for x in np.random.default_rng(3).gamma(3.0, 2.0, 80)]
SCIPY = {
    "normal": (stats.norm, {}, lambda p: p),
    "lognormal": (stats.lognorm, {"floc": 0}, lambda p: (p[1], 0, np.exp(p[0]))),
    "weibull": (stats.weibull_min, {"floc": 0}, lambda p: (p[0], 0, p[1])),
    "smallest-extreme-value": (stats.gumbel_l, {}, lambda p: p),
    "largest-extreme-value": (stats.gumbel_r, {}, lambda p: p),
    "exponential": (stats.expon, {"floc": 0}, lambda p: (0, p[0])),
    "rayleigh": (stats.rayleigh, {"floc": 0}, lambda p: (0, p[0])),
    "logistic": (stats.logistic, {}, lambda p: p),
    "loglogistic": (stats.fisk, {"floc": 0}, lambda p: (1 / p[1], 0, np.exp(p[0]))),
    "gamma": (stats.gamma, {"floc": 0}, lambda p: (p[0], 0, p[1])),
    "folded-normal": (stats.foldnorm, {"floc": 0}, lambda p: (p[0] / p[1], 0, p[1])),
}


def test_every_kind_has_a_second_opinion():
    assert set(SCIPY) == set(shape_kinds())


@pytest.mark.parametrize("name", SCIPY)
def test_no_parameters_of_scipy_are_more_likely(name):
    family, fixed, as_scipy = SCIPY[name]
    ours = family(*as_scipy(fitted(POSITIVE, name).parameters)).logpdf(POSITIVE).sum()
    theirs = family(*family.fit(POSITIVE, **fixed)).logpdf(POSITIVE).sum()
    assert ours >= theirs - 1e-9
    assert ours == pytest.approx(theirs, abs=1e-4)


@pytest.mark.parametrize("name", SCIPY)
def test_the_likelihood_falls_in_every_direction(name):
    family, _, as_scipy = SCIPY[name]
    best = fitted(POSITIVE, name).parameters
    top = family(*as_scipy(best)).logpdf(POSITIVE).sum()
    for place in range(len(best)):
        for step in (-1e-4, 1e-4):
            moved = [value * (1 + step * (place == where)) for where, value in enumerate(best)]
            assert family(*as_scipy(moved)).logpdf(POSITIVE).sum() < top


@pytest.mark.parametrize("name", SCIPY)
def test_probabilities_and_quantiles_are_those_of_scipy_in_both_tails(name):
    family, _, as_scipy = SCIPY[name]
    found = fitted(POSITIVE, name)
    other = family(*as_scipy(found.parameters))
    for p in (1e-9, 0.00135, 0.5, 0.99865):
        assert found.quantile(p, 1.0 - p) == pytest.approx(other.ppf(p), rel=1e-9)
        assert found.below(other.ppf(p)) == pytest.approx(p, rel=1e-7)
    for q in (1e-12, 0.00135, 0.5):
        far = found.quantile(1.0 - q, q)
        if name == "folded-normal":  # whose inverse in SciPy has lost the digits of 1e-12
            mean, sd = found.parameters
            assert stats.norm.sf(far, mean, sd) + stats.norm.cdf(-far, mean, sd) == pytest.approx(q, rel=1e-9)
            continue
        assert far == pytest.approx(other.isf(q), rel=1e-9)
        assert found.above(other.isf(q)) == pytest.approx(q, rel=1e-9)


def test_a_half_normal_sample_folds_at_zero():
    values = [abs(float(x)) for x in np.random.default_rng(1).standard_t(3, 200)]
    assert fitted(values, "folded-normal").parameters[0] == 0.0


@pytest.mark.parametrize("x", [0.01, 0.5, 1.0, 3.3, 10.0, 500.0])
def test_digamma_and_trigamma(x):
    from scipy.special import digamma
    from scipy.special import polygamma as of_scipy

    first, second = polygamma(x)
    assert first == pytest.approx(digamma(x), rel=1e-13, abs=1e-13)
    assert second == pytest.approx(float(of_scipy(1, x)), rel=1e-13)


@pytest.mark.parametrize(
    ("values", "name", "says"),
    [
        ([1.0, 2.0, 0.0], "weibull", "positive values only"),
        ([1.0, 2.0, -1.0], "exponential", "not-negative values only"),
        ([2.0, 2.0, 2.0], "gamma", "differ"),
        ([1.0, 2.0], "normal", "at least 3"),
        ([1.0, 2.0, 3.0], "cauchy", "no distribution 'cauchy'"),
        ([1e6, 1e6 + 1, 1e6 + 2], "gamma", "differ too little"),
    ],
)
def test_readings_outside_of_a_distribution_are_refused(values, name, says):
    with pytest.raises(DomainError, match=says):
        fitted(values, name)


def test_box_cox_is_where_scipy_has_it_with_its_interval():
    found = box_cox(POSITIVE)
    _, power, ends = stats.boxcox(POSITIVE, alpha=0.05)
    assert found.power == pytest.approx(power, abs=1e-6)
    assert (found.lower, found.upper) == pytest.approx(ends, abs=1e-6)
    assert box_cox(POSITIVE, power=0.5).power == 0.5


def test_box_cox_of_lognormal_readings_is_about_the_logarithm():
    found = box_cox([float(x) for x in np.random.default_rng(2).lognormal(1.0, 0.5, 400)])
    assert found.lower < 0.0 < found.upper


@pytest.mark.parametrize("power", [-2.0, -1e-6, 0.0, 1e-6, 0.5, 1.0, 3.0])
def test_the_box_cox_curve_goes_through_its_formula(power):
    for x in (0.1, 1.0, 7.0):
        assert transformed(x, power) == pytest.approx(float(stats.boxcox(np.array([x]), power)[0]), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([1.0, 0.0, 2.0], "all positive"),
        ([1.0, 1.0, 1.0], "equal"),
        ([(5.0 + 0.1 * k) ** (1 / 9) for k in range(-20, 21)], "still rises"),
    ],
)
def test_box_cox_refuses_what_no_power_helps(values, says):
    with pytest.raises(DomainError, match=says):
        box_cox(values)


CURVES = [
    Johnson(system="SU", shape=-1.0, slope=1.5, place=3.0, width=2.0),
    Johnson(system="SB", shape=0.7, slope=1.1, place=3.0, width=2.0),
    Johnson(system="SL", shape=0.7, slope=1.1, place=3.0, width=1.0),
]


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.system)
@pytest.mark.parametrize("z", [0.25, 0.524, 1.0])
def test_four_quantiles_of_a_johnson_curve_give_the_curve(curve, z):
    quantiles = [back(curve, k * z) for k in (-3, -1, 1, 3)]
    found = of_quantiles(*quantiles, z)
    assert found.system == curve.system
    assert [found.shape, found.slope, found.place, found.width] == pytest.approx(
        [curve.shape, curve.slope, curve.place, curve.width], rel=1e-6
    )
    assert curve.of(back(curve, 1.234)) == pytest.approx(1.234)


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.system)
def test_readings_of_a_johnson_curve_are_made_normal(curve):
    values = [back(curve, float(z)) for z in np.random.default_rng(5).standard_normal(300)]
    found = johnson(values)
    assert normality([found.of(x) for x in values])[1] > 0.2
    # Of a curve that is not the one they were drawn from, but close to it where the limits of 0.135 % are.
    assert found.of(back(curve, 2.0)) == pytest.approx(2.0, abs=0.4)


def test_beyond_a_bound_there_is_nothing():
    bounded = CURVES[1]
    assert (bounded.of(3.0), bounded.of(5.0), bounded.of(-inf)) == (-inf, inf, -inf)
    assert of_quantiles(0.0, 0.0, 1.0, 2.0, 0.5) is None
    with pytest.raises(DomainError, match="at least 20"):
        johnson([1.0] * 10)
    with pytest.raises(DomainError, match="no system"):
        johnson([0.0] * 15 + [1.0] * 15)


def test_the_statistic_of_normality_is_that_of_scipy_and_its_p_value_that_of_the_tables():
    values = [float(x) for x in np.random.default_rng(6).standard_normal(50)]
    assert normality(values)[0] == pytest.approx(stats.anderson(values, method="interpolate").statistic, abs=1e-10)
    # Upper percentage points of the modified statistic, case 3 (Stephens 1986, table 4.7).
    for p, point in ((0.1, 0.631), (0.05, 0.752), (0.025, 0.873), (0.01, 1.035)):
        assert normal_p_value(point) == pytest.approx(p, rel=0.02)


TABLED = ["exponential", "rayleigh", "weibull", "largest-extreme-value"]


@pytest.mark.parametrize("name", [*TABLED, *(pytest.param(one, marks=pytest.mark.long) for one in ("logistic", "loglogistic"))])
def test_the_tables_of_p_values_agree_with_simulation(name):
    """A sample at the tabled 10 % point is as far off, or farther, as about one of ten samples of the fitted distribution."""
    low, found = 1.0, None
    for seed in range(40):
        draw = [float(u) for u in np.random.default_rng(seed).uniform(size=30)]
        kind = shape_kinds()[name]
        values = [kind.quantile((1.5, 0.4)[: len(kind.parameters)], p, 1 - p) for p in draw]
        fit = fitted(values, name)
        p = goodness(values, fit, (1, 2))[1]
        if abs(p - 0.1) < abs(low - 0.1):
            low, found = p, (values, fit)
    _, chance, how = simulated(*found, (1, 2), trials=199)
    assert how == "parametric-bootstrap-199"
    assert chance == pytest.approx(low, abs=0.075)  # 3.5 standard errors of 199 trials
    assert name in TABLES


@pytest.mark.parametrize("name", ["gamma", "folded-normal"])
def test_a_simulated_p_value_tells_its_own_from_another(name):
    own = [float(x) for x in np.random.default_rng(7).gamma(3.0, 2.0, 25)]
    kind = shape_kinds()[name]
    good = [kind.quantile((2.0, 1.0), p, 1 - p) for p in ((k + 0.5) / 30 for k in range(30))]
    assert goodness(good, fitted(good, name), (3, 4))[1] > 0.5
    two = own + [50.0 + x for x in own]
    statistic, p, how = goodness(two, fitted(two, name), (3, 4))
    assert p < 0.05 and statistic > 1.0 and how == "parametric-bootstrap-99"


def test_a_seed_is_text_and_names_one_key():
    assert key_of("capability") == key_of("capability")
    assert key_of("capability") != key_of("Capability")


def test_many_readings_have_the_distance_of_the_plain_definition_bit_for_bit_with_and_without_the_compiler(monkeypatch):
    values = np.random.default_rng(31).normal(10.0, 2.0, fits.PAYS_FROM).tolist()
    statistic, p_value = normality(values)
    found = moments(values)
    scaled = sorted((value - found.mean) / found.sd for value in values)
    assert statistic == anderson_darling(scaled, normal_below, lambda x: normal_below(-x))
    n, logs = len(scaled), stats.norm.logcdf(scaled) + stats.norm.logsf(scaled)[::-1]
    assert statistic == pytest.approx(-n - np.sum((2 * np.arange(n) + 1) * logs) / n, abs=1e-6)
    monkeypatch.setattr(fits, "is_fast", lambda: False)
    assert normality(values) == (statistic, p_value)
