"""One value decided: the six outcomes, decimals as stated, and what is missing is refused."""

from fractions import Fraction
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from openqi.kernel.errors import DomainError, FormatError, OpenQIError, RefusedError
from openqi.science.decision.outcomes import Outcome, decided, decision_rules, outcome_of
from openqi.science.decision.rule import Interval
from openqi.science.decision.rules.rule import Acceptance
from openqi.science.distributions.distribution import distribution

ASKED = {"unit": "mm", "expanded": "0.2", "lower": "9", "upper": "10", "rule": "guarded-acceptance/2", "method": "full-value"}


def outcome(value, **changes):
    return decided(value, **(ASKED | changes)).outcome


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("simple-acceptance/2", "pass conditionalPass conditionalFail fail"),
        ("guarded-acceptance/2", "pass conditionalFail conditionalFail fail"),
        ("iso-14253-1/1", "pass noFail noPass fail"),
    ],
)
def test_the_six_outcomes(rule, expected):
    """9 to 10 with U = 0.2: clearly within, within and in doubt, outside and in doubt, clearly outside."""
    values = ("9.5", "9.9", "10.1", "10.3")
    assert " ".join(outcome(value, rule=rule) for value in values) == expected
    mirrored = ("9.5", "9.1", "8.9", "8.7")
    assert " ".join(outcome(value, rule=rule) for value in mirrored) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("9.8", "pass"), ("9.800001", "noFail"), ("10", "noFail"), ("10.000001", "noPass"), ("10.2", "noPass"), ("10.200001", "fail")],
)
def test_where_the_zones_of_iso_14253_end(value, expected):
    assert outcome(value, rule="iso-14253-1/1") == expected


@pytest.mark.parametrize(("value", "expanded"), [("0.011", "0.011"), ("0.012", "0.010")])
def test_two_humidity_points_on_the_limit_pass_in_decimals_where_floats_flip(value, expanded):
    """Of dcc_gp_humidity: as floats 0.022 - 0.012 - 0.010 is less than 0."""
    found = decided(
        value, unit="\\one", expanded=expanded, lower="-0.022", upper="0.022", rule="guarded-acceptance/2", method="full-value"
    )
    assert found.outcome == "pass"
    assert found.accept.upper == Fraction(value)
    assert 0.022 - 0.012 - 0.010 < 0


def test_u_and_its_k_say_the_same_as_the_expanded_uncertainty():
    plain = decided("9.7", **ASKED)
    other = decided("9.7", **(ASKED | {"expanded": None, "u": "0.1", "k": "2"}))
    assert plain == other
    assert plain.specific_risk == pytest.approx(stats.norm.sf(3) + stats.norm.cdf(-7), rel=1e-12)


def test_the_risk_of_a_decision_is_that_of_the_other_one_being_right():
    assert decided("9.9", **ASKED).specific_risk == pytest.approx(stats.norm.cdf(1) - stats.norm.cdf(-9), rel=1e-12)
    doubtful = decided("9.9", **(ASKED | {"rule": "iso-14253-1/1"}))
    assert doubtful.specific_risk == pytest.approx(stats.norm.sf(1), rel=1e-12)
    assert decided("10", **(ASKED | {"rule": "simple-acceptance/2"})).specific_risk == pytest.approx(0.5, rel=1e-12)


def test_the_risk_is_free_of_the_unit_however_large_its_numbers():
    plain = decided("9.7", **ASKED).specific_risk
    scaled = {name: value + "0" * 45 for name, value in {"expanded": "2", "lower": "90", "upper": "100"}.items()}
    assert decided("97" + "0" * 45, **(ASKED | scaled)).specific_risk == plain


@pytest.mark.parametrize(
    ("value", "method", "interval", "compared", "expected"),
    [
        ("10.04", "full-value", None, "10.04", "conditionalFail"),
        ("10.04", "rounded-value", "0.1", "10.0", "conditionalPass"),
        ("10.05", "rounded-value", "0.1", "10.0", "conditionalPass"),
        ("10.06", "rounded-value", "0.1", "10.1", "conditionalFail"),
    ],
)
def test_the_methods_of_gbt_8170(value, method, interval, compared, expected):
    found = decided(value, **(ASKED | {"rule": "simple-acceptance/2", "method": method}), interval=interval)
    assert (found.compared, found.outcome, found.method) == (compared, expected, method)


def test_one_limit_is_enough():
    assert outcome("1000", upper=None) == "pass"
    assert outcome("-1000", lower=None) == "pass"
    assert outcome("9.1", upper=None) == "conditionalFail"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"expanded": None}, "uncertainty-stated"),
        ({"unit": ""}, "unit-stated"),
        ({"unit": None}, "unit-stated"),
        ({"method": ""}, "method-stated"),
        ({"method": None}, "method-stated"),
    ],
)
def test_without_uncertainty_unit_or_method_it_refuses(changes, rule):
    with pytest.raises(RefusedError) as refused:
        decided("9.5", **(ASKED | changes))
    assert refused.value.rule == rule


def test_no_method_of_comparison_is_taken_as_said_and_the_refusal_names_both():
    asked = {name: text for name, text in ASKED.items() if name != "method"}
    with pytest.raises(RefusedError, match=r"full-value.*rounded-value") as refused:
        decided("9.5", **asked)
    assert refused.value.rule == "method-stated"


@pytest.mark.parametrize(("value", "expected"), [("9.5", "noFail"), ("10.3", "noPass"), ("10.6", "noPass"), ("10.600001", "fail")])
def test_iso_14253_answers_where_u_is_more_than_half_of_the_tolerance(value, expected):
    """U = 0.6 on 9 to 10: nothing proves conformity, and nonconformity is proved all the same."""
    found = decided(value, **(ASKED | {"rule": "iso-14253-1/1", "expanded": "0.6"}))
    assert (found.outcome, found.accept) == (expected, None)
    assert found.reject == Interval(lower=Fraction("8.4"), upper=Fraction("10.6"))
    inside = stats.norm.cdf(10, float(value), 0.3) - stats.norm.cdf(9, float(value), 0.3)
    assert found.specific_risk == pytest.approx(1 - inside if value == "9.5" else inside, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"u": "0.1"}, DomainError, "both stated"),
        ({"expanded": "0"}, DomainError, "not positive"),
        ({"expanded": "-0.1"}, DomainError, "not positive"),
        ({"expanded": "NaN"}, FormatError, "NaN"),
        ({"k": "0"}, DomainError, "k = 0"),
        ({"lower": "10", "upper": "9"}, DomainError, "not below"),
        ({"lower": "9", "upper": "9"}, DomainError, "not below"),
        ({"lower": None, "upper": None}, DomainError, "no limit"),
        ({"rule": "guarded-acceptance/1"}, DomainError, "known are .*guarded-acceptance/2"),
        ({"method": "about"}, DomainError, "known are full-value, rounded-value"),
        ({"unit": "mn"}, FormatError, "mn"),
        ({"interval": "0.1"}, DomainError, "does not round"),
        ({"method": "rounded-value"}, DomainError, "needs the rounding interval"),
        ({"parameters": {"r": Fraction(1)}}, DomainError, "takes no parameters"),
        ({"rule": "global-risk/1", "parameters": {"target": Fraction(1, 50)}}, DomainError, "needs a prior"),
        ({"expanded": "0.6"}, DomainError, "leave nothing between"),
    ],
)
def test_bad_input_is_a_clear_error(changes, error, says):
    with pytest.raises(error, match=says):
        decided("9.5", **(ASKED | changes))
    with pytest.raises(FormatError):
        decided("9,5", **ASKED)


def test_outcomes_rise_and_fall_once():
    """Nowhere does a value nearer to the middle have a worse outcome."""
    order = ["fail", "conditionalFail", "noPass", "noFail", "conditionalPass", "pass"]
    limits = Interval(lower=Fraction(9), upper=Fraction(10))
    for accept, reject in (
        (limits, None),
        (Interval(lower=Fraction("9.2"), upper=Fraction("9.8")), None),
        (Interval(lower=Fraction("9.2"), upper=Fraction("9.8")), Interval(lower=Fraction("8.8"), upper=Fraction("10.2"))),
    ):
        found = [
            order.index(outcome_of(Fraction(step, 100), Fraction("0.2"), limits, Acceptance(accept=accept, reject=reject)))
            for step in range(850, 951)
        ]
        assert all(left <= right for left, right in pairwise(found))


numbers = st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**15), max_value=10**15).map(
    lambda one: f"{one:f}"
)
texts = numbers | st.sampled_from(["0", "1", "10", "1" + "0" * 58, "0." + "0" * 57 + "1", "-0", "1e9", "nan", "", "Ω", "9" * 61])


@settings(max_examples=150, deadline=None)
@given(
    value=texts, u=texts, k=texts, lower=texts | st.none(), upper=texts | st.none(), rule=st.sampled_from(sorted(decision_rules())),
    method=st.sampled_from(["full-value", "rounded-value"]), interval=st.none() | texts, target=st.fractions(-1, 1),
)  # fmt: skip
def test_whatever_is_asked_there_is_a_decision_with_a_probability_or_our_own_error(
    value, u, k, lower, upper, rule, method, interval, target
):
    known = decision_rules()[rule]
    try:
        found = decided(
            value, unit="mm", u=u, k=k, lower=lower, upper=upper, rule=rule, method=method, interval=interval,
            parameters=dict.fromkeys(known.parameters, target), prior=distribution("normal", mean=9.5, sd=0.3),
        )  # fmt: skip
    except OpenQIError:
        return
    assert found.outcome in get_args(Outcome)
    assert 0 <= found.specific_risk <= 1


@settings(max_examples=100, deadline=None)
@given(value=st.fractions(8, 11, max_denominator=1000), u=st.fractions(Fraction(1, 1000), Fraction(1, 5), max_denominator=1000))
def test_the_outcome_of_w_equal_u_is_that_of_the_inequality_in_fractions(value, u):
    text, uncertainty = (f"{float(one):.4f}" for one in (value, max(u, Fraction(1, 1000))))
    exact, expanded = Fraction(text), 2 * Fraction(uncertainty)
    found = decided(text, unit="mm", u=uncertainty, lower="9", upper="10", rule="guarded-acceptance/2", method="full-value").outcome
    assert (found == "pass") == (9 + expanded <= exact <= 10 - expanded)


def test_rules_are_looked_up_by_name_with_version():
    assert {"simple-acceptance/2", "iso-14253-1/1"} <= set(decision_rules())


def test_a_prior_that_a_rule_does_not_look_at_is_refused():
    prior = distribution("normal", mean=9.5, sd=0.2)
    with pytest.raises(DomainError, match="takes no prior"):
        decided("9.5", unit="mm", u="0.1", lower="9", upper="10", rule="simple-acceptance/2", method="full-value", prior=prior)
