"""One tree of a model, and what it must be: whole, each node reached once, covers that add up, monotone where it says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from openqi.kernel.errors import FormatError

MOST_LEAVES: Final = 100_000
MOST_DEPTH: Final = 64
MOST_COMPARED: Final = 1024
"""Leaves of a tree whose leaves are compared in pairs, where those of the two sides of a split are not in order at once."""
_MEAN: Final = 1e-9
"""Part of the greatest leaf by which the value of an inner node may differ from the mean of its leaves, by rounding."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """A tree of k inner nodes and k + 1 leaves; a child c >= 0 is an inner node, c < 0 the leaf ~c.

    Args:
        feature: of each inner node, the place of the feature that it asks for.
        threshold: left is where the value is at most this.
        missing_left: whether an object without a value goes left.
        left, right: children.
        value: of the inner nodes, then of the leaves.
        cover: weight of training rows that came there, in the same order.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    missing_left: tuple[bool, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]
    cover: tuple[float, ...]

    def place(self, child: int) -> int:
        """Return where value and cover of a child stand."""
        return child if child >= 0 else len(self.feature) + ~child


def check_tree(tree: Tree, where: str, features: int) -> None:
    """Raise FormatError unless it is a tree as the format has it."""
    k = len(tree.feature)
    if k >= MOST_LEAVES:
        raise FormatError(f"{where} has {k + 1} leaves; at most {MOST_LEAVES}")
    for name in ("threshold", "missing_left", "left", "right", "value", "cover"):
        wanted = 2 * k + 1 if name in ("value", "cover") else k
        if len(getattr(tree, name)) != wanted:
            raise FormatError(f"{where}.{name} has {len(getattr(tree, name))} entries; of {k} inner nodes it has {wanted}")
    depth = [0] * (2 * k + 1)
    reached = [False] * (2 * k + 1)
    reached[0] = True
    for node in range(k):
        if not 0 <= tree.feature[node] < features:
            raise FormatError(f"{where}.feature[{node}] is {tree.feature[node]}; the model has the features 0 to {features - 1}")
        for side, child in (("left", tree.left[node]), ("right", tree.right[node])):
            if not (node < child < k or -k - 1 <= child < 0):
                raise FormatError(f"{where}.{side}[{node}] is {child}; a child is a later inner node or one of {k + 1} leaves")
            at = tree.place(child)
            if reached[at]:
                raise FormatError(f"{where}.{side}[{node}] is {child}, which is a child before")
            reached[at], depth[at] = True, depth[node] + 1
            if depth[at] > MOST_DEPTH:
                raise FormatError(f"{where} is deeper than {MOST_DEPTH} splits at node {node}")
    _check_covers(tree, where)


def _check_covers(tree: Tree, where: str) -> None:
    k = len(tree.feature)
    if wrong := [at for at, one in enumerate(tree.cover) if not one > 0.0]:
        raise FormatError(f"{where}.cover[{wrong[0]}] is {tree.cover[wrong[0]]!r}; it is positive")
    scale = max(abs(one) for one in tree.value[k:])
    means = [*tree.value]
    for node in range(k - 1, -1, -1):
        left, right = tree.place(tree.left[node]), tree.place(tree.right[node])
        if tree.cover[node] != tree.cover[left] + tree.cover[right]:
            raise FormatError(f"{where}.cover[{node}] is {tree.cover[node]!r}, not the sum of its children")
        share = tree.cover[right] / tree.cover[node]
        means[node] = means[left] + share * (means[right] - means[left])
        if not abs(means[node] - tree.value[node]) <= _MEAN * scale:
            raise FormatError(f"{where}.value[{node}] is {tree.value[node]!r}, not the mean {means[node]!r} of the leaves below")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Leaf:
    """A leaf: its value, and for each feature asked on the way (from, to] and whether one without a value comes here."""

    leaf: int
    value: float
    box: dict[int, tuple[float, float, bool]]


def check_monotone(tree: Tree, where: str, directions: Sequence[int], names: Sequence[str]) -> None:
    """Raise FormatError where a tree falls in a feature that the model declares to raise the risk, or the other way round.

    Two leaves that objects reach which differ in nothing but that feature must be in order. Every tree keeps it by itself.
    """
    lowest, highest = _ranges(tree)
    if all(_in_order(tree, node, directions, lowest, highest) for node in range(len(tree.feature))):
        return  # all leaves of one side lie below all of the other: as most libraries grow them
    leaves = [*_leaves(tree)]
    if len(leaves) > MOST_COMPARED:
        raise FormatError(
            f"{where} has {len(leaves)} leaves, and at a split of a monotone feature those of one side lie not all below those of "
            f"the other; so large a tree is not compared leaf by leaf (at most {MOST_COMPARED})"
        )
    for feature in sorted({one for one in tree.feature if directions[one]}):
        for lower, upper in _neighbours(leaves, feature):
            if directions[feature] * (upper.value - lower.value) < 0.0:
                word = "falls" if directions[feature] > 0 else "rises"
                raise FormatError(
                    f"{where}: the risk {word} while {names[feature]!r} rises, from {lower.value!r} in leaf {lower.leaf} to "
                    f"{upper.value!r} in leaf {upper.leaf}; the model says that it does not"
                )


def _ranges(tree: Tree) -> tuple[list[float], list[float]]:
    """The least and the greatest leaf below each node."""
    lowest, highest = [*tree.value], [*tree.value]
    for node in range(len(tree.feature) - 1, -1, -1):
        left, right = tree.place(tree.left[node]), tree.place(tree.right[node])
        lowest[node], highest[node] = min(lowest[left], lowest[right]), max(highest[left], highest[right])
    return lowest, highest


def _in_order(tree: Tree, node: int, directions: Sequence[int], lowest: Sequence[float], highest: Sequence[float]) -> bool:
    direction = directions[tree.feature[node]]
    left, right = tree.place(tree.left[node]), tree.place(tree.right[node])
    if direction > 0:
        return highest[left] <= lowest[right]
    return direction == 0 or lowest[left] >= highest[right]


def _leaves(tree: Tree) -> Iterator[_Leaf]:
    start = 0 if tree.feature else -1
    pending: list[tuple[int, dict[int, tuple[float, float, bool]]]] = [(start, {})]
    while pending:
        node, box = pending.pop()
        if node < 0:
            yield _Leaf(leaf=~node, value=tree.value[tree.place(node)], box=box)
            continue
        feature, threshold = tree.feature[node], tree.threshold[node]
        low, high, missing = box.get(feature, (-inf, inf, True))
        goes_left = tree.missing_left[node]
        pending.append((tree.left[node], {**box, feature: (low, min(high, threshold), missing and goes_left)}))
        pending.append((tree.right[node], {**box, feature: (max(low, threshold), high, missing and not goes_left)}))


def _neighbours(leaves: Sequence[_Leaf], feature: int) -> Iterator[tuple[_Leaf, _Leaf]]:
    """Pairs of leaves, lower and upper in a feature, that objects reach which are alike in all others."""
    asked = [one for one in leaves if one.box.get(feature, (-inf, inf, True))[0] < one.box.get(feature, (-inf, inf, True))[1]]
    for lower in asked:
        end = lower.box.get(feature, (-inf, inf, True))[1]
        for upper in asked:
            if end <= upper.box.get(feature, (-inf, inf, True))[0] and _meet(lower, upper, feature):
                yield lower, upper


def _meet(one: _Leaf, other: _Leaf, feature: int) -> bool:
    """Whether some values of all features but one lead to both leaves."""
    for name in {*one.box, *other.box} - {feature}:
        low, high, missing = one.box.get(name, (-inf, inf, True))
        other_low, other_high, other_missing = other.box.get(name, (-inf, inf, True))
        if not (max(low, other_low) < min(high, other_high) or (missing and other_missing)):
            return False
    return True
