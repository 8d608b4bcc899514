"""Every decision rule, those with a guard factor among them: no verdict without an uncertainty, and a guard only ever shrinks."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.decision.rule import Interval, Rule, acceptance_interval, verdict

RULES = load("openqi.science.decision.kinds", Rule)
every = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
few = settings(max_examples=20)
numbers = st.fractions(-1000, 1000, max_denominator=10_000)
positive = st.fractions(Fraction(1, 10_000), 100, max_denominator=10_000)
factors = st.fractions(0, 3, max_denominator=100)


def accepted(rule, tolerance, expanded, factor):
    """The acceptance interval, with the guard factor where the rule has one."""
    return acceptance_interval(rule, tolerance, expanded, guard_factor=factor if rule.scaled else None)


def wide(rule, lower, expanded, factor, spare):
    """A tolerance that leaves room for two guard bands."""
    return Interval(lower=lower, upper=lower + 2 * rule.guard(expanded) * (factor if rule.scaled else 1) + spare)


def test_the_catalogue_has_the_rules_that_requirements_name():
    assert {"guarded-acceptance/1", "scaled-guard/1", "simple-acceptance/1"} <= set(RULES)


@every
def test_a_rule_names_its_source_and_its_version(rule):
    name, slash, version = rule.name.partition("/")
    assert (bool(name), slash, version.isdigit()) == (True, "/", True)
    assert "[" in rule.source


@every
@pytest.mark.parametrize("expanded", [Fraction(0), Fraction(-1), Fraction(-1, 10**9)], ids=str)
def test_no_verdict_stands_without_an_uncertainty(rule, expanded):
    for tolerance in (Interval(lower=Fraction(0), upper=None), Interval(lower=Fraction(0), upper=Fraction(1))):
        with pytest.raises(DomainError, match="not positive; no verdict stands without one"):
            accepted(rule, tolerance, expanded, Fraction(1))


@every
@few
@given(expanded=positive, factor=factors, lower=numbers, spare=positive)
def test_a_guard_shrinks_what_is_accepted_and_never_widens_it(rule, expanded, factor, lower, spare):
    assert rule.guard(expanded) >= 0
    tolerance = wide(rule, lower, expanded, factor, spare)
    found = accepted(rule, tolerance, expanded, factor)
    assert tolerance.lower <= found.lower <= found.upper <= tolerance.upper
    assert found.lower - tolerance.lower == tolerance.upper - found.upper


@every
@few
@given(small=positive, more=positive, factor=factors, lower=numbers, spare=positive)
def test_a_larger_uncertainty_never_accepts_more(rule, small, more, factor, lower, spare):
    tolerance = wide(rule, lower, small + more, factor, spare)
    surer, less = accepted(rule, tolerance, small, factor), accepted(rule, tolerance, small + more, factor)
    assert surer.lower <= less.lower <= less.upper <= surer.upper


@every
@few
@given(expanded=positive, factor=factors, lower=numbers, spare=positive)
def test_a_value_on_an_acceptance_limit_is_accepted_and_one_beyond_is_not(rule, expanded, factor, lower, spare):
    found = accepted(rule, wide(rule, lower, expanded, factor, spare), expanded, factor)
    least = Fraction(1, 10**12)
    assert {verdict(value, found) for value in (found.lower, found.upper)} == {"conforming"}
    assert {verdict(value, found) for value in (found.lower - least, found.upper + least)} == {"nonconforming"}


@every
@few
@given(expanded=positive, factor=factors, lower=numbers, spare=positive, scale=positive, value=numbers)
def test_the_verdict_is_free_of_the_unit(rule, expanded, factor, lower, spare, scale, value):
    tolerance = wide(rule, lower, expanded, factor, spare)
    other = Interval(lower=tolerance.lower * scale, upper=tolerance.upper * scale)
    plain, scaled = accepted(rule, tolerance, expanded, factor), accepted(rule, other, expanded * scale, factor)
    assert scaled == Interval(lower=plain.lower * scale, upper=plain.upper * scale)
    assert verdict(value * scale, scaled) == verdict(value, plain)


@every
@few
@given(expanded=positive, factor=factors, limit=numbers, value=numbers)
def test_one_limit_is_the_mirror_of_the_other(rule, expanded, factor, limit, value):
    above = accepted(rule, Interval(lower=limit, upper=None), expanded, factor)
    below = accepted(rule, Interval(lower=None, upper=-limit), expanded, factor)
    assert (above.upper, below.lower, above.lower) == (None, None, -below.upper)
    assert verdict(value, above) == verdict(-value, below)


@pytest.mark.parametrize("rule", [one for one in RULES.values() if one.guard(Fraction(1))], ids=lambda rule: rule.name)
def test_guard_bands_that_meet_leave_one_value_and_bands_that_cross_none(rule):
    tolerance = Interval(lower=Fraction(0), upper=Fraction(2))
    assert accepted(rule, tolerance, Fraction(1), Fraction(1)) == Interval(lower=Fraction(1), upper=Fraction(1))
    with pytest.raises(DomainError, match="no acceptance interval"):
        accepted(rule, tolerance, Fraction(1) + Fraction(1, 10**9), Fraction(1))


@every
@pytest.mark.parametrize("limits", [(None, None), (Fraction(1), Fraction(1)), (Fraction(2), Fraction(1))], ids=str)
def test_limits_that_are_none_or_not_in_order_are_refused(rule, limits):
    with pytest.raises(DomainError):
        accepted(rule, Interval(lower=limits[0], upper=limits[1]), Fraction(1, 100), Fraction(1))


@every
def test_a_guard_factor_is_given_exactly_where_the_rule_has_one_and_is_not_negative(rule):
    tolerance = Interval(lower=Fraction(0), upper=None)
    wrong = [None, Fraction(-1), Fraction(-1, 10**9)] if rule.scaled else [Fraction(0), Fraction(1), Fraction(-1)]
    for factor in wrong:
        with pytest.raises(DomainError, match="guard factor"):
            acceptance_interval(rule, tolerance, Fraction(1), guard_factor=factor)
