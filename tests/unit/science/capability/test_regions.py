"""Positions and boxes: closed forms, simulation, and what reduces to one dimension."""

from math import exp, sqrt

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.capability.indices import Limits
from openqi.science.capability.regions.bivariate import spot
from openqi.science.capability.regions.box import box
from openqi.science.capability.regions.position import index_of, largest_ellipse, outside_circle, position

RANDOM = np.random.default_rng(19)
X = RANDOM.standard_normal(120).tolist()
Y = (0.5 * np.array(X) + 0.8 * RANDOM.standard_normal(120) + 0.3).tolist()


def test_the_axes_are_those_of_the_covariance():
    found = spot(X, Y)
    values, vectors = np.linalg.eigh(np.cov(X, Y))
    assert found.sds == pytest.approx((sqrt(values[1]), sqrt(values[0])))
    assert abs(np.dot(found.direction, vectors[:, 1])) == pytest.approx(1.0)
    assert found.correlation == pytest.approx(np.corrcoef(X, Y)[0, 1])
    turned = spot([-y for y in Y], X)
    assert turned.sds == pytest.approx(found.sds)


def test_a_round_spot_in_the_middle_follows_rayleigh():
    assert outside_circle((1.0, 1.0), (0.0, 0.0), 3.0) == pytest.approx(exp(-4.5), rel=1e-10)
    assert outside_circle((0.1, 0.1), (0.0, 0.0), 0.6) == pytest.approx(exp(-18.0), rel=1e-8)
    assert largest_ellipse((1.0, 1.0), (0.0, 0.0), 3.0) == pytest.approx(3.0)
    assert largest_ellipse((2.0, 1.0), (0.0, 0.0), 3.0) == pytest.approx(1.5)
    assert largest_ellipse((1.0, 1.0), (1.0, 0.5), 3.0) == pytest.approx(3.0 - sqrt(1.25))


@pytest.mark.parametrize(
    ("sds", "off", "radius"), [((1.0, 1.0), (1.0, 0.5), 3.0), ((2.0, 0.5), (0.7, -0.4), 4.0), ((1.0, 0.01), (0.2, 0.0), 2.5)]
)
def test_what_lies_outside_of_a_circle_is_what_other_methods_count(sds, off, radius):
    found = outside_circle(sds, off, radius)
    if sds[0] == sds[1]:
        assert found == pytest.approx(stats.ncx2.sf(radius**2, 2, off[0] ** 2 + off[1] ** 2), rel=1e-9)
    drawn = np.random.default_rng(20).standard_normal((400_000, 2)) * sds + off
    count = np.mean(np.hypot(drawn[:, 0], drawn[:, 1]) > radius)
    assert found == pytest.approx(count, abs=4 * sqrt(found / 400_000) + 1e-6)


def test_the_largest_ellipse_touches_the_circle_and_does_not_leave_it():
    sds, off, radius = (1.3, 0.6), (0.8, -0.5), 3.0
    size = largest_ellipse(sds, off, radius)
    turn = np.linspace(0.0, 2 * np.pi, 200_001)
    far = np.hypot(off[0] + size * sds[0] * np.cos(turn), off[1] + size * sds[1] * np.sin(turn)).max()
    assert far == pytest.approx(radius, rel=1e-8)


def test_in_one_dimension_the_index_is_the_usual_one():
    assert index_of(4.0, 1) == pytest.approx(4.0 / 3.0, rel=1e-12)
    assert index_of(3.0, 2) == pytest.approx(stats.norm.isf(exp(-4.5) / 2) / 3)
    assert index_of(3.0, 5) == pytest.approx(stats.norm.isf(stats.chi2.sf(9.0, 5) / 2) / 3)
    assert index_of(0.0, 2) == 0.0


def test_a_position_has_performance_nearer_side_and_interval():
    found = position(X, Y, diameter=8.0, resamples=199)
    assert found.nearer < found.performance
    assert found.interval.lower < found.nearer < found.interval.upper
    assert found.off == pytest.approx(np.hypot(np.mean(X), np.mean(Y)))
    assert position(X, Y, diameter=8.0, target=(float(np.mean(X)), float(np.mean(Y)))).nearer == pytest.approx(found.performance)
    far = position([x + 10 for x in X], Y, diameter=8.0)
    assert (far.nearer, far.observed) == (0.0, 1.0)


def test_a_box_touches_the_nearest_limit():
    columns = {"a": X, "b": Y}
    limits = {"a": Limits(lower=-4, upper=4), "b": Limits(lower=-5, upper=5)}
    found = box(columns, limits)
    nearest = {
        name: min(5 - (name == "a") - np.mean(v), 5 - (name == "a") + np.mean(v)) / np.std(v, ddof=1) for name, v in columns.items()
    }
    assert found.limited_by == min(nearest, key=nearest.get)
    assert found.nearer == pytest.approx(stats.norm.isf(stats.chi2.sf(min(nearest.values()) ** 2, 2) / 2) / 3)
    assert found.nearer < min(found.singles.values())
    assert found.singles["a"] == pytest.approx(nearest["a"] / 3)
    assert found.expected[0] <= found.expected[1]
    joint = stats.multivariate_normal([np.mean(X), np.mean(Y)], np.cov(X, Y))
    inside = joint.cdf([4, 5], lower_limit=[-4, -5])
    assert found.expected[0] - 1e-8 <= 1 - inside <= found.expected[1] + 1e-8


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: position(X, X, diameter=1.0), "on a line"),
        (lambda: position(X, Y[:-1], diameter=1.0), "both"),
        (lambda: position(X, Y, diameter=0.0), "positive"),
        (lambda: position(X[:4], Y[:4], diameter=1.0), "at least 5"),
        (lambda: box({"a": X}, {"a": Limits(lower=0, upper=1)}), "two or more"),
        (
            lambda: box({"a": X, "b": X}, {"a": Limits(lower=-4, upper=4), "b": Limits(lower=-4, upper=4)}),
            "follows from the others",
        ),
        (lambda: box({"a": X, "b": Y[:-1]}, {"a": Limits(lower=-4, upper=4), "b": Limits(lower=-4, upper=4)}), "equally many"),
        (lambda: box({"a": X, "b": [1.0] * 120}, {"a": Limits(lower=-4, upper=4), "b": Limits(lower=0, upper=4)}), "does not vary"),
    ],
)
def test_what_has_no_joint_capability_is_refused(ask, says):
    with pytest.raises(DomainError, match=says):
        ask()
