"""Single sampling plans: by counting every sample there is, in closed form, and at published points of a curve."""

from fractions import Fraction
from itertools import combinations
from math import comb

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.sampling.single import lot_verdict, probability_of_acceptance


def counted(lot_size, nonconforming, sample_size, acceptance_number):
    """The share of all samples with no more than the acceptance number of bad items, one by one."""
    samples = list(combinations(range(lot_size), sample_size))
    return Fraction(sum(sum(item < nonconforming for item in one) <= acceptance_number for one in samples), len(samples))


@pytest.mark.parametrize("lot_size", range(1, 8))
def test_it_is_the_share_of_all_samples_that_pass(lot_size):
    for nonconforming in range(lot_size + 1):
        for sample_size in range(1, lot_size + 1):
            for acceptance_number in range(sample_size + 2):
                plan = {"sample_size": sample_size, "acceptance_number": acceptance_number}
                expected = counted(lot_size, nonconforming, sample_size, acceptance_number)
                assert probability_of_acceptance(lot_size, nonconforming, **plan) == expected


def test_with_acceptance_number_zero_it_is_one_binomial_over_another():
    for bad in range(0, 101, 10):
        found = probability_of_acceptance(100, bad, sample_size=13, acceptance_number=0)
        assert found == Fraction(comb(100 - bad, 13), comb(100, 13))


def test_one_bad_item_is_found_as_often_as_the_sample_is_a_part_of_the_lot():
    for size in (1, 5, 50, 100):
        assert probability_of_acceptance(100, 1, sample_size=size, acceptance_number=0) == 1 - Fraction(size, 100)


def test_the_ends_of_the_curve():
    assert probability_of_acceptance(1000, 0, sample_size=50, acceptance_number=1) == 1
    assert probability_of_acceptance(1000, 1000, sample_size=50, acceptance_number=1) == 0
    assert probability_of_acceptance(1000, 600, sample_size=50, acceptance_number=50) == 1
    assert probability_of_acceptance(60, 11, sample_size=50, acceptance_number=0) == 0


def test_a_worse_lot_is_never_accepted_more_often_and_a_larger_number_never_less():
    curve = [probability_of_acceptance(200, bad, sample_size=20, acceptance_number=1) for bad in range(201)]
    assert curve == sorted(curve, reverse=True)
    more = [probability_of_acceptance(200, 20, sample_size=20, acceptance_number=number) for number in range(21)]
    assert more == sorted(more)
    assert more[-1] == 1


@pytest.mark.parametrize(("percent", "accepted"), [("0.712", "0.95"), ("3.33", "0.50"), ("7.56", "0.10")])
def test_in_a_very_large_lot_it_is_the_curve_of_the_standard_for_fifty_and_one(percent, accepted):
    """n = 50, Ac = 1 (code letter H): quality levels accepted in 95, 50 and 10 of 100 cases, binomial, to three digits.

    Closed form: (1 - p)^50 + 50 p (1 - p)^49; a lot of a million differs from it by less than 50/10^6.
    """
    p = Fraction(percent) / 100
    binomial = (1 - p) ** 50 + 50 * p * (1 - p) ** 49
    found = probability_of_acceptance(10**6, int(p * 10**6), sample_size=50, acceptance_number=1)
    assert abs(found - binomial) < Fraction(1, 10**4)
    assert abs(binomial - Fraction(accepted)) < Fraction(1, 1000)


@pytest.mark.parametrize(
    ("lot_size", "bad", "size", "number"),
    [(10, -1, 5, 0), (10, 11, 5, 0), (10, 1, 0, 0), (10, 1, 11, 0), (10, 1, -1, 0), (10, 1, 5, -1), (0, 0, 1, 0), (-1, 0, 1, 0)],
)
def test_numbers_that_do_not_fit_together_are_refused(lot_size, bad, size, number):
    with pytest.raises(DomainError, match="do not fit together"):
        probability_of_acceptance(lot_size, bad, sample_size=size, acceptance_number=number)


@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_lot_is_accepted_up_to_the_acceptance_number(number):
    verdicts = [lot_verdict(found, number) for found in range(number + 3)]
    assert verdicts == ["accepted"] * (number + 1) + ["rejected"] * 2
