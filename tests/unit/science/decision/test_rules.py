"""Decision rules: one contract for every rule of the catalogue, and the worked closed form of each."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.decision.rule import Interval, Rule, acceptance_interval, verdict

RULES = load("openqi.science.decision.kinds", Rule)
few = settings(max_examples=40)
every = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
numbers = st.fractions(-1000, 1000, max_denominator=10_000)
positive = st.fractions(Fraction(1, 10_000), 100, max_denominator=10_000)


def accepted(rule: Rule, tolerance: Interval, expanded: Fraction) -> Interval:
    """The acceptance interval; a rule with a guard factor has the whole U here."""
    return acceptance_interval(rule, tolerance, expanded, guard_factor=Fraction(1) if rule.scaled else None)


def both(lower: Fraction, upper: Fraction) -> Interval:
    """A tolerance with two limits."""
    return Interval(lower=lower, upper=upper)


def test_the_catalogue_has_the_two_rules_that_every_standard_knows():
    assert {"guarded-acceptance/1", "simple-acceptance/1"} <= set(RULES)


@every
def test_a_rule_names_its_source_and_its_version(rule):
    assert rule.source.strip()
    assert "[" in rule.source
    name, slash, version = rule.name.partition("/")
    assert name
    assert slash
    assert version.isdigit()


@every
@few
@given(expanded=positive)
def test_a_guard_band_is_never_negative(rule, expanded):
    """Else an item would be accepted outside of its limits, at the cost of who uses it, and under the name of a guard."""
    assert rule.guard(expanded) >= 0


@every
@few
@given(expanded=positive, lower=numbers, width=positive, scale=positive, value=numbers)
def test_the_verdict_is_free_of_the_unit(rule, expanded, lower, width, scale, value):
    """In millivolt or volt, the same item has the same verdict, to the last bit: numbers are exact."""
    tolerance = both(lower, lower + width)
    try:
        acceptance = accepted(rule, tolerance, expanded)
    except DomainError:
        with pytest.raises(DomainError):
            accepted(rule, both(lower * scale, (lower + width) * scale), expanded * scale)
        return
    scaled = accepted(rule, both(lower * scale, (lower + width) * scale), expanded * scale)
    assert scaled == both(acceptance.lower * scale, acceptance.upper * scale)
    assert verdict(value * scale, scaled) == verdict(value, acceptance)


@every
@few
@given(expanded=positive, lower=numbers, width=positive)
def test_a_value_on_an_acceptance_limit_is_accepted_and_one_beyond_is_not(rule, expanded, lower, width):
    tolerance = both(lower, lower + width)
    try:
        acceptance = accepted(rule, tolerance, expanded)
    except DomainError:
        assert 2 * rule.guard(expanded) > width
        return
    assert lower <= acceptance.lower <= acceptance.upper <= lower + width
    least = Fraction(1, 10**12)
    assert verdict(acceptance.lower, acceptance) == verdict(acceptance.upper, acceptance) == "conforming"
    assert verdict(acceptance.lower - least, acceptance) == verdict(acceptance.upper + least, acceptance) == "nonconforming"


@every
@few
@given(expanded=positive, limit=numbers, value=numbers)
def test_one_limit_is_the_limit_of_two_where_the_other_is_far_away(rule, expanded, limit, value):
    far = Fraction(10**9)
    above = accepted(rule, Interval(lower=limit, upper=None), expanded)
    below = accepted(rule, Interval(lower=None, upper=limit), expanded)
    assert above == Interval(lower=accepted(rule, both(limit, far), expanded).lower, upper=None)
    assert below == Interval(lower=None, upper=accepted(rule, both(-far, limit), expanded).upper)
    assert verdict(value, above) == verdict(-value, accepted(rule, Interval(lower=None, upper=-limit), expanded))


@every
@few
@given(small=positive, more=positive, lower=numbers, spare=positive)
def test_a_larger_uncertainty_never_accepts_more(rule, small, more, lower, spare):
    tolerance = both(lower, lower + 2 * rule.guard(small + more) + spare)
    wide, narrow = accepted(rule, tolerance, small), accepted(rule, tolerance, small + more)
    assert wide.lower <= narrow.lower <= narrow.upper <= wide.upper


@every
@pytest.mark.parametrize("expanded", [Fraction(0), Fraction(-1), Fraction(-1, 10**9)], ids=str)
def test_no_verdict_stands_without_an_uncertainty(rule, expanded):
    with pytest.raises(DomainError, match="not positive"):
        accepted(rule, both(Fraction(0), Fraction(1)), expanded)


@every
@pytest.mark.parametrize("tolerance", [(None, None), (Fraction(1), Fraction(1)), (Fraction(2), Fraction(1))], ids=str)
def test_limits_that_are_none_or_not_in_order_are_refused(rule, tolerance):
    with pytest.raises(DomainError):
        accepted(rule, Interval(lower=tolerance[0], upper=tolerance[1]), Fraction(1, 100))


def test_guarded_acceptance_moves_each_limit_in_by_the_expanded_uncertainty():
    """[ILAC-G8] clause 4.2.2 with w = U: 100 ± 2 and U = 0.3 leave 98.3 to 101.7."""
    acceptance = acceptance_interval(RULES["guarded-acceptance/1"], both(Fraction(98), Fraction(102)), Fraction(3, 10))
    assert acceptance == both(Fraction(983, 10), Fraction(1017, 10))


def test_guarded_acceptance_leaves_one_point_where_u_is_half_the_width_and_nothing_beyond():
    rule, tolerance = RULES["guarded-acceptance/1"], both(Fraction(98), Fraction(102))
    assert accepted(rule, tolerance, Fraction(2)) == both(Fraction(100), Fraction(100))
    with pytest.raises(DomainError, match="no acceptance interval"):
        accepted(rule, tolerance, Fraction(2) + Fraction(1, 10**9))


def test_simple_acceptance_takes_the_limits_as_they_are():
    """[ILAC-G8] clause 4.2.1."""
    tolerance = both(Fraction(98), Fraction(102))
    assert acceptance_interval(RULES["simple-acceptance/1"], tolerance, Fraction(100)) == tolerance


@given(value=numbers, lower=numbers, width=positive)
def test_an_interval_holds_what_lies_between_its_ends_and_the_ends(value, lower, width):
    assert both(lower, lower + width).holds(value) == (lower <= value <= lower + width)
    assert Interval(lower=None, upper=None).holds(value)
