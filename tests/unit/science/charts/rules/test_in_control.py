"""Each rule set answers with its run length: as published, and as the kernel that flags the points finds it in random readings."""

import json
from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.in_control import SIMULATED_BEFORE, alarms_of, run_length_of
from openqi.science.charts.rules.rule import Rule, RuleSet, rule_set, rule_sets
from openqi.science.charts.run_lengths.rules.exact import run_length_of_rules
from openqi.science.charts.streams import watch
from shared_data import shared


def test_western_electric_runs_as_champ_and_woodall_say():
    assert run_length_of(rule_set("western-electric")).value == pytest.approx(91.75, abs=0.005)
    assert run_length_of(rule_set("nelson").only(1)).value == pytest.approx(370.398, abs=0.001)


def test_combinations_run_as_measured_elsewhere():
    facts = json.loads(shared("data/control/arl/facts.json").read_text())["measured_here_monte_carlo_known_parameters"]
    for name, numbers in (("Nelson 1+5+6", (1, 5, 6)), ("Nelson 1+2+5+6", (1, 2, 5, 6))):
        value, error = facts[name]
        assert abs(run_length_of(rule_set("nelson").only(*numbers)).value - value) < 4 * error


LONG = {(name, 0.0) for name in ("aiag", "juran", "nelson")}  # shewhart is in none: its runs are geometric, tested in closed form
PLAYED = [
    pytest.param(name, shift, marks=pytest.mark.long if (name, shift) in LONG else ())
    for name in rule_sets() if name != "shewhart" for shift in (0.0, 1.0)
]  # fmt: skip


@pytest.mark.parametrize(("name", "shift"), PLAYED)
def test_a_set_runs_as_long_as_its_own_flags_say(name, shift):
    rules = rule_set(name)
    answer = run_length_of(rules, shift)
    points, streams = int(9 * answer.value), 400  # nine run lengths hold nearly every first alarm
    values = np.random.default_rng(12).standard_normal(streams * points) + shift
    found = watch(values, np.arange(streams + 1) * points, rules=rules, centres=0.0, sigmas=1.0)
    alarms = sum(1 << bit for bit, rule in enumerate(rules.rules) if not rule.warns)
    lengths = [int(np.argmax(found.flags(stream) & alarms > 0)) + 1 for stream in range(streams)]
    assert abs(np.mean(lengths) - answer.value) < 4.5 * np.std(lengths) / sqrt(streams)


@pytest.mark.parametrize(
    ("asks", "sigma", "points", "chance"),
    [
        ("above", 1.0, 4, norm.sf(1)),
        ("below", 2.0, 2, norm.sf(2)),
        ("outside", 1.0, 8, 2 * norm.sf(1)),
        ("within", 1.0, 15, 1 - 2 * norm.sf(1)),
    ],
)
def test_a_run_of_one_kind_has_a_closed_form(asks, sigma, points, chance):
    rules = RuleSet(name="own", rules=(Rule(number=1, asks=asks, sigma=sigma, points=points),), source="own")
    assert run_length_of(rules).value == pytest.approx((1 - chance**points) / ((1 - chance) * chance**points), rel=1e-9)


def test_a_set_that_only_warns_has_no_run_length():
    with pytest.raises(DomainError, match="only warn"):
        run_length_of(RuleSet(name="soft", rules=(Rule(number=1, asks="outside", sigma=2.0, warns=True),), source="own"))


def test_rules_of_every_kind_are_known_to_the_engine():
    every = tuple(
        Rule(number=number, asks=asks, sigma=sigma, points=points)
        for number, (asks, sigma, points) in enumerate(
            [
                ("above", 2.0, 2),
                ("below", 2.0, 2),
                ("outside", 1.0, 8),
                ("within", 1.0, 15),
                ("opposite", 2.0, 2),
                ("same-side", 3.0, 1),
            ]
        )
    )
    assert 1 < run_length_of(RuleSet(name="own", rules=every, source="own")).value < 370


def test_what_was_simulated_before_is_what_the_simulation_gives_bit_for_bit():
    simulated = {name: run_length_of_rules(alarms_of(rules), seed="run lengths") for name, rules in rule_sets().items()}
    assert {name for name, found in simulated.items() if found.method == "simulation"} == set(SIMULATED_BEFORE)
    for name in SIMULATED_BEFORE:
        assert run_length_of(rule_set(name)) == simulated[name]
    changed = RuleSet(name="nelson", rules=rule_set("nelson").rules[:-1], source="own")
    assert run_length_of(changed).value != run_length_of(rule_set("nelson")).value, "a set of one's own is known by its rules"
