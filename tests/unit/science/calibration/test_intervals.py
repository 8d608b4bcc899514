"""Calibration intervals from their history, against the published figures."""

from math import inf, nan

import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.calibration.intervals import interval_a3
from vectors_of import PLACES, figures_of, vectors_of

MORE = vectors_of("metrology/calibration_interval_figures.json")["figures"]


@pytest.mark.parametrize("place", PLACES)
def test_the_assets_of_method_a3(place):
    case = figures_of("metrology/calibration_interval_a3.json", place)
    wanted, close = case["expected"], case["tolerance"]
    for number, asset in enumerate(case["inputs"]["assets"]):
        found = interval_a3(asset["interval_days"], asset["passfail"], target=case["inputs"]["target"])
        assert found.interval == pytest.approx(wanted["interval"][number], abs=close["interval"])
        assert found.rejection == pytest.approx(wanted["rejection"][number], abs=close["rejection"])
        assert found.range == pytest.approx(wanted["range"][number], abs=close["range"])


@pytest.mark.parametrize("case", MORE["a3"], ids=lambda case: case["name"])
def test_more_assets_of_method_a3(case):
    passed = [True] * case["passed"] + [False] * (case["of"] - case["passed"])
    found = interval_a3(case["interval"], passed, target=case["target"])
    assert found.interval == pytest.approx(case["new"], abs=0.5)
    assert found.rejection == pytest.approx(case["rejection"], abs=5e-5)
    if "range" in case:
        assert found.range == pytest.approx(case["range"], abs=5e-5)


@pytest.mark.parametrize(("good", "count"), [(0, 5), (5, 5), (1, 1), (19, 20)])
def test_the_range_is_where_binomial_tails_hold_a_quarter(good, count):
    low, high = interval_a3(100, [True] * good + [False] * (count - good), target=0.9).range
    assert (low == 0) if good == 0 else stats.binom.sf(good - 1, count, low) == pytest.approx(0.25, rel=1e-9)
    assert (high == 1) if good == count else stats.binom.cdf(good, count, high) == pytest.approx(0.25, rel=1e-9)


def test_better_than_the_target_lengthens_and_worse_shortens():
    assert interval_a3(100, [True] * 60, target=0.9).interval > 100
    assert interval_a3(100, [False] * 60, target=0.9).interval < 100
    assert interval_a3(100, [True] * 9 + [False], target=0.9).interval == pytest.approx(100)


@pytest.mark.parametrize(
    ("interval", "passed", "target"),
    [
        (365, [], 0.9),
        (0, [True], 0.9),
        (-1, [True], 0.9),
        (nan, [True], 0.9),
        (inf, [True], 0.9),
        (365, [True], 0),
        (365, [True], 1),
    ],
)
def test_bad_input_is_refused(interval, passed, target):
    with pytest.raises(DomainError):
        interval_a3(interval, passed, target=target)


def test_a_proposal_beyond_a_float_is_refused():
    with pytest.raises(DomainError, match="beyond a float"):
        interval_a3(1e308, [True] * 1000, target=0.05)


@pytest.mark.parametrize("unknown", [None, "False", float("nan"), 2])
def test_a_calibration_that_is_neither_passed_nor_failed_is_refused(unknown):
    """None counted as failed and the text "False" as passed."""
    with pytest.raises(DomainError, match="calibration 2"):
        interval_a3(365, [True, unknown, False], target=0.9)
