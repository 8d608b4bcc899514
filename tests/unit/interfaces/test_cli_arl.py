"""`openqi arl`: published run lengths at the command line, in both languages, and questions that have no answer."""

import pytest

from openqi.interfaces.cli.words import CHINESE
from openqi.science.charts.rules.rule import rule_sets
from unit.interfaces.cli_world import answer, openqi


def test_the_western_electric_rules_in_short():
    found = answer("arl", "--rules", "western-electric", "--quantile", "0.5")
    assert found["runLength"] == pytest.approx(91.75, abs=0.005)
    assert found["errorBound"] < 1e-9
    assert (found["method"], found["standardError"], found["state"]) == ("markov chain", None, "zero")
    assert found["quantiles"] == [{"probability": 0.5, "points": 65}]
    assert found == answer("arl", "rules", "--rules", "western-electric", "--quantile", "0.5")


def test_rules_on_values_are_simulated_and_say_so():
    found = answer("arl", "--rules", "nelson", "--shift", "2", "--runs", "500", "--seed", "a")
    assert (found["method"], found["errorBound"]) == ("simulation", None)
    assert found["standardError"] > 0.0
    assert found == answer("arl", "--rules", "nelson", "--shift", "2", "--runs", "500", "--seed", "a")


def test_every_set_of_rules_can_be_named():
    for name in (*rule_sets(), "nelson 1+2+5+6+7+8"):
        assert answer("arl", "--rules", name, "--shift", "3", "--runs", "100")["runLength"] < 5


def test_ewma_and_cusum_answer_as_tables_say():
    assert answer("arl", "ewma", "--lambda", "0.25", "--limit", "3", "--shift", "1")["runLength"] == pytest.approx(11.154267016)
    found = answer("arl", "ewma", "--lambda", "0.1", "--find-limit", "--run-length", "500")
    assert found["limit"] == pytest.approx(2.814, abs=6e-4)
    assert found["limitErrorBound"] < 1e-6
    assert answer("arl", "cusum", "--reference", "0.5", "--limit", "4")["runLength"] == pytest.approx(168, abs=0.5)
    fir = answer("arl", "cusum", "--reference", "0.5", "--limit", "4", "--head-start", "0.5")
    assert fir["runLength"] == pytest.approx(149, abs=0.5)  # Lucas and Crosier 1982, table 1
    assert answer("arl", "cusum", "--reference", "0.5", "--limit", "4", "--crosier", "--steady")["chart"] == "crosier"
    assert answer("arl", "ewma", "--lambda", "0.1", "--limit", "2.7", "--side", "upper", "--steady")["state"] == "steady"
    assert answer("arl", "ewma", "--lambda", "0.1", "--limit", "2.7", "--exact-limits")["runLength"] < 368
    assert answer("arl", "shewhart", "--limit", "3", "--scale", "1")["runLength"] == pytest.approx(370.398, abs=5e-4)


def test_a_plant_shares_its_alarms():
    found = answer("arl", "plant", "--streams", "1000:168", "--streams", "50:10000", "--alarms-a-week", "7", "--share", "streams")
    assert sum(one["alarmsAWeek"] for one in found["groups"]) == pytest.approx(7.0)
    assert [one["runLength"] for one in found["groups"]] == pytest.approx([168 * 150, 10_000 * 150])
    quiet = answer("arl", "plant", "--streams", "1:100", "--chance", "0.05")
    assert quiet["groups"][0]["probability"] == pytest.approx(1 - 0.95**0.01)


def test_people_read_it_in_chinese():
    text = openqi("arl", "ewma", "--lambda", "0.1", "--limit", "2.7", "--quantile", "0.9", "--lang", "zh").out
    for word in ("limit", "run length", "error at most", "quadrature", "signals by", "assumed", "points are independent"):
        assert CHINESE[word] in text, word
    text = openqi("arl", "plant", "--streams", "10:100", "--alarms-a-week", "1", "--lang", "zh").out
    assert CHINESE["alarms a week"] in text
    assert "任意相关" in text
    assert CHINESE["simulation"] in openqi("arl", "--rules", "nelson", "--runs", "100", "--lang", "zh").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--rules", "moon"), "moon"),
        (("ewma", "--lambda", "0.1"), "--find-limit"),
        (("ewma", "--lambda", "0.1", "--limit", "3", "--find-limit", "--run-length", "370"), "--find-limit"),
        (("ewma", "--lambda", "0.1", "--find-limit"), "--run-length"),
        (("ewma", "--lambda", "2", "--limit", "3"), "weight = 2"),
        (("ewma", "--lambda", "0.1", "--limit", "9"), "not certified"),
        (("cusum", "--reference", "0.5", "--limit", "4", "--steady"), "steady"),
        (("cusum", "--reference", "0.5", "--limit", "4", "--crosier", "--side", "upper"), "--side"),
        (("--rules", "nelson", "--quantile", "0.5"), "nelson 1+2+5+6+7+8"),
        (("--rules", "nelson 1+9"), "no rule [9]"),
        (("--rules", "nelson 1-5"), "nelson 1+2"),
        (("shewhart", "--limit", "3", "--quantile", "1"), "quantile"),
        (("plant", "--streams", "10:100"), "--chance"),
        (("plant", "--streams", "ten", "--chance", "0.1"), "COUNT:POINTS"),
        (("plant", "--streams", "10:100", "--chance", "0.1", "--share", "streams"), "--share"),
    ],
)
def test_a_question_without_an_answer_says_why(arguments, says):
    found = openqi("arl", *arguments)
    assert found.status == 2
    assert says in found.err
    assert "Traceback" not in found.err
