"""Is the market still the one that the model learned?  Shares of each feature then and now, beside what chance alone moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.numbers.elementary import log
from openqi.science.numbers.special import incomplete_gamma_inverse
from openqi.science.numbers.sums import total
from openqi.science.risk.features import Known
from openqi.science.risk.measures import Judged, Measure, rate_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECES: Final = 10


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How far a column moved between two tables.

    Args:
        name: of the feature, or `risk`.
        index: population stability index, Σ (now - then) log(now / then) over groups.
        by_chance: what it would be on average if nothing had changed, with so many objects.
        chance_limit: what it would exceed once in twenty times if nothing had changed.
        moved: whether it exceeds that.
        groups: label, share then, share now.
    """

    name: str
    index: float
    by_chance: float
    chance_limit: float
    moved: bool
    groups: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Period:
    """What was said and what was found in a stretch of time."""

    first: str
    last: str
    objects: int
    said: float
    found: Measure
    holds: bool | None
    """Whether what was said lies in the interval of what was found; None where there is no interval."""


def shift_of(then: Known, now: Known, weights: "tuple[NDArray[Any], NDArray[Any]]", *, pieces: int = PIECES) -> Shift:
    """Return how far a feature moved.

    Numbers are cut where the first table has equal shares; missing is a group of its own. Half an object is added to each
    group, so that an empty one does not make the index infinite.

    Args:
        then, now: the same feature in two tables.
        weights: of the rows of each.
        pieces: of numbers.

    Raises:
        DomainError: the two are not the same feature.

    Source: [YURDAKUL-NARANJO2020].
    """
    if then.feature != now.feature:
        raise DomainError(f"feature {then.feature.name!r} then and {now.feature.name!r} now: the same feature of two tables")
    if then.feature.kind == "number":
        places, labels = _pieces_of_numbers(then.values, now.values, weights[0], pieces)
    else:
        places, labels = _places_of_texts(then, now)
    return _shift(then.feature.name, places, labels, weights)


def shift_of_risk(then: "NDArray[Any]", now: "NDArray[Any]", weights: "tuple[NDArray[Any], NDArray[Any]]") -> Shift:
    """Return how far the probabilities of a model moved; see `shift_of`."""
    places, labels = _pieces_of_numbers(then, now, weights[0], PIECES)
    return _shift("risk", places, labels, weights)


def periods_of(judged: Judged, days: "NDArray[Any]", *, pieces: int = 4, confidence: float = 0.95) -> tuple[Period, ...]:
    """Return what was said and found in stretches of time with about equally many objects; no day is in two of them."""
    import numpy as np

    ordered = np.sort(days)
    cuts = sorted({int(ordered[place * len(ordered) // pieces]) for place in range(1, pieces)})
    part = np.searchsorted(np.asarray(cuts, dtype=np.int64), days, side="right")
    found = []
    for one in range(len(cuts) + 1):
        rows = np.flatnonzero(part == one)
        if not len(rows):
            continue
        own = judged.of(rows)
        said = total_of(own.probability * own.weight) / total_of(own.weight)
        rate = rate_of(own.bad, own.weight, confidence)
        first, last = (date.fromordinal(int(end(days[rows]))).isoformat() for end in (np.min, np.max))
        holds = None if rate.interval is None else rate.interval.lower <= said <= rate.interval.upper
        found.append(Period(first=first, last=last, objects=len(rows), said=said, found=rate, holds=holds))
    return tuple(found)


def _pieces_of_numbers(
    then: "NDArray[Any]", now: "NDArray[Any]", weight: "NDArray[Any]", pieces: int
) -> "tuple[tuple[NDArray[Any], NDArray[Any]], list[str]]":
    import numpy as np

    known = np.flatnonzero(~np.isnan(then))
    if not len(known):
        raise RefusedError("values-then", "a feature has no value in the first table: there is nothing to compare with")
    levels, place = np.unique(then[known], return_inverse=True)
    masses = totals_by(weight[known], place, len(levels)).tolist()
    share, so_far, cuts = total_of(weight[known]) / pieces, 0.0, list[float]()
    for level, one in zip(levels.tolist(), masses, strict=True):
        so_far += one
        if so_far >= share * (len(cuts) + 1) * (1.0 - 1e-12) and len(cuts) < pieces - 1:
            cuts.append(level)
    cuts = sorted({*cuts} - {float(levels[-1])})
    edges = np.asarray(cuts)
    # A value on a cut belongs to the group below it; missing is the last group.
    codes = tuple(
        np.where(np.isnan(one), len(cuts) + 1, np.searchsorted(edges, np.where(np.isnan(one), 0.0, one), side="left"))
        for one in (then, now)
    )
    labels = [f"<= {one:g}" for one in cuts] + [f"> {cuts[-1]:g}" if cuts else f"<= {float(levels[-1]):g}", "missing"]
    return (codes[0], codes[1]), labels


def _places_of_texts(then: Known, now: Known) -> "tuple[tuple[NDArray[Any], NDArray[Any]], list[str]]":
    import numpy as np

    labels = sorted({*then.texts, *now.texts})
    place: Mapping[str, int] = {name: index for index, name in enumerate(labels)}
    found = []
    for one in (then, now):
        table = np.asarray([*(place[name] for name in one.texts), len(labels)])
        found.append(table[one.values])
    return (found[0], found[1]), [*labels, "missing"]


def _shift(
    name: str, places: "tuple[NDArray[Any], NDArray[Any]]", labels: Sequence[str], weights: "tuple[NDArray[Any], NDArray[Any]]"
) -> Shift:
    shares, sizes = [], []
    for place, weight in zip(places, weights, strict=True):
        mass = total_of(weight)
        worth = mass * mass / total_of(weight * weight)
        shares.append([one / mass for one in totals_by(weight, place, len(labels)).tolist()])
        sizes.append(worth)
    used = [index for index in range(len(labels)) if shares[0][index] > 0.0 or shares[1][index] > 0.0]
    terms = []
    for cell in used:
        then, now = ((share[cell] * size + 0.5) / (size + 0.5 * len(used)) for share, size in zip(shares, sizes, strict=True))
        terms.append((now - then) * log(now / then))
    scale, degrees = 1.0 / sizes[0] + 1.0 / sizes[1], len(used) - 1
    limit = 2.0 * incomplete_gamma_inverse(degrees / 2.0, 0.95) * scale if degrees else 0.0
    index = total(terms)
    return Shift(
        name=name, index=index, by_chance=degrees * scale, chance_limit=limit, moved=index > limit and degrees > 0,
        groups=tuple((labels[one], shares[0][one], shares[1][one]) for one in used),
    )  # fmt: skip
