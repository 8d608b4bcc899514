"""Scores, probabilities and contributions: the plain definition, LightGBM, and the same bits compiled or not."""

import json
from math import nan

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.risk import contributions, forest
from openqi.science.risk.contributions import contributions_of, mean_score
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.model import read_model
from openqi.science.risk.parts import parts_in, parts_of, text_of
from risk_models import model_of, rows_of, shapley
from vectors_of import vectors_of

LIGHTGBM = vectors_of("surveillance/lightgbm_scores.json")["figures"]


def lightgbm():
    """The model and its rows."""
    return read_model(json.dumps(LIGHTGBM["model"]).encode()), rows_of(LIGHTGBM["rows"])


def test_the_example_is_scored_as_the_documentation_adds_it_up():
    scores = scores_of(model_of(), [[2.5, 1.0], [3.0, 0.0], [3.0, 1.0], [nan, nan], [3.0, nan]])
    assert scores.tolist() == [-2.5 - 0.1, -2.5 + 0.1, -2.5 + 0.4, -2.5 - 0.1, -2.5 + 0.4]


def test_scores_are_those_of_lightgbm():
    model, rows = lightgbm()
    assert np.abs(scores_of(model, rows) - np.array(LIGHTGBM["raw"])).max() <= 1e-9


def test_contributions_are_those_of_lightgbm():
    model, rows = lightgbm()
    given = np.array(LIGHTGBM["contributions"])
    assert np.abs(contributions_of(model, rows) - given[:, :-1]).max() <= 1e-9
    assert mean_score(model) == pytest.approx(given[0, -1], abs=1e-9)


def test_contributions_are_shapley_values_by_their_definition():
    model, rows = lightgbm()
    added = contributions_of(model, rows)
    for row, found in zip(rows[:12], added[:12].tolist(), strict=True):
        assert found == pytest.approx([shapley(model, row, feature) for feature in range(len(row))], abs=1e-12)
    assert added.sum(axis=1) + mean_score(model) == pytest.approx(scores_of(model, rows), abs=1e-12)


def test_a_feature_asked_twice_on_the_way_counts_once():
    tree = {
        "feature": [0, 0, 1], "threshold": [2.0, 5.0, 0.0], "missing_left": [True, False, True], "left": [-1, 2, -2],
        "right": [1, -4, -3],
        "value": [0.0, 0.0, 0.0, -1.0, 0.25, 0.5, 2.0], "cover": [100.0, 60.0, 45.0, 40.0, 30.0, 15.0, 15.0],
    }  # fmt: skip
    tree["value"][2] = (0.25 * 30 + 0.5 * 15) / 45
    tree["value"][1] = (tree["value"][2] * 45 + 2.0 * 15) / 60
    tree["value"][0] = (tree["value"][1] * 60 - 40.0) / 100
    model = model_of(trees=[tree])
    for row in ([1.0, 0.0], [3.0, 1.0], [9.0, 0.0], [nan, 1.0], [3.0, nan]):
        assert contributions_of(model, [row])[0].tolist() == pytest.approx([shapley(model, row, at) for at in (0, 1)], abs=1e-14)


def test_compiled_and_plain_give_the_same_bits(monkeypatch):
    model, rows = lightgbm()
    many = np.tile(np.array(rows), (2000, 1))
    fast = scores_of(model, many), probabilities_of(model, scores_of(model, many))
    added = contributions_of(model, many[:200])
    for module in (forest, contributions):
        monkeypatch.setattr(module, "pays", lambda steps, kernel: False)
    plain = scores_of(model, many[:25])
    assert fast[0][:25].tobytes() == plain.tobytes()
    assert fast[1][:25].tobytes() == probabilities_of(model, plain).tobytes()
    assert added[:25].tobytes() == contributions_of(model, many[:25]).tobytes()


def test_a_probability_lies_on_the_line_between_two_points_and_flat_outside():
    found = probabilities_of(model_of(), [-9.0, -2.6, -2.5, -2.4, -2.1, 9.0])
    assert found.tolist() == [0.04, 0.04, 0.04 + (-2.5 + 2.6) / (-2.4 + 2.6) * (0.09 - 0.04), 0.09, 0.2, 0.2]


def test_more_complaints_never_lower_the_risk():
    found = scores_of(model_of(), [[float(one), 0.0] for one in range(8)]).tolist()
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("rows", "told"),
    [([[1.0]], "2 features"), ([[float("inf"), 0.0]], "infinite"), ([[1.0, 2.0]], "'trade'"), ([[1.0, 0.5]], "'trade'")],
)
def test_values_that_are_none_are_refused(rows, told):
    with pytest.raises(DomainError, match=told):
        scores_of(model_of(), rows)


def test_nobody_at_all_has_no_scores():
    assert scores_of(model_of(), []).tolist() == []
    assert contributions_of(model_of(), []).shape == (0, 2)


def test_a_probability_is_told_in_whole_millionths_and_read_back():
    assert [text_of(one) for one in parts_of([0.034, 1e-9, 1 - 1e-9, 0.0000005])] == [
        "0.034000",
        "0.000001",
        "0.999999",
        "0.000001",
    ]
    assert [parts_in(text_of(one)) for one in (1, 34_000, 999_999)] == [1, 34_000, 999_999]
    for wrong in ("0.1", "0.1000000", "1.000001", "2.000000", "0.00000٣"):
        with pytest.raises(DomainError):
            parts_in(wrong)
    with pytest.raises(DomainError):
        parts_of([float("nan")])
