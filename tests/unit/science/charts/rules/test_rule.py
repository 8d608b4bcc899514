"""Rule sets are data: published ones by name, one's own from a mapping, and what cannot be a rule is refused."""

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.rule import Rule, RuleSet, rule_set, rule_sets


def test_the_published_sets_are_there_and_say_where_they_are_from():
    assert set(rule_sets()) == {"nelson", "western-electric", "aiag", "westgard", "juran", "shewhart"}
    assert all(one.source.startswith("[") for one in rule_sets().values())


def test_a_set_of_ones_own_comes_from_a_mapping():
    own = rule_set(
        {"name": "plant", "rules": [{"number": 4, "asks": "same-side", "points": 8}, {"number": 9, "asks": "above", "sigma": 2}]}
    )
    assert own.rules == (Rule(number=4, asks="same-side", points=8), Rule(number=9, asks="above", sigma=2.0))
    assert own.numbers_of(0b10) == (9,)


def test_some_rules_of_a_set_keep_their_numbers():
    some = rule_set("nelson").only(1, 5)
    assert [rule.number for rule in some.rules] == [1, 5]
    assert some.name == "nelson 1+5"
    with pytest.raises(DomainError, match="no rule"):
        some.only(2)


@pytest.mark.parametrize(
    "fields",
    [
        {"asks": "nothing"},
        {"asks": "same-side", "points": 0},
        {"asks": "same-side", "points": 3, "among": 2},
        {"asks": "same-side", "points": 33},
        {"asks": "trend", "points": 1},
        {"asks": "trend", "points": 6, "among": 7},
        {"asks": "trend", "points": 6, "sigma": 1.0},
        {"asks": "alternation", "points": 2},
        {"asks": "opposite", "points": 3},
        {"asks": "outside", "sigma": -1.0},
        {"asks": "outside", "sigma": float("nan")},
        {"asks": "outside", "sigma": float("inf")},
    ],
)
def test_what_cannot_be_a_rule_is_refused(fields):
    with pytest.raises(DomainError, match="rule 1"):
        Rule(number=1, **fields)


@pytest.mark.parametrize(
    "given",
    [
        "unknown",
        {"name": "a"},
        {"name": "a", "rules": "abc"},
        {"name": "a", "rules": []},
        {"name": "a", "rules": ["x"]},
        {"name": "a", "rules": [{"number": 1}]},
        {"name": "a", "rules": [{"number": True, "asks": "above"}]},
        {"name": "a", "rules": [{"number": 1, "asks": "above", "colour": 1}]},
        {"name": "a", "rules": [{"number": 1, "asks": "above"}], "extra": 1},
        {"name": "a", "rules": [{"number": 1, "asks": "above"}, {"number": 1, "asks": "below"}]},
    ],
)
def test_what_cannot_be_a_rule_set_is_refused(given):
    with pytest.raises(DomainError):
        rule_set(given)


def test_a_set_keeps_at_most_32_rules():
    with pytest.raises(DomainError, match="1 to 32"):
        RuleSet(name="many", rules=tuple(Rule(number=n, asks="above") for n in range(33)), source="own")


def test_some_rules_of_a_published_set_are_named_as_only_names_them():
    some = rule_set("nelson").only(1, 5)
    assert rule_set(some.name) == some
    assert rule_set("nelson 5+1") == some  # in the order of the set
    for wrong in ("nelson 1-5", "nelson 1+", "nelson x", "nelson 9", "moon 1"):
        with pytest.raises(DomainError):
            rule_set(wrong)


def test_ones_own_rule_may_only_warn_and_only_says_so_with_yes_or_no():
    own = {"name": "own", "rules": [{"number": 1, "asks": "outside", "sigma": 2.0, "warns": True}, {"number": 2, "asks": "above"}]}
    assert [rule.warns for rule in rule_set(own).rules] == [True, False]
    own["rules"][0]["warns"] = 1
    with pytest.raises(DomainError, match="warns = 1"):
        rule_set(own)
