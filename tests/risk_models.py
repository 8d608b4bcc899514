"""Small risk models for tests: the example of the documentation, others as bytes, and the plain definitions beside the kernels."""

import json
from itertools import combinations
from math import factorial, isnan, nan
from typing import Any

from openqi.science.risk.model import Model, read_model
from openqi.science.risk.trees import Tree

TREE: dict[str, Any] = {
    "feature": [0, 1], "threshold": [2.5, 0.0], "missing_left": [True, False], "left": [-1, -2], "right": [1, -3],
    "value": [0.02, 0.3, -0.1, 0.1, 0.4], "cover": [1000.0, 300.0, 700.0, 100.0, 200.0],
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "format": "openqi risk model 1",
    "target": {"outcome": "nonconforming", "of": "examined", "name": {"zh": "不合格", "en": "nonconforming"}},
    "features": [
        {"name": "complaints", "kind": "number", "monotone": "increasing", "names": {"zh": "投诉数", "en": "complaints"}},
        {"name": "trade", "kind": "category", "monotone": "free", "categories": ["retail", "catering"]},
    ],
    "base": -2.5,
    "trees": [TREE],
    "calibration": {"scores": [-2.6, -2.4, -2.1], "probabilities": [0.04, 0.09, 0.2]},
    "trained": {"library": "lightgbm", "version": "4.7.0"},
}


def document(**changes: Any) -> bytes:
    """The example with other members."""
    return json.dumps(DOCUMENT | changes).encode()


def model_of(**changes: Any) -> Model:
    """The example with other members, read."""
    return read_model(document(**changes))


def rows_of(stated: list[list[float | None]]) -> list[list[float]]:
    """Rows in which null is missing."""
    return [[nan if one is None else one for one in row] for row in stated]


def expected(tree: Tree, row: list[float], known: set[int], node: int | None = None) -> float:
    """The tree's value where only some features are known, by its plain definition."""
    node = (0 if tree.feature else -1) if node is None else node
    if node < 0:
        return tree.value[tree.place(node)]
    left, right = tree.left[node], tree.right[node]
    value = row[tree.feature[node]]
    if tree.feature[node] in known:
        goes_left = tree.missing_left[node] if isnan(value) else value <= tree.threshold[node]
        return expected(tree, row, known, left if goes_left else right)
    a, b = tree.cover[tree.place(left)], tree.cover[tree.place(right)]
    return (a * expected(tree, row, known, left) + b * expected(tree, row, known, right)) / (a + b)


def shapley(model: Model, row: list[float], feature: int) -> float:
    """A feature's contribution by the definition of Shapley, over all sets of the others."""
    n, found = len(model.features), 0.0
    others = [one for one in range(n) if one != feature]
    for size in range(n):
        for some in combinations(others, size):
            weight = factorial(size) * factorial(n - 1 - size) / factorial(n)
            gain = [expected(tree, row, {*some, feature}) - expected(tree, row, {*some}) for tree in model.trees]
            found += weight * sum(gain)
    return found
