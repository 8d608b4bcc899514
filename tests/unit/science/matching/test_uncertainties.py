"""Uncertainties as scopes state them: at a value by hand, over a range against a fine look at every value."""

from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.matching.spans import Span
from openqi.science.matching.uncertainties import Equation, Linear, Stated, Tabled, exceeded, expanded

F: Final = Fraction
parts = st.integers(1, 8).map(lambda one: Fraction(one, 4))
linear = st.builds(lambda a, b: Linear(constant=a, proportional=b), parts, st.integers(0, 4).map(lambda one: Fraction(one, 8)))
tabled = st.builds(
    lambda us, between: Tabled(points=tuple((Fraction(place), u) for place, u in enumerate(us)), between=between),
    st.lists(parts, min_size=9, max_size=9), st.sampled_from(["line", "step"]),
)  # fmt: skip


def test_a_value_is_found_as_one_does_it_by_hand():
    table = Tabled(points=((F(1), F(2)), (F(3), F(6))))
    assert (expanded(table, F(1)), expanded(table, F(2)), expanded(table, F(3))) == (2, 4, 6)
    assert expanded(Tabled(points=table.points, between="step"), F(2)) == 6
    assert (expanded(table, F(0)), expanded(table, F(4))) == (None, None)
    assert expanded(Linear(constant=F(1), proportional=F(1, 10)), F(-20)) == 3
    assert expanded(Equation(at=lambda x: x * x + 1, text="x^2 + 1"), F(3)) == 10


@settings(max_examples=300)
@given(offered=st.one_of(linear, tabled), wanted=st.one_of(linear, tabled), ends=st.tuples(st.integers(0, 8), st.integers(0, 8)))
def test_nothing_between_the_values_that_are_looked_at_is_worse(offered: Stated, wanted: Stated, ends: tuple[int, int]):
    low, high = sorted(ends)
    found = exceeded(offered, wanted, Span(low=F(low), high=F(high)))
    fine = [F(step, 16) for step in range(16 * low, 16 * high + 1)]
    worse = [value for value in fine if (expanded(offered, value) or 0) > (expanded(wanted, value) or 0)]
    assert (found is None) == (not worse)
    if found is not None:
        assert found.offered is not None
        # close above a step the fine look comes near the greatest ratio and does not reach it
        ratios = [(expanded(offered, value) or F(0)) / (expanded(wanted, value) or F(1)) for value in worse]
        assert found.offered / found.wanted >= max(ratios)


def test_a_table_that_does_not_reach_is_no_uncertainty_there():
    found = exceeded(Tabled(points=((F(0), F(1)), (F(5), F(1)))), Linear(constant=F(9)), Span(low=F(0), high=F(6)))
    assert found is not None
    assert (found.value, found.offered) == (6, None)


def test_another_coverage_factor_is_taken_into_account():
    wanted = Linear(constant=F(2))
    assert exceeded(Linear(constant=F(3), coverage_factor=F(3)), wanted, Span(low=F(0), high=F(1))) is None
    assert exceeded(Linear(constant=F(3, 2), coverage_factor=F(1)), wanted, Span(low=F(0), high=F(1))) is not None


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear(constant=F(0)), lambda: Linear(constant=F(-1)), lambda: Tabled(points=()),
        lambda: Tabled(points=((F(1), F(1)), (F(1), F(2)))), lambda: Tabled(points=((F(1), F(0)),)),
        lambda: expanded(Equation(at=lambda x: x - 1, text="x - 1"), F(1)),
        lambda: exceeded(Linear(constant=F(1)), Linear(constant=F(1)), Span(low=F(0))),
    ],
)  # fmt: skip
def test_what_is_no_uncertainty_is_refused(make):
    with pytest.raises(DomainError):
        make()
