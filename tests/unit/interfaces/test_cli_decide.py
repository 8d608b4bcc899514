"""`openqi decide`: outcomes with their exit status, in both languages, and what it refuses."""

import pytest

from openqi.interfaces.cli.words import CHINESE
from openqi.science.decision.outcomes import decision_rules
from unit.interfaces.cli_world import answer, openqi

METHOD = ("--method", "full-value")
ASKED = (*METHOD, "--unit", "mm", "--u", "0.1", "--lower", "9", "--upper", "10")


@pytest.mark.parametrize(
    ("value", "rule", "outcome", "status"),
    [
        ("9.5", "guarded-acceptance/2", "pass", 0),
        ("9.9", "simple-acceptance/2", "conditionalPass", 0),
        ("9.9", "guarded-acceptance/2", "conditionalFail", 1),
        ("9.9", "iso-14253-1/1", "noFail", 1),
        ("10.1", "iso-14253-1/1", "noPass", 1),
        ("11", "iso-14253-1/1", "fail", 1),
    ],
)
def test_the_outcome_and_the_exit_status(value: str, rule: str, outcome: str, status: int):
    found = openqi("decide", value, *ASKED, "--rule", rule, "--json")
    assert (found.data["outcome"], found.status) == (outcome, status)
    assert (found.data["compared"], found.data["rule"], found.data["method"]) == (value, rule, "full-value")


def test_limits_come_as_decimals():
    found = answer("decide", "9.5", *ASKED, "--rule", "iso-14253-1/1")
    assert (found["accept"], found["reject"]) == ({"lower": "9.2", "upper": "9.8"}, {"lower": "8.8", "upper": "10.2"})
    one = answer(
        "decide", "5", "--unit", "mm", "--expanded", "0.3", "--k", "3", "--upper", "10", "--rule", "guarded-acceptance/2", *METHOD
    )
    assert (one["accept"], one["reject"]) == ({"lower": None, "upper": "9.7"}, None)
    root = answer("decide", "9.5", *ASKED, "--rule", "rss/1")
    assert root["accept"]["upper"] == "9.958257569495584"


def test_a_negative_value_is_a_value_and_no_option():
    asked = ("--unit", "mm", "--u", "0.1", "--lower", "-10", "--rule", "simple-acceptance/2", *METHOD)
    assert answer("decide", "-9.5", *asked)["outcome"] == "pass"


def test_rules_take_parameters_a_prior_and_a_rounding():
    scaled = answer("decide", "9.88", *ASKED, "--rule", "scaled-guard/2", "--parameter", "r=0.5")
    assert scaled["accept"]["upper"] == "9.9"
    prior = ("--rule", "global-risk/1", "--parameter", "target=0.005", "--prior", "normal:mean=9.5,sd=0.3")
    assert float(answer("decide", "9.5", *ASKED, *prior)["accept"]["upper"]) == pytest.approx(10 - 0.0920660, abs=5e-8)
    rounded = answer("decide", "10.04", *ASKED, "--rule", "simple-acceptance/2", "--method", "rounded-value", "--interval", "0.1")
    assert (rounded["compared"], rounded["outcome"]) == ("10.0", "conditionalPass")


def test_people_read_it_in_chinese():
    text = openqi("decide", "9.9", *ASKED, "--rule", "iso-14253-1/1", "--lang", "zh").out
    for word in ("outcome", "noFail", "compared", "accepted from", "rejected outside of", "risk of being wrong", "full-value"):
        assert CHINESE[word] in text, word
    assert "9.2 … 9.8" in text
    assert "0.16" in text


def test_every_rule_and_outcome_has_a_chinese_word():
    outcomes = {"pass", "conditionalPass", "conditionalFail", "fail", "noPass", "noFail"}
    assert outcomes | set(decision_rules()) <= set(CHINESE)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--u", "0.1", "--lower", "9", "--rule", "simple-acceptance/2"), "[unit-stated]"),
        (("--unit", "mm", "--lower", "9", "--rule", "simple-acceptance/2", *METHOD), "[uncertainty-stated]"),
        (("--unit", "mm", "--u", "0.1", "--lower", "9", "--rule", "simple-acceptance/2", "--method", ""), "[method-stated]"),
        (("--unit", "mm", "--u", "0.1", "--rule", "simple-acceptance/2", *METHOD), "no limit"),
        ((*ASKED[2:], "--rule", "simple-acceptance/2"), "name full-value"),
        ((*ASKED, "--rule", "mine/1"), "there is no decision rule 'mine/1'"),
        ((*ASKED, "--rule", "scaled-guard/2", "--parameter", "r"), "NAME=VALUE"),
        ((*ASKED, "--rule", "global-risk/1", "--parameter", "target=0.01", "--prior", "nonsense:a=1"), "nonsense"),
        ((*ASKED, "--rule", "global-risk/1", "--parameter", "target=0.01", "--prior", "normal:kind=1,mean=2"), "before the colon"),
        ((*ASKED, "--rule", "global-risk/1", "--parameter", "target=0.01", "--prior", "normal"), "NAME=VALUE"),
        ((*ASKED[:-1], "8", "--rule", "simple-acceptance/2"), "not below"),
        (("--unit", "mm", "--u", "-0.1", "--lower", "9", "--rule", "simple-acceptance/2", *METHOD), "not positive"),
        (("--unit", "mm", "--u", "nan", "--lower", "9", "--rule", "simple-acceptance/2", *METHOD), "decimal 'nan'"),
    ],
)
def test_what_is_missing_or_wrong_gets_no_verdict(arguments: tuple[str, ...], says: str):
    found = openqi("decide", "9.5", *arguments)
    assert (found.status, found.out) == (2, "")
    assert says in found.err


def test_where_no_value_can_be_accepted_it_says_so_and_still_fails_what_is_proved():
    asked = ("11", *METHOD, "--unit", "mm", "--expanded", "0.6", "--lower", "9", "--upper", "10", "--rule", "iso-14253-1/1")
    found = openqi("decide", *asked, "--json")
    assert (found.status, found.data["outcome"], found.data["accept"]) == (1, "fail", None)
    assert CHINESE["no value"] in openqi("decide", *asked, "--lang", "zh").out


@pytest.mark.parametrize("unit", ["1", "0.00000000000000000001", "0.0000000000000000000000000000000000001"])
def test_limits_in_a_large_unit_are_not_shown_as_0(unit: str):
    """Decided on 9.9e-20 m, a value was accepted from 0.000000000000000 to 0.000000000000000."""
    digits = unit.replace("1", "")
    scaled = [one if unit == "1" else digits + one for one in ("5", "1", "2", "9")]
    asked = ("--unit", "m", "--expanded", scaled[1], "--k", "3", "--lower", scaled[2], "--upper", scaled[3], *METHOD)
    for rule in (("--rule", "specific-risk/1", "--parameter", "target=0.02"), ("--rule", "rss/1")):
        found = answer("decide", scaled[0], *asked, *rule)["accept"]
        assert 2 * float(unit) < float(found["lower"]) < 5 * float(unit) < float(found["upper"]) < 9 * float(unit)


@pytest.mark.parametrize(
    "twice",
    [
        ("--rule", "scaled-guard/2", "--parameter", "r=1", "--parameter", "r=0"),
        ("--rule", "global-risk/1", "--parameter", "target=0.01", "--prior", "normal:mean=9.5,mean=9.9,sd=0.2"),
    ],
)
def test_what_is_stated_twice_is_refused_and_the_last_does_not_win(twice: tuple[str, ...]):
    found = openqi("decide", "9.5", *ASKED, *twice)
    assert found.status == 2
    assert "stated twice" in found.err
