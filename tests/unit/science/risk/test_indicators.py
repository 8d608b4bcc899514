"""Indicator trees: a score is the weighted sum over all paths, and what was not observed is no number."""

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.risk.indicators import ratios_of, score_of, tree_of


def national():
    """A tree of 5 / 25 / 81, as the national scheme has it; the weights are made up."""
    rng, rows, at = np.random.default_rng(1), [], 0
    for one in range(5):
        rows.append({"code": f"{one}", "weight": 0.2, "name": {"zh": "一级", "en": "first"}})
        for two in range(5):
            rows.append({"code": f"{one}.{two}", "weight": "0.2", "parent": f"{one}"})
            leaves = 4 if at < 6 else 3
            weights = rng.dirichlet(np.ones(leaves))
            weights[-1] = 1.0 - weights[:-1].sum()
            rows += [
                {"code": f"{one}.{two}.{three}", "weight": float(weights[three]), "parent": f"{one}.{two}", "high": 10}
                for three in range(leaves)
            ]
            at += 1
    return rows


def test_the_tree_of_the_national_scheme_has_its_levels_and_scores_by_paths():
    rows = national()
    tree = tree_of(rows)
    assert tree.levels == (5, 25, 81)
    values = dict(zip(tree.leaves, np.random.default_rng(2).uniform(0, 10, 81).tolist(), strict=True))
    weight = {one["code"]: float(one["weight"]) for one in rows}
    plain = sum(10 * value * weight[leaf] * weight[leaf[:3]] * weight[leaf[0]] for leaf, value in values.items())
    found = score_of(tree, values)
    assert found.score == pytest.approx(plain, rel=1e-12) and found.lowest == pytest.approx(found.highest)
    assert found.parts["0"] is not None and not found.missing


def test_a_missing_leaf_gives_bounds_and_no_score():
    tree = tree_of([{"code": "a", "weight": 0.75}, {"code": "b", "weight": 0.25, "low": 5, "high": 0}])
    assert score_of(tree, {"a": 40, "b": 0}).score == pytest.approx(0.75 * 40 + 25)
    found = score_of(tree, {"a": 40, "b": None})
    assert (found.score, found.missing, found.lowest, found.highest) == (None, ("b",), 30.0, 55.0)
    assert score_of(tree, {"a": 400, "b": 9}).score == 75.0


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([], "without indicators"), ([{"code": "a", "weight": 0.5}], "add up to 0.5"), ([{"code": "a"}], "no weight"),
        ([{"code": "a", "weight": 1}, {"code": "a", "weight": 1}], "stands twice"), ([{"code": "a", "weight": "x"}], "no number"),
        ([{"code": "a", "weight": 1, "parent": "z"}], "no parent"), ([{"code": "a", "weight": 1, "low": 1, "high": 1}], "both"),
        (
            [{"code": "r", "weight": 1}, {"code": "a", "weight": 1, "parent": "b"}, {"code": "b", "weight": 1, "parent": "a"}],
            "circle",
        ),
    ],
)  # fmt: skip
def test_a_tree_that_is_none_is_refused(rows, match):
    with pytest.raises(DomainError, match=match):
        tree_of(rows)


def test_observations_of_no_leaf_and_no_number_are_refused():
    tree = tree_of([{"code": "a", "weight": 1}])
    with pytest.raises(DomainError, match="no leaf"):
        score_of(tree, {"b": 1.0})
    with pytest.raises(DomainError, match="no number"):
        score_of(tree, {"a": float("nan")})


def test_ratios_of_classes_are_data_and_none_is_nothing():
    assert ratios_of({"A": 2, "B": "5", "C": 100, "D": 100}) == {"A": 0.02, "B": 0.05, "C": 1.0, "D": 1.0}
    for bad in ({"A": 0}, {"A": 101}, {"A": ""}, {}):
        with pytest.raises(DomainError):
            ratios_of(bad)
