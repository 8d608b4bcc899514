"""What each feature adds to a score: the Shapley value of the trees, where what is not asked goes the way its cover went.

The game of one object: knowing a set of features, every split on them goes its way, every other split is the mean of both sides
by their cover. A feature's contribution is the Shapley value of that game; all of them and the mean add up to the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from openqi.science.numbers.compiled import compiled
from openqi.science.risk.forest import as_array, forest_of, matrix, pays
from openqi.science.risk.model import Model
from openqi.science.risk.trees import MOST_DEPTH, Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS = 30
"""What a leaf costs, in trees that are only scored: `pays` reckons with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paths:
    """The ways to the leaves of a forest, in the order of trees and leaves.

    Args:
        leaf: value of each leaf.
        first: of each leaf where its features begin, and at last where all end.
        feature: on the way, each once, in the order in which they are asked.
        share: of each, the part of the cover that goes this way at all its splits together.
        steps: of each where its splits begin, and at last where all end.
        node: of each split, its place in the forest.
        goes_left: whether the way goes left there.
        sizes: 1 / (m times the binomial of m - 1 over k), for m features of which k others are known; a row a number m.
    """

    leaf: Any
    first: Any
    feature: Any
    share: Any
    steps: Any
    node: Any
    goes_left: Any
    sizes: Any


def contributions_of(model: Model, rows: "NDArray[Any] | Sequence[Sequence[float]]") -> "NDArray[Any]":
    """Return what each feature adds to the score of each object; objects by features.

    With `mean_score` they add up to the score, but for rounding.

    Args:
        model: its trees and covers.
        rows: as `scores_of` takes them.

    Raises:
        DomainError: as `scores_of` says.

    Source: [LUNDBERG2020] path-dependent TreeSHAP.
    """
    import numpy as np

    x = matrix(model, rows)
    count, width = x.shape
    forest, paths = forest_of(model.trees), paths_of(model.trees)
    nodes, ways = ("feature", "threshold", "missing_left"), tuple(Paths.__dataclass_fields__)
    if pays(_STEPS * count * len(paths.leaf), _compiled_contributed):
        found = np.zeros(count * width)
        columns = [as_array(forest, name) for name in nodes]
        _compiled_contributed(x.reshape(-1), width, count, *columns, *(getattr(paths, name) for name in ways), found)
        return found.reshape(count, width)
    plain = [0.0] * (count * width)
    columns, told = [getattr(forest, name) for name in nodes], [getattr(paths, name).tolist() for name in ways]
    _contributed(x.reshape(-1).tolist(), width, count, *columns, *told, plain)  # type: ignore[call-arg]
    return np.asarray(plain, dtype=np.float64).reshape(count, width)


def mean_score(model: Model) -> float:
    """Return the score of an object of which nothing is known: base and the means of all trees, by cover."""
    found = model.base
    for tree in model.trees:
        found += _mean(tree)
    return found


def _mean(tree: Tree) -> float:
    """The mean of the leaves by the shares that lead to them, in the order of the nodes."""
    share = [1.0] * len(tree.value)
    k, found = len(tree.feature), 0.0
    for node in range(k):
        for child in (tree.left[node], tree.right[node]):
            at = tree.place(child)
            share[at] = share[node] * (tree.cover[at] / tree.cover[node])
    for at in range(k, 2 * k + 1):
        found += share[at] * tree.value[at]
    return found


@lru_cache(maxsize=4)
def paths_of(trees: tuple[Tree, ...]) -> Paths:
    """Return the ways to all leaves."""
    import numpy as np

    columns: dict[str, list[Any]] = {name: [] for name in Paths.__dataclass_fields__}
    start = 0
    for tree in trees:
        for leaf, way in _ways(tree):
            columns["leaf"].append(tree.value[tree.place(leaf)])
            columns["first"].append(len(columns["feature"]))
            kept: dict[int, list[tuple[int, bool, float]]] = {}
            for node, goes_left, share in way:
                kept.setdefault(tree.feature[node], []).append((node, goes_left, share))
            for name, splits in kept.items():
                columns["feature"].append(name)
                columns["steps"].append(len(columns["node"]))
                together = 1.0
                for node, goes_left, share in splits:
                    together *= share
                    columns["node"].append(start + node)
                    columns["goes_left"].append(int(goes_left))
                columns["share"].append(together)
        start += len(tree.value)
    columns["first"].append(len(columns["feature"]))
    columns["steps"].append(len(columns["node"]))
    columns["sizes"] = [one for m in range(MOST_DEPTH + 1) for one in _sizes(m)]
    floats = ("leaf", "share", "sizes")
    return Paths(**{name: np.asarray(one, dtype=np.float64 if name in floats else np.int64) for name, one in columns.items()})


def _sizes(m: int) -> list[float]:
    """k! (m - 1 - k)! / m! for k below m, and zeros up to the length of a row."""
    found, binomial = [], 1
    for k in range(m):
        found.append(1.0 / (m * binomial))
        binomial = binomial * (m - 1 - k) // (k + 1)
    return found + [0.0] * (MOST_DEPTH - m)


def _ways(tree: Tree) -> Sequence[tuple[int, tuple[tuple[int, bool, float], ...]]]:
    """The leaves with the splits on their way: node, whether left, and the share of its cover that goes this way."""
    found = []
    pending: list[tuple[int, tuple[tuple[int, bool, float], ...]]] = [(0 if tree.feature else -1, ())]
    while pending:
        node, way = pending.pop()
        if node < 0:
            found.append((node, way))
            continue
        for child, goes_left in ((tree.right[node], False), (tree.left[node], True)):
            pending.append((child, (*way, (node, goes_left, tree.cover[tree.place(child)] / tree.cover[node]))))
    return found


def _sides(x: Any, start: int, asks: Any, threshold: Any, missing_left: Any, left: Any) -> None:
    """Say of every split whether an object goes left there."""
    for place in range(len(asks)):
        if asks[place] >= 0:
            one = x[start + asks[place]]
            if one <= threshold[place]:
                left[place] = 1
            elif one == one:  # noqa: PLR0124 - only what is missing is not itself
                left[place] = 0
            else:
                left[place] = missing_left[place]


def _keeps(left: Any, node: Any, goes_left: Any, step: int, end: int) -> bool:
    """Whether an object goes the way of a leaf at all splits of one feature."""
    while step < end:
        if left[node[step]] != goes_left[step]:
            return False
        step += 1
    return True


def _quotient(product: Any, z: float, degree: int, sizes: Any, row: int) -> float:
    """The weighed coefficients of what is left of a product of (share + t) when the factor of z is taken out of it."""
    found, one = 0.0, 0.0
    for k in range(degree - 1, -1, -1):
        one = product[k + 1] - z * one
        found += one * sizes[row + k]
    return found


def _contributed(
    x: Any, width: int, count: int, asks: Any, threshold: Any, missing_left: Any, leaf: Any, first: Any, feature: Any, share: Any,
    steps: Any, node: Any, goes_left: Any, sizes: Any, found: Any,
) -> None:  # fmt: skip
    # A known feature that keeps to the way is a factor (share + t), any other the factor share: of what k others are known, the
    # weights are the coefficients of t^k in the product without the feature's own factor.
    left, kept, product = [0] * len(asks), [False] * MOST_DEPTH, [0.0] * (MOST_DEPTH + 1)
    for row in range(count):
        start = row * width
        _sides(x, start, asks, threshold, missing_left, left)
        for place in range(len(leaf)):
            begin, m = first[place], first[place + 1] - first[place]
            absent, degree = leaf[place], 0
            product[0] = 1.0
            for j in range(m):
                kept[j] = _keeps(left, node, goes_left, steps[begin + j], steps[begin + j + 1])
                z = share[begin + j]
                if kept[j]:
                    degree += 1
                    product[degree] = product[degree - 1]
                    for k in range(degree - 1, 0, -1):
                        product[k] = z * product[k] + product[k - 1]
                    product[0] = z * product[0]
                else:
                    absent = absent * z
            without = 0.0
            for k in range(min(degree + 1, m)):
                without += product[k] * sizes[m * MOST_DEPTH + k]
            for j in range(m):
                z = share[begin + j]
                if kept[j]:
                    weight = (1.0 - z) * _quotient(product, z, degree, sizes, m * MOST_DEPTH)
                    found[start + feature[begin + j]] += absent * weight
                else:
                    found[start + feature[begin + j]] -= absent * without


_compiled_contributed: Any = compiled(_contributed)
