"""A model of triage: what it promises it keeps, it says when it does not know, and its document is read back or refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tools.demo_triage import demo_model

from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.science.triage.answering import STEPS, Like, Promise, steps_of, threshold_of
from openqi.science.triage.document import document_bytes, read_model
from openqi.science.triage.fitting import Asked, fit, fold_of
from openqi.science.triage.measures import macro_f1, worth_of
from shared_data import ROOT
from triage_texts import complaints

TEXTS, LABELS = zip(*complaints(), strict=True)


@pytest.fixture(scope="module")
def fitted():
    return fit(TEXTS, LABELS, Asked(promise=Promise(right=0.9, confidence=0.9)))


def test_texts_that_were_held_out_are_told_apart(fitted):
    assert fitted.worth.right > 0.98 * len(TEXTS)
    assert fitted.model.threshold.least is not None
    assert fitted.gap <= 1e-3


def test_a_suggestion_comes_with_what_speaks_for_it(fitted):
    (said,) = fitted.model.suggestions(["超市买的牛奶发霉了，要求退款。"], reasons=4)
    assert said.label == "food"
    assert said.likeliest[0][0] == "food"
    assert 0.9 < said.likeliest[0][1] <= 1.0
    assert len(said.speaks) == 4
    assert any(one.run in "超市买的牛奶发霉了" for one in said.speaks)
    assert [abs(one.adds) for one in said.speaks] == sorted((abs(one.adds) for one in said.speaks), reverse=True)


def test_what_speaks_adds_up_to_the_log_odds(fitted):
    text = "快递一周没有送到，要求退款"
    (said,) = fitted.model.suggestions([text], reasons=10_000, most=2)
    first, second = (fitted.model.labels.index(name) for name, _ in said.likeliest)
    turns, constant = fitted.model.calibration.turns, fitted.model.weights[-1].tolist()
    fixed = turns[first][-1] - turns[second][-1]
    fixed += sum((one - other) * value for one, other, value in zip(turns[first], turns[second], constant, strict=False))
    odds = np.log(said.likeliest[0][1] / said.likeliest[1][1])
    assert sum(one.adds for one in said.speaks) + fixed == pytest.approx(odds, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"), ("  \n", "empty"), ("?!。", "empty"), ("The milk was sour and the shop is closed", "unlike"),
        ("龘靐齉爩鱻麤", "unlike"), ("作者的文笔细腻，情节引人入胜", "unlike"), ("asdf jkl qwer", "unlike"),
    ],
)  # fmt: skip
def test_it_does_not_know_what_it_never_learned(fitted, text, why):
    (said,) = fitted.model.suggestions([text])
    assert (said.label, said.why) == (None, why)


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("The milk was sour and the shop is closed", {"most_foreign": 0.5}),
        ("超市买的牛奶发霉了，要求退款。", {"least_known": 1.01}),
        ("超市买的牛奶发霉了，要求退款。", {"least_margin": 99.0}),
    ],
)
def test_each_measure_of_likeness_alone_keeps_a_text_out(fitted, text, strict):
    open_to_all = {"least_known": 0.0, "most_foreign": 1.0, "least_margin": -99.0}
    sure = replace(fitted.model.threshold, least=0.0)
    free, kept = (replace(fitted.model, threshold=sure, like=Like(**limits)) for limits in (open_to_all, open_to_all | strict))
    assert [one.why for model in (free, kept) for one in model.suggestions([text])] == ["", "unlike"]


def test_many_texts_at_once_are_told_as_each_alone(fitted):
    texts = [TEXTS[place % len(TEXTS)] for place in range(2003)]
    assert list(fitted.model.suggestions(texts, reasons=2))[-5:] == [
        said for text in texts[-5:] for said in fitted.model.suggestions([text], reasons=2)
    ]


def test_the_order_of_the_rows_has_no_say_in_who_is_held_out():
    assert [fold_of(text, 5) for text in ("牛奶过期", " 牛奶过期\n", "牛奶 过期")][0:2] == [fold_of("牛奶过期", 5)] * 2
    assert len({fold_of(text, 5) for text in TEXTS}) == 5


def test_a_document_is_read_back_to_the_same_model(fitted):
    data = document_bytes(fitted)
    model, told = read_model(data)
    assert list(model.suggestions(TEXTS[::11], reasons=3)) == list(fitted.model.suggestions(TEXTS[::11], reasons=3))
    assert told["right"] == fitted.worth.right
    assert document_bytes(fitted) == data


@pytest.mark.parametrize(
    ("member", "value", "told"),
    [
        ("type", "pickle", "no model of triage"), ("labels", ["food"], "labels"), ("labels", ["food", "food"], "labels"),
        ("labels", "food", "labels"), ("runs", ["b", "a"], "order"), ("runs", ["四个字符"], "1 to 3"), ("runs", [7], "runs"),
        ("documents", [1], "documents"), ("texts", 0, "texts"), ("texts", True, "texts"), ("unit", "1e-4", "unit"),
        ("unit", -1, "unit"), ("parts", [[1]], "parts"), ("parts", None, "parts"), ("calibration", [[1.0]], "calibration"),
        ("calibration", [["x"] * 5] * 4, "calibration"), ("promise", {"right": 2, "confidence": 0.5}, "between 0 and 1"),
        ("promise", {}, "promise"), ("threshold", {"least": 0.5}, "threshold"), ("like", [], "like"), ("held_out", 3, "held_out"),
        ("parted", 1, "parted"),
        ("run", "import os", "'run' is not known"),
    ],
)  # fmt: skip
def test_a_document_that_does_not_hold_together_is_refused(fitted, member, value, told):
    document = json.loads(document_bytes(fitted))
    document[member] = value
    with pytest.raises(FormatError, match=told):
        read_model(json.dumps(document).encode())


def test_a_member_that_is_missing_is_named(fitted):
    document = json.loads(document_bytes(fitted))
    del document["like"]
    with pytest.raises(FormatError, match="'like' is missing"):
        read_model(json.dumps(document).encode())


def test_too_little_to_learn_from_is_refused():
    with pytest.raises(RefusedError, match="1 labels"):
        fit(["甲", "乙"], ["a", "a"], Asked())
    with pytest.raises(RefusedError, match="at least 5"):
        fit([*TEXTS, "孤例"], [*LABELS, "rare"], Asked())
    with pytest.raises(RefusedError, match="1 of 5 parts"):
        fit([*TEXTS, *["同一句话"] * 9], [*LABELS, *["same"] * 9], Asked())
    with pytest.raises(DomainError, match="one a text"):
        fit(TEXTS, LABELS[:-1], Asked())


def test_labels_that_say_nothing_are_never_suggested():
    """Of labels at random nothing can be promised, so that every text is unknown."""
    rng = np.random.default_rng(8)
    labels = [("a", "b")[one] for one in rng.integers(0, 2, len(TEXTS))]
    model = fit(TEXTS, labels, Asked()).model
    assert model.threshold.least is None
    assert {one.label for one in model.suggestions(TEXTS)} == {None}


def test_a_promise_is_kept_as_often_as_it_says():
    """Scores that are probabilities: over many samples the share right above the threshold is below the promise in few."""
    rng = np.random.default_rng(11)
    broken = given = 0
    for _ in range(400):
        probability = rng.beta(4, 1, 600)
        found = threshold_of(probability, (rng.random(600) < probability).astype(float), Promise(right=0.9, confidence=0.9))
        if found.least is not None:
            given += 1
            above = 1 - rng.beta(1, 4, 4000)  # fresh texts of the same kind
            above = above[above >= found.least]
            broken += above.mean() < 0.9
    assert given > 300
    assert broken <= 0.1 * 400


def test_the_surest_are_counted_as_by_hand():
    probability = np.array([0.9, 0.8, 0.8, 0.3])
    found = steps_of(probability, np.array([1.0, 0.0, 1.0, 1.0]))
    assert [(one.given, one.right) for one in found] == [(1, 1), (3, 2), (4, 3)]
    assert len(found) <= STEPS


def test_scores_are_those_of_their_definitions():
    shares = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.5, 0.3, 0.2]])
    label = np.array([0, 2, 1])
    found = worth_of(shares, label)
    brier = np.mean([((shares[place] - np.eye(3)[one]) ** 2).sum() for place, one in enumerate(label)])
    assert found.brier.value == pytest.approx(brier)
    assert found.logarithmic.value == pytest.approx(-np.log([0.7, 0.3, 0.3]).mean())
    assert found.right == 1
    assert macro_f1(np.array([0, 1, 0]), label, 3) == pytest.approx((2 / 3) / 3)


def test_the_model_of_the_example_station_is_that_of_our_own_sentences():
    target = ROOT / "src" / "openqi" / "app" / "station" / "demo_triage.json"
    assert demo_model() == target.read_bytes()
