"""What is known of an object before anybody goes there: features with their kind, and in which direction risk may go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.kernels import totals_by
from openqi.science.draws.rates.sample import Column, coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS: Final = ("number", "category")
DIRECTIONS: Final[Mapping[str, int]] = MappingProxyType({"increasing": 1, "decreasing": -1, "free": 0})
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
LISTED_FROM: Final = 20
"""Examined objects that a category needs for a place of its own; rarer ones are taken as missing."""
SHRUNK_BY: Final = 20.0
"""So many average objects with the rate of all are added to a category before categories are put in order."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One column that a risk may rest on.

    Args:
        name: of the column.
        kind: one of KINDS.
        monotone: one of DIRECTIONS: risk never falls (rises) while the feature rises and all else stays.
        categories: of a category, in their order, where that is declared; else the order is learned.
        names: to show, by language.
    """

    name: str
    kind: str = "number"
    monotone: str = "free"
    categories: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DomainError(f"feature {self.name!r}: kind {self.kind!r}; one of {', '.join(KINDS)}")
        if self.monotone not in DIRECTIONS:
            raise DomainError(f"feature {self.name!r}: monotone {self.monotone!r}; one of {', '.join(DIRECTIONS)}")
        if self.kind == "number" and self.categories:
            raise DomainError(f"feature {self.name!r} is a number and has no categories; call it a category, or leave them out")
        if len({*self.categories}) != len(self.categories) or "" in self.categories:
            raise DomainError(f"feature {self.name!r}: a category stands twice or is empty; an empty cell is missing")
        if self.kind == "category" and self.monotone != "free" and not self.categories:
            raise DomainError(f"feature {self.name!r}: a category that is {self.monotone} needs its categories in their order")


def features_of(stated: Iterable[Any]) -> tuple[Feature, ...]:
    """Return features as a document states them: objects with name, kind, monotone, categories and names.

    Raises:
        DomainError: a member is unknown or none of what it can be, a name stands twice, or there is no feature.
    """
    found: list[Feature] = []
    for place, one in enumerate(stated):
        if not isinstance(one, Mapping) or not isinstance(one.get("name"), str) or not one["name"].strip():
            raise DomainError(f"feature {place + 1} has no name; each is an object with the name of a column")
        if unknown := sorted({*one} - {"name", "kind", "monotone", "categories", "names"}):
            raise DomainError(
                f"feature {one['name']!r}: unknown {unknown[0]!r}; name, kind, monotone, categories and names are known"
            )
        listed, names = one.get("categories", []), one.get("names", {})
        if not isinstance(listed, list | tuple) or not all(isinstance(name, str) for name in listed):
            raise DomainError(f"feature {one['name']!r}: categories are a list of texts")
        if not isinstance(names, Mapping) or not all(isinstance(text, str) for text in names.values()):
            raise DomainError(f"feature {one['name']!r}: names are texts by language")
        found.append(
            Feature(
                name=one["name"], kind=one.get("kind", "number"), monotone=one.get("monotone", "free"),
                categories=tuple(listed), names=dict(names),
            )
        )  # fmt: skip
    if not found:
        raise DomainError("no feature: a risk needs at least one column to rest on")
    if len({one.name for one in found}) != len(found):
        raise DomainError("a feature is named twice; each column once")
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Known:
    """One feature of all rows: numbers, or places in a list of texts; missing is NaN, or -1.

    Args:
        feature: whose it is.
        values: of each row.
        texts: of a category, those that occur, in alphabetic order; those declared, as declared.
        unlisted: rows with a text that was not declared; they are missing.
    """

    feature: Feature
    values: "NDArray[Any]"
    texts: tuple[str, ...] = ()
    unlisted: int = 0

    def of(self, rows: "NDArray[Any]") -> "Known":
        """Return the same of some rows."""
        return Known(feature=self.feature, values=self.values[rows], texts=self.texts, unlisted=self.unlisted)

    @property
    def learned(self) -> bool:
        """Return whether the order of its categories is learned."""
        return self.feature.kind == "category" and not self.feature.categories


def known_of(feature: Feature, column: "Column | Sequence[float] | NDArray[Any]") -> Known:
    """Return a column as a feature.

    Args:
        feature: which it is.
        column: numbers, NaN where missing; or texts, "" where missing.

    Raises:
        DomainError: a number is infinite, or texts stand where numbers should.
    """
    import numpy as np

    if feature.kind == "number":
        try:
            values = np.asarray(column, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise DomainError(f"feature {feature.name!r} is a number, and its column is not: {str(error)[:100]}") from error
        if (wrong := np.flatnonzero(np.isinf(values))).size:
            raise DomainError(f"feature {feature.name!r}: row {int(wrong[0]) + 1} is infinite; leave the cell empty, or correct it")
        return Known(feature=feature, values=values)
    own = coded([str(one).strip() for one in column])
    texts = feature.categories or tuple(sorted(name for name in own.names if name))
    place = {name: index for index, name in enumerate(texts)}
    values = np.asarray([place.get(name, -1) for name in own.names], dtype=np.int64)[own.codes]
    beyond = np.asarray([bool(name) and name not in place for name in own.names])[own.codes]
    return Known(feature=feature, values=values, texts=texts, unlisted=int(np.count_nonzero(beyond)))


def order_of(known: Known, bad: "NDArray[Any]", weight: "NDArray[Any]") -> tuple[str, ...]:
    """Return the categories in the order in which a model counts them.

    Declared ones stay as declared. Others are put in the order of their weighted rate, drawn towards the rate of all, so that a
    split parts low from high: for one split no other grouping of the categories separates better.

    Args:
        known: the category.
        bad: 1 or 0 of each row.
        weight: of each row, positive.

    Source: [FISHER-GROUPING1958].
    """
    import numpy as np

    if not known.learned:
        return known.texts
    counts = np.bincount(known.values + 1, minlength=len(known.texts) + 1)[1:].tolist()
    hits, mass = (totals_by(one, known.values + 1, len(known.texts) + 1)[1:].tolist() for one in (bad * weight, weight))
    zeros = np.zeros(len(bad), dtype=np.int64)
    all_hits, all_mass = (float(totals_by(one, zeros, 1)[0]) for one in (bad * weight, weight))
    added = SHRUNK_BY * all_mass / len(bad)
    rates = [(hit + added * all_hits / all_mass) / (own + added) for hit, own in zip(hits, mass, strict=True)]
    listed = [place for place, count in enumerate(counts) if count >= LISTED_FROM]
    if not listed:
        listed = [max(range(len(counts)), key=lambda place: counts[place])] if counts else []
    if not listed:
        raise DomainError(f"feature {known.feature.name!r}: every cell is empty; leave the feature out")
    return tuple(known.texts[place] for place in sorted(listed, key=lambda place: (rates[place], known.texts[place])))


def places_of(known: Known, order: Sequence[str]) -> "NDArray[Any]":
    """Return the values that trees compare: numbers, or places of the categories in an order; NaN where missing."""
    import numpy as np

    if known.feature.kind == "number":
        return known.values
    place = {name: float(index) for index, name in enumerate(order)}
    table = np.asarray([*(place.get(name, np.nan) for name in known.texts), np.nan])
    found: NDArray[Any] = table[known.values]  # -1 is the last: missing
    return found
