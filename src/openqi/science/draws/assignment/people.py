"""Officers, visits, recusals and the rules between them, as data; days are numbers of days, places are metres on a grid."""

from collections.abc import Sequence
from dataclasses import dataclass

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.hashing.alike import first_alike

FARTHEST = 2**30


@dataclass(frozen=True, kw_only=True, slots=True)
class Permit:
    """What an officer may inspect, from a day to a day, both included."""

    item: str
    first_day: int
    last_day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Officer:
    """Somebody who can be sent.

    Args:
        name: number of the officer.
        unit: the bureau or department.
        certificates: first and last days on which a certificate of enforcement holds, both included.
        permits: items that the officer may inspect, and when.
        most: visits at most.
        east: place of the desk, metres.
        north: place of the desk, metres.
    """

    name: str
    unit: str = ""
    certificates: tuple[tuple[int, int], ...]
    permits: tuple[Permit, ...]
    most: int
    east: int = 0
    north: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """An object to be visited.

    Args:
        name: of the object; one visit each.
        day: of the visit.
        items: that are inspected there; every officer must be permitted all of them.
        east: its place, metres.
        north: its place, metres.
    """

    name: str
    day: int
    items: tuple[str, ...]
    east: int = 0
    north: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Recusal:
    """An officer who may not visit an object: `kin`, `past-employer`, `visited-it-before`, `complaint` …"""

    officer: str
    visit: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """Two officers who may not go together: `past-pair`, `kin` …"""

    officer: str
    other: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What holds for every visit.

    Args:
        each: officers a visit, at least 2.
        different_units: whether no two of them may be of one unit; a small county has but one.
        reach: how far an officer travels at most, metres as the crow flies; None for any distance.
        substitutes: how many are drawn to stand in.
    """

    each: int = 2
    different_units: bool = False
    reach: int | None = None
    substitutes: int = 2


def check(
    visits: Sequence[Visit], officers: Sequence[Officer], recusals: Sequence[Recusal], rules: Rules, apart: Sequence[Apart] = ()
) -> None:
    """Refuse what no assignment can be made of.

    Raises:
        DomainError: a number out of range.
        RefusedError: fewer than two officers a visit, somebody or something twice, a recusal without a reason or of unknown names.
    """
    if rules.each < 2:
        raise RefusedError("two-officers", f"{rules.each} officers a visit: at least two go")
    if rules.substitutes < 0 or (rules.reach is not None and not 0 <= rules.reach <= FARTHEST):
        raise DomainError("substitutes and reach are not negative, and a reach is at most 2**30 metres")
    for what, names in (("visit", [one.name for one in visits]), ("officer", [one.name for one in officers])):
        if not names:
            raise RefusedError("somebody-to-send", f"there is no {what}")
        if (alike := first_alike(names)) is not None:
            raise RefusedError("names-once", f"{what} {' or '.join(sorted(set(alike)))} stands there twice")
    for visit in visits:
        if not visit.items:
            raise DomainError(f"visit {visit.name} inspects no item: name at least one")
    for name, east, north in ((one.name, one.east, one.north) for some in (visits, officers) for one in some):
        if max(abs(east), abs(north)) > FARTHEST:
            raise DomainError(f"{name}: places lie within 2**30 metres of the origin")
    for officer in officers:
        if officer.most < 0:
            raise DomainError(f"officer {officer.name}: a workload is not negative")
    _check_recusals(visits, officers, recusals)
    _check_apart(officers, apart)


def _check_recusals(visits: Sequence[Visit], officers: Sequence[Officer], recusals: Sequence[Recusal]) -> None:
    known, places = {one.name for one in officers}, {one.name for one in visits}
    for recusal in recusals:
        if not recusal.reason:
            raise RefusedError("recusals-have-reasons", f"{recusal.officer} for {recusal.visit}: say why")
        if recusal.officer not in known or recusal.visit not in places:
            raise RefusedError("recusals-known", f"{recusal.officer} for {recusal.visit}: no such officer or visit")


def _check_apart(officers: Sequence[Officer], apart: Sequence[Apart]) -> None:
    known = {one.name for one in officers}
    for pair in apart:
        if not pair.reason:
            raise RefusedError("recusals-have-reasons", f"{pair.officer} and {pair.other}: say why they may not go together")
        if pair.officer not in known or pair.other not in known or pair.officer == pair.other:
            raise RefusedError("recusals-known", f"{pair.officer} and {pair.other} are not two of the officers")
