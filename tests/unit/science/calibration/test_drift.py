"""Drift between calibrations, and what adjusting an instrument did."""

from math import nan, sqrt

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.calibration.drift import as_found_as_left, drift


def test_two_calibrations_give_their_difference_by_the_days_between():
    found = drift([(0, 10.0, 0.3), (100, 10.5, 0.4)], at=100)
    assert found.per_day.value == pytest.approx(0.005, rel=1e-15)
    assert found.per_day.standard_uncertainty == pytest.approx(sqrt(0.3**2 + 0.4**2) / 100, rel=1e-14)
    assert (found.expected.value, found.expected.standard_uncertainty) == pytest.approx((10.5, 0.4), rel=1e-14)


def test_between_two_calibrations_it_is_their_weighted_mean_and_beyond_it_is_less_sure():
    found = drift([(0, 10.0, 0.3), (100, 10.5, 0.4)], at=50).expected
    assert (found.value, found.standard_uncertainty) == pytest.approx((10.25, sqrt(0.3**2 + 0.4**2) / 2), rel=1e-14)
    later = drift([(0, 10.0, 0.3), (100, 10.5, 0.4)], at=300).expected
    assert (later.value, later.standard_uncertainty) == pytest.approx((11.5, sqrt(4 * 0.3**2 + 9 * 0.4**2)), rel=1e-14)


def test_calibrations_that_jump_are_told():
    assert "chi squared" in drift([(0, 10, 0.1), (100, 12, 0.1), (200, 10, 0.1)], at=250).warnings[0]
    assert drift([(0, 10, 0.1), (100, 10.1, 0.1), (200, 10.2, 0.1)], at=250).warnings == ()


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([(0, 1.0, 0.1)], "between two"),
        ([(5, 1.0, 0.1), (5, 2.0, 0.1)], "different x"),
        ([(0, 1.0, 0.0), (5, 2.0, 0.1)], "not positive"),
        ([(0, nan, 0.1), (5, 2.0, 0.1)], "not finite"),
    ],
)
def test_what_shows_no_drift_is_refused(points, says):
    with pytest.raises(DomainError, match=says):
        drift(points, at=10)


def test_as_found_and_as_left():
    found = as_found_as_left(1.3, 1.0, lower=0.8, upper=1.2)
    assert (found.as_found, found.as_left, found.adjusted) == ("outside", "within", True)
    assert found.change == pytest.approx(-0.3)
    same = as_found_as_left(1.2, 1.2, lower=0.8, upper=1.2)
    assert (same.as_found, same.as_left, same.change, same.adjusted) == ("within", "within", 0.0, False)
    for values, limits in (((nan, 1.0), (0.8, 1.2)), ((1.0, 1.0), (1.2, 0.8))):
        with pytest.raises(DomainError):
            as_found_as_left(*values, lower=limits[0], upper=limits[1])
