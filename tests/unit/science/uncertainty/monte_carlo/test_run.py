"""Runs against published results and closed forms, and what is refused."""

from functools import cache
from math import isclose, log, nan, sqrt

import numpy as np
import pytest

from chance_cases import ALL_KINDS, ALL_KINDS_MODEL, LOGARITHM, MASS, MASS_INPUTS, SUM, normal, of, rectangular
from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import distribution
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, quantity
from openqi.science.uncertainty.monte_carlo.run import adaptive_monte_carlo, monte_carlo, numerical_tolerance
from vectors_of import figures_of


@pytest.mark.parametrize("place", ["vectors", "shared"])
def test_sums_of_normal_and_of_rectangular_quantities_are_those_of_jcgm_101_clause_9_2(place):
    case = figures_of("metrology/gums1_9_2_additive.json", place)
    half = sqrt(3.0)
    tolerance = case["tolerance"]
    for name, one in (("normal", normal(0.0, 1.0)), ("rectangular", rectangular(-half, half))):
        found = monte_carlo(
            SUM, dict.fromkeys("abcd", one), trials=case["inputs"]["trials"], probability=case["inputs"]["coverage"]
        )
        wanted = case["expected"][name]
        assert found.value[0] == pytest.approx(wanted["y"], abs=tolerance["y"])
        assert found.standard_uncertainty[0] == pytest.approx(wanted["u"], abs=tolerance["u"])
        assert found.symmetric[0] == pytest.approx((wanted["low"], wanted["high"]), abs=tolerance["interval"])
        # Where it lies moves from run to run, since the ends of a symmetric density give and take; its width does not.
        low, high = found.shortest[0]
        assert high - low == pytest.approx(wanted["high"] - wanted["low"], abs=2 * tolerance["interval"])


@pytest.mark.parametrize("place", ["vectors", "shared"])
def test_the_logarithm_of_a_rectangular_quantity_is_that_of_npl(place):
    case = figures_of("metrology/npl_log_model.json", place)
    x, wanted = case["inputs"]["x"], case["expected"]["monte_carlo"]
    # Four million: of one million trials the mean has a standard deviation of 0.6 of the tolerance.
    found = monte_carlo(LOGARITHM, {"x": rectangular(x["low"], x["high"])}, trials=4_000_000, seed="npl")
    tolerance = case["tolerance"]["all"]
    low, high = found.shortest[0]
    assert found.value[0] == pytest.approx(wanted["y"], abs=tolerance)
    assert found.standard_uncertainty[0] == pytest.approx(wanted["u"], abs=tolerance)
    assert high == pytest.approx(wanted["shortest_high"], abs=tolerance)
    # The density rises all the way: the shortest interval is from ln 0.15 to ln 1.1. The published lower end, -1.895, is that of a
    # run and itself 0.0021 from ln 0.15, more than the tolerance; the standard deviation of that end of a million trials is 0.0015.
    assert (low, high) == pytest.approx((log(0.15), log(1.1)), abs=tolerance)
    assert low == pytest.approx(wanted["shortest_low"], abs=tolerance + 0.0021)


@cache
def expansion(text, stated):
    """A million trials, since t of three degrees of freedom has no fourth moment: its standard deviation is slow to settle."""
    inputs = {name: of(distribution("t", mean=x, scale=u * sqrt((dof - 2) / dof), dof=dof)) for name, x, u, dof in stated}
    return monte_carlo(measurement_model(f"a = {text}"), inputs)


@pytest.mark.parametrize("place", ["vectors", "shared"])
def test_the_expansion_of_tn_1900_example_e13_comes_out(place):
    case = figures_of("metrology/nist_tn1900_e13_expansion.json", place)
    stated = tuple((one["name"], one["x"], one["u"], one["df"]) for one in case["inputs"]["quantities"])
    found = expansion(case["inputs"]["model"], stated)
    assert found.value[0] == pytest.approx(case["expected"]["monte_carlo"]["y"], abs=case["tolerance"]["mc_y"])
    assert found.standard_uncertainty[0] == pytest.approx(case["expected"]["monte_carlo"]["u"], abs=case["tolerance"]["mc_u"])


def test_the_mass_example_of_jcgm_101_has_its_published_interval():
    found = monte_carlo(MASS, MASS_INPUTS)
    # Table 8 of clause 9.3.2.3 [JCGM101]: estimate 1.234, u 0.0754, shortest interval 1.0834 to 1.3825; intervals move by 0.002.
    assert found.value[0] == pytest.approx(1.234, abs=5e-4)
    assert found.standard_uncertainty[0] == pytest.approx(0.0754, abs=2e-4)
    assert found.shortest[0] == pytest.approx((1.0834, 1.3825), abs=3e-3)


def test_a_run_is_free_of_units():
    inputs = {"a": normal(20.0, 0.5), "b": normal(3.0, 0.1)}
    plain = monte_carlo(measurement_model("y = a * b"), inputs, trials=2000, seed="s")
    units = measurement_model("y = a * b", units={"a": r"\milli\metre", "b": r"\milli\metre", "y": r"\milli\metre\tothe{2}"})
    found = monte_carlo(units, inputs, trials=2000, seed="s")
    assert found.value == pytest.approx(plain.value, rel=1e-14)
    assert found.shortest[0] == pytest.approx(plain.shortest[0], rel=1e-14)
    celsius = measurement_model(
        "y = t + d", units={"t": r"\degreecelsius", "d": r"\kelvin", "y": r"\degreecelsius"}, differences=["d"]
    )
    warm = monte_carlo(celsius, {"t": normal(20.0, 0.1), "d": normal(1.0, 0.1)}, trials=2000)
    assert warm.value[0] == pytest.approx(21.0, abs=0.02)
    assert warm.standard_uncertainty[0] == pytest.approx(sqrt(0.02), rel=0.1)


def test_moments_are_those_of_exact_sums():
    found = monte_carlo(ALL_KINDS_MODEL, ALL_KINDS, trials=3000)
    for row in range(2):
        assert isclose(found.value[row], np.longdouble(found.samples[row]).mean(), rel_tol=1e-14)
        for column in range(2):
            wanted = np.cov(found.samples.astype(np.longdouble))[row, column]
            assert isclose(found.covariance[row][column], wanted, rel_tol=1e-12)
    assert found.standard_uncertainty == tuple(sqrt(found.covariance[place][place]) for place in range(2))


@pytest.mark.parametrize("factor", ["1e-200", "1e200"])
def test_a_variance_that_is_no_float_is_refused_and_no_uncertainty_becomes_0(factor):
    with pytest.raises(DomainError, match="output y: its variance"):
        monte_carlo(measurement_model(f"y = {factor} * x"), {"x": normal(0.0, 1.0)}, trials=1000)
    assert monte_carlo(measurement_model("y = x - x"), {"x": normal(0.0, 1.0)}, trials=1000).standard_uncertainty == (0.0,)


@pytest.mark.parametrize(("dof", "warned"), [(1.0, True), (2.0, True), (2.5, False)])
def test_an_input_without_a_variance_is_told(dof, warned):
    inputs = {"a": quantity("1", u="0.1", dof=dof), "b": normal(0.0, 1.0)}
    found = monte_carlo(measurement_model("y = a + b"), inputs, trials=1000)
    assert [one.startswith("a of 2 or fewer") for one in found.warnings] == [True] * warned


def test_samples_are_not_to_be_written():
    with pytest.raises(ValueError, match="read-only"):
        monte_carlo(SUM, dict.fromkeys("abcd", normal(0.0, 1.0)), trials=1000).samples[0, 0] = 1.0


def test_an_adaptive_run_stops_when_its_digits_are_stable_and_is_the_beginning_of_a_longer_one():
    inputs = dict.fromkeys("abcd", normal(0.0, 1.0))
    found = adaptive_monte_carlo(SUM, inputs, digits=1)
    # One digit of u = 2: the tolerance is 0.5, and two rounds of 10,000 have it.
    assert found.trials == 20_000
    assert found.digest == monte_carlo(SUM, inputs, trials=20_000).digest
    finer = adaptive_monte_carlo(SUM, inputs, digits=2)
    assert finer.trials > found.trials
    assert finer.standard_uncertainty[0] == pytest.approx(2.0, abs=0.05)
    assert (finer.samples[:, :20_000] == found.samples).all()


def test_an_adaptive_run_that_may_not_go_on_says_so():
    with pytest.raises(DomainError, match="after 30000 trials 3 digits"):
        adaptive_monte_carlo(SUM, dict.fromkeys("abcd", normal(0.0, 1.0)), digits=3, most=30_000)
    with pytest.raises(DomainError, match="0 digits"):
        adaptive_monte_carlo(SUM, dict.fromkeys("abcd", normal(0.0, 1.0)), digits=0)


@pytest.mark.parametrize(
    ("u", "digits", "delta"), [(0.00035, 2, 0.000005), (2.0, 1, 0.5), (1000.0, 2, 50.0), (9.99, 1, 0.5), (0.0, 2, 0.0)]
)
def test_the_numerical_tolerance_is_that_of_jcgm_101_clause_7_9_2(u, digits, delta):
    assert numerical_tolerance(u, digits) == delta


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"trials": 1}, "1 trials"),
        ({"trials": 10}, "too few"),
        ({"probability": 1.0}, "probability 1.0"),
        ({"probability": nan}, "probability nan"),
        ({"inputs": {"a": normal(0.0, 1.0)}}, "b is missing"),
        ({"inputs": {"a": normal(0.0, 1.0), "b": normal(0.0, 1.0), "q": normal(0.0, 1.0)}}, "q is none of them"),
        ({"correlations": [Correlation(first="a", second="b", coefficient=1.5)]}, "must lie in"),
        ({"correlations": [Correlation(first="a", second="b", coefficient=nan)]}, "must lie in"),
        ({"correlations": [Correlation(first="a", second="c", coefficient=0.5)]}, "names 'c'"),
        ({"correlations": [Correlation(first="a", second="a", coefficient=0.5)]}, "with itself"),
        (
            {
                "correlations": [
                    Correlation(first="a", second="b", coefficient=0.5),
                    Correlation(first="b", second="a", coefficient=0.4),
                ]
            },
            "two correlations",
        ),
    ],
)
def test_what_is_no_run_is_refused(change, what):
    arguments = {"inputs": {"a": normal(0.0, 1.0), "b": normal(0.0, 1.0)}, "trials": 1000, **change}
    with pytest.raises(DomainError, match=what):
        monte_carlo(measurement_model("y = a + b"), arguments.pop("inputs"), **arguments)


@pytest.mark.parametrize("text", ["y = ln(x)", "y = x^0.5", "y = sqrt(x)", "y = 1 / (x - x)", "y = exp(1000 * x^2) * 0 + 1"])
def test_a_trial_where_the_model_is_not_defined_is_named_with_its_step(text):
    model = measurement_model(text)
    with pytest.raises(DomainError, match=r"trial \d+ \(x = .*not defined"):
        monte_carlo(model, {"x": normal(0.0, 1.0)}, trials=1000)
