"""Constructed reference data of NIST, whose certified figures are exact: means, deviations and analyses of variance."""

from math import sqrt

import pytest

from openqi.science.uncertainty.inputs.type_a import analysis_of_variance, type_a
from unit.science.uncertainty.worked_examples import figures

MIDDLES = (4, 3, 5, 3, 5, 3, 5, 3, 5)
"""Tenths behind the base of each treatment of SmLs01 to SmLs09."""


def shifted(text: str, tenths: int) -> str:
    """Decimal text with one decimal, so many tenths more."""
    whole = int(text.replace(".", "")) + tenths
    return f"{whole // 10}.{whole % 10}"


@pytest.mark.parametrize("name", ["NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"])
def test_readings_that_share_their_leading_digits_have_their_exact_deviation(name: str):
    case = figures("nist_strd_numacc")
    expected, close = case["expected"][name], case["tolerance"]["relative"]
    mean = expected["mean"]
    readings = case["inputs"].get(name) or [mean, *(shifted(mean, step) for _ in range(500) for step in (-1, 1))]
    found = type_a(readings, id="r")
    assert found.value == float(mean)
    assert found.standard_uncertainty * sqrt(len(readings)) == pytest.approx(expected["sd"], rel=close * 4)
    assert found.degrees_of_freedom == len(readings) - 1


@pytest.mark.parametrize("base", ["1.0", "1000000.0", "1000000000000.0"])
@pytest.mark.parametrize("size", [21, 201, 2001])
def test_all_nine_sets_of_small_levels_are_analysed_exactly(base: str, size: int):
    """SmLs01 to SmLs09: F is the number of readings of a treatment, also behind thirteen constant leading digits."""
    groups = []
    for middle in MIDDLES:
        about = shifted(base, middle)
        groups.append([about, *(shifted(about, step) for _ in range(size // 2) for step in (-1, 1))])
    found = analysis_of_variance(groups)
    assert (found.between_dof, found.within_dof) == (8, 9 * (size - 1))
    certified = {
        found.f: size, found.between_sum: 0.08 * size, found.within_sum: 0.09 * (size - 1), found.within_mean_square: 0.01,
        found.r_squared: 0.08 * size / (0.08 * size + 0.09 * (size - 1)),
    }  # fmt: skip
    assert list(certified) == pytest.approx(list(certified.values()), rel=1e-14)
