"""What each feature adds to a score: the Shapley value of the trees, where what is not asked goes the way its cover went.

The game of one object: knowing a set of features, every split on them goes its way, every other split is the mean of both sides
by their cover. A feature's contribution is the Shapley value of that game; all of them and the mean add up to the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from openqi.science.numbers.compiled import compiled
from openqi.science.risk.forest import as_array, forest_of, matrix, pays
from openqi.science.risk.model import Model
from openqi.science.risk.trees import MOST_DEPTH, Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_TABLED: Final = 10
"""Features on the way to a leaf up to which every way of keeping or leaving it is weighed once and for all."""
_ROOM: Final = 4_000_000
"""Numbers that the tables hold together; leaves beyond are weighed for each object, which gives the same bits."""


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
        table: of each leaf where its table begins, -1 where it has none.
        weights: the tables: of a leaf with m features 2^m rows of m contributions; bit j is the j-th of its features.
    """

    leaf: Any
    first: Any
    feature: Any
    share: Any
    steps: Any
    node: Any
    goes_left: Any
    table: Any
    weights: Any


def contributions_of(model: Model, rows: "NDArray[Any] | Sequence[Sequence[float]]") -> "NDArray[Any]":
    """Return what each feature adds to the score of each object; objects by features.

    With `mean_score` they add up to the score, but for rounding.

    Args:
        model: its trees and covers.
        rows: as `scores_of` takes them.

    Raises:
        DomainError: as `scores_of` says.

    Source: [LUNDBERG2020] path-dependent TreeSHAP; [YANG2022] for what is weighed beforehand.
    """
    import numpy as np

    x = matrix(model, rows)
    count, width = x.shape
    forest, paths = forest_of(model.trees), paths_of(model.trees)
    nodes = ("feature", "threshold", "missing_left")
    ways = tuple(Paths.__dataclass_fields__)
    if pays(20 * count * len(paths.leaf), _compiled_contributed):
        found = np.zeros(count * width)
        columns = [as_array(forest, name) for name in nodes]
        _compiled_contributed(x.reshape(-1), width, count, *columns, *(getattr(paths, name) for name in ways), found)
        return found.reshape(count, width)
    plain = [0.0] * (count * width)
    columns = [getattr(forest, name) for name in nodes]
    _contributed(x.reshape(-1).tolist(), width, count, *columns, *(getattr(paths, name).tolist() for name in ways), plain)
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
    """Return the ways to all leaves, with the tables that there is room for."""
    import numpy as np

    columns: dict[str, list[Any]] = {name: [] for name in Paths.__dataclass_fields__}
    start, room = 0, 0
    for tree in trees:
        for leaf, way in _ways(tree):
            kept: dict[int, list[tuple[int, bool, float]]] = {}
            for node, goes_left, share in way:
                kept.setdefault(tree.feature[node], []).append((node, goes_left, share))
            columns["leaf"].append(tree.value[tree.place(leaf)])
            columns["first"].append(len(columns["feature"]))
            size = len(kept) * 2 ** len(kept)
            fits = len(kept) <= MOST_TABLED and room + size <= _ROOM
            columns["table"].append(room if fits else -1)
            room += size if fits else 0
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
    floats = ("leaf", "share", "weights")
    made = {name: np.asarray(one, dtype=np.float64 if name in floats else np.int64) for name, one in columns.items()}
    made["weights"] = np.zeros(room)
    ways = ("leaf", "first", "share", "table")
    if pays(20 * room, _compiled_tabled):
        _compiled_tabled(*(made[name] for name in ways), made["weights"])
    else:
        plain = [0.0] * room
        _tabled(*(made[name].tolist() for name in ways), plain)
        made["weights"] = np.asarray(plain, dtype=np.float64)
    return Paths(**made)


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


def _weighed(pattern: Any, begin: int, m: int, share: Any, leaf: float, coefficients: Any, results: Any, at: int) -> None:
    """Add to results, from `at` on, what each of the m features of a leaf contributes; pattern[j] is 1 where the object keeps to it.

    The weight of the other features known is k! (m - 1 - k)! / m! for k of them: the coefficients of the product of
    (share + kept t) over the others, each divided by m times a binomial coefficient.
    """
    for j in range(m):
        coefficients[0] = 1.0
        degree = 0
        for i in range(m):
            if i != j:
                z, o = share[begin + i], pattern[i]
                degree += 1
                coefficients[degree] = o * coefficients[degree - 1]
                for k in range(degree - 1, 0, -1):
                    coefficients[k] = z * coefficients[k] + o * coefficients[k - 1]
                coefficients[0] = z * coefficients[0]
        weight, binomial = 0.0, 1.0
        for k in range(m):
            weight += coefficients[k] / (m * binomial)
            binomial = binomial * (m - 1 - k) / (k + 1)
        results[at + j] = leaf * ((pattern[j] - share[begin + j]) * weight)


def _tabled(leaf: Any, first: Any, share: Any, table: Any, weights: Any) -> None:
    pattern, coefficients = [0.0] * MOST_DEPTH, [0.0] * (MOST_DEPTH + 1)
    for place in range(len(leaf)):
        at, begin, m = table[place], first[place], first[place + 1] - first[place]
        if at >= 0:
            for bits in range(2**m):
                for j in range(m):
                    pattern[j] = 1.0 if (bits >> j) & 1 else 0.0
                _weighed(pattern, begin, m, share, leaf[place], coefficients, weights, at + bits * m)


def _contributed(
    x: Any, width: int, count: int, asks: Any, threshold: Any, missing_left: Any, leaf: Any, first: Any, feature: Any, share: Any,
    steps: Any, node: Any, goes_left: Any, table: Any, weights: Any, found: Any,
) -> None:  # fmt: skip
    pattern, coefficients = [0.0] * MOST_DEPTH, [0.0] * (MOST_DEPTH + 1)
    own, left = [0.0] * MOST_DEPTH, [0] * len(asks)
    for row in range(count):
        start = row * width
        for place in range(len(asks)):
            if asks[place] >= 0:
                one = x[start + asks[place]]
                if one <= threshold[place]:
                    left[place] = 1
                elif one == one:  # noqa: PLR0124 - only what is missing is not itself
                    left[place] = 0
                else:
                    left[place] = missing_left[place]
        for place in range(len(leaf)):
            begin, m = first[place], first[place + 1] - first[place]
            bits = 0
            for j in range(m):
                keeps = 1
                for step in range(steps[begin + j], steps[begin + j + 1]):
                    if left[node[step]] != goes_left[step]:
                        keeps = 0
                        break
                pattern[j] = float(keeps)
                bits += keeps << j
            at = table[place]
            if at >= 0:
                for j in range(m):
                    found[start + feature[begin + j]] += weights[at + bits * m + j]
            else:
                _weighed(pattern, begin, m, share, leaf[place], coefficients, own, 0)
                for j in range(m):
                    found[start + feature[begin + j]] += own[j]


_compiled_tabled: Any = compiled(_tabled)
_compiled_contributed: Any = compiled(_contributed)
