"""Run lengths of rules: published figures, the words of the rules played point by point, and what cannot be answered."""

from math import inf, nan

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.in_control import alarms_of
from openqi.science.charts.rules.rule import rule_set, rule_sets
from openqi.science.charts.run_lengths.rules.asked import asked_rule
from openqi.science.charts.run_lengths.rules.automaton import automaton
from openqi.science.charts.run_lengths.rules.exact import distribution_of_rules, run_length_of_rules
from openqi.science.charts.run_lengths.rules.rule import Rule, SequenceRule, ValueRule, ZoneRule
from openqi.science.charts.run_lengths.rules.simulated import simulated_run_length
from run_length_walks import broken, mean_and_error, points, run_of_rules
from vectors_of import figures_of

RULE_SETS = {name: alarms_of(rules) for name, rules in rule_sets().items()}
NELSON = {rule.name: rule for rule in RULE_SETS["nelson"]}
CHAMP_WOODALL = {"1": (NELSON["1"],), "12": (NELSON["1"], NELSON["5"])}
ODD = {
    "one-sided": (ZoneRule(least=2, of=4, above=1.5, side="upper"), ZoneRule(least=3, of=3, above=0.5, side="lower")),
    "hugging and mixture": (NELSON["7"], ZoneRule(least=5, of=6, above=1.0, side="both")),
    "a zone in the middle": (ZoneRule(least=3, of=5, above=0.5, below=1.5), NELSON["1"]),
    "R-4s": (
        SequenceRule(zones=((1.5, inf), (-inf, -1.5))),
        SequenceRule(zones=((0.5, 1.0), (0.5, 1.0), (0.0, 0.5)), side="lower"),
    ),
    "western-electric": RULE_SETS["western-electric"],
    "westgard": RULE_SETS["westgard"],
}


@pytest.mark.parametrize("place", ["vectors", "shared"])
def test_the_rows_of_champ_and_woodall_are_met(place):
    rows = [row for row in figures_of("control/published_run_lengths.json", place)["rows"] if row["id"].startswith("CW1987")]
    assert len(rows) == 32
    for row in rows:
        found = run_length_of_rules(CHAMP_WOODALL[row["params"]["rules"]], row["shift"])
        assert found.method == "markov chain"
        assert found.value == pytest.approx(row["published"], abs=0.0051)
        assert found.value == pytest.approx(row["recomputed_spc_0_7_2"], rel=1e-8)


@pytest.mark.parametrize("place", ["vectors", "shared"])
def test_the_western_electric_rules_signal_every_92_points(place):
    facts = figures_of("control/run_length_facts.json", place)
    wanted = facts["in_control_arl_WE_rules_1_to_4_two_sided"]["value"]
    assert run_length_of_rules(RULE_SETS["western-electric"]).value == pytest.approx(wanted, abs=0.005)
    measured = facts["measured_here_monte_carlo_known_parameters"]
    for names, key in (("156", "Nelson 1+5+6"), ("1256", "Nelson 1+2+5+6")):
        value, error = measured[key]
        assert run_length_of_rules([NELSON[name] for name in names]).value == pytest.approx(value, abs=3 * error)
    for names, key in (("12345678", "Nelson rules 1-8 together, ARL0"), ("1234", "Nelson 1+2+3+4")):
        value, error = measured[key]
        found = run_length_of_rules([NELSON[name] for name in names])
        assert found.method == "simulation"
        assert found.error_bound is None
        assert abs(found.value - value) < 4 * (error + found.standard_error)


def test_a_shewhart_chart_is_geometric():
    found = distribution_of_rules(RULE_SETS["shewhart"])
    assert found.mean == pytest.approx(370.3983473449564, rel=1e-12)
    assert found.standard_deviation == pytest.approx(369.898009, abs=1e-5)
    assert found.quantile(0.5) == 257  # the least t with 1 - (1 - 1/370.4)^t >= 1/2
    assert found.beyond(100) == pytest.approx((1 - 1 / 370.3983473449564) ** 100, rel=1e-12)


LONG = {("western-electric", 0.0), ("R-4s", 0.0), ("westgard", 0.0)}
PLAYED = [
    pytest.param(name, shift, marks=pytest.mark.long if (name, shift) in LONG else ()) for name in ODD for shift in (0.0, 0.8)
]


@pytest.mark.parametrize(("name", "shift"), PLAYED)
def test_a_chain_agrees_with_the_words_of_its_rules_played_point_by_point(name, shift):
    found = run_length_of_rules(ODD[name], shift, 1.1)
    draw = points(len(name))
    value, error = mean_and_error(run_of_rules(ODD[name], lambda: shift + 1.1 * draw()), 400 if found.value > 60 else 1500)
    assert abs(found.value - value) < 4 * error


@pytest.mark.parametrize("name", ODD)
def test_an_automaton_signals_exactly_when_the_words_say_so(name):
    machine, draw = automaton(ODD[name]), points(7)
    state, history = 0, []
    for _ in range(3000):
        x = 1.3 * draw()
        history.append(x)
        kind = next(kind for kind, zone in enumerate(machine.zones) if any(low < x <= high for low, high in zone))
        state = machine.nexts[state][kind]
        assert (state < 0) == broken(ODD[name], history[-60:])
        if state < 0:
            state, history = 0, []


@pytest.mark.parametrize("name", ODD)
def test_no_two_states_of_an_automaton_have_the_same_future(name):
    nexts = automaton(ODD[name]).nexts
    apart = {(a, b) for a in range(len(nexts)) for b in range(a) if [x < 0 for x in nexts[a]] != [x < 0 for x in nexts[b]]}
    while True:
        more = {
            (a, b)
            for a in range(len(nexts))
            for b in range(a)
            if (a, b) not in apart and any((max(x, y), min(x, y)) in apart for x, y in zip(nexts[a], nexts[b], strict=True))
        }
        if not more:
            break
        apart |= more
    assert len(apart) == len(nexts) * (len(nexts) - 1) // 2


def test_a_distribution_is_that_of_the_simulation_and_of_its_own_mean():
    rules = RULE_SETS["western-electric"]
    found = distribution_of_rules(rules, 0.5)
    draw = points(3)
    run = run_of_rules(rules, lambda: 0.5 + draw())
    lengths = np.array([run() for _ in range(1500)])
    for share in (0.1, 0.5, 0.9):
        assert (lengths <= found.quantile(share)).mean() == pytest.approx(share, abs=0.05)
    direct = sum(found.beyond(t) for t in range(5000))
    assert found.mean == pytest.approx(direct, rel=1e-10)
    square = sum((2 * t + 1) * found.beyond(t) for t in range(5000))
    assert found.standard_deviation == pytest.approx((square - direct**2) ** 0.5, rel=1e-9)


def test_the_error_bound_holds_beside_a_solution_of_the_linear_equations():
    machine = automaton(RULE_SETS["western-electric"])
    from scipy.stats import norm

    chances = [sum(norm.cdf(high) - norm.cdf(low) for low, high in zone) for zone in machine.zones]
    size = len(machine.nexts)
    moves = np.zeros((size, size))
    for state, row in enumerate(machine.nexts):
        for kind, following in enumerate(row):
            if following >= 0:
                moves[state, following] += chances[kind]
    exact = np.linalg.solve(np.eye(size) - moves, np.ones(size))[0]
    found = run_length_of_rules(RULE_SETS["western-electric"])
    assert abs(found.value - exact) < found.error_bound + 1e-11 * exact
    assert found.error_bound < 1e-9


def test_a_steady_state_is_sooner_than_a_chart_without_a_past():
    rules = RULE_SETS["western-electric"]
    steady = run_length_of_rules(rules, 1.0, state="steady")
    assert steady.value < run_length_of_rules(rules, 1.0).value
    simulated = simulated_run_length(rules, 1.0, 1.0, state="steady", seed="steady", runs=4000)
    assert abs(steady.value - simulated.value) < 4 * simulated.standard_error


def test_sides_are_told_apart():
    rules = RULE_SETS["western-electric"]
    up, down = (run_length_of_rules(rules, 0.7, side=side).value for side in ("upper", "lower"))
    assert up < run_length_of_rules(rules, side="upper").value < down
    assert run_length_of_rules(rules, -0.7, side="lower").value == pytest.approx(up, rel=1e-12)


def test_a_simulation_agrees_with_the_chain_and_repeats_itself():
    rules = RULE_SETS["westgard"]
    one = simulated_run_length(rules, 1.0, 1.0, seed="a", runs=5000)
    assert one == simulated_run_length(rules, 1.0, 1.0, seed="a", runs=5000)
    assert one.value != simulated_run_length(rules, 1.0, 1.0, seed="b", runs=5000).value
    assert abs(one.value - run_length_of_rules(rules, 1.0).value) < 4 * one.standard_error


@pytest.mark.parametrize(
    "rules",
    [(NELSON["3"],), (NELSON["4"],), (ValueRule(pattern="trend", points=4, side="upper"), ZoneRule(least=2, of=3, above=1.0))],
)
def test_a_rule_on_values_is_played_as_its_words_say(rules):
    found = run_length_of_rules(rules, 0.3, runs=2000, seed="values")
    draw = points(11)
    value, error = mean_and_error(run_of_rules(rules, lambda: 0.3 + draw()), 150)
    assert abs(found.value - value) < 4 * (error + found.standard_error)


def test_six_rising_points_come_as_often_as_orderings_say():
    # The mean wait is the sum of the probabilities of no rise yet, which are counts of permutations over factorials.
    rule = ValueRule(pattern="trend", points=3, side="upper")
    found = run_length_of_rules([rule], runs=20_000, seed="orderings")
    no_rise = [1, 1, 2, 5, 17, 70, 349, 2017, 13358, 99377, 822041, 7477162]  # permutations without a rise of 3, OEIS A049774
    exact = sum(count / np.prod(range(1, n + 1), dtype=float) for n, count in enumerate(no_rise)) + 0.0
    tail = 7477162 / np.prod(range(1, 12), dtype=float)
    ratio = (7477162 / 11) / 822041
    exact += tail * ratio / (1 - ratio)
    assert abs(found.value - exact) < 4 * found.standard_error


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: ZoneRule(least=4, of=3, above=1.0), "4 of 3"),
        (lambda: ZoneRule(least=1, of=61, above=1.0), "61"),
        (lambda: ZoneRule(least=1, of=1, above=2.0, below=1.0), "above 2.0"),
        (lambda: ZoneRule(least=1, of=1, above=nan), "nan"),
        (lambda: SequenceRule(zones=()), "0 zones"),
        (lambda: ValueRule(pattern="trend", points=1), "1 points"),
        (lambda: ValueRule(pattern="alternation", points=5, side="upper"), "no side"),
        (lambda: run_length_of_rules([]), "no rule"),
        (lambda: run_length_of_rules([ZoneRule(least=1, of=1, above=3.0, side="upper")], side="lower"), "no rule for"),
        (lambda: run_length_of_rules(RULE_SETS["nelson"], runs=10), "10 runs"),
        (lambda: run_length_of_rules(RULE_SETS["shewhart"], nan), "nan"),
        (lambda: run_length_of_rules(RULE_SETS["shewhart"], scale=0.0), "scale 0"),
        (lambda: distribution_of_rules(RULE_SETS["nelson"]), "only be simulated"),
        (lambda: run_length_of_rules([ZoneRule(least=1, of=1, above=9.0)]), "not certified"),
        (lambda: run_length_of_rules([ZoneRule(least=20, of=40, above=1.0)]), "states"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(make, word):
    with pytest.raises(DomainError, match=word):
        make()


def test_what_a_rule_set_asks_becomes_the_same_rules():
    wanted = (
        ZoneRule(least=1, of=1, above=3.0, name="1"),
        ZoneRule(least=9, of=9, above=0.0, name="2"),
        ValueRule(pattern="trend", points=6, name="3"),
        ValueRule(pattern="alternation", points=14, name="4"),
        ZoneRule(least=2, of=3, above=2.0, name="5"),
        ZoneRule(least=4, of=5, above=1.0, name="6"),
        ZoneRule(least=15, of=15, above=0.0, below=1.0, side="both", name="7"),
        ZoneRule(least=8, of=8, above=1.0, side="both", name="8"),
    )
    assert alarms_of(rule_set("nelson")) == wanted
    assert alarms_of(rule_set("nelson 2+5")) == (wanted[1], wanted[4])
    assert alarms_of(rule_set("westgard"))[2] == SequenceRule(zones=((2.0, inf), (-inf, -2.0)), name="4")
    assert asked_rule("above", sigma=2.0).side == "upper"
    assert asked_rule("falling", points=7).side == "lower"
    with pytest.raises(DomainError, match="asks 'moon'"):
        asked_rule("moon")


def test_rules_are_data_and_equal_when_they_say_the_same():
    assert ZoneRule(least=1, of=1, above=3.0) == ZoneRule(least=1, of=1, above=3.0)
    assert len({*RULE_SETS["nelson"], *RULE_SETS["western-electric"]}) < 12
    assert all(isinstance(rule, Rule) for rules in RULE_SETS.values() for rule in rules)
