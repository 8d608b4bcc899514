"""JCGM 101 clause 9.4, comparison loss of power meters: where first order fails, and what second order and trials say."""

import pytest

from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
from openqi.science.uncertainty.propagation.first_order import first_order
from openqi.science.uncertainty.propagation.second_order import second_order
from unit.science.uncertainty.worked_examples import figures

CASE = figures("gums1_9_4_comparison_loss")
MODEL, TOLERANCE = measurement_model(CASE["inputs"]["model"]), CASE["tolerance"]
SCALE = CASE["expected"]["scale"]
every = pytest.mark.parametrize("one", CASE["inputs"]["cases"], ids=lambda one: f"x1={one['x1']} r={one['r']}")


def stated(one: dict) -> tuple[dict[str, InputQuantity], list[Correlation]]:
    u = CASE["inputs"]["u"]
    given = {"X1": one["x1"], "X2": CASE["inputs"]["x2"]}
    inputs = {name: InputQuantity(value=x, standard_uncertainty=u, id=name) for name, x in given.items()}
    return inputs, [Correlation(first="X1", second="X2", coefficient=one["r"])] if one["r"] else []


@every
def test_first_order_has_the_uncertainty_that_the_guide_warns_of(one: dict):
    (found,) = first_order(MODEL, *stated(one))
    assert found.value / SCALE == pytest.approx((one["x1"] ** 2) / SCALE, abs=1e-9)
    assert found.standard_uncertainty / SCALE == pytest.approx(one["first_order_u"], abs=TOLERANCE["absolute"])


@every
def test_second_order_is_exact_for_a_square_of_normal_quantities(one: dict):
    (found,) = second_order(MODEL, *stated(one))
    assert (found.value + found.bias) / SCALE == pytest.approx(one["estimate"], abs=TOLERANCE["absolute"])
    assert found.standard_uncertainty / SCALE == pytest.approx(one["u"], abs=TOLERANCE["absolute"])


@every
def test_trials_have_the_published_estimate_and_uncertainty(one: dict):
    inputs, correlations = stated(one)
    found = monte_carlo(MODEL, inputs, trials=200_000, correlations=correlations)
    assert found.value[0] / SCALE == pytest.approx(one["estimate"], abs=TOLERANCE["monte_carlo"])
    assert found.standard_uncertainty[0] / SCALE == pytest.approx(one["u"], abs=TOLERANCE["monte_carlo"])


def test_without_correlation_and_about_zero_the_shortest_interval_is_that_of_an_exponential():
    """Of X1 = X2 = 0 the loss is exponential with mean 2 u^2: 0 to 150 with 95 %, as table 6 has it."""
    inputs, _ = stated(CASE["inputs"]["cases"][0])
    low, high = monte_carlo(MODEL, inputs, trials=200_000).shortest[0]
    assert (low / SCALE, high / SCALE) == pytest.approx((0.0, 149.8), abs=1.5)
