"""Every rule of the second catalogue: it keeps its promise on a grid, is free of units, and decides nothing without uncertainty."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import exp, log, sqrt

import pytest
from scipy import stats

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.decision.outcomes import accepted_by, decision_rules, outcome_of
from openqi.science.decision.risk import global_risk, specific_risk
from openqi.science.decision.rule import Interval, NothingAcceptedError, Rule, acceptance_interval
from openqi.science.decision.rules.rule import RuleInput
from openqi.science.distributions.distribution import distribution

RULES = decision_rules()
every = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
PARAMETERS = {"r": Fraction(1, 2), "target": Fraction(1, 50), "itp": Fraction(9, 10)}
TWO_LIMITS = {"rss/1", "tur-95/1", "tur-rp10/1", "tur-dobbert/1", "tur-same-as-4/1"}
LIMITS = Interval(lower=Fraction("9.8"), upper=Fraction("10.4"))
UNCERTAINTIES = [Fraction(text) for text in ("0.001", "0.02", "0.05", "0.07")]
LEAST = Fraction(1, 10**30)


def given(rule, tolerance=LIMITS, u=Fraction("0.02"), k=Fraction(2), scale=1, **changes):
    """What a rule asks for; the prior lies about the middle of the limits, as wide as half of them."""
    ends = [end for end in (tolerance.lower, tolerance.upper) if end is not None]
    mean, sd = float(sum(ends) / len(ends)) * float(scale), 0.15 * float(scale)
    asked = RuleInput(
        tolerance=Interval(
            lower=None if tolerance.lower is None else tolerance.lower * scale,
            upper=None if tolerance.upper is None else tolerance.upper * scale,
        ),
        standard_uncertainty=u * scale, expanded_uncertainty=u * k * scale, coverage_factor=k,
        parameters={name: PARAMETERS[name] for name in rule.parameters},
        prior=distribution("normal", mean=mean, sd=sd) if rule.needs_prior else None,
    )  # fmt: skip
    return replace(asked, **changes)


def one_sided(rule):
    """Cases with one limit, of rules that know them."""
    return [] if rule.name in TWO_LIMITS else [Interval(lower=LIMITS.lower, upper=None), Interval(lower=None, upper=LIMITS.upper)]


def test_the_catalogue_has_every_rule_that_is_known_by_name():
    assert set(RULES) == {
        "simple-acceptance/2", "guarded-acceptance/2", "scaled-guard/2", "iso-14253-1/1", "specific-risk/1", "global-risk/1",
        "rss/1", "tur-95/1", "tur-rp10/1", "tur-dobbert/1", "tur-same-as-4/1",
    }  # fmt: skip


@every
def test_a_rule_names_source_version_and_promise(rule):
    name, slash, version = rule.name.partition("/")
    assert (bool(name), slash, version.isdigit()) == (True, "/", True)
    assert "[" in rule.source
    assert len(rule.promise) > 20


@every
@pytest.mark.parametrize("name", ["standard_uncertainty", "expanded_uncertainty", "coverage_factor"])
@pytest.mark.parametrize("size", [Fraction(0), Fraction(-1, 10**9)], ids=str)
def test_nothing_is_decided_without_an_uncertainty(rule, name, size):
    with pytest.raises(DomainError, match="no decision stands without an uncertainty"):
        accepted_by(rule, given(rule, **{name: size}))


@every
@pytest.mark.parametrize("limits", [(None, None), (1, 1), (2, 1)], ids=str)
def test_limits_that_are_none_or_not_in_order_are_refused(rule, limits):
    lower, upper = (None if limit is None else Fraction(limit) for limit in limits)
    with pytest.raises(DomainError, match="limit"):
        accepted_by(rule, replace(given(rule), tolerance=Interval(lower=lower, upper=upper)))


@every
def test_a_rule_takes_its_parameters_and_no_other(rule):
    with pytest.raises(DomainError, match="takes"):
        accepted_by(rule, given(rule, parameters={"nonsense": Fraction(1)}))
    if rule.parameters:
        with pytest.raises(DomainError, match="takes"):
            accepted_by(rule, given(rule, parameters={}))


@pytest.mark.parametrize("rule", [one for one in RULES.values() if one.needs_prior], ids=lambda rule: rule.name)
def test_a_rule_that_needs_a_prior_refuses_without(rule):
    with pytest.raises(DomainError, match="prior"):
        accepted_by(rule, given(rule, prior=None))


@every
def test_a_guard_band_shrinks_what_is_accepted_and_never_widens_it(rule):
    for tolerance, u in product([LIMITS, *one_sided(rule)], UNCERTAINTIES):
        accept = accepted_by(rule, given(rule, tolerance, u)).accept
        assert (accept.lower is None, accept.upper is None) == (tolerance.lower is None, tolerance.upper is None)
        assert tolerance.lower is None or tolerance.lower <= accept.lower
        assert tolerance.upper is None or accept.upper <= tolerance.upper
        if tolerance == LIMITS:
            assert accept.lower - tolerance.lower == tolerance.upper - accept.upper


@every
def test_a_larger_uncertainty_never_accepts_more(rule):
    uppers = [accepted_by(rule, given(rule, u=u)).accept.upper for u in UNCERTAINTIES]
    assert uppers == sorted(uppers, reverse=True)


@every
@pytest.mark.parametrize("scale", [Fraction(1000), Fraction(1, 10**6), Fraction("25.4")], ids=str)
def test_the_answer_is_free_of_the_unit(rule, scale):
    for tolerance, u in product([LIMITS, *one_sided(rule)], UNCERTAINTIES):
        plain, other = (accepted_by(rule, given(rule, tolerance, u, scale=by)).accept for by in (1, scale))
        ends = [(plain.lower, other.lower), (plain.upper, other.upper)]
        close = u / 10**8 if rule.needs_prior else 0  # a prior comes as floats
        assert all(abs(right / scale - left) <= close for left, right in ends if left is not None)


@every
def test_one_limit_is_the_mirror_of_the_other(rule):
    if rule.name in TWO_LIMITS:
        with pytest.raises(DomainError, match="two limits"):
            accepted_by(rule, given(rule, Interval(lower=None, upper=Fraction(1))))
        return
    for limit, u in product((Fraction("9.8"), Fraction(-3)), UNCERTAINTIES):
        above = accepted_by(rule, given(rule, Interval(lower=limit, upper=None), u))
        below = accepted_by(rule, given(rule, Interval(lower=None, upper=-limit), u))
        assert above.accept.lower == -below.accept.upper
        assert (above.reject is None) == (below.reject is None)
        assert above.reject is None or above.reject.lower == -below.reject.upper


@every
def test_a_value_on_the_acceptance_limit_passes_and_one_beyond_does_not(rule):
    asked = given(rule)
    found = accepted_by(rule, asked)
    for end, beyond in ((found.accept.lower, -LEAST), (found.accept.upper, LEAST)):
        assert outcome_of(end, asked.expanded_uncertainty, LIMITS, found) in ("pass", "conditionalPass")
        assert outcome_of(end + beyond, asked.expanded_uncertainty, LIMITS, found) not in ("pass", "conditionalPass")


@every
def test_outcomes_are_symmetric_about_the_middle_and_end_in_failing(rule):
    asked = given(rule)
    found, middle = accepted_by(rule, asked), (LIMITS.lower + LIMITS.upper) / 2
    steps = [Fraction(step, 200) for step in range(201)]
    sides = [[outcome_of(middle + side * step, asked.expanded_uncertainty, LIMITS, found) for step in steps] for side in (1, -1)]
    assert sides[0] == sides[1]
    assert (sides[0][0], sides[0][-1]) == ("pass", "fail")


# What each rule promises, held on the grid by another way than the rule's own.


def grid(rule):
    for tolerance, u in product([LIMITS, *one_sided(rule)], UNCERTAINTIES):
        asked = given(rule, tolerance, u)
        yield asked, accepted_by(rule, asked).accept


def ends(interval):
    return [end for end in (interval.lower, interval.upper) if end is not None]


def keeps_one_half(asked, accept):
    u = float(asked.standard_uncertainty)
    if u <= 0.05:  # else the other limit is not far
        for end in ends(accept):
            assert specific_risk(float(end), u, asked.tolerance, accept) <= 0.5 + 1e-8


def keeps_the_interval_within(share):
    def check(asked, accept):
        for end in ends(accept):
            assert asked.tolerance.holds(end - share * asked.expanded_uncertainty)
            assert asked.tolerance.holds(end + share * asked.expanded_uncertainty)

    return check


def keeps_the_specific_risk(asked, accept):
    u, target = float(asked.standard_uncertainty), float(asked.parameters["target"])
    low, high = asked.tolerance.lower, asked.tolerance.upper
    for end in ends(accept):
        below = 0 if low is None else stats.norm.cdf(float((low - end) / asked.standard_uncertainty))
        above = 0 if high is None else stats.norm.sf(float((high - end) / asked.standard_uncertainty))
        assert target * (1 - 1e-6) <= below + above <= target * (1 + 1e-9), u


def keeps_the_global_risk(asked, accept):
    """Of a normal prior and measurement what is measured is normal, and with it the measurand, jointly."""
    u, target = float(asked.standard_uncertainty), float(asked.parameters["target"])
    sd, mean = sqrt(asked.prior.variance), asked.prior.mean
    joint = stats.multivariate_normal([mean, mean], [[sd**2, sd**2], [sd**2, sd**2 + u**2]])

    def below(true, measured):
        return joint.cdf([min(true, 1e3), min(measured, 1e3)])

    low = -1e3 if asked.tolerance.lower is None else float(asked.tolerance.lower)
    high = 1e3 if asked.tolerance.upper is None else float(asked.tolerance.upper)
    start = -1e3 if accept.lower is None else float(accept.lower)
    stop = 1e3 if accept.upper is None else float(accept.upper)
    inside = below(high, stop) - below(low, stop) - below(high, start) + below(low, start)
    accepted = below(1e3, stop) - below(1e3, start)
    assert accepted - inside <= target + 2e-4


def keeps_the_root(asked, accept):
    half = (asked.tolerance.upper - asked.tolerance.lower) / 2
    share = (accept.upper - accept.lower) / 2
    assert 0 <= half**2 - asked.expanded_uncertainty**2 - share**2 < Fraction(1, 10**35)


def keeps_a_share(formula):
    def check(asked, accept):
        half = (asked.tolerance.upper - asked.tolerance.lower) / 2
        ratio = half / asked.expanded_uncertainty
        share = (accept.upper - accept.lower) / 2 / half
        assert float(share) == pytest.approx(min(1.0, formula(float(ratio))), rel=1e-12)

    return check


def keeps_two_per_cent(asked, accept):
    ratio = float((asked.tolerance.upper - asked.tolerance.lower) / 2 / asked.expanded_uncertainty)
    keeps_a_share(lambda x: 1 - (1.04 - exp(0.38 * log(x) - 0.54)) / x)(asked, accept)
    if ratio < 1.5:
        return
    middle, half = (asked.tolerance.lower + asked.tolerance.upper) / 2, (asked.tolerance.upper - asked.tolerance.lower) / 2
    for share in (0.5, 0.7, 0.9):
        prior = distribution("normal", mean=float(middle), sd=float(half) / stats.norm.ppf((1 + share) / 2))
        assert global_risk(prior, float(asked.standard_uncertainty), asked.tolerance, accept).consumer <= 0.0205


def keeps_what_four_keeps(asked, accept):
    half, share = float(asked.tolerance.upper - asked.tolerance.lower) / 2, float(asked.parameters["itp"])
    prior = distribution("normal", mean=0.0, sd=half / stats.norm.ppf((1 + share) / 2))
    middle = (asked.tolerance.lower + asked.tolerance.upper) / 2
    moved = [Interval(lower=one.lower - middle, upper=one.upper - middle) for one in (asked.tolerance, accept)]
    four = global_risk(prior, half / 4 / float(asked.coverage_factor), moved[0], moved[0]).consumer
    assert global_risk(prior, float(asked.standard_uncertainty), *moved).consumer <= four * (1 + 1e-6)


PROMISES = {
    "simple-acceptance/2": keeps_one_half,
    "guarded-acceptance/2": keeps_the_interval_within(1),
    "scaled-guard/2": keeps_the_interval_within(PARAMETERS["r"]),
    "iso-14253-1/1": keeps_the_interval_within(1),
    "specific-risk/1": keeps_the_specific_risk,
    "global-risk/1": keeps_the_global_risk,
    "rss/1": keeps_the_root,
    "tur-95/1": keeps_a_share(lambda ratio: 1 - 1 / ratio),
    "tur-rp10/1": keeps_a_share(lambda ratio: 1.25 - 1 / ratio),
    "tur-dobbert/1": keeps_two_per_cent,
    "tur-same-as-4/1": keeps_what_four_keeps,
}


@every
def test_a_rule_keeps_its_promise_on_a_grid(rule):
    for asked, accept in grid(rule):
        PROMISES[rule.name](asked, accept)


@pytest.mark.parametrize("name", ["simple-acceptance", "guarded-acceptance", "scaled-guard"])
def test_the_second_version_of_a_rule_accepts_what_the_first_does(name):
    first, second = load("openqi.science.decision.kinds", Rule)[f"{name}/1"], RULES[f"{name}/2"]
    factor = PARAMETERS["r"] if first.scaled else None
    for tolerance, u in product([LIMITS, *one_sided(second)], UNCERTAINTIES):
        old = acceptance_interval(first, tolerance, 2 * u, guard_factor=factor)
        assert accepted_by(second, given(second, tolerance, u)).accept == old


def test_iso_14253_rejects_only_what_is_proved_not_to_conform():
    rule = RULES["iso-14253-1/1"]
    for asked, accept in grid(rule):
        reject = accepted_by(rule, asked).reject
        assert all(
            abs(out - inner) == 2 * asked.expanded_uncertainty for out, inner in zip(ends(reject), ends(accept), strict=True)
        )


@pytest.mark.parametrize(
    "rule",
    [RULES[name] for name in sorted(TWO_LIMITS - {"tur-rp10/1", "tur-dobbert/1", "tur-same-as-4/1"})],
    ids=lambda rule: rule.name,
)
def test_a_ratio_below_one_accepts_nothing(rule):
    found = accepted_by(rule, given(rule, u=Fraction("0.16")))
    assert found.accept is None
    assert "no value can be accepted" in found.why


# With so large an uncertainty most rules accept nothing; with so strict a parameter their guard band is wider than U.
COARSE = [Fraction("0.16"), Fraction("0.5"), Fraction(3)]
STRICT = {"r": Fraction(2), "target": Fraction(1, 10**4), "itp": Fraction(9, 10)}
ORDER = ["fail", "conditionalFail", "noPass", "noFail", "nothing", "conditionalPass", "pass"]


def strict(rule, u, parameters=PARAMETERS):
    asked = given(rule, u=u, parameters={name: parameters[name] for name in rule.parameters})
    found = accepted_by(rule, asked)

    def outcome(value):
        try:
            return outcome_of(value, asked.expanded_uncertainty, LIMITS, found)
        except NothingAcceptedError:
            return "nothing"

    return asked, found, outcome


@every
@pytest.mark.parametrize("parameters", [PARAMETERS, STRICT], ids=["usual", "strict"])
def test_whatever_the_uncertainty_a_rule_answers_where_nonconformity_is_proved(rule, parameters):
    """ISO 14253-1 refused where U is more than half of the tolerance, whatever the value."""
    for u in (*UNCERTAINTIES, *COARSE):
        asked, _, outcome = strict(rule, u, parameters)
        beyond = asked.expanded_uncertainty + LEAST
        assert {outcome(LIMITS.lower - beyond), outcome(LIMITS.upper + beyond), outcome(Fraction(1000))} == {"fail"}
        for outside in (LIMITS.lower - LEAST, LIMITS.upper + LEAST):
            assert outcome(outside) == ("noPass" if rule.name == "iso-14253-1/1" else "conditionalFail")


@every
@pytest.mark.parametrize("parameters", [PARAMETERS, STRICT], ids=["usual", "strict"])
def test_failing_is_said_only_where_it_is_proved_and_of_values_within_only_with_a_reason(rule, parameters):
    """A guard band of 2 U said `fail` of values that lie within the limits with their whole interval."""
    for u in (*UNCERTAINTIES, *COARSE):
        asked, found, outcome = strict(rule, u, parameters)
        reach, steps = asked.expanded_uncertainty, [Fraction(step, 400) for step in range(-400, 401)]
        told = [outcome(LIMITS.lower + (LIMITS.upper - LIMITS.lower) / 2 + step) for step in steps]
        ranks = [ORDER.index(one) for one in told]
        assert ranks[:401] == sorted(ranks[:401])
        assert ranks[400:] == sorted(ranks[400:], reverse=True)
        for step, one in zip(steps, told, strict=True):
            value = LIMITS.lower + (LIMITS.upper - LIMITS.lower) / 2 + step
            assert (one == "fail") == (value + reach < LIMITS.lower or value - reach > LIMITS.upper)
            open_rule = rule.name == "iso-14253-1/1"
            assert (one == "nothing") == (found.accept is None and LIMITS.holds(value) and not open_rule)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("scaled-guard/2", -1), ("specific-risk/1", 0), ("specific-risk/1", 1), ("global-risk/1", -1), ("tur-same-as-4/1", 1)],
)
def test_a_parameter_outside_of_its_range_is_refused(name, wrong):
    rule = RULES[name]
    with pytest.raises(DomainError, match=rule.parameters[0]):
        accepted_by(rule, given(rule, parameters={rule.parameters[0]: Fraction(wrong)}))
