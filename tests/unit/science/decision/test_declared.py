"""Limits beside limits, and beside a value with its uncertainty: compared with every value one by one."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.decision.declared import against_limits, limits_compared
from openqi.science.decision.rule import Interval

RANGE = range(-1, 12)
limit = st.one_of(st.none(), st.integers(0, 10).map(Fraction))
intervals = st.builds(lambda a, b: Interval(lower=a, upper=b), limit, limit).filter(
    lambda one: one.lower is None or one.upper is None or one.lower <= one.upper
)


@given(declared=intervals, recommended=intervals)
def test_what_compares_is_what_the_limits_let_through(declared: Interval, recommended: Interval):
    # -1 and 11 stand for all that lies beyond any limit
    one, two = ({value for value in RANGE if interval.holds(Fraction(value))} for interval in (declared, recommended))
    expected = "equal" if one == two else "stricter" if one < two else "looser" if one > two else "crossing"
    assert limits_compared(declared, recommended) == expected


@given(value=st.integers(0, 40), uncertainty=st.integers(0, 9), limits=intervals)
def test_a_verdict_is_what_holds_for_every_value_within_the_uncertainty(value: int, uncertainty: int, limits: Interval):
    quarter = Fraction(1, 4)
    held = {limits.holds(step * quarter) for step in range(value - uncertainty, value + uncertainty + 1)}
    found = against_limits(value * quarter, uncertainty * quarter, limits)
    if found == "undecided":
        # one end lies beyond a limit, and not all does: also where the limits are narrower than the uncertainty
        assert held == {True, False} or (held == {False} and limits.lower is not None and limits.upper is not None)
    else:
        assert held == {found == "meets"}


def test_no_uncertainty_is_below_nothing():
    with pytest.raises(DomainError, match="0 or more"):
        against_limits(Fraction(1), Fraction(-1), Interval(lower=Fraction(0), upper=None))
