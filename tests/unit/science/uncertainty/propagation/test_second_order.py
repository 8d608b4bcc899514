"""Second order: GUM H.1.7, closed forms for normal inputs, and where it does not answer."""

from math import exp, sqrt

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, quantity
from openqi.science.uncertainty.propagation.first_order import first_order
from openqi.science.uncertainty.propagation.second_order import half_digit, second_order
from unit.science.uncertainty.worked_examples import end_gauge, figures


def test_the_end_gauge_of_the_gum_has_its_published_uncertainty_of_second_order():
    case = figures("gum_h1_end_gauge")
    model, inputs = end_gauge()
    (found,) = second_order(model, inputs)
    assert found.standard_uncertainty == pytest.approx(
        case["expected"]["u_c_second_order_rounded"], abs=case["tolerance"]["u_c_second_order_rounded"]
    )
    assert any("first order does not fit" in warning for warning in found.warnings)
    assert sum(row.share for row in found.budget()) == pytest.approx(1.0, rel=1e-14)


def test_the_terms_of_the_end_gauge_are_those_that_the_gum_names():
    # H.1.7: ls times d_alpha times theta, and ls times alpha_s times d_theta; the model is linear in each of them.
    model, inputs = end_gauge()
    u = {name: one.standard_uncertainty for name, one in inputs.items()}
    ls = inputs["ls"].value
    by_hand = sum(
        (ls * a * b) ** 2 for a, b in [(u["d_alpha"], u["theta_bar"]), (u["d_alpha"], u["Delta"]), (u["alpha_s"], u["d_theta"])]
    )
    by_hand += (u["ls"] * inputs["alpha_s"].value * u["d_theta"]) ** 2 + (u["ls"] * inputs["theta_bar"].value * u["d_alpha"]) ** 2
    (first,), (second,) = first_order(model, inputs), second_order(model, inputs)
    assert second.standard_uncertainty**2 - first.standard_uncertainty**2 == pytest.approx(by_hand, rel=1e-9)


def test_a_product_of_independent_inputs_has_its_exact_variance():
    a, b, ua, ub = 3.0, -2.0, 0.4, 0.5
    (found,) = second_order(measurement_model("y = a * b"), {"a": quantity(a, u=ua), "b": quantity(b, u=ub)})
    assert found.standard_uncertainty**2 == pytest.approx((a * ub) ** 2 + (b * ua) ** 2 + (ua * ub) ** 2, rel=1e-14)
    assert found.bias == 0.0


@pytest.mark.parametrize("r", [-1.0, -0.6, 0.3, 1.0])
def test_a_product_of_correlated_normal_inputs_has_its_exact_variance_and_bias(r):
    a, b, ua, ub = 3.0, -2.0, 0.4, 0.5
    inputs = {"a": quantity(a, u=ua), "b": quantity(b, u=ub)}
    (found,) = second_order(measurement_model("y = a * b"), inputs, [Correlation(first="a", second="b", coefficient=r)])
    covariance = r * ua * ub
    variance = (a * ub) ** 2 + (b * ua) ** 2 + 2 * a * b * covariance + (ua * ub) ** 2 + covariance**2
    assert found.standard_uncertainty**2 == pytest.approx(variance, rel=1e-12)
    assert found.bias == pytest.approx(covariance, rel=1e-12)


def test_a_square_of_a_normal_input_has_its_exact_variance_and_bias_where_first_order_sees_nothing():
    (found,) = second_order(measurement_model("y = x^2"), {"x": quantity(0, u=0.3)})
    assert found.standard_uncertainty == pytest.approx(sqrt(2) * 0.09, rel=1e-14)
    assert found.bias == pytest.approx(0.09, rel=1e-14)
    assert not any("sees nothing" in warning for warning in found.warnings)


def test_an_exponential_agrees_with_the_expansion_of_its_exact_variance():
    # Var exp(X) = exp(2m + s2)(exp(s2) - 1) = exp(2m)(s2 + 3/2 s2^2 + ...), of which second order has these two terms.
    m, s = 0.7, 0.05
    (found,) = second_order(measurement_model("y = exp(x)"), {"x": quantity(m, u=s)})
    assert found.standard_uncertainty**2 == pytest.approx(exp(2 * m) * (s**2 + 1.5 * s**4), rel=1e-13)


def test_a_linear_model_gains_nothing_and_says_nothing():
    inputs = {"a": quantity(3, u=0.4), "b": quantity(-2, u=0.5)}
    model = measurement_model("y = 2 * a - b")
    (first,), (second,) = first_order(model, inputs), second_order(model, inputs)
    assert (second.standard_uncertainty, second.warnings) == (first.standard_uncertainty, ())


def test_units_scale_the_terms_with_the_result():
    metre = measurement_model("y = a * b", units={"a": "m", "b": "m", "y": "m2"})
    millimetre = measurement_model("y = a * b", units={"a": "mm", "b": "m", "y": "mm2"})
    a, b = quantity(0.1, u=0.01, id="one"), quantity(0.2, u=0.02, id="one")
    long = quantity(100, u=10, id="one")
    (one,), (two,) = second_order(metre, {"a": a, "b": b}), second_order(millimetre, {"a": long, "b": b})
    assert two.standard_uncertainty == pytest.approx(1e6 * one.standard_uncertainty, rel=1e-13)
    assert two.bias == pytest.approx(1e6 * one.bias, rel=1e-13)


def test_where_no_expansion_fits_there_is_no_number():
    with pytest.raises(DomainError, match="no expansion fits"):
        second_order(measurement_model("y = sin(x)"), {"x": quantity(0, u=2)})


def test_too_many_inputs_are_refused():
    names = [f"x{number}" for number in range(201)]
    with pytest.raises(DomainError, match="Monte Carlo"):
        second_order(measurement_model("y = " + " + ".join(names)), dict.fromkeys(names, quantity(1, u=1)))


@pytest.mark.parametrize(
    ("u", "digits", "delta"),
    [(0.35, 2, 0.005), (0.35, 1, 0.05), (31.7, 2, 0.5), (0.0996, 2, 0.005), (9.96, 2, 0.5), (1e-9, 2, 5e-11)],
)
def test_half_a_digit_is_that_of_the_uncertainty_as_reported(u, digits, delta):
    assert half_digit(u, digits) == delta
