"""Worked examples whose result is published: a titration standard of Eurachem, and a month of temperatures of NIST."""

import pytest

from openqi.science.numbers.special import t_quantile
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.type_a import type_a
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
