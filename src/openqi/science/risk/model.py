"""The risk model as a value: features, trees, calibration; read from its document, which is refused where it is not one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, Literal

from openqi.kernel.errors import FormatError
from openqi.science.risk.document import json_of
from openqi.science.risk.trees import Tree, check_monotone, check_tree

FORMAT: Final = "openqi risk model 1"
MOST_BYTES: Final = 64 * 2**20
MOST_FEATURES: Final = 2_000
MOST_CATEGORIES: Final = 10_000
MOST_TREES: Final = 10_000
MOST_POINTS: Final = 1_000_000
MONOTONE: Final[Mapping[str, int]] = MappingProxyType({"increasing": 1, "decreasing": -1, "free": 0})
_MEMBERS: Final = ("format", "target", "features", "base", "trees", "calibration", "trained")
_TREE: Final = ("feature", "threshold", "missing_left", "left", "right", "value", "cover")


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """What is known of an object.

    Args:
        name: of the column in which it stands.
        kind: `number`, or `category` whose value is its place among the categories.
        monotone: whether risk never falls (`increasing`) or never rises (`decreasing`) while the feature rises, or may do both.
        categories: of a category, in their order.
        names: what it is called, by language.
    """

    name: str
    kind: Literal["number", "category"] = "number"
    monotone: Literal["increasing", "decreasing", "free"] = "free"
    categories: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def direction(self) -> int:
        """1 where risk rises with the feature, -1 where it falls, 0 where it may do both."""
        return MONOTONE[self.monotone]


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A risk model: the score is `base` and what every tree adds, the probability lies on the calibration.

    Args:
        features: in the order in which trees name them.
        base: log-odds before any tree.
        trees: in the order in which they are added.
        scores: of the calibration, rising.
        probabilities: at these scores, never falling, inside (0, 1).
        target: of what it is the probability.
        trained: facts about its training; nothing is computed from them.
    """

    features: tuple[Feature, ...]
    base: float
    trees: tuple[Tree, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    target: Mapping[str, Any] = field(default_factory=dict)
    trained: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its features."""
        return tuple(one.name for one in self.features)


def read_model(data: bytes) -> Model:
    """Return the model that a document holds, after checking all of it.

    Args:
        data: the document, as docs/surveillance/risk-model.md has it; at most 64 MiB.

    Raises:
        FormatError: it is no such document; the message says where: a tree that is none, a number that is not finite, a
            calibration that falls, a tree against which a feature is not monotone.
    """
    if len(data) > MOST_BYTES:
        raise FormatError(f"risk model: {len(data)} bytes; at most {MOST_BYTES}")
    stated = members(json_of(data, "risk model"), "risk model", _MEMBERS)
    if stated["format"] != FORMAT:
        raise FormatError(f"risk model: format {str(stated['format'])[:80]!r}; this version reads {FORMAT!r}")
    for name in ("target", "trained"):
        if type(stated[name]) is not dict:
            raise FormatError(f"risk model: {name} is an object")
    model = Model(
        features=_features(stated["features"]),
        base=number(stated["base"], "base"),
        trees=tuple(_tree(one, place) for place, one in enumerate(listed(stated["trees"], "trees", MOST_TREES, least=0))),
        **_calibration(stated["calibration"]),
        target=stated["target"],
        trained=stated["trained"],
    )
    check_model(model)
    return model


def check_model(model: Model) -> None:
    """Raise FormatError unless the parts of a model fit together, as `read_model` says."""
    for place, tree in enumerate(model.trees):
        check_tree(tree, f"trees[{place}]", len(model.features))
        check_monotone(tree, f"trees[{place}]", tuple(one.direction for one in model.features), model.names)
    least = model.base
    most = model.base
    for tree in model.trees:
        leaves = tree.value[len(tree.feature) :]
        least, most = least + min(leaves), most + max(leaves)
    if not (isfinite(least) and isfinite(most)):
        raise FormatError("risk model: the leaves of all trees add up to what no float holds")


def members(value: Any, where: str, names: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
    """Return an object of exactly these members.

    Raises:
        FormatError: it is none, or a member is missing or foreign.
    """
    if type(value) is not dict:
        raise FormatError(f"{where} is not an object")
    if missing := [name for name in names if name not in value]:
        raise FormatError(f"{where} has no member {missing[0]!r}")
    if foreign := [name for name in value if name not in names and name not in optional]:
        raise FormatError(f"{where} has a foreign member {foreign[0][:80]!r}; it has {', '.join((*names, *optional))}")
    return value


def listed(value: Any, where: str, most: int, *, least: int = 1) -> list[Any]:
    """Return a list of at least `least` and at most `most` entries; raises FormatError where it is none."""
    if type(value) is not list or not least <= len(value) <= most:
        had = f"{len(value)} entries" if type(value) is list else "no list"
        raise FormatError(f"{where} has {had}; it is a list of {least} to {most} entries")
    return value


def number(value: Any, where: str) -> float:
    """Return a finite number as a float; raises FormatError where it is none."""
    if type(value) not in (int, float):
        raise FormatError(f"{where} is {str(value)[:80]!r}; it is a number")
    try:
        found = float(value)
    except OverflowError:
        found = float("inf")
    if not isfinite(found):
        raise FormatError(f"{where} is no finite number")
    return found


def _features(value: Any) -> tuple[Feature, ...]:
    found = tuple(_feature(one, f"features[{place}]") for place, one in enumerate(listed(value, "features", MOST_FEATURES)))
    names = [one.name for one in found]
    if twice := [name for place, name in enumerate(names) if name in names[:place]]:
        raise FormatError(f"features: {twice[0]!r} stands twice")
    return found


def _feature(value: Any, where: str) -> Feature:
    stated = members(value, where, ("name", "kind", "monotone"), ("categories", "names"))
    name, kind, monotone, names = stated["name"], stated["kind"], stated["monotone"], stated.get("names", {})
    if not _is_line(name):
        raise FormatError(f"{where}.name is one line of text, not empty and at most 200 characters")
    if kind not in ("number", "category") or monotone not in tuple(MONOTONE):
        raise FormatError(f"{where}: kind is number or category, monotone is {', '.join(MONOTONE)}")
    if type(names) is not dict or not all(_is_line(one) for one in names.values()):
        raise FormatError(f"{where}.names has a line of text a language")
    if (kind == "category") != ("categories" in stated):
        raise FormatError(f"{where}: a category has categories, and a number has none")
    categories = listed(stated["categories"], f"{where}.categories", MOST_CATEGORIES) if kind == "category" else []
    if not all(_is_line(one) for one in categories) or len({*categories}) != len(categories):
        raise FormatError(f"{where}.categories: each is a line of text, none stands twice")
    return Feature(name=name, kind=kind, monotone=monotone, categories=tuple(categories), names=names)


def _is_line(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= 200 and value.isprintable()


def _tree(value: Any, place: int) -> Tree:
    where = f"trees[{place}]"
    stated = members(value, where, _TREE)
    if wrong := [name for name in _TREE if type(stated[name]) is not list]:
        raise FormatError(f"{where}.{wrong[0]} is no list")
    for name, kind in (("feature", int), ("missing_left", bool), ("left", int), ("right", int)):
        if not all(type(one) is kind for one in stated[name]):
            raise FormatError(f"{where}.{name} is a list of {'true and false' if kind is bool else 'whole numbers'}")
    floats = {
        name: tuple(number(one, f"{where}.{name}[{at}]") for at, one in enumerate(stated[name]))
        for name in ("threshold", "value", "cover")
    }
    return Tree(
        feature=tuple(stated["feature"]), missing_left=tuple(stated["missing_left"]), left=tuple(stated["left"]),
        right=tuple(stated["right"]), threshold=floats["threshold"], value=floats["value"], cover=floats["cover"],
    )  # fmt: skip


def _calibration(value: Any) -> dict[str, tuple[float, ...]]:
    stated = members(value, "calibration", ("scores", "probabilities"))
    found = {
        name: tuple(
            number(one, f"calibration.{name}[{at}]")
            for at, one in enumerate(listed(stated[name], f"calibration.{name}", MOST_POINTS))
        )
        for name in ("scores", "probabilities")
    }
    scores, probabilities = found["scores"], found["probabilities"]
    if len(scores) != len(probabilities):
        raise FormatError(f"calibration has {len(scores)} scores and {len(probabilities)} probabilities; as many of each")
    for at in range(1, len(scores)):
        if not scores[at - 1] < scores[at]:
            raise FormatError(f"calibration.scores[{at}] = {scores[at]!r} does not rise from {scores[at - 1]!r}")
        if not isfinite(scores[at] - scores[at - 1]):
            raise FormatError(f"calibration.scores[{at}] lies further from the one before than a float holds")
        if probabilities[at] < probabilities[at - 1]:
            raise FormatError(f"calibration.probabilities[{at}] = {probabilities[at]!r} falls from {probabilities[at - 1]!r}")
    if not (probabilities[0] > 0.0 and probabilities[-1] < 1.0):
        raise FormatError("calibration.probabilities lie inside of 0 and 1, both left out")
    return found
