"""First order held against a run: the logarithm of NPL does not fit, a sum does; the tolerance is half a digit."""

from math import sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import distribution
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, quantity, quantity_of
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
from openqi.science.uncertainty.propagation.first_order import first_order
from openqi.science.uncertainty.propagation.second_order import second_order
from openqi.science.uncertainty.propagation.validation import validated
from unit.science.uncertainty.worked_examples import figures

(SUM,) = first_order(measurement_model("s = a + b"), {"a": quantity(1, u=3), "b": quantity(2, u=4)})
HALF = SUM.expanded(0.95).uncertainty


def run(low: float, high: float, *, name: str = "s") -> Propagated:
    return Propagated(
        names=(name,), value=(3.0,), standard_uncertainty=(5.0,), covariance=((25.0,),), probability=0.95, symmetric=((low, high),),
        shortest=((low + 1, high - 1),), trials=1000, seed="by hand", generator="none", samples=np.zeros((1, 10_000)),
    )  # fmt: skip


def test_an_interval_within_half_a_digit_of_the_uncertainty_fits():
    found = validated(SUM, run(3 - HALF - 0.04, 3 + HALF + 0.03))
    assert (found.delta, found.fits) == (0.05, True)
    assert (found.low, found.high) == pytest.approx((0.04, 0.03), rel=1e-9)


def test_one_end_beyond_half_a_digit_does_not_fit():
    assert validated(SUM, run(3 - HALF, 3 + HALF + 0.06)).fits is False
    assert validated(SUM, run(3 - HALF - 0.06, 3 + HALF)).fits is False
    assert validated(SUM, run(3 - HALF, 3 + HALF + 0.06), digits=1).fits
    assert not validated(SUM, run(3 - HALF, 3 + HALF), interval="shortest").fits


@pytest.mark.parametrize(("name", "digits", "interval"), [("q", 2, "symmetric"), ("s", 3, "symmetric"), ("s", 2, "narrow")])
def test_a_comparison_that_cannot_be_is_refused(name, digits, interval):
    with pytest.raises(DomainError):
        validated(SUM, run(0, 1, name=name), digits=digits, interval=interval)


def test_a_result_without_uncertainty_has_no_digits_to_agree_in():
    (still,) = first_order(measurement_model("s = a"), {"a": quantity(1, u=0)})
    with pytest.raises(DomainError, match="no uncertainty"):
        validated(still, run(0, 1))


def test_first_order_of_the_logarithm_of_npl_does_not_fit_its_distribution():
    case = figures("npl_log_model")
    x = quantity_of(distribution("rectangular", lower=case["inputs"]["x"]["low"], upper=case["inputs"]["x"]["high"]))
    model = measurement_model("y = ln(x)")
    (first,) = first_order(model, {"x": x})
    made = monte_carlo(model, {"x": x}, trials=100_000)
    assert made.standard_uncertainty[0] == pytest.approx(case["expected"]["monte_carlo"]["u"], abs=0.01)
    for interval in ("symmetric", "shortest"):
        assert validated(first, made, interval=interval).fits is False


@pytest.mark.parametrize("text", ["y = a + 2 * b - c", "y = a - b", "y = 3 * c"])
def test_first_order_of_a_linear_model_of_normal_inputs_is_what_trials_give(text):
    model = measurement_model(text)
    known = {"a": quantity(1, u=0.1), "b": quantity(2, u=0.2), "c": quantity(3, u=0.05)}
    inputs = {name: known[name] for name in model.inputs}
    together = [Correlation(first="a", second="b", coefficient=0.8)] if {"a", "b"} <= set(inputs) else []
    (first,) = first_order(model, inputs, together)
    made = monte_carlo(model, inputs, trials=100_000, correlations=together)
    # Four standard deviations of a standard deviation out of so many trials.
    assert made.standard_uncertainty[0] == pytest.approx(first.standard_uncertainty, rel=4 / sqrt(2 * 100_000))
    assert made.value[0] == pytest.approx(first.value, abs=4 * first.standard_uncertainty / sqrt(100_000))
    assert validated(first, made, digits=1).fits


def test_second_order_comes_closer_to_the_trials_than_first():
    model = measurement_model("y = exp(a) * b^2")
    inputs = {"a": quantity(0.1, u=0.2), "b": quantity(2, u=0.2)}
    made = monte_carlo(model, inputs, trials=100_000).standard_uncertainty[0]
    (first,), (second,) = first_order(model, inputs), second_order(model, inputs)
    assert abs(second.standard_uncertainty - made) < 0.25 * abs(first.standard_uncertainty - made)
    assert abs(second.bias) > 0


def test_a_run_that_is_too_short_leaves_it_open_whether_first_order_fits():
    model, inputs = measurement_model("y = a"), {"a": quantity(0, u=0.99)}
    (first,) = first_order(model, inputs)
    assert validated(first, monte_carlo(model, inputs, trials=1000)).fits is None
    assert validated(first, monte_carlo(model, inputs, trials=40_000)).fits is None
    assert validated(first, monte_carlo(model, inputs, trials=40_000), digits=1).fits is True


def test_the_noise_of_a_run_is_that_of_the_quantiles_of_a_normal_distribution():
    model, inputs = measurement_model("y = a"), {"a": quantity(0, u=1)}
    (first,) = first_order(model, inputs)
    noise = [validated(first, monte_carlo(model, inputs, trials=20_000, seed=str(seed))).noise for seed in range(10)]
    # Twice the root of p (1 - p) / N over the density at the 2.5 % point; ten deviations of nine degrees of freedom, the larger
    # of two each time.
    assert sum(noise) / len(noise) == pytest.approx(2 * sqrt(0.025 * 0.975 / 20_000) / 0.058445, rel=0.3)
