"""Charts that remember: as published, by closed forms, and as simulation says."""

from math import isnan, nan, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.charts.charting import chart
from vectors_of import PLACES, figures_of, vectors_of

RINGS = vectors_of("control/qcc27_expected.json")["pistonrings"]
FROZEN = {"centre": 74.001176, "sigma": 0.009785038693035}


@pytest.mark.parametrize("place", PLACES)
def test_ewma_of_the_piston_rings_as_published(place):
    expected = figures_of("control/qcc27_expected.json", place)["pistonrings_ewma"]
    drawn = chart("ewma", RINGS, weight=0.2, **FROZEN).panels[0]
    for found, published in ((drawn.values, expected["y"]), (drawn.lower, expected["lcl"]), (drawn.upper, expected["ucl"])):
        assert list(found) == pytest.approx(published, abs=1e-11)
    assert [point + 1 for point, bits in enumerate(drawn.flags) if bits] == expected["violations"]


@pytest.mark.parametrize("place", PLACES)
def test_cusum_of_the_piston_rings_as_published(place):
    expected = figures_of("control/qcc27_expected.json", place)["pistonrings_cusum"]
    upper, lower = chart("cusum", RINGS, **FROZEN).panels
    assert list(upper.values) == pytest.approx(expected["pos"], abs=1e-9)
    assert list(lower.values) == pytest.approx(expected["neg"], abs=1e-9)
    assert [point + 1 for point, bits in enumerate(upper.flags) if bits] == expected["viol"]["upper"]
    assert not any(lower.flags)


def test_ewma_as_in_the_handbook():
    # NIST e-Handbook 6.3.2.4: settled limits of 20 readings, sigma 2.0539, weight 0.3; its lower limit is rounded down.
    data = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    found = chart("ewma", data, centre=50.0, sigma=2.0539, weight=0.3)
    assert found.panels[0].upper[-1] == pytest.approx(52.5884, abs=1e-3)
    assert found.panels[0].lower[-1] == pytest.approx(47.4115, abs=1e-3)
    assert found.violations() == ()


def test_limits_of_an_ewma_have_the_closed_form_and_a_missing_point_leaves_it():
    weight = 0.3
    drawn = chart("ewma", [1.0] * 9, centre=0.0, sigma=2.0, weight=weight).panels[0]
    for point in range(9):
        spread = 2.0 * sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * (point + 1))))
        assert drawn.upper[point] == pytest.approx(3 * spread, rel=1e-14)
        assert drawn.values[point] == pytest.approx(1 - (1 - weight) ** (point + 1), rel=1e-14)
    gapped = chart("ewma", [1.0, nan, 1.0], centre=0.0, sigma=2.0, weight=weight).panels[0]
    assert isnan(gapped.values[1])
    assert (gapped.values[2], gapped.upper[2]) == (drawn.values[1], drawn.upper[1])


def test_a_head_start_narrows_the_first_limits_to_its_fraction():
    plain = chart("ewma", [0.0] * 30, centre=0.0, sigma=1.0).panels[0]
    quick = chart("ewma", [0.0] * 30, centre=0.0, sigma=1.0, head_start=0.5).panels[0]
    assert quick.upper[0] == pytest.approx(0.5 * plain.upper[0], rel=1e-14)
    assert quick.upper[19] == pytest.approx(0.99 * plain.upper[19], rel=1e-12)
    assert chart("ewma", [0.0] * 3, centre=0.0, sigma=1.0, head_start=1.0).panels[0].upper == plain.upper[:3]


def test_a_cusum_with_a_head_start_as_lucas_and_crosier_have_it():
    # Montgomery table 9.4: h = 5, k = 0.5, head start 2.5.
    upper, lower = chart("cusum", [0.0, 1.0, -1.0], centre=0.0, sigma=1.0, head_start=0.5).panels
    assert list(upper.values) == [2.0, 2.5, 1.0]
    assert list(lower.values) == [-2.0, -0.5, -1.0]
    (only,) = chart("cusum", [0.0, 9.0], centre=0.0, sigma=1.0, side="lower").panels
    assert only.name == "lower-sum"
    assert only.values == (0.0, 0.0)


def test_crosier_shrinks_his_sum_towards_zero():
    drawn = chart("crosier-cusum", [0.4, 1.5, None, 3.0, -9.0], centre=0.0, sigma=1.0).panels[0]
    assert drawn.values[0] == 0.0
    assert drawn.values[1] == pytest.approx(1.0)
    assert isnan(drawn.values[2])
    assert drawn.values[3] == pytest.approx(3.5)
    assert drawn.values[4] == pytest.approx(-5.0)
    assert drawn.flags == (0, 0, 0, 0, 0)
    assert chart("crosier-cusum", [5.6], centre=0.0, sigma=1.0).panels[0].flags == (1,)


def test_what_scale_charts_sum_is_standard_in_control_and_grows_with_the_spread():
    values = np.random.default_rng(1).normal(0.0, 1.0, 40_000)
    (upper,) = chart("scale-cusum", values, centre=0.0, sigma=1.0, reference=0.0, side="upper", decision=1e9).panels
    root = np.sqrt(np.abs(values))
    assert (root.mean(), root.std()) == pytest.approx((0.82218, 0.34915), abs=0.005)
    first = (root[0] - 0.8221789586624586) / 0.349150856701771
    assert upper.values[0] == pytest.approx(max(0.0, first), rel=1e-12)
    wide = chart("scale-cusum", 2.0 * values[:200], centre=0.0, sigma=1.0)
    assert any(panel == "upper-sum" for panel, *_ in wide.violations())


def test_a_variance_ewma_stays_within_its_limits_as_often_as_it_says():
    values = np.random.default_rng(2).normal(5.0, 2.0, 60_000)
    drawn = chart("variance-ewma", values, centre=5.0, sigma=2.0, weight=0.05).panels[0]
    beyond = np.mean([bits > 0 for bits in drawn.flags])
    assert 0.0005 < beyond < 0.008  # nominal 0.0027; the chi-squared quantity is an approximation, and points hang together
    assert any(chart("variance-ewma", [5.0 + 12.0 * (-1) ** n for n in range(9)], centre=5.0, sigma=2.0).panels[0].flags)


@pytest.mark.parametrize(("option", "value"), [("weight", 0.0), ("weight", 1.1), ("width", 0.0), ("head_start", 1.5)])
def test_options_outside_their_range_are_refused(option, value):
    with pytest.raises(DomainError, match=option):
        chart("ewma", [1.0], **{option: value})


@pytest.mark.parametrize("head_start", [0.3, 0.99, 0.995, 0.999, 1.0])
def test_a_head_start_only_narrows_limits_and_never_turns_them_over(head_start):
    plain = chart("ewma", [0.0] * 300, centre=0.0, sigma=1.0).panels[0]
    eased = chart("ewma", [0.0] * 300, centre=0.0, sigma=1.0, head_start=head_start).panels[0]
    assert eased.sigma[0] == pytest.approx(head_start * plain.sigma[0], rel=1e-12)
    assert all(0.0 < narrow <= wide for narrow, wide in zip(eased.sigma, plain.sigma, strict=True))
    assert eased.sigma[-1] == pytest.approx(plain.sigma[-1], rel=0.0101)


@pytest.mark.parametrize("weight", [0.05, 0.2, 0.7, 1.0])
@pytest.mark.parametrize("reading", [3.0, 0.1, 1e12 + 0.3, -7.7e-9])
def test_readings_that_never_change_stay_on_the_centre_of_an_ewma(weight, reading):
    found = chart("ewma", [reading] * 60, weight=weight).panels[0]
    assert set(found.values) == {reading}
    assert not any(found.flags)
