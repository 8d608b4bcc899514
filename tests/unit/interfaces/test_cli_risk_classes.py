"""`openqi risk classify` and `compare`: classes with reasons, which model is better, in both languages, and what is refused."""

import csv
import json
from hashlib import sha256

import numpy as np
import pytest

from openqi.interfaces.cli.risk_class_words import SENTENCES, WORDS, changed
from risk_models import DOCUMENT, model_of
from risk_stage import BLIND, KNOWS
from unit.interfaces.cli_world import answer, openqi

OBJECTS = [["F1", "7", "catering"], ["F2", "7", "retail"], ["F3", "1", "retail"], ["F4", "", "catering"], ["F5", "1", "elsewhere"]]


def table(path, rows, header):
    """A table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def place(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    table(tmp_path / "objects.csv", OBJECTS, ["object", "complaints", "trade"])
    return tmp_path


def classified(place, *more):
    """What classify answers."""
    return answer("risk", "classify", str(place / "objects.csv"), "--model", str(place / "model.json"), *more, "--json")


def test_objects_are_shown_from_the_highest_risk_on_with_class_and_reasons(place):
    found = classified(place, "--thresholds", "0.05,0.15")
    assert [(one["object"], one["probability"], one["class"]) for one in found["shown"]] == [
        ("F1", "0.200000", "C"), ("F2", "0.090000", "B"), ("F3", "0.040000", "A"), ("F4", "0.040000", "A"), ("F5", "0.040000", "A"),
    ]  # fmt: skip
    assert [one["objects"] for one in found["classes"]] == [3, 1, 1]
    assert found["classes"][0]["ratio"] is None  # thresholds say nothing of it
    assert found["incomplete"] == 2  # an empty cell, and a category that the model does not have
    assert found["shown"][0]["reasons"][0]["feature"] == "complaints"
    assert found["shown"][3]["reasons"][0]["value"] is None


def test_the_file_has_all_objects_in_their_order(place):
    classified(place, "--thresholds", "0.05,0.15", "--out", str(place / "out.csv"), "--most", "1")
    rows = list(csv.reader((place / "out.csv").read_text("utf-8").splitlines()))
    assert rows[0][:4] == ["object", "probability", "class", "missing"]
    assert [row[0] for row in rows[1:]] == [one[0] for one in OBJECTS]
    assert rows[1][4].startswith("complaints=7 +")


def test_a_change_is_told_that_brings_an_object_a_class_lower(place):
    found = classified(place, "--thresholds", "0.05,0.15", "--changes")
    assert found["shown"][0]["changes"] == [{"feature": "complaints", "side": "at-most", "probability": "0.040000", "value": 2.5}]
    assert found["shown"][4]["changes"] == []


def test_a_bound_is_told_rounded_to_where_it_still_holds():
    told = [
        changed({"feature": "f", "side": side, "value": value, "probability": "0.1"}, "en")
        for side, value in (("at-most", 0.12345678), ("at-least", 0.12345611), ("at-most", -0.12345611), ("at-least", 40.0))
    ]
    assert [one.split(",")[0].rpartition(" ")[2] for one in told] == ["0.123456", "0.123457", "-0.123457", "40"]


def test_classes_by_cost_begin_where_two_cost_the_same(place):
    stated = {
        "loss": 10000,
        "classes": [
            {"class": "A", "cost": 20, "prevented": "0.05", "ratio": "0.02"}, {"class": "B", "cost": 50, "prevented": "0.15"},
            {"class": "C", "cost": 200, "prevented": "1/4"},
        ],
    }  # fmt: skip
    (place / "classes.json").write_text(json.dumps(stated), encoding="utf-8")
    found = classified(place, "--classes", str(place / "classes.json"))
    assert [one["from"] for one in found["classes"]] == ["0", "3/100", "3/20"]
    assert [one["ratio"] for one in found["classes"]] == ["1/50", "1", "1"]
    assert [one["class"] for one in found["shown"]] == ["C", "B", "B", "B", "B"]


def test_both_languages_tell_the_same_numbers(place):
    told = [
        openqi(
            "risk", "classify", str(place / "objects.csv"), "--model", str(place / "model.json"), "--thresholds", "0.05,0.15",
            "--changes", "--lang", language,
        ).out
        for language in ("en", "zh")
    ]  # fmt: skip
    assert "complaints = 7: raises the risk" in told[0]
    assert "complaints = 7：风险升高" in told[1]
    assert "缺失" in told[1] and "若 complaints 不高于 2.5" in told[1]


@pytest.mark.parametrize(
    ("rows", "more", "told"),
    [
        (OBJECTS, (), "--classes"),
        ([*OBJECTS, OBJECTS[0]], ("--thresholds", "0.1"), "objects.csv:7"),
        ([["", "1", "retail"]], ("--thresholds", "0.1"), "objects.csv:2"),
        ([["F1", "seven", "retail"]], ("--thresholds", "0.1"), "objects.csv:2"),
        (OBJECTS, ("--thresholds", "0.2,0.1"), "'C' begins"),
        (OBJECTS, ("--thresholds", "nan"), "nan"),
    ],
)
def test_what_cannot_be_classified_is_refused_and_nothing_is_written(place, rows, more, told):
    table(place / "objects.csv", rows, ["object", "complaints", "trade"])
    found = openqi(
        "risk", "classify", str(place / "objects.csv"), "--model", str(place / "model.json"), "--out", str(place / "out.csv"), *more
    )
    assert found.status != 0
    assert told in found.err
    assert not (place / "out.csv").exists()


def held_out(place, n=600, seed=8, name="results.csv"):
    """Visits of objects whose complaints say how likely they are bad."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        many = rng.random() < 0.4
        chance = 0.8 if many else 0.2
        ended = "not-found" if number % 40 == 0 else "nonconforming" if rng.random() < (0.7 if many else 0.1) else "conforming"
        rows.append([f"F{number}", "7" if many else "1", "retail", f"{chance}", ended, f"2026-07-{1 + number % 28:02d}"])
    return table(place / name, rows, ["firm", "complaints", "trade", "probability", "outcome", "day"])


def compare(place, *more):
    """What compare answers, between a model that knows nothing and one that knows complaints."""
    (place / "old.json").write_text(json.dumps(BLIND), encoding="utf-8")
    (place / "new.json").write_text(json.dumps(KNOWS), encoding="utf-8")
    given = (
        "risk",
        "compare",
        str(held_out(place)),
        "--champion",
        str(place / "old.json"),
        "--challenger",
        str(place / "new.json"),
    )
    return openqi(*given, *more)


def test_a_model_that_knows_more_takes_over_by_the_rule(place):
    found = json.loads(compare(place, "--json").out)
    assert found["verdict"] == "takes-over"
    assert found["better"]["lower"] > 0
    assert (found["visits"], found["notExamined"]) == (585, 15)
    assert found["notChecked"] == ["no-dates", "objects"]
    assert json.loads(compare(place, "--json", "--least-visits", "586").out)["reason"] == "too-few"
    assert json.loads(compare(place, "--json", "--margin", "5").out)["verdict"] == "stays"


def test_the_verdict_is_told_in_both_languages_with_what_was_not_checked(place):
    assert "the challenger is better, by the rule that was stated" in compare(place).out
    told = compare(place, "--lang", "zh").out
    assert "按事先写明的规则，新模型更好" in told and "未核对" in told


def test_visits_that_a_model_learned_from_are_refused(place):
    results = held_out(place)
    for trained, told in (
        ({"table": sha256(results.read_bytes()).hexdigest()}, "this very table"),
        ({"dates": {"first": "2026-01-01", "last": "2026-07-01"}}, "knows visits up to 2026-07-01"),
    ):
        (place / "seen.json").write_text(json.dumps(DOCUMENT | {"trained": trained}), encoding="utf-8")
        found = openqi(
            "risk", "compare", str(results), "--champion", str(place / "model.json"), "--challenger", str(place / "seen.json"),
            "--time", "day",
        )  # fmt: skip
        assert found.status != 0
        assert told in found.err
    (place / "seen.json").write_text(json.dumps(DOCUMENT | {"trained": {"dates": {"last": "2026-06-30"}}}), encoding="utf-8")
    again = answer(
        "risk", "compare", str(results), "--champion", str(place / "seen.json"), "--challenger", str(place / "seen.json"), "--time",
        "day", "--json",
    )  # fmt: skip
    assert again["notChecked"] == ["objects"]
    assert again["verdict"] == "stays"


def test_every_word_has_chinese():
    assert all(WORDS.values())
    assert all(len(both) == 2 and all(both) for both in SENTENCES.values())
    assert model_of().names == ("complaints", "trade")
