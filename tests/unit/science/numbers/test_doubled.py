"""Sums and products with the lost part are exact: held against fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from openqi.science.numbers.doubled import fast_two_sum, two_product, two_quotient, two_sum

FLOATS = st.floats(min_value=-1e60, max_value=1e60, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-60)


@given(a=FLOATS, b=FLOATS)
def test_a_sum_and_what_it_lost_are_the_exact_sum(a, b):
    total, lost = two_sum(a, b)
    assert total == a + b
    assert Fraction(total) + Fraction(lost) == Fraction(a) + Fraction(b)
    one, two = sorted((a, b), key=abs, reverse=True)
    assert fast_two_sum(one, two) == (total, lost)


@given(a=FLOATS, b=FLOATS)
def test_a_product_and_what_it_lost_are_the_exact_product(a, b):
    product, lost = two_product(a, b)
    assert product == a * b
    assert Fraction(product) + Fraction(lost) == Fraction(a) * Fraction(b)


@given(a=FLOATS, b=FLOATS.filter(bool), lows=st.tuples(*[st.floats(-1, 1)] * 2))
def test_a_quotient_and_what_it_lacks_have_a_hundred_bits(a, b, lows):
    a_low, b_low = (low * 2.0**-54 * x for low, x in zip(lows, (a, b), strict=True))
    high, low = two_quotient(a, a_low, b, b_low)
    exact = (Fraction(a) + Fraction(a_low)) / (Fraction(b) + Fraction(b_low))
    assert abs(Fraction(high) + Fraction(low) - exact) <= abs(exact) * Fraction(1, 2**100)
