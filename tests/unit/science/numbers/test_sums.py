"""Sums keep the digits that plain addition loses."""

from fractions import Fraction
from math import fsum
from random import Random

from openqi.science.numbers.sums import PAYS_FROM, long_total, total


def test_what_cancels_leaves_the_small_behind():
    assert total([1.0, 1e100, 1.0, -1e100]) == 2.0
    assert total([]) == 0.0


def test_a_long_sum_is_that_of_fractions():
    chance = Random("sum")
    values = [chance.uniform(-1, 1) * 10 ** chance.uniform(-5, 5) for _ in range(2000)]
    assert total(values) == float(sum(map(Fraction, values))) == fsum(values)


def test_a_long_total_has_the_bits_of_the_plain_one():
    chance = Random("long")
    for size in (PAYS_FROM - 1, PAYS_FROM, PAYS_FROM + 13):
        values = [chance.uniform(-1, 1) * 10 ** chance.uniform(-9, 9) for _ in range(size)]
        assert long_total(values) == total(values) == fsum(values)
