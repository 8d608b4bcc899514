"""Scores and probabilities of many objects: the trees of a model one after the other, in plain sums, the same bits everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.numbers.compiled import compiled, is_fast, is_loaded
from openqi.science.risk.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAYS_FROM: Final = 300_000
"""So many objects times trees take longer in plain Python than it takes to load what was compiled."""
_BLOCK: Final = 512
"""Objects that go through one tree before the next: an object's own sum is in the order of the trees all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forest:
    """The trees of a model in one row of nodes: of each tree its inner nodes, then its leaves, which ask for feature -1.

    Args:
        roots: where each tree begins, and at last where all end.
        feature, threshold, missing_left, left, right, value, cover: of each node; children by their place in this row.
    """

    roots: tuple[int, ...]
    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    missing_left: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]
    cover: tuple[float, ...]


@lru_cache(maxsize=8)
def forest_of(trees: tuple[Any, ...]) -> Forest:
    """Return the trees as one row of nodes."""
    columns: dict[str, list[Any]] = {name: [] for name in Forest.__dataclass_fields__}
    for tree in trees:
        start, leaves = len(columns["feature"]), len(tree.feature) + 1
        columns["roots"].append(start)
        columns["feature"] += [*tree.feature, *[-1] * leaves]
        columns["threshold"] += [*tree.threshold, *[0.0] * leaves]
        columns["missing_left"] += [*map(int, tree.missing_left), *[0] * leaves]
        for side in ("left", "right"):
            columns[side] += [*(start + tree.place(one) for one in getattr(tree, side)), *[-1] * leaves]
        columns["value"] += tree.value
        columns["cover"] += tree.cover
    columns["roots"].append(len(columns["feature"]))
    return Forest(**{name: tuple(column) for name, column in columns.items()})


def leaf_reached(x: Any, start: int, node: int, feature: Any, threshold: Any, missing_left: Any, left: Any, right: Any) -> int:
    """Return the leaf to which an object comes from a node; `start` is where its values begin in x."""
    while feature[node] >= 0:
        one = x[start + feature[node]]
        if one <= threshold[node]:
            node = left[node]
        elif one == one:  # noqa: PLR0124 - only what is missing is not itself
            node = right[node]
        else:
            node = left[node] if missing_left[node] == 1 else right[node]
    return node


def _scored(
    x: Any, width: int, count: int, block: int, roots: Any, feature: Any, threshold: Any, missing_left: Any, left: Any, right: Any,
    value: Any, scores: Any,
) -> None:  # fmt: skip
    first = 0
    while first < count:
        end = min(first + block, count)
        for tree in range(len(roots) - 1):
            for row in range(first, end):
                leaf = leaf_reached(x, row * width, roots[tree], feature, threshold, missing_left, left, right)
                scores[row] += value[leaf]
        first = end


def _calibrated(scores: Any, knots: Any, heights: Any, probabilities: Any) -> None:
    last = len(knots) - 1
    for row in range(len(scores)):
        score = scores[row]
        if score <= knots[0]:
            probabilities[row] = heights[0]
        elif score >= knots[last]:
            probabilities[row] = heights[last]
        else:
            low, high = 0, last
            while high - low > 1:
                middle = (low + high) // 2
                if knots[middle] <= score:
                    low = middle
                else:
                    high = middle
            t = (score - knots[low]) / (knots[high] - knots[low])
            probabilities[row] = heights[low] + t * (heights[high] - heights[low])


_compiled_scored: Any = compiled(_scored)
_compiled_calibrated: Any = compiled(_calibrated)


def scores_of(model: Model, rows: "NDArray[Any] | Sequence[Sequence[float]]") -> "NDArray[Any]":
    """Return the score of each object.

    Args:
        model: of its trees and its base.
        rows: values, objects by features in the order of the model; NaN is missing, a category is its place. None is infinite.

    Raises:
        DomainError: another number of features, an infinite value, or a category that the model does not have.
    """
    import numpy as np

    x = matrix(model, rows)
    forest, count = forest_of(model.trees), x.shape[0]
    nodes = ("roots", "feature", "threshold", "missing_left", "left", "right", "value")
    if pays(count * (len(model.trees) + 1), _compiled_scored):
        scores = np.full(count, model.base)
        columns = [as_array(forest, name) for name in nodes]
        _compiled_scored(x.reshape(-1), x.shape[1], count, _BLOCK, *columns, scores)
        return scores
    plain = [model.base] * count
    columns = [getattr(forest, name) for name in nodes]
    _scored(x.reshape(-1).tolist(), x.shape[1], count, _BLOCK, *columns, plain)  # type: ignore[call-arg]
    return np.asarray(plain, dtype=np.float64)


def probabilities_of(model: Model, scores: "NDArray[Any] | Sequence[float]") -> "NDArray[Any]":
    """Return the calibrated probability of each score, on the lines between the points of the calibration."""
    import numpy as np

    given = np.ascontiguousarray(scores, dtype=np.float64)
    if not bool(np.isfinite(given).all()):
        raise DomainError("scores are finite numbers")
    if pays(len(given), _compiled_calibrated):
        found = np.empty(len(given))
        _compiled_calibrated(given, np.asarray(model.scores), np.asarray(model.probabilities), found)
        return found
    plain = [0.0] * len(given)
    _calibrated(given.tolist(), model.scores, model.probabilities, plain)
    return np.asarray(plain, dtype=np.float64)


def matrix(model: Model, rows: "NDArray[Any] | Sequence[Sequence[float]]") -> "NDArray[Any]":
    """Return the values of objects as an array, after checking them against the features; raises as `scores_of`."""
    import numpy as np

    width = len(model.features)
    x = np.ascontiguousarray(rows, dtype=np.float64)
    if x.size == 0:
        x = x.reshape(0, width)
    if x.ndim != 2 or x.shape[1] != width:
        raise DomainError(f"objects with {x.shape[-1]} values; the model has {width} features: {', '.join(model.names)[:200]}")
    for place, one in enumerate(model.features):
        column = x[:, place]
        known = column[~np.isnan(column)]
        if bool(np.isinf(known).any()):
            raise DomainError(f"feature {one.name!r} has an infinite value; leave it missing where it is not known")
        if one.kind == "category" and bool(((known != np.floor(known)) | (known < 0) | (known >= len(one.categories))).any()):
            raise DomainError(f"feature {one.name!r}: a category is its place, 0 to {len(one.categories) - 1}, or missing")
    return x


def as_array(forest: Forest, name: str) -> "NDArray[Any]":
    """Return a column of a forest as an array."""
    import numpy as np

    floats = name in ("threshold", "value", "cover")
    return np.asarray(getattr(forest, name), dtype=np.float64 if floats else np.int64)


def pays(steps: int, kernel: Any) -> bool:
    """Whether to run what was compiled; it decides how long a call takes, never what it answers."""
    return is_fast() and (steps >= PAYS_FROM or is_loaded(kernel))
