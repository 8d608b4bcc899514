"""Probability paper and bins: bands against closed forms and simulation, bins of a gauge with steps against the plain count."""

import random

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.bins import bins
from openqi.science.capability.shapes.box_cox import transformed, untransformed
from openqi.science.capability.shapes.law import Law
from openqi.science.capability.shapes.probability import probability_points

EVEN = Law(
    below=lambda x: min(max(x, 0.0), 1.0),
    above=lambda x: 1.0 - min(max(x, 0.0), 1.0),
    quantile=lambda p, q: p if p <= q else 1.0 - q,
)


def test_the_band_of_the_least_and_the_greatest_reading_has_a_closed_form():
    n = 17
    points = probability_points([k / n for k in range(n)], EVEN)
    assert points[0].low == pytest.approx(1 - 0.975 ** (1 / n), rel=1e-10)
    assert points[0].high == pytest.approx(1 - 0.025 ** (1 / n), rel=1e-10)
    assert points[-1].low == pytest.approx(0.025 ** (1 / n), rel=1e-10)
    assert points[-1].high == pytest.approx(0.975 ** (1 / n), rel=1e-10)


def test_each_reading_lies_in_its_band_as_often_as_was_said():
    draw, n, times = random.Random(7), 12, 600
    edges = [(one.low, one.high) for one in probability_points([k / n for k in range(n)], EVEN, confidence=0.8)]
    inside = [0] * n
    for _ in range(times):
        ordered = sorted(draw.random() for _ in range(n))
        for place, (value, (low, high)) in enumerate(zip(ordered, edges, strict=True)):
            inside[place] += low <= value <= high
    assert all(abs(count / times - 0.8) < 4 * (0.16 / times) ** 0.5 for count in inside)


def test_plotting_positions_are_nearly_medians_and_symmetric():
    points = probability_points([float(k) for k in range(9)], EVEN)
    assert points[4].score == 0.0
    assert [one.score for one in points] == pytest.approx([-one.score for one in reversed(points)], abs=1e-12)
    assert points[0].share == pytest.approx(1 - 0.5 ** (1 / 9), abs=3e-3)  # the true median of the least of nine


def test_of_many_readings_the_ends_are_kept_and_of_no_law_there_is_no_band():
    points = probability_points([float(k) for k in range(5000)], None, most=150)
    assert len(points) == 150
    assert [one.value for one in points][:30] == [float(k) for k in range(30)]
    assert [one.value for one in points][-30:] == [float(k) for k in range(4970, 5000)]
    assert all(one.low is None for one in points)
    with pytest.raises(DomainError):
        probability_points([], None)


def test_a_gauge_with_steps_fills_no_bin_with_more_steps_than_another():
    values = [round(0.1 * k, 1) for k in range(30)] * 10  # each step alike: any comb would show
    lying = bins(values)
    inner = lying.counts[:-1]
    assert len(set(inner)) == 1
    assert sum(lying.counts) == 300
    with pytest.raises(DomainError):
        bins([1.0, 1.0])


def test_the_way_back_of_a_power_is_the_way_back():
    for power in (-2.0, -1e-12, 0.0, 0.5, 3.0):
        for x in (0.01, 1.0, 7.0):
            assert untransformed(transformed(x, power), power) == pytest.approx(x, rel=1e-9)
    assert untransformed(-10.0, 2.0) == 0.0
    assert untransformed(10.0, -2.0) == float("inf")
