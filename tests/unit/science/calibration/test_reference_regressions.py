"""Polynomials of the reference data of NIST, up to its highest level of difficulty: every certified digit."""

from math import sqrt

import pytest

from openqi.science.calibration.function import CalibrationFunction
from openqi.science.calibration.regression import least_squares
from vectors_of import vectors_of


def figures(name: str) -> dict:
    return vectors_of(f"metrology/nist_strd_{name}.json")["figures"]


def deviations(found: CalibrationFunction) -> list[float]:
    return [sqrt(row[place]) for place, row in enumerate(found.covariance)]


@pytest.mark.parametrize("name", ["filip", "pontius"])
def test_certified_polynomials_come_out_to_their_last_digit(name: str):
    case = figures(name)
    inputs, expected, close = case["inputs"], case["expected"], case["tolerance"]["relative"]
    found = least_squares(inputs["x"], inputs["y"], degree=inputs["degree"])
    assert found.coefficients == pytest.approx(expected["coefficients"], rel=close, abs=0)
    assert deviations(found) == pytest.approx(expected["deviations"], rel=close, abs=0)
    assert found.residual_sd**2 * found.dof == pytest.approx(expected["ss_residual"], rel=close, abs=0)


@pytest.mark.parametrize("times", [0, 1, 100, 10_000])
def test_the_polynomials_of_wampler_have_coefficients_of_one_whatever_the_errors(times: int):
    case = figures("wampler")
    errors, expected, close = case["inputs"]["errors"], case["expected"], case["tolerance"]["relative"]
    y = [sum(x**power for power in range(6)) + times * error for x, error in enumerate(errors)]
    found = least_squares([str(x) for x in range(len(errors))], [str(one) for one in y], degree=case["inputs"]["degree"])
    assert found.coefficients == (1.0,) * 6
    assert deviations(found) == pytest.approx([times * one for one in expected["deviations"]], rel=close, abs=0)
    assert found.residual_sd == pytest.approx(times * expected["residual_sd"], rel=close, abs=0)
    scaled = least_squares([f"0.{x:02d}" for x in range(len(errors))], [str(one) for one in y], degree=5)
    assert scaled.coefficients == pytest.approx([100.0**power for power in range(6)], rel=1e-15)
