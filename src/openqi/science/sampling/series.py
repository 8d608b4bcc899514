"""What a series of tests without a failure is worth: the least share of passing ones that it leaves possible."""

from fractions import Fraction
from typing import Final

from openqi.kernel.errors import DomainError

_MOST: Final = 100_000


def least_passing_share(tests: int, confidence: Fraction, *, places: int = 4) -> str:
    """Return the lower bound of the share that passes after n tests of which none failed, cut off after so many places.

    It is the n-th root of 1 - confidence: with a smaller share so long a series would have less chance than that. It rests on
    tests that are independent and of goods drawn at random; a rule of a mark alone says nothing of either.

    Args:
        tests: n, from 1.
        confidence: between 0 and 1.
        places: digits after the point, 1 to 9; cut off, so that the bound is never above the exact one.

    Raises:
        DomainError: one is out of its range.

    Source: [CLOPPER-PEARSON], with no failures.
    """
    if not 1 <= tests <= _MOST or not 0 < confidence < 1 or not 1 <= places <= 9:
        raise DomainError(
            f"{tests} tests at a confidence of {confidence}: from 1 test, a confidence between 0 and 1, 1 to 9 places"
        )
    scale = 10**places
    low, high = 0, scale  # the largest k with (k / scale)^n <= 1 - confidence, in whole numbers: no root, nothing rounded
    bound = (1 - confidence).numerator * scale**tests
    while high - low > 1:
        middle = (low + high) // 2
        if middle**tests * (1 - confidence).denominator <= bound:
            low = middle
        else:
            high = middle
    return f"0.{low:0{places}d}"
