"""The rank of an officer for a visit, beside the same mixing in plain integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.science.draws.assignment.kernel import FIRST, SECOND, rank

WORD = (1 << 64) - 1
words = st.integers(min_value=0, max_value=WORD)


def plain(visit: int, officer: int) -> int:
    mixed = visit ^ officer
    mixed = (mixed ^ mixed >> 30) * FIRST & WORD
    mixed = (mixed ^ mixed >> 27) * SECOND & WORD
    return mixed ^ mixed >> 31


@given(words, words)
def test_the_rank_is_that_of_plain_integers(visit, officer):
    with np.errstate(over="ignore"):
        assert int(rank(np.uint64(visit), np.uint64(officer))) == plain(visit, officer)


@pytest.mark.parametrize("visit", [0, 1, WORD])
def test_no_two_officers_have_one_rank(visit):
    with np.errstate(over="ignore"):
        assert len({int(rank(np.uint64(visit), np.uint64(officer))) for officer in range(1000)}) == 1000
