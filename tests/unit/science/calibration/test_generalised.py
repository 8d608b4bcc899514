"""Generalised distance regression against published figures, a minimiser, and what must hold of any line."""

from math import nan, sqrt

import numpy as np
import pytest
from scipy.optimize import minimize

from openqi.kernel.errors import DomainError
from openqi.science.calibration.generalised import generalised
from openqi.science.calibration.regression import least_squares
from vectors_of import PLACES, figures_of

CASE = {
    "x": [1.2, 1.9, 2.9, 4.0, 4.7, 5.9], "y": [3.4, 4.4, 7.2, 8.5, 10.8, 13.5],
    "u_x": [0.2] * 6, "u_y": [0.2, 0.2, 0.2, 0.4, 0.4, 0.4],
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_the_line_of_iso_28037(place):
    case = figures_of("metrology/iso28037_gdr.json", place)
    found, wanted = generalised(**case["inputs"]), case["expected"]
    given_figures = {
        "a": found.coefficients[0], "b": found.coefficients[1], "u_a": sqrt(found.covariance[0][0]),
        "u_b": sqrt(found.covariance[1][1]), "cov_ab": found.covariance[0][1], "chi2": found.chi_squared,
    }  # fmt: skip
    for name, value in given_figures.items():
        assert value == pytest.approx(wanted[name], abs=case["tolerance"][name], rel=0), name
    assert found.dof == wanted["dof"]


def chi_squared(parameters, x, y, covariance):
    a, b = parameters
    count = len(x)
    read = np.hstack([-b * np.eye(count), np.eye(count)])
    rest = np.array(y) - a - b * np.array(x)
    return rest @ np.linalg.solve(read @ covariance @ read.T, rest)


def correlated(seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(12, 12)) * 0.05
    return root @ root.T + 0.01 * np.eye(12)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_minimiser_finds_no_smaller_sum_of_squares_of_correlated_points(seed):
    covariance = correlated(seed)
    doubts = np.sqrt(np.diag(covariance))
    found = generalised(CASE["x"], CASE["y"], u_x=doubts[:6].tolist(), u_y=doubts[6:].tolist(), covariance=covariance.tolist())
    best = minimize(
        chi_squared,
        (0.5, 2.0),
        args=(CASE["x"], CASE["y"], covariance),
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-12},
    )
    assert found.chi_squared <= best.fun * (1 + 1e-12)
    assert found.coefficients == pytest.approx(best.x, rel=1e-5)


def test_independent_points_as_a_matrix_give_the_same_line():
    covariance = np.diag(np.square([*CASE["u_x"], *CASE["u_y"]])).tolist()
    plain, matrix = generalised(**CASE), generalised(**CASE, covariance=covariance)
    assert matrix.coefficients == pytest.approx(plain.coefficients, rel=1e-12)
    assert np.array(matrix.covariance) == pytest.approx(np.array(plain.covariance), rel=1e-10)


def test_with_known_x_it_is_weighted_least_squares():
    found = generalised(CASE["x"], CASE["y"], u_x=[0.0] * 6, u_y=CASE["u_y"])
    plain = least_squares(CASE["x"], CASE["y"], u_y=CASE["u_y"])
    assert found.coefficients == pytest.approx(plain.coefficients, rel=1e-12)
    assert np.array(found.covariance) == pytest.approx(np.array(plain.covariance), rel=1e-9)


def test_with_the_axes_changed_it_is_the_same_line():
    """No other regression has this: neither axis is the one that is known."""
    a, b = generalised(**CASE).coefficients
    turned = generalised(CASE["y"], CASE["x"], u_x=CASE["u_y"], u_y=CASE["u_x"])
    assert turned.coefficients == pytest.approx((-a / b, 1 / b), rel=1e-11)
    assert turned.chi_squared == pytest.approx(generalised(**CASE).chi_squared, rel=1e-11)


@pytest.mark.parametrize("scale", [1e-6, 25.4, 1e9])
def test_it_is_free_of_the_units(scale):
    a, b = generalised(**CASE).coefficients
    other = generalised([x * scale for x in CASE["x"]], CASE["y"], u_x=[u * scale for u in CASE["u_x"]], u_y=CASE["u_y"])
    assert other.coefficients == pytest.approx((a, b / scale), rel=1e-11)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"u_x": [0.2] * 5}, "every point has all four"),
        ({"u_x": [-0.2] * 6}, "negative"),
        ({"u_x": [nan] * 6}, "u_x: a value is not finite"),
        ({"u_y": [0.0] * 6}, "not positive"),
        ({"y": [nan] * 6}, "y: a value is not finite"),
        ({"x": [1.0] * 6}, "do not determine"),
        ({"covariance": np.eye(12).tolist()}, "the variance of x 1 is 1.0"),
        ({"covariance": np.eye(11).tolist()}, "12 rows and columns"),
    ],
)
def test_what_determines_no_line_is_refused(wrong, says):
    with pytest.raises(DomainError, match=says):
        generalised(**(CASE | wrong))


def test_a_covariance_that_is_none_is_refused():
    covariance = np.diag(np.square([*CASE["u_x"], *CASE["u_y"]]))
    covariance[0, 1] = covariance[1, 0] = 0.05
    with pytest.raises(DomainError):
        generalised(**CASE, covariance=covariance.tolist())


def smallest_of_all_slopes(x, y, u_x, u_y):
    """The plain definition: for each of 20 000 directions the best line, of independent points."""
    x, y, u_x, u_y = map(np.array, (x, y, u_x, u_y))
    slopes = np.tan(np.pi * (np.arange(1, 20_000) / 20_000 - 0.5))[:, None]
    weights = 1 / (u_y**2 + slopes**2 * u_x**2)
    a = (weights * (y - slopes * x)).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    return float((weights * (y - a - slopes * x) ** 2).sum(axis=1).min())


def test_of_several_lines_at_which_steps_settle_it_is_the_one_with_the_smallest_sum_of_squares():
    """Few points with large and uneven uncertainties of x: from the ordinary line some settled at another, or at none."""
    rng = np.random.default_rng(20261130)
    for _ in range(150):
        count, slope = int(rng.integers(3, 9)), float(rng.choice([-1, 1]) * 10 ** rng.uniform(-2, 2))
        u_x, u_y = (10 ** rng.uniform(-2, 0.5, count) for _ in range(2))
        true = rng.uniform(0, 10, count)
        x, y = true + rng.normal(size=count) * u_x, 1 + slope * true + rng.normal(size=count) * u_y
        found = generalised(x.tolist(), y.tolist(), u_x=u_x.tolist(), u_y=u_y.tolist())
        assert found.chi_squared <= smallest_of_all_slopes(x, y, u_x, u_y) * (1 + 1e-9)


@pytest.mark.parametrize("unit", [1e-190, 1e200])
def test_uncertainties_whose_squares_are_no_floats_are_refused(unit):
    x, y = [unit, 2 * unit, 3 * unit], [unit, 2 * unit, 3.1 * unit]
    with pytest.raises(DomainError, match="beyond a float"):
        generalised(x, y, u_x=[unit / 10] * 3, u_y=[unit / 10] * 3)


def test_no_points_and_more_correlated_ones_than_stated_are_refused():
    with pytest.raises(DomainError, match="no points"):
        generalised([], [], u_x=[], u_y=[])
    points = [float(one) for one in range(151)]
    with pytest.raises(DomainError, match="at most 150"):
        generalised(points, points, u_x=[1.0] * 151, u_y=[1.0] * 151, covariance=np.eye(302).tolist())
