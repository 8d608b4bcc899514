"""Worked examples whose result is published: a standard of Eurachem, a month of temperatures of NIST, an activity of the GUM."""

from math import exp

import pytest

from openqi.science.numbers.special import t_quantile
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import quantity
from openqi.science.uncertainty.inputs.type_a import ensemble, type_a
from openqi.science.uncertainty.propagation.first_order import first_order
from unit.science.uncertainty.worked_examples import figures, inputs_of


def test_the_sodium_hydroxide_of_eurachem_a2():
    case = figures("eurachem_a2_naoh")
    expected, tolerance = case["expected"], case["tolerance"]
    (found,) = first_order(measurement_model(case["inputs"]["model"]), inputs_of("eurachem_a2_naoh"))
    ours = {"c": found.value, "u": found.standard_uncertainty, "relative_u": found.standard_uncertainty / found.value}
    for name, value in ours.items():
        assert value == pytest.approx(expected[name], abs=tolerance[name], rel=0), name


def test_the_temperatures_of_tn_1900_e2():
    case = figures("nist_tn1900_e2_temperature")
    expected, tolerance = case["expected"], case["tolerance"]
    found = type_a(case["inputs"]["readings"], id="temperature")
    half = t_quantile(0.975, found.degrees_of_freedom) * found.standard_uncertainty
    ours = {"mean": found.value, "u": found.standard_uncertainty, "dof": found.degrees_of_freedom}
    for name, value in ours.items():
        assert value == pytest.approx(expected[name], abs=tolerance[name], rel=0), name
    assert (found.value - half, found.value + half) == pytest.approx(expected["interval"], abs=tolerance["interval"], rel=0)


def test_the_activity_of_gum_h4_by_both_approaches():
    """Of rates that were counted in the same cycles, once by their means with correlation, once by the ratio of each cycle."""
    case = figures("gum_h4_activity")
    inputs, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]
    decay, minutes = inputs["decay_constant"], inputs["counting_minutes"]
    sample = [(row[5] - row[3]) / minutes * exp(decay * float(row[4])) for row in inputs["cycles"]]
    standard = [(row[1] - row[3]) / minutes * exp(decay * float(row[0])) for row in inputs["cycles"]]
    rates, correlations = ensemble({"R_x": sample, "R_S": standard}, id="H.4")
    ratios = type_a([one / other for one, other in zip(sample, standard, strict=True)], id="H.4 ratios")
    others = {name: quantity(inputs[name][0], u=inputs[name][1]) for name in ("A_S", "m_S", "m_x")}
    (ratio,) = first_order(measurement_model("R = R_x / R_S"), rates, correlations)
    (means,) = first_order(measurement_model("A = A_S * m_S / m_x * R_x / R_S"), rates | others, correlations)
    (each,) = first_order(measurement_model("A = A_S * m_S / m_x * R"), {"R": ratios} | others)
    ours = {
        "R_x": rates["R_x"].value, "u_R_x": rates["R_x"].standard_uncertainty, "R_S": rates["R_S"].value,
        "u_R_S": rates["R_S"].standard_uncertainty, "r": correlations[0].coefficient, "R": ratios.value,
        "u_R": ratios.standard_uncertainty, "ratio_of_means": ratio.value, "u_ratio_of_means": ratio.standard_uncertainty,
        "A_by_means": means.value, "u_by_means": means.standard_uncertainty, "A_by_ratios": each.value,
        "u_by_ratios": each.standard_uncertainty,
    }  # fmt: skip
    assert set(ours) == set(expected)
    for name, value in ours.items():
        assert value == pytest.approx(expected[name], abs=tolerance[name], rel=0), name
