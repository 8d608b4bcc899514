"""Intervals from variables data against the tables of the NASA handbook."""

from math import nan

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.calibration.variables import interval_variables
from vectors_of import vectors_of

CASE = vectors_of("metrology/calibration_interval_figures.json")["figures"]["variables"]
INPUTS, WANTED = CASE["inputs"], CASE["expected"]
HISTORY = list(zip(INPUTS["days"], INPUTS["changes"], strict=True))
ASKED = {name: INPUTS[name] for name in ("value", "u", "lower", "upper", "probability", "u_target", "degree")}


def test_the_fit_and_the_intervals_of_the_handbook():
    found = interval_variables(HISTORY, **ASKED)
    assert found.coefficients == pytest.approx(WANTED["coefficients"], abs=5e-9)
    (first, cross), (_, second) = WANTED["covariance"]
    assert found.covariance[0][0] == pytest.approx(first, abs=5e-9)
    assert (found.covariance[0][1], found.covariance[1][1]) == pytest.approx((cross, second), rel=2e-4)
    assert found.residual_sd == pytest.approx(WANTED["s"], abs=5e-5)
    assert found.by_reliability == pytest.approx(WANTED["reliability"], abs=0.05)
    assert found.by_uncertainty == pytest.approx(WANTED["uncertainty"], abs=0.005)
    for days, value in ((found.by_reliability, "value_then"), (found.by_uncertainty, "value_at_uncertainty")):
        change = sum(c * days**power for power, c in enumerate(found.coefficients, 1))
        assert INPUTS["value"] + change == pytest.approx(WANTED[value], abs=0.005)


def test_with_the_upper_limit_alone_it_may_be_used_for_longer():
    found = interval_variables(HISTORY, **(ASKED | {"lower": None}))
    assert found.by_reliability == pytest.approx(WANTED["reliability_upper_only"], abs=0.005)


def test_one_that_is_in_doubt_at_once_is_not_used_at_all():
    """The handbook's own table 7-6 has a number here; its line of confidence lies beyond the limit from the first day on."""
    found = interval_variables(HISTORY, **(ASKED | {"value": 9.03}))
    assert found.by_reliability == 0


def test_numpy_fits_the_same_line_through_zero():
    days, changes = np.array(HISTORY, dtype=float).T
    expected = (days @ changes) / (days @ days)
    found = interval_variables(HISTORY, value=10.0, u=0.1, upper=99.0)
    assert found.coefficients == pytest.approx((expected,), rel=1e-12)
    assert found.by_reliability is None, "no limit is met within ten times the longest interval"
    assert found.by_uncertainty is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"u": 0.0}, {"value": nan}, {"upper": nan}, {"u": nan}, {"u_target": -1.0}, {"lower": 11, "upper": 9},
        {"probability": 1.0}, {"degree": 0}, {"degree": 5},
        {"history": HISTORY[:2]}, {"history": [(-1.0, 0.1), *HISTORY]}, {"history": [(nan, 0.1), *HISTORY]},
        {"history": [(5.0, nan), *HISTORY]}, {"history": [(5.0, 0.1), (5.0, 0.2), (5.0, 0.3)]},
    ],
)  # fmt: skip
def test_bad_input_is_refused(wrong):
    with pytest.raises(DomainError):
        interval_variables(**({"history": HISTORY} | ASKED | wrong))


def test_a_limit_that_is_passed_for_a_short_time_only_is_met():
    """A change that comes to its peak at 50 days and goes back; in steps of 20 days nobody saw it beyond the limit."""
    history = [
        (days, days * (100 - days) / 2500 + (-1) ** place * 1e-5) for place, days in enumerate((10, 20, 33, 47, 60, 71, 1000))
    ]
    asked = {"value": 0.0, "u": 1e-7, "degree": 2}
    low, high = 0.5, 1.5
    for _ in range(60):  # the highest limit that is met about the peak, where only a short visit meets it
        middle = (low + high) / 2
        met = interval_variables(history, upper=middle, **asked).by_reliability
        low, high = (middle, high) if met is not None else (low, middle)
    found = interval_variables(history, upper=low - 1e-6, **asked)
    assert found.by_reliability == pytest.approx(50, abs=0.2)
    fit = np.array(found.coefficients)
    days = np.linspace(0, 100, 100_001)
    powers = np.array([days, days**2])
    half = stats.t.ppf(0.95, found.dof) * np.sqrt(
        1e-14 + found.residual_sd**2 + (powers * (np.array(found.covariance) @ powers)).sum(0)
    )
    first = days[np.argmax(fit @ powers + half >= low - 1e-6)]
    assert found.by_reliability == pytest.approx(first, abs=0.002)


def test_with_one_limit_a_probability_below_one_half_is_refused():
    """The factor would be negative: the value could be used until it was far beyond the limit."""
    with pytest.raises(DomainError, match=r"at least 0\.5"):
        interval_variables(HISTORY, value=10.0, u=0.1, upper=11, probability=0.3)
