"""The zeros of polynomials: made of known ones, told apart however close, and those at the ends of the range."""

from fractions import Fraction
from time import thread_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.science.calibration.roots import roots_within

CLOSE = Fraction(1, 2**76)


def product(roots):
    """The polynomial with these zeros."""
    polynomial = [Fraction(1)]
    for root in roots:
        shifted, scaled = [Fraction(0), *polynomial], [root * one for one in polynomial] + [Fraction(0)]
        polynomial = [one - two for one, two in zip(shifted, scaled, strict=True)]
    return polynomial


@settings(max_examples=200, deadline=None)
@given(
    roots=st.lists(st.fractions(-6, 6, max_denominator=7), min_size=1, max_size=6), low=st.integers(-8, 7), width=st.integers(1, 8)
)
def test_the_zeros_of_a_product_come_back_once_each_with_those_at_the_ends(roots, low, width):
    expected = sorted({root for root in roots if low <= root <= low + width})
    found = roots_within(product(roots), Fraction(low), Fraction(low + width))
    assert len(found) == len(expected)
    assert all(abs(left - right) <= CLOSE * width for left, right in zip(found, expected, strict=True))


def test_zeros_that_no_float_tells_apart_are_two():
    one, other = Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**20)
    assert len(roots_within(product([one, other]), Fraction(0), Fraction(1))) == 2


def test_where_it_only_touches_is_one_and_where_it_misses_none():
    for lift, count in ((0, 1), (Fraction(1, 10**18), 0), (-Fraction(1, 10**18), 2)):
        polynomial = product([Fraction(1, 3), Fraction(1, 3)])
        polynomial[0] += lift
        assert len(roots_within(polynomial, Fraction(0), Fraction(1))) == count


def test_the_zero_polynomial_is_zero_everywhere_and_a_constant_nowhere():
    assert roots_within([Fraction(0), Fraction(0)], Fraction(0), Fraction(1)) is None
    assert roots_within([Fraction(3)], Fraction(0), Fraction(1)) == ()
    assert roots_within([Fraction(3), Fraction(0)], Fraction(0), Fraction(1)) == ()


def test_the_root_of_two_beyond_the_digits_of_a_float():
    (found,) = roots_within([Fraction(-2), Fraction(0), Fraction(1)], Fraction(1), Fraction(2))
    assert abs(found**2 - 2) < Fraction(1, 10**23)


@pytest.mark.parametrize("degree", [5, 10, 20])
def test_long_coefficients_of_a_high_degree_take_no_time(degree):
    """Remainder sequences of such polynomials take minutes; numbers of a fit have hundreds of digits."""
    nodes = np.cos(np.pi * (np.arange(degree) + 0.5) / degree)
    roots = [Fraction(float(node)) + Fraction(1, 3**200) for node in nodes]
    start = thread_time()
    found = roots_within(product(roots), Fraction(-1), Fraction(1))
    assert thread_time() - start < 5
    assert len(found) == degree
