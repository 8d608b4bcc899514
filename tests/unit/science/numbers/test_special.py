"""Special functions against tables, closed forms, mpmath and SciPy."""

import math
from math import inf, isclose, nan
from random import Random

import mpmath
import pytest
from scipy import special as scipy_special
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.numbers import special
from openqi.science.numbers.normal_functions import short_log
from vectors_of import figures_of


def near(found, wanted, *, relative=1e-13, absolute=0.0):
    return isclose(found, wanted, rel_tol=relative, abs_tol=absolute)


@pytest.mark.parametrize("place", ["vectors", "shared"])
def test_coverage_factors_are_those_of_gum_table_g2(place):
    case = figures_of("metrology/gum_g2_t_factors.json", place)
    for (probability, dof), k in zip(case["inputs"]["cases"], case["expected"]["k"], strict=True):
        assert special.t_quantile(0.5 + probability / 2, dof) == pytest.approx(k, abs=case["tolerance"]["k"])


def test_the_normal_quantile_is_that_of_the_algorithms_own_examples():
    assert special.normal_quantile(0.25) == pytest.approx(-0.6744897501960817, rel=1e-15)
    assert special.normal_quantile(0.001) == pytest.approx(-3.090232306167814, rel=1e-15)
    assert special.normal_quantile(1e-20) == pytest.approx(-9.262340089798408, rel=1e-15)
    assert special.normal_quantile(0.5) == 0.0


def test_the_normal_distribution_function_keeps_its_digits_in_the_tails():
    chance = Random("normal")
    with mpmath.workdps(40):
        for _ in range(500):
            x = chance.uniform(-37, 9)
            assert near(special.normal_cdf(x), float(mpmath.ncdf(x)), relative=3e-13)
            assert near(special.normal_cdf(x / 40), float(mpmath.ncdf(x / 40)), relative=1e-15)
    assert special.normal_cdf(0.0) == 0.5
    assert special.normal_cdf(inf) == 1.0
    assert special.normal_cdf(-inf) == 0.0


def test_the_short_logarithm_is_within_one_unit_in_the_last_place():
    chance = Random("logarithm")
    with mpmath.workdps(40):
        for _ in range(3000):
            p = 10 ** chance.uniform(-300, 0) if chance.random() < 0.5 else chance.uniform(1e-3, 0.999)
            exact = mpmath.log(mpmath.mpf(p))
            assert abs(mpmath.mpf(short_log(p)) - exact) <= math.ulp(float(exact))


def test_log_gamma_agrees_with_mpmath():
    chance = Random("gamma")
    with mpmath.workdps(40):
        for _ in range(500):
            x = 10 ** chance.uniform(-4, 8)
            assert near(special.log_gamma(x), float(mpmath.loggamma(x)), relative=1e-14, absolute=1e-14)


def test_log_gamma_of_a_whole_number_is_a_factorial():
    for n in range(1, 30):
        assert near(special.log_gamma(n), math.log(math.factorial(n - 1)), relative=1e-15, absolute=1e-14)


def test_t_of_one_two_and_four_degrees_has_closed_forms():
    for x in (-1e6, -30.0, -1.0, -1e-3, 0.0, 0.2, 1.0, 5.0):
        assert near(special.t_cdf(x, 1), 0.5 + math.atan(x) / math.pi, relative=1e-10, absolute=1e-15)
        assert near(special.t_cdf(x, 2), 0.5 * (1 + x / math.sqrt(2 + x * x)), absolute=1e-15)
        s = x / math.sqrt(4 + x * x)
        assert near(special.t_cdf(x, 4), 0.5 + 0.75 * (s - s**3 / 3), absolute=1e-15)
    assert near(special.t_quantile(0.975, 1), math.tan(math.pi * 0.475))
    assert near(special.t_quantile(0.9, 2), 0.8 / math.sqrt(2 * 0.9 * 0.1))


def test_t_of_infinitely_many_degrees_is_normal_and_many_come_close_to_it():
    assert special.t_quantile(0.975, inf) == special.normal_quantile(0.975)
    assert special.t_cdf(1.3, inf) == special.normal_cdf(1.3)
    z = special.normal_quantile(0.975)
    for dof in (1e6, 1e8, 1e12):
        assert near(special.t_quantile(0.975, dof), z + (z**3 + z) / (4 * dof), relative=1e-11)


def test_t_agrees_with_scipy():
    chance = Random("t")
    for _ in range(200):
        p, dof = chance.random(), 10 ** chance.uniform(-0.3, 5)
        x = special.t_quantile(p, dof)
        assert near(x, stats.t.ppf(p, dof), relative=1e-11)
        assert near(special.t_cdf(x, dof), p, relative=1e-12)


def test_the_incomplete_functions_agree_with_scipy_and_their_inverses_lead_back():
    chance = Random("incomplete")
    for _ in range(200):
        a, b, p = 10 ** chance.uniform(-1, 3), 10 ** chance.uniform(-1, 3), chance.random()
        x = chance.betavariate(a, b)
        if 0 < x < 1:
            assert near(special.incomplete_beta(a, b, x), scipy_special.betainc(a, b, x), relative=1e-11)
        x = special.incomplete_beta_inverse(a, b, p)
        if 1e-100 < x < 0.999:
            assert near(special.incomplete_beta(a, b, x), p, relative=1e-11)
        x = chance.gammavariate(a, 1)
        if x > 0:
            assert near(special.incomplete_gamma(a, x), scipy_special.gammainc(a, x), relative=1e-11)
        x = special.incomplete_gamma_inverse(a, p)
        if x > 1e-100:
            assert near(special.incomplete_gamma(a, x), p, relative=1e-11)


@pytest.mark.parametrize(
    ("p", "dof"), [(1e-280, 1e5), (1e-200, 3.0), (1e-100, 1e3), (1e-300, 30.0), (1e-20, 1e8), (0.5 - 1e-10, 4.0)]
)
def test_quantiles_far_out_and_close_to_the_middle_lead_back(p, dof):
    assert near(special.t_cdf(special.t_quantile(p, dof), dof), p, relative=1e-12)
    assert near(special.t_quantile(1 - 2.0**-30, dof), -special.t_quantile(2.0**-30, dof), relative=1e-15)


@pytest.mark.parametrize(("a", "p"), [(1e5, 1e-280), (2.5, 1e-280), (2.5, 1 - 2.0**-50), (1e6, 1 - 2.0**-40), (0.01, 0.3)])
def test_gamma_quantiles_far_out_lead_back(a, p):
    assert near(special.incomplete_gamma(a, special.incomplete_gamma_inverse(a, p)), p, relative=1e-12)


def test_the_incomplete_functions_have_closed_forms():
    for x in (0.0, 0.1, 0.5, 0.99, 1.0):
        assert near(special.incomplete_beta(1, 1, x), x)
        assert near(special.incomplete_beta(1, 3, x), 1 - (1 - x) ** 3, absolute=1e-15)
        assert near(special.incomplete_gamma(1, x), -math.expm1(-x))
    # [CLOPPER-PEARSON] is a beta quantile: nothing seen in 10 trials.
    assert near(special.incomplete_beta_inverse(1, 10, 0.975), 1 - 0.025**0.1)
    assert special.incomplete_gamma(2.0, inf) == 1.0


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda: special.normal_quantile(0.0), "normal_quantile: p = 0.0"),
        (lambda: special.normal_quantile(nan), "p = nan"),
        (lambda: special.normal_cdf(nan), "x = nan"),
        (lambda: special.t_quantile(1.0, 3), "p = 1.0"),
        (lambda: special.t_quantile(0.5, 0), "0 degrees of freedom"),
        (lambda: special.t_cdf(0.5, nan), "nan degrees of freedom"),
        (lambda: special.t_cdf(nan, 3), "x = nan"),
        (lambda: special.log_gamma(-1.0), "x = -1.0"),
        (lambda: special.incomplete_beta(0.0, 1.0, 0.5), "a = 0.0"),
        (lambda: special.incomplete_beta(1.0, inf, 0.5), "b = inf"),
        (lambda: special.incomplete_beta(1.0, 1.0, 1.5), "x = 1.5"),
        (lambda: special.incomplete_beta_inverse(1.0, 1.0, -0.1), "p = -0.1"),
        (lambda: special.incomplete_gamma(1.0, -1.0), "x = -1.0"),
        (lambda: special.incomplete_gamma_inverse(1.0, 1.0), "p = 1.0"),
    ],
)
def test_an_argument_outside_is_refused_by_name_and_value(call, what):
    with pytest.raises(DomainError, match=what.replace(".", r"\.")):
        call()
