"""Least squares against certified figures, against NumPy, and against the definition."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.calibration.regression import least_squares
from vectors_of import PLACES, figures_of

X = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
Y = [3.3, 5.6, 7.1, 9.3, 10.7, 12.1]
U = [0.5, 0.5, 0.4, 0.4, 0.3, 0.6]


@pytest.mark.parametrize("place", PLACES)
def test_the_line_of_norris_is_certified_to_nine_digits(place):
    case = figures_of("metrology/nist_strd_norris.json", place)
    found, wanted = least_squares(case["inputs"]["x"], case["inputs"]["y"]), case["expected"]
    close = case["tolerance"]["relative"]
    assert found.coefficients == pytest.approx((wanted["B0"], wanted["B1"]), rel=close)
    deviations = (sqrt(found.covariance[0][0]), sqrt(found.covariance[1][1]), found.residual_sd)
    assert deviations == pytest.approx((wanted["sd_B0"], wanted["sd_B1"], wanted["residual_sd"]), rel=close)
    assert found.residual_sd**2 * found.dof == pytest.approx(wanted["ss_residual"], rel=close)
    assert found.chi_squared is None


@pytest.mark.parametrize("place", PLACES)
def test_the_line_of_bevington(place):
    case = figures_of("metrology/bevington_line.json", place)
    found, wanted = least_squares(case["inputs"]["x"], case["inputs"]["y"]), case["expected"]
    given_figures = (*found.coefficients, sqrt(found.covariance[0][0]), sqrt(found.covariance[1][1]), found.covariance[0][1])
    expected = tuple(wanted[name] for name in ("a", "b", "u_a", "u_b", "cov_ab"))
    assert given_figures == pytest.approx(expected, rel=case["tolerance"]["relative"])


@pytest.mark.parametrize("place", PLACES)
def test_the_thermometer_of_gum_h3(place):
    case = figures_of("metrology/gum_h3_thermometer.json", place)
    inputs, wanted, close = case["inputs"], case["expected"], case["tolerance"]
    found = least_squares(inputs["t_k"], inputs["b_k"], origin=inputs["t_0"])
    at_30 = found.at(inputs["predict_at"])
    (v1, cov), (_, v2) = found.covariance
    given_figures = {
        "y1": found.coefficients[0], "y2": found.coefficients[1], "u_y1": sqrt(v1), "u_y2": sqrt(v2), "r": cov / sqrt(v1 * v2),
        "s": found.residual_sd, "b_30": at_30.value, "u_b_30": at_30.standard_uncertainty, "dof": found.dof,
        "ssr": found.residual_sd**2 * found.dof,
    }  # fmt: skip
    assert set(given_figures) == set(wanted)
    for name, value in given_figures.items():
        assert value == pytest.approx(wanted[name], abs=close[name], rel=0), name


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("as_matrix", [False, True])
def test_weighted_least_squares_of_iso_28037(place, as_matrix):
    case = figures_of("metrology/iso28037_wls_equal.json", place)
    inputs, wanted, close = case["inputs"], case["expected"], case["tolerance"]
    u_y = np.diag(np.square(inputs["u_y"])).tolist() if as_matrix else inputs["u_y"]
    found = least_squares(inputs["x"], inputs["y"], u_y=u_y)
    back = found.inverse(inputs["new_y"], inputs["u_new_y"], within=(0, 10))
    forward = found.at(inputs["forward_x"], inputs["u_forward_x"])
    given_figures = {
        "a": found.coefficients[0], "b": found.coefficients[1], "u_a": sqrt(found.covariance[0][0]),
        "u_b": sqrt(found.covariance[1][1]), "cov_ab": found.covariance[0][1], "chi2": found.chi_squared, "dof": found.dof,
        "x_from_y": back.value, "u_x_from_y": back.standard_uncertainty, "y_from_x": forward.value,
        "u_y_from_x": forward.standard_uncertainty,
    }  # fmt: skip
    assert set(given_figures) == set(wanted)
    for name, value in given_figures.items():
        assert value == pytest.approx(wanted[name], abs=close.get(name, close["default"]), rel=0), name
    assert found.warnings == ()


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_numpy_fits_the_same_weighted_polynomials(degree):
    found = least_squares(X, Y, degree=degree, u_y=U)
    coefficients, covariance = np.polyfit(X, Y, degree, w=1 / np.array(U), cov="unscaled")
    assert found.coefficients == pytest.approx(coefficients[::-1], rel=1e-8)
    assert np.array(found.covariance) == pytest.approx(covariance[::-1, ::-1], rel=1e-8)


def test_correlated_y_are_fitted_as_the_matrix_formula_has_it():
    rng = np.random.default_rng(5)
    root = rng.normal(size=(6, 6))
    covariance = root @ root.T + np.eye(6)
    design = np.vander(X, 3, increasing=True)
    information = design.T @ np.linalg.solve(covariance, design)
    expected = np.linalg.solve(information, design.T @ np.linalg.solve(covariance, Y))
    found = least_squares(X, Y, degree=2, u_y=covariance.tolist())
    assert found.coefficients == pytest.approx(expected, rel=1e-9)
    assert np.array(found.covariance) == pytest.approx(np.linalg.inv(information), rel=1e-9)
    rest = Y - design @ expected
    assert found.chi_squared == pytest.approx(rest @ np.linalg.solve(covariance, rest), rel=1e-9)


def test_a_polynomial_of_degree_ten_through_its_own_points_comes_back_exactly():
    """As hard as Filip of StRD: in double precision its normal equations have no digits left."""
    truth = [Fraction(place, 7) for place in range(1, 12)]
    points = [Fraction(place, 3) - 9 for place in range(30)]
    found = least_squares(points, [sum(c * x**power for power, c in enumerate(truth)) for x in points], degree=10)
    assert found.exact.coefficients == tuple(truth)
    assert found.residual_sd == 0


@settings(max_examples=50)
@given(shift=st.integers(-(10**9), 10**9), stretch=st.sampled_from(["0.001", "25.4", "1000"]))
def test_the_unit_and_the_zero_of_x_change_nothing_but_the_numbers(shift, stretch):
    by, to = Fraction(stretch), Fraction(shift)
    plain = least_squares(X, Y, degree=2, u_y=U, origin=1)
    other = least_squares([Fraction(x) * by + to for x in X], Y, degree=2, u_y=U, origin=by + to)
    assert other.exact.coefficients == tuple(c / by**power for power, c in enumerate(plain.exact.coefficients))
    assert other.chi_squared == plain.chi_squared


def test_an_origin_moves_coefficients_and_no_reading():
    here, there = least_squares(X, Y, degree=2), least_squares(X, Y, degree=2, origin="3.5")
    assert here.at(4.2) == there.at(4.2)
    assert here.inverse(8, 0.1, within=(1, 6)).value == pytest.approx(there.inverse(8, 0.1, within=(1, 6)).value, rel=1e-14)


def test_residuals_beyond_the_stated_uncertainties_are_told():
    (told,) = least_squares(X, Y, u_y=[0.05] * 6).warnings
    assert "chi squared is 166.5 with 4 degrees of freedom" in told
    assert least_squares(X, Y).warnings == ()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"y": Y[:5]}, "6 x and 5 y"),
        ({"x": [1, 2], "y": [1, 2]}, "at least 3"),
        ({"x": [2.0] * 6}, "1 different x do not determine"),
        ({"u_y": [0.1] * 5}, "5 standard uncertainties for 6 points"),
        ({"u_y": [0.1, 0, 1, 1, 1, 1]}, "not positive"),
        ({"u_y": [0.1, -1, 1, 1, 1, 1]}, "not positive"),
        ({"u_y": [float("nan")] * 6}, "not finite"),
        ({"x": [float("inf"), *X[1:]]}, "x: inf is not finite"),
        ({"y": [float("nan"), *Y[1:]]}, "y: nan is not finite"),
        ({"degree": 21}, "degree 21"),
        ({"degree": -1}, "degree -1"),
        ({"u_y": [[1.0] * 6] * 6}, "no inverse"),
        ({"u_y": [[1.0, 2.0], [2.0, 1.0]]}, "6 rows and columns"),
        ({"u_y": (np.eye(6) - 2 * np.eye(6)[::-1]).tolist()}, "semidefinite"),
    ],
)
def test_what_determines_no_function_is_refused(wrong, says):
    with pytest.raises(DomainError, match=says):
        least_squares(**({"x": X, "y": Y} | wrong))


def test_a_cell_that_is_no_decimal_is_refused():
    with pytest.raises(FormatError):
        least_squares(["1", "2", "x"], ["1", "2", "3"])


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_a_covariance_matrix_without_covariances_says_the_same_as_uncertainties_far_from_the_origin_too(degree):
    """The powers of x near 100 000 000 differ by less than a float holds: a parabola was off by a fifth of its uncertainty."""
    x, y = [10**8 + one for one in range(8)], [10**9 + (one * 7919) % 13 for one in range(8)]
    diagonal = [[0.25 if row == column else 0.0 for column in range(8)] for row in range(8)]
    one, other = (least_squares(x, y, degree=degree, u_y=u) for u in (["0.5"] * 8, diagonal))
    for place in (1e8, 1e8 + 3.5, 1e8 + 7):
        assert other.at(place).value == pytest.approx(one.at(place).value, rel=1e-12)
        assert other.at(place).standard_uncertainty == pytest.approx(one.at(place).standard_uncertainty, rel=1e-9)
    assert other.chi_squared == pytest.approx(one.chi_squared, rel=1e-9)
