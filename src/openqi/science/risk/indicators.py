"""An indicator tree (通用指标体系, 5 / 25 / 81 for example) with weights: a score an object, and ratios of classes as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import total

ROUNDED: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One node: a leaf is observed, others are the weighted mean of what is below them.

    Args:
        code: unique in the tree.
        name: by language.
        weight: share among its siblings, above 0 and at most 1.
        parent: code of the node above, "" of the first level.
        low, high: of a leaf, the observed values that score 0 and 100; high may be below low, where less is worse.
    """

    code: str
    name: Mapping[str, str]
    weight: float
    parent: str = ""
    low: float = 0.0
    high: float = 100.0


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Indicators by code, in the order of the file; made by `tree_of`."""

    indicators: Mapping[str, Indicator]
    children: Mapping[str, tuple[str, ...]]

    @property
    def leaves(self) -> tuple[str, ...]:
        """Return the codes that are observed."""
        return tuple(code for code in self.indicators if code not in self.children)

    @property
    def levels(self) -> tuple[int, ...]:
        """Return how many indicators each level has, (5, 25, 81) for example."""
        depth: dict[str, int] = {"": 0}
        pending, counts = [""], dict[int, int]()
        while pending:
            code = pending.pop()
            for child in self.children.get(code, ()):
                depth[child] = depth[code] + 1
                counts[depth[child]] = counts.get(depth[child], 0) + 1
                pending.append(child)
        return tuple(counts[level] for level in sorted(counts))


@dataclass(frozen=True, kw_only=True)
class Scored:
    """The score of an object, 0 to 100, with those of all indicators; None where a leaf below was not observed.

    Args:
        score: of the whole; None where any leaf is missing: a missing value never becomes a number.
        parts: by code.
        lowest, highest: between which the score lies, whatever the missing leaves are.
        missing: leaves that were not observed.
    """

    score: float | None
    parts: Mapping[str, float | None]
    lowest: float
    highest: float
    missing: tuple[str, ...]


def tree_of(stated: Sequence[Any]) -> Tree:
    """Return an indicator tree that has been checked.

    Args:
        stated: rows of a table or objects of a document: code, weight, and parent, name (text, or texts by language), low, high.

    Raises:
        DomainError: a code stands twice, a parent is not there, there is a circle, or the weights of siblings do not add up to 1.
    """
    found: dict[str, Indicator] = {}
    for place, one in enumerate(stated):
        if not isinstance(one, Mapping):
            raise DomainError(f"indicator {place + 1} is no object with code and weight")
        code = str(one.get("code", "")).strip()
        if not code or code in found:
            raise DomainError(f"indicator {place + 1}: code {code!r} is empty or stands twice; one row each")
        name = one.get("name", code)
        found[code] = Indicator(
            code=code, name=dict(name) if isinstance(name, Mapping) else {"zh": str(name), "en": str(name)},
            weight=_number(one, "weight", code, None), parent=str(one.get("parent") or "").strip(),
            low=_number(one, "low", code, 0.0), high=_number(one, "high", code, 100.0),
        )  # fmt: skip
    if not found:
        raise DomainError("an indicator tree without indicators")
    children: dict[str, list[str]] = {}
    for node in found.values():
        if node.parent and node.parent not in found:
            raise DomainError(f"indicator {node.code!r}: no parent {node.parent!r}; state it too, or leave the parent empty")
        if not 0.0 < node.weight <= 1.0:
            raise DomainError(f"indicator {node.code!r}: weight {node.weight}; a share above 0 and at most 1")
        if node.low == node.high:
            raise DomainError(f"indicator {node.code!r}: low and high are both {node.low}; then nothing is told apart")
        children.setdefault(node.parent, []).append(node.code)
    for parent, codes in children.items():
        weight = total([found[code].weight for code in codes])
        if abs(weight - 1.0) > ROUNDED:
            raise DomainError(f"the weights below {parent or 'the root'!r} add up to {weight:.6g}, not 1: {', '.join(codes[:30])}")
    tree = Tree(indicators=found, children={parent: tuple(codes) for parent, codes in children.items()})
    if total([float(one) for one in tree.levels]) != len(found):
        raise DomainError("indicators whose parents go in a circle: no path leads from the root to some of them")
    return tree


def score_of(tree: Tree, observed: Mapping[str, float | None]) -> Scored:
    """Return the score of an object; beyond low and high a leaf scores 0 or 100.

    Args:
        tree: of indicators.
        observed: by code of a leaf; None or absent where it was not observed.

    Raises:
        DomainError: something is observed that is no leaf, or a value is not finite.
    """
    leaves = {*tree.leaves}
    if unknown := [code for code in observed if code not in leaves]:
        raise DomainError(f"observed {unknown[0]!r}: no leaf of the tree")
    parts: dict[str, float | None] = {}
    bounds: dict[str, tuple[float, float]] = {}
    for code in tree.leaves:
        value = observed.get(code)
        parts[code] = None if value is None else _scaled(tree.indicators[code], value)
        bounds[code] = (0.0, 100.0) if (own := parts[code]) is None else (own, own)
    _above(tree, "", parts, bounds)
    missing = tuple(code for code in tree.leaves if parts[code] is None)
    score = parts.pop("")
    return Scored(score=score, parts=parts, lowest=bounds[""][0], highest=bounds[""][1], missing=missing)


def _above(tree: Tree, code: str, parts: dict[str, float | None], bounds: dict[str, tuple[float, float]]) -> None:
    """Fill in a node out of those below it."""
    below = tree.children[code]
    for child in below:
        if child in tree.children:
            _above(tree, child, parts, bounds)
    weights = [tree.indicators[child].weight for child in below]
    known = [one for child in below if (one := parts[child]) is not None]
    whole = len(known) == len(below)
    parts[code] = total([w * one for w, one in zip(weights, known, strict=True)]) if whole else None
    low, high = (total([w * bounds[child][side] for w, child in zip(weights, below, strict=True)]) for side in (0, 1))
    bounds[code] = (low, high)


def _scaled(one: Indicator, value: float) -> float:
    if not isfinite(value):
        raise DomainError(f"indicator {one.code!r}: {value} is no number; leave it out where it was not observed")
    return 100.0 * min(max((value - one.low) / (one.high - one.low), 0.0), 1.0)


def _number(stated: Mapping[str, Any], member: str, code: str, otherwise: float | None) -> float:
    value = stated.get(member)
    if value is None or value == "":
        if otherwise is None:
            raise DomainError(f"indicator {code!r} has no {member}")
        return otherwise
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = float("nan")
    if isinstance(value, bool) or not isfinite(found):
        raise DomainError(f"indicator {code!r}: {member} {value!r} is no number")
    return found


def ratios_of(stated: Mapping[str, Any]) -> dict[str, float]:
    """Return the part of each class that is visited, out of percentages as they are decreed, {"A": 2, "B": 5, "C": 100, "D": 100}.

    Raises:
        DomainError: a ratio is not between 0 and 100 %, or is 0: then no object of the class can be drawn.
    """
    found = {}
    for name, value in stated.items():
        part = _number({"ratio": value}, "ratio", name, None) / 100.0
        if not 0.0 < part <= 1.0:
            raise DomainError(f"class {name}: {value} %; above 0, so that each object can be drawn, and at most 100")
        found[name] = part
    if not found:
        raise DomainError("no class: state the ratio of each")
    return found
