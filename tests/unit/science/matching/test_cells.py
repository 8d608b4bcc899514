"""Spans as cells say the same as spans themselves, also about a span that is none of theirs."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.science.matching.cells import cells_of, joined
from openqi.science.matching.spans import Span, uncovered
from unit.science.matching.test_spans import spans


@settings(max_examples=600)
@given(offered=st.lists(spans(), min_size=1, max_size=4), wanted=spans(), shift=st.sampled_from([0, Fraction(1, 2)]))
def test_cells_cover_what_spans_cover(offered: list[Span], wanted: Span, shift: Fraction):
    """Shifted by a half, the ends of what is wanted are none of those that cut."""
    moved = Span(
        low=None if wanted.low is None else wanted.low + shift, high=None if wanted.high is None else wanted.high + shift,
        low_open=wanted.low_open, high_open=wanted.high_open,
    )  # fmt: skip
    cells = cells_of(offered)
    first, last = cells.of(moved)
    assert first <= last
    for one in offered:
        a, b = cells.of(one)
        assert (a <= first and last <= b) == one.covers(moved)
    runs = joined([cells.of(one) for one in offered])
    assert any(a <= first and last <= b for a, b in runs) == (uncovered(moved, offered) is None)
