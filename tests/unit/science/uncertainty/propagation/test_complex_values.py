"""Complex results: published degrees of freedom, a published covariance, and the real case as a limit."""

from cmath import exp as complex_exp
from dataclasses import replace
from math import inf, sqrt

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import quantity
from openqi.science.uncertainty.inputs.type_a import ensemble
from openqi.science.uncertainty.propagation.complex_values import complex_evaluation
from openqi.science.uncertainty.propagation.first_order import first_order
from unit.science.uncertainty.worked_examples import figures


def test_a_complex_difference_of_means_has_the_published_degrees_of_freedom():
    case = figures("willink_hall_example1")
    inputs, correlations = {}, ()
    for name, rows in (("g", case["inputs"]["g_prime"]), ("s", case["inputs"]["s11"])):
        columns = {f"{name}.re": [re for re, _ in rows], f"{name}.im": [im for _, im in rows]}
        found, more = ensemble(columns, id=name)
        inputs, correlations = inputs | found, (*correlations, *more)
    re, im = first_order(measurement_model("G = g - s", complex_names=("g", "s")), inputs, correlations)
    found = complex_evaluation(re, im)
    expected, tolerance = case["expected"], case["tolerance"]
    assert (found.value.real, found.value.imag) == pytest.approx(expected["G"], abs=tolerance["G"])
    for row, wanted in zip(found.covariance, expected["cov"], strict=True):
        assert row == pytest.approx(wanted, abs=tolerance["cov"])
    assert found.degrees_of_freedom == pytest.approx(expected["dof"], abs=tolerance["dof"])


def reflection():
    """NIST TN 1900 E15, from magnitudes and phases."""
    case = figures("nist_tn1900_e15_reflection")
    lines, inputs = [], {"i.re": quantity(0, u=0), "i.im": quantity(1, u=0)}
    for name, ((magnitude, u_m), (phase, u_p)) in case["inputs"]["polar_magnitude_phase_rad"].items():
        inputs[f"m_{name}"], inputs[f"p_{name}"] = quantity(magnitude, u=u_m), quantity(phase, u=u_p)
        lines.append(f"{name} = m_{name} * exp(i * p_{name})")
    lines.append(case["inputs"]["model"])
    return case, first_order(measurement_model("\n".join(lines), complex_names=("i",)), inputs)


def test_the_reflection_coefficient_has_its_published_covariance():
    case, (re, im) = reflection()
    found = complex_evaluation(re, im)
    expected, tolerance = case["expected"], case["tolerance"]
    u_re, u_im = sqrt(found.covariance[0][0]), sqrt(found.covariance[1][1])
    assert re.value == pytest.approx(expected["re"], abs=tolerance["re"])
    assert im.value == pytest.approx(expected["im"], abs=tolerance["im"])
    assert u_re == pytest.approx(expected["u_re"], abs=tolerance["u_re"])
    assert u_im == pytest.approx(expected["u_im"], abs=tolerance["u_im"])
    assert found.covariance[0][1] / u_re / u_im == pytest.approx(expected["r"], abs=tolerance["r"])
    assert found.degrees_of_freedom == inf


def test_the_reflection_coefficient_has_the_value_of_complex_arithmetic():
    case, (re, im) = reflection()
    polar = case["inputs"]["polar_magnitude_phase_rad"]
    s = {name: m[0] * complex_exp(1j * p[0]) for name, (m, p) in polar.items()}
    assert complex(re.value, im.value) == pytest.approx(s["S22"] - s["S12"] * s["S23"] / s["S13"], abs=1e-15)


def test_one_series_gives_its_own_degrees_of_freedom():
    columns = {"z.re": ["1.1", "1.3", "1.2", "1.0"], "z.im": ["0.4", "0.1", "0.2", "0.2"]}
    inputs, correlations = ensemble(columns, id="z")
    re, im = first_order(measurement_model("y = 2 * z", complex_names=("z",)), inputs, correlations)
    assert complex_evaluation(re, im).degrees_of_freedom == pytest.approx(3, rel=1e-12)


def test_parts_of_different_models_are_no_complex_number():
    case, (re, im) = reflection()
    assert case
    with pytest.raises(DomainError, match="different models"):
        complex_evaluation(re, replace(im, model="0" * 64))
    with pytest.raises(DomainError, match="one unit"):
        complex_evaluation(re, replace(im, unit="V"))
