"""A draw from a list in parts: each part is looked at alone, whole numbers are merged, and the result is that of the whole.

First every part counts sizes and hashes names; then, with the chances of the whole, it hands over those of its objects whose
tickets may be drawn, and the design decides among them as it would among all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, sqrt
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import RefusedError
from openqi.science.draws.designs.bounds import under_chance, under_rank
from openqi.science.draws.designs.design import small_pool
from openqi.science.draws.drawing import Planned, StratumDraw, stratum_targets
from openqi.science.draws.frame import Frame
from openqi.science.draws.hashing.alike import folded
from openqi.science.draws.hashing.many import first_words
from openqi.science.draws.hashing.names import Names, names_of
from openqi.science.draws.listing import check_labels
from openqi.science.draws.plan import Plan
from openqi.science.draws.targets import Targets
from openqi.science.draws.tickets import prefix_of
from openqi.science.draws.told import DrawnObject, told

if TYPE_CHECKING:
    from numpy.typing import NDArray

FURTHER = 8
Facts = Mapping[tuple[str, str], "tuple[NDArray[Any], NDArray[Any]]"]
"""Different sizes, and how many have them, by stratum and class."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PartFacts:
    """What a part says of itself.

    Args:
        sizes: its objects, counted.
        words: first 64 bits of SHA-256 of what each name reads as.
    """

    sizes: Facts
    words: "NDArray[Any]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """How far the objects of a stratum are looked at.

    Args:
        design: of its rule.
        classes: sorted.
        targets: of the whole stratum; its arrays are left empty.
        reach: of tickets or ranks, None for everybody.
    """

    design: str
    classes: tuple[str, ...]
    targets: Targets
    reach: float | int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """An object that may be drawn."""

    name: str
    risk_class: str
    size: int


def part_facts(frame: Frame) -> PartFacts:
    """Return what a part says of itself; the frame of the part is checked already."""
    import numpy as np

    sizes = {}
    for code, stratum in enumerate(frame.strata):
        for rank, risk_class in enumerate(frame.classes):
            inside = frame.size[(frame.stratum == code) & (frame.risk_class == rank)]
            if len(inside):
                sizes[stratum, risk_class] = np.unique(inside, return_counts=True)
    return PartFacts(sizes=sizes, words=first_words(_read_as(frame.names), b""))


def _read_as(names: Names) -> Names:
    """The names as a reader takes them, whatever the case of a whole part is."""
    whole = names.text[: int(names.offsets[-1])].tobytes()
    if whole.isascii() and b"  " not in whole:
        import numpy as np

        return Names(text=np.frombuffer(whole.lower() + bytes(8), dtype=np.uint8), offsets=names.offsets)
    return names_of([folded(name.decode()) for name in names])


def words_twice(parts: Sequence[PartFacts]) -> frozenset[int]:
    """Return the first bits that two names of all parts share: hardly ever of different ones."""
    import numpy as np

    words = np.sort(np.concatenate([one.words for one in parts]))
    return frozenset(int(word) for word in words[1:][words[1:] == words[:-1]])


def names_with(frame: Frame, words: frozenset[int]) -> list[str]:
    """Return the names of a part whose first bits are among some."""
    found = first_words(_read_as(frame.names), b"").tolist()
    return [frame.names.name(place) for place, word in enumerate(found) if word in words]


def check_once(names: Iterable[str]) -> None:
    """Refuse names that read as one object.

    Raises:
        RefusedError: names both.
    """
    known: dict[str, str] = {}
    for name in sorted(names):
        if (before := known.setdefault(folded(name), name)) is not name:
            raise RefusedError("objects-once", f"{before!r} and {name!r} read as one object: one object has one ticket")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Merged:
    """All parts together: every stratum before the draw, its objects in the order of class and size."""

    strata: tuple[tuple[Planned, tuple[str, ...]], ...]


def merged(parts: Sequence[PartFacts], plan: Plan) -> Merged:
    """Return every stratum before the draw, out of what the parts have counted.

    Raises:
        RefusedError, DomainError: as `planned`.
    """
    import numpy as np

    counted: dict[str, dict[str, Counter[int]]] = {}
    for part in parts:
        for (stratum, risk_class), (sizes, counts) in part.sizes.items():
            here = counted.setdefault(stratum, {}).setdefault(risk_class, Counter())
            for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
                here[size] += count
    if not counted:
        raise RefusedError("frame-not-empty", "nobody is on the list: there is nothing to draw from")
    for rule in plan.rules:
        if rule.stratum not in counted:
            raise RefusedError("strata-not-empty", f"the plan has a rule for {rule.stratum!r}, and nobody on the list is in it")
    classes = tuple(sorted({risk_class for one in counted.values() for risk_class in one}))
    check_labels(sorted(counted), "stratum")
    check_labels(classes, "class")
    found = []
    for stratum in sorted(counted):
        rows = [
            (rank, size, count)
            for rank, risk_class in enumerate(classes)
            for size, count in sorted(counted[stratum].get(risk_class, Counter()).items())
        ]
        ranks, sizes, counts = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
        rule = plan.rule_of(stratum)
        size, rank = np.repeat(sizes, counts), np.repeat(ranks, counts)
        targets = stratum_targets(size, rank, classes, rule)
        found.append((Planned(rule=rule, members=None, targets=targets), classes))
    return Merged(strata=tuple(found))


def lines_of(whole: Merged, further: int = 1) -> dict[str, Line]:
    """Return how far the objects of each stratum are looked at.

    Args:
        whole: all parts together.
        further: times the usual distance; doubled where it was too little.
    """
    found = {}
    for planned, classes in whole.strata:
        targets, name = planned.targets, planned.rule.design
        found[planned.rule.stratum] = Line(
            design=name, classes=classes, targets=_without_objects(targets), reach=_reach(name, targets, further)
        )
    return found


def _reach(name: str, targets: Targets, further: int) -> float | int | None:
    import numpy as np

    wanted, count = targets.expected, len(targets)
    if name == "equal":
        reach = int(wanted) + further * FURTHER * (isqrt(int(wanted)) + 1)
        return min(reach * (1 << 64) // count, (1 << 64) - 1)
    if name == "pareto":
        left = int(wanted) - int(np.count_nonzero(targets.certain()))
        return 1.0 + further * FURTHER / sqrt(left) if left else 0.0
    return 1.0 if name == "poisson" else None


def _without_objects(targets: Targets) -> Targets:
    import numpy as np

    return _of(targets, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def _of(targets: Targets, size: "NDArray[Any]", rank: "NDArray[Any]") -> Targets:
    """The targets of some objects, out of those of the whole stratum."""
    return Targets(
        size=size, rank=rank, bounds=targets.bounds, rate=targets.rate, expected=targets.expected, below=targets.below,
        above=targets.above,
    )  # fmt: skip


def near(frame: Frame, lines: Mapping[str, Line], seed: bytes, purpose: str) -> dict[str, list[Near]]:
    """Return the objects of a part that may be drawn, by stratum."""
    import numpy as np

    prefix = prefix_of(seed, purpose)
    first = first_words(frame.names, prefix)
    found = {}
    for code, stratum in enumerate(frame.strata):
        line = lines[stratum]
        members = np.flatnonzero(frame.stratum == code)
        ranks = np.array([line.classes.index(label) for label in frame.classes], dtype=np.int64)[frame.risk_class[members]]
        size = frame.size[members] if line.design != "equal" else np.ones(len(members), dtype=np.int64)
        places = members[_near(line, first[members], _of(line.targets, size, ranks))].tolist()
        found[stratum] = [
            Near(name=frame.names.name(place), risk_class=frame.classes[int(frame.risk_class[place])], size=int(frame.size[place]))
            for place in places
        ]
    return found


def _near(line: Line, first: "NDArray[Any]", targets: Targets) -> "NDArray[Any]":
    import numpy as np

    if line.design == "equal" and line.reach is not None:
        return np.flatnonzero(first <= np.uint64(line.reach))
    if line.design == "poisson":
        return np.array(under_chance(first, targets), dtype=np.int64)
    if line.design == "pareto" and line.reach is not None:
        return np.array(under_rank(first, targets, float(line.reach)), dtype=np.int64)
    return np.arange(len(first), dtype=np.int64)


def drawn_of(
    whole: Merged, found: Sequence[Mapping[str, list[Near]]], lines: Mapping[str, Line], seed: bytes, plan: Plan
) -> tuple[DrawnObject, ...] | None:
    """Return who was drawn out of those whom all parts handed over; None where these were too few to decide."""
    import numpy as np

    objects: list[DrawnObject] = []
    prefix = prefix_of(seed, plan.purpose)
    for planned, classes in whole.strata:
        stratum, targets = planned.rule.stratum, planned.targets
        some = [one for part in found for one in part.get(stratum, ())]
        rank = np.array([classes.index(one.risk_class) for one in some], dtype=np.int64)
        sized = planned.design.sized
        size = np.array([one.size if sized else 1 for one in some], dtype=np.int64)
        own = _of(targets, size, rank if sized else np.zeros(len(some), dtype=np.int64))
        if not _enough(lines[stratum], own, len(targets)):
            return None
        pool = small_pool([one.name for one in some], prefix, stratum)
        selection = planned.design.draw(pool, own)
        if not _decided(lines[stratum], selection.facts, len(some), len(targets)):
            return None
        drawn = StratumDraw(planned=Planned(rule=planned.rule, members=None, targets=own), pool=pool, selection=selection)
        places = tuple(_place(targets, int(own.rank[place]), int(own.size[place])) for place in selection.places)
        labels = [(some[place].risk_class, some[place].size) for place in selection.places]
        objects += told(drawn, labels, planned.design.chances(targets, places))
    return tuple(objects)


def _enough(line: Line, own: Targets, count: int) -> bool:
    """Whether a design of a fixed number can be asked at all."""
    if line.design not in ("equal", "pareto") or len(own) == count:
        return True
    return len(own) >= int(own.expected) + bool(line.reach)


def _decided(line: Line, facts: Mapping[str, Fraction], some: int, count: int) -> bool:
    """Whether nobody who was not handed over can stand before the first who was not drawn."""
    if some == count or line.design != "pareto" or not line.reach:
        return True
    return "first not drawn" in facts and facts["first not drawn"] <= Fraction(line.reach)


def _place(targets: Targets, rank: int, size: int) -> int:
    """A place of the whole stratum with a class and size; all of them have one chance."""
    begin, end = (int(targets.rank.searchsorted(rank, side=side)) for side in ("left", "right"))
    return begin + int(targets.size[begin:end].searchsorted(size))
