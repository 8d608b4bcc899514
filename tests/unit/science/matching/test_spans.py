"""Ranges with open and closed ends, compared number by number: ends, midpoints, and beyond."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.matching.spans import Span, uncovered

HALVES = [Fraction(step, 2) for step in range(-2, 16)]  # whole numbers are ends, halves lie between, -1 and 7.5 beyond


def spans(most: int = 6) -> st.SearchStrategy[Span]:
    """Spans whose ends are whole numbers, or none."""

    def made(low: int | None, high: int | None, low_open: bool, high_open: bool) -> Span | None:
        try:
            return Span(
                low=None if low is None else Fraction(low), high=None if high is None else Fraction(high),
                low_open=low_open and low is not None, high_open=high_open and high is not None,
            )  # fmt: skip
        except DomainError:
            return None

    end = st.one_of(st.none(), st.integers(0, most))
    return st.builds(made, end, end, st.booleans(), st.booleans()).filter(lambda one: one is not None)  # type: ignore[return-value]


@given(one=spans(), other=spans())
def test_a_span_covers_another_where_it_holds_each_of_its_numbers(one: Span, other: Span):
    assert one.covers(other) == all(one.holds(value) for value in HALVES if other.holds(value))


@settings(max_examples=600)
@given(wanted=spans(), offered=st.lists(spans(), max_size=4))
def test_what_is_left_uncovered_begins_at_the_first_number_that_nobody_holds(wanted: Span, offered: list[Span]):
    missing = [value for value in HALVES if wanted.holds(value) and not any(one.holds(value) for one in offered)]
    found = uncovered(wanted, offered)
    assert (found is None) == (not missing)
    if found is not None:
        assert wanted.covers(found)
        assert found.holds(missing[0])
        assert not any(found.holds(value) for value in HALVES if value < missing[0])


def test_two_spans_that_both_leave_an_end_out_do_not_meet():
    low, high = Span(low=Fraction(0), high=Fraction(10), high_open=True), Span(low=Fraction(10), high=Fraction(20), low_open=True)
    assert uncovered(Span(low=Fraction(0), high=Fraction(20)), [high, low]) is not None
    assert uncovered(Span(low=Fraction(0), high=Fraction(20)), [high, low, Span(low=Fraction(10), high=Fraction(10))]) is None


@pytest.mark.parametrize(
    "ends",
    [{"low": Fraction(2), "high": Fraction(1)}, {"low": Fraction(1), "high": Fraction(1), "low_open": True}, {"high_open": True}],
)
def test_a_span_without_a_number_or_with_an_end_that_is_none_is_refused(ends: dict[str, object]):
    with pytest.raises(DomainError):
        Span(**ends)  # type: ignore[arg-type]
