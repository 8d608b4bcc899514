"""Before a draw: what a number of visits will find and how sure the rate will be, and how much of them should go at random."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import ceil, isfinite, sqrt
from typing import Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.numbers.elementary import power
from openqi.science.numbers.special import normal_quantile
from openqi.science.numbers.sums import plain_sum, total

STEPS: Final = 100
"""The floor is looked for in hundredths of the visits."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Objects that are alike before the draw.

    Args:
        name: a class, a region, or one object.
        count: how many there are.
        rate: believed rate of bad ones, of last year or of a model, in (0, 1).
        size: what the draw goes by; without, the rate.
    """

    name: str
    count: int
    rate: float
    size: float | None = None


@dataclass(frozen=True, kw_only=True)
class Bought:
    """What a number of visits buys.

    Args:
        floor: share of the visits that go at random.
        exponent: to which the sizes are taken for the rest.
        chances: probability of an object of each group.
        visits: expected number of each group.
        hits: expected bad ones found.
        half_width: of the interval of the rate, if the rates are as believed.
        guarded: the larger of that and the half-width if all groups have the common rate, so that the risk knows nothing.
        least: the smallest probability.
    """

    floor: float
    exponent: float
    chances: tuple[float, ...]
    visits: tuple[float, ...]
    hits: float
    half_width: float
    guarded: float
    least: float


def bought(
    groups: Sequence[Group], visits: int, *, floor: float, exponent: float = 1.0, confidence: float = 0.95, stratified: bool = False
) -> Bought:
    """Return what visits buy, where a share of them goes at random and the rest in proportion to size.

    Args:
        groups: all objects.
        visits: at most as many as there are objects.
        floor: share at random, 0 to 1; at 0 all goes by size.
        exponent: of the sizes, 0 to 4; 0 is at random too.
        confidence: of the interval, in (0, 1).
        stratified: each group is drawn by itself, so that the spread between groups does not count.

    Raises:
        DomainError: an argument lies outside.

    Source: [SARNDAL1992] 3.6, 5.7; the half-width is that of a Hájek rate of a draw of high entropy.
    """
    _check(groups, visits, floor, exponent, confidence)
    chances = _chances(groups, visits, floor, exponent)
    whole = total([float(group.count) for group in groups])
    common = total([group.count * group.rate for group in groups]) / whole
    z = normal_quantile(0.5 + confidence / 2.0)
    believed, blind = 0.0, 0.0
    for group, p in zip(groups, chances, strict=True):
        left = group.count * (1.0 - p) / p
        spread = group.rate * (1.0 - group.rate) + (0.0 if stratified else (group.rate - common) ** 2)
        believed += left * spread
        blind += left * common * (1.0 - common)
    half = z * sqrt(believed) / whole
    return Bought(
        floor=floor,
        exponent=exponent,
        chances=tuple(chances),
        visits=tuple(group.count * p for group, p in zip(groups, chances, strict=True)),
        hits=total([group.count * p * group.rate for group, p in zip(groups, chances, strict=True)]),
        half_width=half,
        guarded=max(half, z * sqrt(blind) / whole),
        least=min(chances),
    )


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The smallest floor at which the guarded half-width is at most what is wanted, what it buys, and the curve it was found on."""

    wanted: float
    best: Bought
    curve: tuple[Bought, ...]


def advised_floor(
    groups: Sequence[Group],
    visits: int,
    *,
    wanted: float | None = None,
    exponent: float = 1.0,
    confidence: float = 0.95,
    stratified: bool = False,
) -> Advice:
    """Return the smallest random floor that keeps the guarded half-width within what is wanted: most hits that still tell the rate.

    Args:
        groups: all objects.
        visits: at most as many as there are objects.
        wanted: half-width of the interval of the rate; without, 1.25 times that of a draw wholly at random.
        exponent, confidence, stratified: see `bought`.

    Raises:
        DomainError: an argument lies outside.
        RefusedError: not even all visits at random reach it; says how many would.
    """

    def at(step: int) -> Bought:
        return bought(groups, visits, floor=step / STEPS, exponent=exponent, confidence=confidence, stratified=stratified)

    curve = tuple(at(step) for step in range(0, STEPS + 1, 5))
    if wanted is None:
        wanted = 1.25 * curve[-1].guarded
    if not wanted > 0.0:
        raise DomainError(f"wanted = {wanted}; a half-width above 0, 0.01 for one point of a hundred")
    found = next((one for one in map(at, range(STEPS + 1)) if one.guarded <= wanted), None)
    if found is None:
        raise RefusedError(
            "reachable-width",
            f"{visits} visits, even all at random, give ±{curve[-1].guarded:.4g}; ±{wanted:.4g} needs about "
            f"{visits_for(groups, wanted, confidence=confidence)}",
        )
    return Advice(wanted=wanted, best=found, curve=curve)


def visits_for(groups: Sequence[Group], wanted: float, *, confidence: float = 0.95) -> int:
    """Return how many visits at random make the interval of the rate at most so wide to either side.

    Args:
        groups: all objects.
        wanted: half-width, above 0.
        confidence: in (0, 1).

    Source: [COCHRAN1977] 4.4.
    """
    whole = total([float(group.count) for group in groups])
    common = total([group.count * group.rate for group in groups]) / whole
    z = normal_quantile(0.5 + confidence / 2.0)
    plain = z * z * common * (1.0 - common) / (wanted * wanted)
    return ceil(plain / (1.0 + plain / whole))


def neyman(groups: Sequence[Group], visits: int, *, least: int = 2) -> tuple[int, ...]:
    """Return the visits of each group that make the rate of the whole population as sure as that many can, in whole numbers.

    Args:
        groups: at least one.
        visits: at least `least` a group (all, where it has fewer), at most all objects.
        least: visits that each group has in any case.

    Raises:
        DomainError: an argument lies outside.

    Source: [NEYMAN1934]; [WRIGHT2012].
    """
    return _allocated(groups, visits, least, [group.count * sqrt(group.rate * (1.0 - group.rate)) for group in groups])


def power_allocation(groups: Sequence[Group], visits: int, *, exponent: float = 0.5, least: int = 2) -> tuple[int, ...]:
    """Return the visits of each group that make relative errors of the groups' rates alike, the more so the smaller the exponent.

    Args:
        groups: at least one.
        visits: as for `neyman`.
        exponent: 0 (all groups count alike) to 1 (by how many objects they have).
        least: visits that each group has in any case.

    Raises:
        DomainError: an argument lies outside.

    Source: [BANKIER1988]; [WRIGHT2012].
    """
    if not 0.0 <= exponent <= 1.0:
        raise DomainError(f"exponent = {exponent}; 0 to 1")
    weights = [power(float(group.count), exponent) * sqrt((1.0 - group.rate) / group.rate) for group in groups]
    return _allocated(groups, visits, least, weights)


def _allocated(groups: Sequence[Group], visits: int, least: int, weights: Sequence[float]) -> tuple[int, ...]:
    """Visit by visit to where it takes most off the sum of weight² / n; ties go to the group that stands first."""
    _check(groups, visits, 1.0, 1.0, 0.95)
    given = [min(least, group.count) for group in groups]
    spent = plain_sum(given)
    if least < 1 or spent > visits:
        raise DomainError(f"{visits} visits for {len(groups)} groups of at least {least} each: {spent} are needed")
    heap = [(-_gain(w, n), place) for place, (w, n) in enumerate(zip(weights, given, strict=True)) if n < groups[place].count]
    heapify(heap)
    for _ in range(visits - spent):
        _, place = heappop(heap)
        given[place] += 1
        if given[place] < groups[place].count:
            heappush(heap, (-_gain(weights[place], given[place]), place))
    return tuple(given)


def _gain(weight: float, n: int) -> float:
    return weight * weight / (n * (n + 1.0))


def _chances(groups: Sequence[Group], visits: int, floor: float, exponent: float) -> list[float]:
    """Probabilities that add up to the visits; who would have more than 1 is certain, and the others share what is left."""
    sizes = [power(group.rate if group.size is None else group.size, exponent) for group in groups]
    certain: set[int] = set()
    while True:
        rest = [place for place in range(len(groups)) if place not in certain]
        left = visits - total([float(groups[place].count) for place in certain])
        objects = total([float(groups[place].count) for place in rest])
        whole = total([groups[place].count * sizes[place] for place in rest])
        found = [1.0] * len(groups)
        for place in rest:
            found[place] = left * (floor / objects + (1.0 - floor) * sizes[place] / whole)
        over = {place for place in rest if found[place] > 1.0}
        if not over:
            return found
        certain |= over


def _check(groups: Sequence[Group], visits: int, floor: float, exponent: float, confidence: float) -> None:
    if not groups:
        raise DomainError("no groups: nothing to plan")
    for group in groups:
        size = group.rate if group.size is None else group.size
        if not (group.count >= 1 and 0.0 < group.rate < 1.0 and size > 0.0 and isfinite(size)):
            raise DomainError(
                f"group {group.name!r}: {group.count} objects, rate {group.rate}, size {size}; at least one object, a rate "
                "between 0 and 1 and a size above 0, so that none is out of reach"
            )
    whole = plain_sum([group.count for group in groups])
    if not 1 <= visits <= whole:
        raise DomainError(f"{visits} visits of {whole} objects; at least 1, and no more than there are")
    for name, value, most in (("floor", floor, 1.0), ("exponent", exponent, 4.0)):
        if not 0.0 <= value <= most:
            raise DomainError(f"{name} = {value}; 0 to {most:.0f}")
    if not 0.0 < confidence < 1.0:
        raise DomainError(f"confidence = {confidence}; between 0 and 1, 0.95 for example")
