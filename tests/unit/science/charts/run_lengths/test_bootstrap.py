"""Run lengths on data drawn anew: those of independent normal data are the computed ones, those of others are not."""

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.in_control import alarms_of
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.run_lengths.bootstrap import AUTOMATIC, block_length, bootstrapped_run_length
from openqi.science.charts.run_lengths.chance import normal_blocks
from openqi.science.charts.run_lengths.charts.cusum import CrosierCusum, Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.playing import played_run_lengths

CHARTS = [
    Ewma(weight=0.2, limit=2.2),
    Ewma(weight=0.1, limit=2.0, limits="exact"),
    Ewma(weight=0.1, limit=2.0, side="lower", barrier=-1.0),
    Cusum(reference=0.5, limit=3.0),
    Cusum(reference=0.5, limit=3.0, side="lower", head_start=0.5),
    CrosierCusum(reference=0.5, limit=3.0, head_start=0.5),
    Shewhart(limit=2.0),
    Shewhart(limit=2.0, side="upper"),
]


def autocorrelated(count, coefficient, seed=1):
    chance, found = np.random.Generator(np.random.Philox(seed)), [0.0]
    for noise in chance.standard_normal(count):
        found.append(coefficient * found[-1] + (1 - coefficient**2) ** 0.5 * float(noise))
    return found[1:]


@pytest.mark.parametrize("chart", CHARTS, ids=repr)
def test_a_chart_played_on_normal_points_runs_as_long_as_is_computed(chart):
    lengths = np.array(played_run_lengths(chart, normal_blocks("play"), 4000))
    assert abs(chart.run_length().value - lengths.mean()) < 4 * lengths.std() / 4000**0.5


def test_independent_normal_data_have_about_the_computed_run_length():
    values = np.random.Generator(np.random.Philox(2)).standard_normal(20_000).tolist()
    found = bootstrapped_run_length(Shewhart(limit=2.0), values, centre=0.0, sigma=1.0, seed="s", block=5.0)
    assert found.run_length.value == pytest.approx(Shewhart(limit=2.0).run_length().value, rel=0.1)
    assert found.run_length.method == "block bootstrap"
    assert found.block_rule == "given"


def test_data_that_follow_each_other_signal_sooner_and_the_blocks_keep_that():
    chart, values = Cusum(reference=0.5, limit=4.0), autocorrelated(4000, 0.6)
    kept = bootstrapped_run_length(chart, values, centre=0.0, sigma=1.0, seed="s")
    torn = bootstrapped_run_length(chart, values, centre=0.0, sigma=1.0, seed="s", block=1.0)
    assert kept.block_rule == AUTOMATIC
    assert kept.run_length.value < 0.3 * chart.run_length().value
    assert torn.run_length.value > 3 * kept.run_length.value
    # The truth, on fresh points of the same process.
    fresh = np.array(played_run_lengths(chart, [np.array(autocorrelated(100_000, 0.6, seed=5))], 2000))
    assert kept.run_length.value == pytest.approx(fresh.mean(), rel=0.2)


def test_rules_are_played_too():
    found = bootstrapped_run_length(alarms_of(rule_set("nelson")), autocorrelated(3000, 0.5), centre=0.0, sigma=1.0, seed="s")
    assert found.run_length.value < 40.0  # 73.7 where points are independent


@pytest.mark.parametrize("coefficient", [0.6, *(pytest.param(one, marks=pytest.mark.long) for one in (0.0, 0.3, 0.8))])
def test_a_block_is_as_long_as_theory_says(coefficient):
    # Of an AR(1) process the rule aims at (2 a / (1 - a²))^(2/3) n^(1/3); independent points have short blocks.
    found = block_length(autocorrelated(20_000, coefficient))
    wanted = (2 * coefficient / (1 - coefficient**2)) ** (2 / 3) * 20_000 ** (1 / 3)
    assert found == pytest.approx(wanted, rel=0.35) if coefficient else found < 8.0


def test_the_same_seed_gives_the_same_bits():
    values = autocorrelated(500, 0.3)
    ask = {"centre": 0.0, "sigma": 1.0, "runs": 200}
    one = bootstrapped_run_length(CHARTS[0], values, seed="a", **ask)
    assert one == bootstrapped_run_length(CHARTS[0], values, seed="a", **ask)
    assert one.run_length != bootstrapped_run_length(CHARTS[0], values, seed="b", **ask).run_length


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"values": [1.0] * 10}, "10 values"),
        ({"values": [1.0] * 50}, "constant"),
        ({"values": [*range(30), float("nan")]}, "value 31"),
        ({"sigma": 0.0}, "sigma"),
        ({"centre": float("inf")}, "centre"),
        ({"runs": 5}, "5 runs"),
        ({"block": 0.5}, "0.5 points"),
        ({"block": 1e6}, "points; 1 to"),
        ({"chart": Shewhart(limit=30.0), "block": 2.0}, "have ended"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(change, word, monkeypatch):
    monkeypatch.setattr("openqi.science.charts.run_lengths.playing.MOST_POINTS", 100_000)
    given = {"chart": Shewhart(limit=2.0), "values": autocorrelated(100, 0.2), "centre": 0.0, "sigma": 1.0, "seed": "s"}
    asked = {**given, **change}
    with pytest.raises(DomainError, match=word):
        bootstrapped_run_length(asked.pop("chart"), asked.pop("values"), **asked)
