"""Single sampling plans: the verdict on a lot, and how often such a plan accepts lots of a given quality."""

from fractions import Fraction
from math import comb
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import plain_sum


def lot_verdict(nonconforming: int, acceptance_number: int) -> Literal["accepted", "rejected"]:
    """Return the verdict on a lot from the number of nonconforming items in its sample.

    Source: [ISO2859-1] clause 11.1.1.
    """
    return "accepted" if nonconforming <= acceptance_number else "rejected"


def probability_of_acceptance(lot_size: int, nonconforming: int, *, sample_size: int, acceptance_number: int) -> Fraction:
    """Return how often a lot with that many nonconforming items is accepted, exactly (hypergeometric).

    Args:
        lot_size: N >= n.
        nonconforming: D, 0 to N.
        sample_size: n >= 1.
        acceptance_number: Ac >= 0.

    Raises:
        DomainError: the numbers do not fit together.

    Source: [ISO2859-2] annex B (hypergeometric distribution for isolated lots).
    """
    if not 0 <= nonconforming <= lot_size or not 1 <= sample_size <= lot_size or acceptance_number < 0:
        raise DomainError(f"N = {lot_size}, D = {nonconforming}, n = {sample_size}, Ac = {acceptance_number} do not fit together")
    ways = plain_sum(
        comb(nonconforming, found) * comb(lot_size - nonconforming, sample_size - found)
        for found in range(min(acceptance_number, nonconforming, sample_size) + 1)
    )
    return Fraction(ways, comb(lot_size, sample_size))
