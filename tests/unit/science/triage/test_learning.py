"""Runs, weights and lines of triage against plain definitions, against the optimum, and with the compiler and without it."""

from collections import Counter
from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.numbers import compiled
from openqi.science.triage import calibrating, learning
from openqi.science.triage.calibrating import RIDGE, STEEP, calibration_of
from openqi.science.triage.grams import MOST_CHARACTERS, foreign_share, key_of, plain_text, run_of
from openqi.science.triage.learning import lines_between
from openqi.science.triage.weighing import rows_of, vocabulary_of
from triage_texts import complaints

TEXTS, LABELS = zip(*complaints()[::7], strict=True)
NUMBERS = np.array([sorted(set(LABELS)).index(one) for one in LABELS])


def runs(text):
    return Counter(text[at : at + length] for length in (1, 2, 3) for at in range(len(text) - length + 1))


def by_hand(texts, least, *, parted):
    """Rows by the definition: every run of every text in dictionaries."""
    each = [runs(plain_text(one)) for one in texts]
    different = {plain_text(one): found for one, found in zip(texts, each, strict=True)}
    documents = Counter(run for one in different.values() for run in one)
    kept = {run: count for run, count in documents.items() if count >= least}
    rows = []
    for one in each:
        row = {
            run: (1 + log(count)) * (1 + log((1 + len(different)) / (1 + kept[run]))) / (len(run) if parted else 1)
            for run, count in one.items()
            if run in kept
        }
        length = sqrt(sum(value * value for value in row.values()))
        rows.append({run: value / length for run, value in row.items()})
    return kept, rows


@pytest.mark.parametrize("parted", [True, False])
def test_rows_are_those_of_the_definition(parted):
    texts = [*TEXTS, TEXTS[3], "", "的", "ＡＢＣ  牛奶\n牛奶牛奶", "😀😀😀", "没见过的字：龘龘"]
    vocabulary = replace(vocabulary_of(texts, least=2, most=10**6), parted=parted)
    rows = rows_of(texts, vocabulary)
    kept, wanted = by_hand(texts, 2, parted=parted)
    names = vocabulary.runs_at(range(len(vocabulary)))
    assert dict(zip(names, vocabulary.documents.tolist(), strict=True)) == kept
    for place, row in enumerate(wanted):
        begin, end = rows.start[place], rows.start[place + 1]
        found = dict(zip([names[one] for one in rows.run[begin:end]], rows.value[begin:end], strict=True))
        assert found == pytest.approx(row, rel=1e-14)


def test_a_text_is_known_without_its_own_runs_as_if_it_had_been_left_out():
    twice = [*TEXTS, *TEXTS[:9], TEXTS[5]]
    vocabulary = vocabulary_of(twice, least=2, most=10**6)
    inside = rows_of(twice, vocabulary, own=2)
    for place in (0, 5, 40):
        others = vocabulary_of([one for one in twice if one != twice[place]], least=2, most=10**6)
        alone = rows_of([twice[place]], others)
        assert inside.known[place] == alone.known[0]
        own = vocabulary.runs_at(inside.run[inside.start[place] : inside.start[place + 1]].tolist())
        assert own == others.runs_at(alone.run.tolist())


def test_of_too_many_runs_those_in_most_texts_are_kept():
    full, few = vocabulary_of(TEXTS, least=1, most=10**6), vocabulary_of(TEXTS, least=1, most=20)
    assert len(few) == 20
    assert sorted(few.documents.tolist()) == sorted(full.documents.tolist())[-20:]


@pytest.mark.parametrize("run", ["a", "质量", "量😀\U0010ffff"])
def test_a_key_is_read_back(run):
    assert run_of(key_of(run)) == run


@pytest.mark.parametrize("run", ["", "四个字符", "a\0"])
def test_what_is_no_run_has_no_key(run):
    with pytest.raises(DomainError):
        key_of(run)


def test_text_is_read_in_one_form():
    assert plain_text(" ＡＢ\u3000Ｃ\n\t１ \0 ") == "ab c 1"
    assert plain_text("半\ud800个") == "半?个"
    with pytest.raises(DomainError, match="10,001"):
        plain_text("长" * (MOST_CHARACTERS + 1))


def test_letters_of_other_scripts_are_counted():
    assert foreign_share(plain_text("用USB充电")) == 0.5
    assert foreign_share("123 ！") == 0.0


def test_lines_are_at_the_optimum_of_their_definition():
    """The least loss is found a second way: steps of Newton on the whole matrix, until nothing gets better."""
    vocabulary = vocabulary_of(TEXTS, least=1, most=10**6)
    rows = rows_of(TEXTS, vocabulary)
    found = lines_between(rows, NUMBERS, runs=len(vocabulary), labels=4, cost=2.0)
    assert found.gap <= learning.GAP
    dense = np.zeros((len(TEXTS), len(vocabulary) + 1))
    dense[:, -1] = 1.0
    for place in range(len(TEXTS)):
        dense[place, rows.run[rows.start[place] : rows.start[place + 1]]] = rows.value[rows.start[place] : rows.start[place + 1]]
    for label in range(4):
        side = np.where(label == NUMBERS, 1.0, -1.0)
        least = np.zeros(dense.shape[1])
        for _ in range(100):
            wrong = dense[side * (dense @ least) < 1.0]
            ends = side[side * (dense @ least) < 1.0]
            following = np.linalg.solve(np.eye(len(least)) + 4.0 * wrong.T @ wrong, 4.0 * wrong.T @ ends)
            if np.abs(following - least).max() < 1e-12:
                break
            least = following
        best, own = loss(least, dense, side), loss(found.weights[:, label], dense, side)
        assert best <= own <= best * (1 + learning.GAP)


def loss(weights, dense, side):
    short = np.maximum(0.0, 1.0 - side * (dense @ weights))
    return 0.5 * weights @ weights + 2.0 * short @ short


def test_without_the_compiler_the_bits_are_the_same(monkeypatch):
    vocabulary = vocabulary_of(TEXTS, least=2, most=10**6)
    rows = rows_of(TEXTS, vocabulary)
    fast = lines_between(rows, NUMBERS, runs=len(vocabulary), labels=4, cost=0.5)
    margins = rng_margins()
    quick = calibration_of(margins, NUMBERS[: len(margins)])
    shares = quick.probabilities(margins)
    for module in (learning, calibrating):
        monkeypatch.setattr(module, "is_fast", lambda: False)
    monkeypatch.setattr(learning, "_ascend_compiled", learning._ascend)
    monkeypatch.setattr(calibrating, "_descend_compiled", calibrating._descend)
    monkeypatch.setattr(calibrating, "_all_shares_compiled", calibrating._all_shares)
    slow = lines_between(rows, NUMBERS, runs=len(vocabulary), labels=4, cost=0.5)
    assert slow.weights.tobytes() == fast.weights.tobytes()
    assert calibration_of(margins, NUMBERS[: len(margins)]) == quick
    assert quick.probabilities(margins).tobytes() == shares.tobytes()
    assert compiled.plain(learning._ascend_compiled) is learning._ascend


def rng_margins():
    rng = np.random.default_rng(4)
    margins = rng.normal(-0.5, 0.4, (60, 4))
    margins[np.arange(60), NUMBERS[:60]] += 0.7
    return margins


def test_a_calibration_is_at_the_optimum_of_its_definition():
    margins, label = rng_margins(), NUMBERS[:60]
    turns = np.array(calibration_of(margins, label).turns)
    wide = np.column_stack([margins, np.ones(60)])
    logits = wide @ turns.T
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    assert calibration_of(margins, label).probabilities(margins) == pytest.approx(shares, rel=1e-12)
    start = np.column_stack([STEEP * np.eye(4), np.zeros(4)])
    slope = (shares - np.eye(4)[label]).T @ wide + RIDGE * (turns - start)
    assert np.abs(slope).max() <= calibrating.NEAR * 60 * 1.001
    assert np.abs(turns - start).max() > 0.1


def test_lines_need_texts_labels_and_a_cost():
    rows = rows_of(["好"], vocabulary_of(["好"], least=1, most=9))
    for labels, cost in ((1, 1.0), (2, 0.0), (2, float("nan"))):
        with pytest.raises(DomainError, match="positive cost"):
            lines_between(rows, np.array([0]), runs=1, labels=labels, cost=cost)
