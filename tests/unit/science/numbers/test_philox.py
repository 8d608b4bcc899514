"""The generator against the known answers of those who made it."""

from fractions import Fraction

import pytest

from openqi.science.numbers.philox import philox4x32, uniform
from vectors_of import vectors_of

CASES = vectors_of("metrology/philox4x32_known_answers.json")["cases"]


@pytest.mark.parametrize("case", CASES)
def test_known_answers_come_out(case):
    counter, key = (tuple(int(word, 16) for word in case[name]) for name in ("counter", "key"))
    assert [f"{word:08x}" for word in philox4x32(counter, key)] == case["words"]


def test_a_uniform_number_is_the_exact_middle_of_its_step():
    assert uniform(0, 0) == 2.0**-53
    assert uniform(0xFFFFFFFF, 0xFFFFFFFF) == 1.0 - 2.0**-53
    n = (0x12345678 << 32 | 0x9ABCDEF0) >> 12
    assert Fraction(uniform(0x12345678, 0x9ABCDEF0)) == (n + Fraction(1, 2)) / 2**52


def test_the_twelve_bits_that_are_left_out_change_nothing():
    assert uniform(7, 0xABCDE000) == uniform(7, 0xABCDEFFF) != uniform(7, 0xABCDF000)
