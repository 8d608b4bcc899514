"""The rule of steps, counted by hand: who can never be drawn, and how few samples there are."""

from fractions import Fraction

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.draws.steps import step_rule, step_sample

PUBLISHED = [(2999, 1000, 2, "33.3"), (29990, 10000, 2, "33.3"), (100000, 34000, 2, "32.0"), (100000, 3000, 33, "1.0")]


@pytest.mark.parametrize(("objects", "wanted", "step", "percent"), PUBLISHED)
def test_the_share_that_can_never_be_drawn_is_the_one_that_was_found(objects, wanted, step, percent):
    found = step_rule(objects, wanted)
    assert (found.step, f"{float(100 * found.share):.1f}") == (step, percent)


@pytest.mark.parametrize(("objects", "wanted"), [(29, 10), (30, 10), (7, 7), (10, 3), (299, 100)])
def test_it_is_what_all_samples_together_reach(objects, wanted):
    found = step_rule(objects, wanted)
    every = [step_sample(objects, wanted, start) for start in range(1, found.samples + 1)]
    assert {len(one) for one in every} == {wanted}
    reached = {row for one in every for row in one}
    assert objects - len(reached) == found.unreachable
    assert max(reached) <= objects
    together = {(a, b) for one in every for a in one for b in one if a < b}
    assert found.pairs == Fraction(len(together), objects * (objects - 1) // 2)
    assert found.chance == Fraction(1, len(every))


def test_more_than_there_are_and_starts_beyond_the_step_are_refused():
    for objects, wanted in ((5, 6), (5, 0)):
        with pytest.raises(DomainError):
            step_rule(objects, wanted)
    with pytest.raises(DomainError):
        step_sample(10, 3, 4)
    assert step_rule(1, 1).pairs == 1
