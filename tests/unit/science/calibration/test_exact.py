"""Exact arithmetic of polynomials: what a float means, inverses in integers, values and slopes."""

from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.calibration.exact import as_float, derivative, exact, integers, inverse_of, value_at

small = st.integers(-9, 9)


def test_a_float_is_the_decimal_that_it_is_written_as():
    assert exact(0.1, "x") == exact("0.1", "x") == Fraction(1, 10)
    assert exact(1e-7, "x") == Fraction(1, 10**7)
    assert exact(3, "x") == exact(Fraction(3), "x") == 3


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_what_is_not_finite_is_refused_by_name(number):
    with pytest.raises(DomainError, match=r"u_y: .* is not finite"):
        exact(number, "u_y")


def test_a_text_that_is_no_decimal_is_refused():
    with pytest.raises(FormatError):
        exact("1e3", "x")


def test_what_no_float_holds_is_refused():
    with pytest.raises(DomainError, match="y is beyond a float"):
        as_float(Fraction(10) ** 400, "y")


@given(numbers=st.lists(st.fractions(-10, 10, max_denominator=1000), min_size=1, max_size=9))
def test_integers_over_one_denominator_are_the_numbers(numbers):
    scaled, denominator = integers(numbers)
    assert [Fraction(one, denominator) for one in scaled] == numbers


@settings(max_examples=100)
@given(size=st.integers(1, 5), data=st.data())
def test_a_matrix_times_its_inverse_is_one(size, data):
    matrix = data.draw(st.lists(st.lists(small, min_size=size, max_size=size), min_size=size, max_size=size))
    try:
        adjugate, determinant = inverse_of(matrix)
    except DomainError:
        assert determinant_by_minors(matrix) == 0
        return
    assert determinant == determinant_by_minors(matrix)
    for i in range(size):
        for j in range(size):
            assert sum(matrix[i][k] * adjugate[k][j] for k in range(size)) == (determinant if i == j else 0)


def determinant_by_minors(matrix):
    """The plain definition, as slow as it is."""
    if not matrix:
        return 1
    minors = ([row[:column] + row[column + 1 :] for row in matrix[1:]] for column in range(len(matrix)))
    return sum((-1) ** column * matrix[0][column] * determinant_by_minors(minor) for column, minor in enumerate(minors))


def test_the_value_and_the_slope_of_a_polynomial():
    cubic = [Fraction(5), Fraction(-1), Fraction(0), Fraction(2)]
    assert value_at(cubic, Fraction(1, 2)) == Fraction(19, 4)
    assert value_at(derivative(cubic), Fraction(1, 2)) == Fraction(1, 2)
    assert derivative([Fraction(5)]) == ()
