"""`openqi risk`: a model out of a table of visits, a report on it in both languages and as a picture, and what is refused."""

import csv
import json
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from openqi.interfaces.cli.risk_report_words import SENTENCES, WORDS, sentence, term
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.model import read_model
from unit.interfaces.cli_world import answer, openqi

pytest.importorskip("lightgbm")
FEATURES = [
    {"name": "complaints", "monotone": "increasing", "names": {"zh": "投诉数", "en": "complaints"}},
    {"name": "trade", "kind": "category"},
]
HEADER = ["firm", "day", "size", "complaints", "trade", "probability", "floor", "outcome"]


def ran(*arguments):
    found = openqi(*arguments)
    return found.status, found.out, found.err


def rows_of(n=900, seed=3):
    rng = np.random.default_rng(seed)
    found = []
    for place in range(n):
        size = ("small", "large")[rng.random() < 0.4]
        complaints, trade = int(rng.poisson(1.5)), ("retail", "catering", "")[int(rng.integers(3))]
        bad = rng.random() < 1 / (1 + np.exp(-(-2.2 + 0.6 * complaints + (trade == "catering") + 0.5 * (size == "small"))))
        ended = "not-found" if place % 50 == 0 else "closed" if place % 71 == 0 else "不合格" if bad else "合格"
        chance = 0.1 + 0.1 * min(complaints, 5)
        day = f"2026-{1 + 12 * place // n:02d}-{1 + place % 28:02d}"
        floor = "0.1" if place % 3 == 0 else ""
        found.append([f"F{place % 400}", day, size, "" if place % 20 == 7 else complaints, trade, f"{chance:.2f}", floor, ended])
    return found


def written(path: Path, rows, header=HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("risk")
    written(place / "visits.csv", rows_of())
    (place / "features.json").write_text(json.dumps(FEATURES), encoding="utf-8")
    place.joinpath("said.json").write_text(json.dumps(fitted(place)), encoding="utf-8")
    return place


def fitted(place: Path, *more: str):
    return answer(
        "risk", "fit", place / "visits.csv", "--features", place / "features.json", "--out", place / "model.json", "--held-out",
        place / "held.csv", "--object", "firm", "--time", "day", *more,
    )  # fmt: skip


def test_a_fit_writes_a_model_that_can_be_read_and_says_what_it_was_learned_from(world: Path):
    said = json.loads((world / "said.json").read_text())
    data = (world / "model.json").read_bytes()
    model = read_model(data)
    assert said["model"] == sha256(data).hexdigest() and data.endswith(b"}\n") and data.count(b"\n") == 1
    trained = model.trained
    assert trained["table"] == sha256((world / "visits.csv").read_bytes()).hexdigest() and trained["library"] == "lightgbm"
    assert trained["rows"] == 900 and trained["examined"] == 900 - sum(trained["left_out"].values())
    assert trained["left_out"] == {"unresolved": 18, "outside": 12} and trained["folds"] == {"count": 5, "by": "objects"}
    assert model.features[0].names == {"zh": "投诉数", "en": "complaints"} and set(model.features[1].categories) == {
        "catering",
        "retail",
    }
    assert probabilities_of(model, scores_of(model, [[np.nan, 0.0]])).tolist()[0] > 0


def test_the_same_table_gives_the_same_bytes(world: Path):
    before = (world / "model.json").read_bytes()
    fitted(world, "--threads", "2")
    assert (world / "model.json").read_bytes() == before


def test_what_was_held_out_is_written_beside_the_visits_and_can_be_reported_on(world: Path):
    rows = list(csv.DictReader((world / "held.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 870 and {one["fold"] for one in rows} == set("12345") and set(HEADER) < set(rows[0])
    assert len({(one["firm"], one["fold"]) for one in rows}) == len({one["firm"] for one in rows})
    found = answer("risk", "report", world / "held.csv", "--said", "said", "--by", "size", "--floor", "floor", "--time", "day")
    assert [one["basis"] for one in found["judgements"]] == ["population", "visited", "random floor"]
    assert found["judgements"][0]["objects"] == 870 and found["fairness"][0]["column"] == "size" and len(found["periods"]) == 4
    bad = sum(one["outcome"] == "不合格" for one in rows)
    assert found["judgements"][0]["bad"] == bad and [code for code, _ in found["not_shown"]] == ["concept"]


def test_a_report_on_the_very_table_that_taught_the_model_says_so(world: Path):
    seen = answer("risk", "report", world / "visits.csv", "--model", world / "model.json")
    fresh = answer("risk", "report", written(world / "later.csv", rows_of(seed=4)), "--model", world / "model.json")
    assert "seen" in dict(seen["not_shown"]) and "seen" not in dict(fresh["not_shown"])
    assert dict(fresh["not_shown"])["unresolved"] == {"objects": 18}


def test_drift_is_told_feature_by_feature(world: Path):
    rows = [[*one[:3], "" if one[3] == "" else int(one[3]) + 2, *one[4:]] for one in rows_of(seed=6)]
    moved = written(world / "moved.csv", rows)
    found = answer("risk", "report", moved, "--model", world / "model.json", "--then", world / "visits.csv")
    assert {one["name"]: one["moved"] for one in found["shifts"]} == {"risk": True, "complaints": True, "trade": False}


def test_classes_and_costs_are_reported(world: Path):
    options = ("--thresholds", "0.15,0.3,0.5", "--visit", "1", "--missed", "5", "--budgets", "0.1,1", "--flagged-from", "0.4")
    found = answer("risk", "report", world / "held.csv", "--said", "said", "--by", "trade", *options)
    assert [one["name"] for one in found["classes"]] == ["A", "B", "C", "D"] and found["choice"]["best"]["threshold"] == 0.2
    assert [one["budget"] for one in found["judgements"][0]["discrimination"]["lifts"]] == [0.1, 1.0]
    assert found["fairness"][0]["threshold"] == 0.4


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_people_read_both_in_their_language_and_see_a_picture(world: Path, lang):
    picture = world / f"report-{lang}.svg"
    options = ("--said", "said", "--by", "size", "--time", "day", "--thresholds", "0.1,0.2,0.4", "--visit", "1", "--missed", "9")
    status, text, error = ran("risk", "report", world / "held.csv", *options, "--picture", picture, "--lang", lang)
    assert status == 0, error
    words = [
        term(one, lang) for one in ("does it hold", "risk group", "does it find", "whom to visit", "class", "time", "not shown")
    ]
    assert all(one in text for one in words) and sentence("concept", lang) in text
    drawn = picture.read_text(encoding="utf-8")
    assert ("概率准不准" in drawn) == (lang == "zh") and "<svg" in drawn
    assert bool(re.search("[\u4e00-\u9fff]", text)) == (lang == "zh")
    status, text, error = ran(
        "risk", "fit", world / "visits.csv", "--features", world / "features.json", "--out", world / "again.json", "--lang", lang
    )
    assert status == 0 and sentence("no-dates", lang) in text and sentence("no-objects", lang) in text, error


def test_every_label_and_sentence_has_both_languages():
    assert all(re.search("[\u4e00-\u9fff]", zh) or zh in {"AUC", "ECE", "Brier", "PSI"} for zh in WORDS.values())
    assert all(not re.search("[\u4e00-\u9fff]", en) and re.search("[\u4e00-\u9fff]", zh) for en, zh in SENTENCES.values())


TREE = "code,weight,parent,low,high\n1,0.6,,,\n1.1,1,1,0,5\n2,0.4,,,\n"


def test_objects_are_scored_by_an_indicator_tree_of_a_table_or_of_json(tmp_path: Path):
    (tmp_path / "tree.csv").write_text(TREE)
    (tmp_path / "tree.json").write_text(
        '[{"code":"1","weight":0.6},{"code":"1.1","weight":1,"parent":"1","high":5},{"code":"2","weight":0.4}]'
    )
    (tmp_path / "firms.csv").write_text("id,1.1,2\nF1,2,50\nF2,,50\n")
    found = answer("risk", "indicators", tmp_path / "tree.csv", tmp_path / "firms.csv", "--out", tmp_path / "scores.csv")
    assert found == answer("risk", "indicators", tmp_path / "tree.json", tmp_path / "firms.csv")
    assert found["levels"] == [2, 1]
    assert found["objects"][0] == {"id": "F1", "score": 44.0, "lowest": 44.0, "highest": 44.0, "missing": []}
    assert found["objects"][1] == {"id": "F2", "score": None, "lowest": 20.0, "highest": 80.0, "missing": ["1.1"]}
    assert (tmp_path / "scores.csv").read_text().splitlines()[2] == "F2,,20.000000,80.000000,1.1"
    for lang in ("zh", "en"):
        status, text, _ = ran("risk", "indicators", tmp_path / "tree.csv", tmp_path / "firms.csv", "--lang", lang)
        assert status == 0 and "2 / 1" in text and sentence("no-score", lang, count=1) in text


@pytest.mark.parametrize("text", ["{}", "[1]", "[]", '[{"code": "1", "weight": 0.5}]', "not json"])
def test_an_indicator_tree_that_is_none_is_refused(tmp_path: Path, text):
    (tmp_path / "tree.json").write_text(text)
    (tmp_path / "firms.csv").write_text("id,1\nF1,2\n")
    status, _, error = ran("risk", "indicators", tmp_path / "tree.json", tmp_path / "firms.csv")
    assert status == 2 and error.strip()


def changed(world: Path, place: int, value: str) -> Path:
    rows = rows_of()
    rows[4][place] = value
    return written(world / "changed.csv", rows)


@pytest.mark.parametrize(
    ("place", "value", "match"),
    [
        (3, "many", r"changed.csv:6: column complaints"), (3, "nan", "changed.csv:6"), (5, "", "changed.csv:6: column probability"),
        (5, "0", "row 5 is 0.0"), (5, "1.2", "row 5 is 1.2"), (7, "", "nobody passes by having no result"),
        (7, "fine", "no such ending"),
        (0, "", "group of row 5 is empty"), (1, "soon", "row 5: 'soon' is no ISO date"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_and_nothing_is_written(world: Path, place, value, match):
    table, model = changed(world, place, value), world / "none.json"
    options = ("--features", world / "features.json", "--out", model, "--object", "firm", "--time", "day")
    status, _, error = ran("risk", "fit", table, *options)
    assert status == 2 and re.search(match, error) and not model.exists()


def test_failures_alone_give_no_risk(world: Path):
    rows = [one for one in rows_of() if one[7] == "不合格"]
    status, _, error = ran(
        "risk", "fit", written(world / "failures.csv", rows), "--features", world / "features.json", "--out", world / "none.json"
    )
    assert status == 2 and "failures alone has no good ones" in error


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ((), "name either --model"), (("--said", "said", "--then", "held.csv"), "--model"), (("--said", "size"), "column size"),
        (("--said", "said", "--thresholds", "a,b"), "numbers with commas"),
        (("--said", "said", "--visit", "1"), "both, or neither"),
        (("--said", "said", "--thresholds", "0.3,0.2,0.5"), "three rising"), (("--said", "said", "--picture", "x.bmp"), "bmp"),
        (("--said", "said", "--by", "colour"), "no column 'colour'"), (("--said", "probability", "--bins", "1"), "bins"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_refused(world: Path, options, match):
    status, _, error = ran("risk", "report", world / "held.csv", *options)
    assert status == 2 and re.search(match, error)


@pytest.mark.parametrize("text", ["{}", "[]", '["x"]', "not json", '[{"name": "absent"}]', '[{"name": "size"}]'])
def test_features_that_are_none_are_refused(world: Path, text):
    (world / "bad.json").write_text(text)
    status, _, error = ran("risk", "fit", world / "visits.csv", "--features", world / "bad.json", "--out", world / "none.json")
    assert status == 2 and error.strip() and not (world / "none.json").exists()
