"""Officers for visits: a random ranking for each, workloads respected, changes told, and the exact shortage where it cannot be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.science.draws.assignment.kernel import NOBODY
from openqi.science.draws.assignment.people import Apart, Officer, Recusal, Rules, Visit, check
from openqi.science.draws.assignment.problem import problem_of
from openqi.science.draws.assignment.run import Run
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLD = 100
"""Visits without enough officers for which every officer's reason is told; of the others how many are lacking is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """Who goes to an object.

    Args:
        visit: the object.
        officers: in drawn order.
        substitutes: who stands in, in drawn order; each has room for it.
        metres: how far the officers travel together, one way, as the crow flies, rounded down each.
    """

    visit: str
    officers: tuple[str, ...]
    substitutes: tuple[str, ...]
    metres: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """An officer whom the ranking had sent and who makes room elsewhere, or stays for it."""

    visit: str
    left: tuple[str, ...]
    joined: tuple[str, ...]
    reason: str = "workload-full-elsewhere"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """All teams, sorted by object, and every change that the ranking alone would not have made, sorted too."""

    teams: tuple[Team, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortage:
    """A visit without enough officers.

    Args:
        visit: the object.
        wanted: officers that should go.
        found: officers that can.
        counts: how many officers dropped out for which reason; empty beyond the first hundred such visits, as
        dropped: every officer with the reason.
    """

    visit: str
    wanted: int
    found: int
    counts: Mapping[str, int]
    dropped: tuple[tuple[str, str], ...]


class ShortageError(RefusedError):
    """No assignment gives every visit its officers: `missing` is the lack, `shortages` say where and why.

    `proved` of them are lacking whoever is sent where. It is all of them where no two officers are kept apart; else it is what
    would be lacking if any two could go together, and an assignment that lacks fewer than `missing` may exist.
    """

    def __init__(self, missing: int, shortages: tuple[Shortage, ...], proved: int | None = None) -> None:
        one = shortages[0]
        why = ", ".join(f"{reason} {count}" for reason, count in sorted(one.counts.items()))
        where = f"{one.visit}: {one.found} of {one.wanted} ({why})"
        lack = f"at least {missing} officers are lacking"
        if proved is not None and proved < missing:
            lack = f"{missing} officers are lacking ({proved} of them in any case, the others as some may not go together)"
        super().__init__("enough-officers", f"{lack}, at {len(shortages)} visits; {where}")
        self.missing = missing
        self.proved = missing if proved is None else proved
        self.shortages = shortages


def assigned(
    visits: Sequence[Visit],
    officers: Sequence[Officer],
    recusals: Sequence[Recusal],
    rules: Rules,
    *,
    seed: bytes,
    purpose: str,
    apart: Sequence[Apart] = (),
) -> Assignment:
    """Return who goes where: a function of its arguments alone, in whatever order they are listed.

    Every visit, in the order of its ticket, takes the first officers of its own random order who may go and have room. Where
    somebody is missing then, others are moved along the shortest chain that makes room; if there is none, no assignment exists.
    With officers who are kept apart every team that is told keeps them apart; but that no chain is found proves less, see
    `ShortageError`.

    Args:
        visits: what is visited, each once.
        officers: who can be sent.
        recusals: who may not go where, and why; a past visit of the same object is one.
        rules: how many go, from which units, how far.
        seed: of the draw, 32 bytes.
        purpose: of the draw.
        apart: officers who may not go together; a past pair is one.

    Raises:
        RefusedError: names stand there twice, or recusals are without a reason.
        ShortageError: it cannot be done.
    """
    check(visits, officers, recusals, rules, apart)
    placed, sent = sorted(visits, key=lambda one: one.name), sorted(officers, key=lambda one: one.name)
    run = Run(problem_of(placed, sent, recusals, rules, seed, purpose, apart), rules)
    ranked = run.choose()
    short = run.repair()
    if short:
        told = tuple(_shortage(run, number, visit, placed, sent, recusals, apart) for number, visit in enumerate(short))
        proved = None
        if apart:
            import numpy as np

            free = Run(problem_of(placed, sent, recusals, rules, seed, purpose), rules)
            free.choose()
            free.repair()
            proved = int(np.count_nonzero(free.teams == NOBODY))
        raise ShortageError(plain_sum(one.wanted - one.found for one in told), told, proved)
    return _told(run, ranked, placed, sent)


def stand_in(
    assignment: Assignment, officers: Sequence[Officer], rules: Rules, *, visit: str, leaving: str, apart: Sequence[Apart] = ()
) -> str:
    """Return who stands in for an officer: the first substitute who may go with those who stay, of another unit where units must.

    Raises:
        NotFoundError: no such visit, or the officer is not in its team.
        RefusedError: no substitute fits.
    """
    found = [one for one in assignment.teams if one.visit == visit and leaving in one.officers]
    if not found:
        raise NotFoundError(f"{leaving} is not sent to {visit}")
    units = {one.name: one.unit for one in officers}
    stay = {units[name] for name in found[0].officers if name != leaving}
    pairs = {frozenset((one.officer, one.other)) for one in apart}
    others = [name for name in found[0].officers if name != leaving]
    for name in found[0].substitutes:
        if any(frozenset((name, other)) in pairs for other in others):
            continue
        if not rules.different_units or units[name] not in stay:
            return name
    raise RefusedError("substitute-left", f"no substitute of {visit} can stand in for {leaving}: assign anew without them")


def _shortage(
    run: Run,
    number: int,
    visit: int,
    visits: Sequence[Visit],
    officers: Sequence[Officer],
    recusals: Sequence[Recusal],
    apart: Sequence[Apart] = (),
) -> Shortage:
    """Return why nobody more can go."""
    team = {int(one) for one in run.teams[visit] if one != NOBODY}
    told = number < TOLD
    recused = {one.officer: one.reason for one in recusals if one.visit == visits[visit].name} if told else {}
    units = {officers[one].unit for one in team} if run.rules.different_units else set()
    names = {officers[one].name for one in team}
    kept: dict[str, str] = {}
    for pair in apart if told else ():
        if names & {pair.officer, pair.other}:
            kept |= {pair.officer: pair.reason, pair.other: pair.reason}
    dropped = []
    for place, officer in enumerate(officers if told else ()):
        if place not in team:
            dropped.append((officer.name, why_not(visits[visit], officer, recused, run.rules, units, kept)))
    return Shortage(
        visit=visits[visit].name,
        wanted=run.rules.each,
        found=len(team),
        counts=dict(Counter(reason for _, reason in dropped)),
        dropped=tuple(dropped),
    )


def why_not(
    visit: Visit,
    officer: Officer,
    recused: Mapping[str, str],
    rules: Rules,
    units: set[str],
    apart: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the first reason why an officer does not go to a visit; `workload-full` where nothing else stands in the way.

    Args:
        visit: the visit.
        officer: the officer.
        recused: reasons of recusals for this visit by officer.
        rules: of the assignment.
        units: of those who go, where units must differ.
        apart: reasons why officers may not go with one of those who go.
    """
    if not any(first <= visit.day <= last for first, last in officer.certificates):
        return "no-certificate-that-day"
    for item in sorted(set(visit.items)):
        held = [permit for permit in officer.permits if permit.item == item]
        if not any(permit.first_day <= visit.day <= permit.last_day for permit in held):
            return f"not-permitted-that-day: {item}" if held else f"not-permitted: {item}"
    if officer.name in recused:
        return f"recused: {recused[officer.name]}"
    if rules.reach is not None and _squared(visit, officer) > rules.reach**2:
        return "too-far"
    if officer.name in apart:
        return f"kept-apart: {apart[officer.name]}"
    return "same-unit" if officer.unit in units else "workload-full"


def _squared(visit: Visit, officer: Officer) -> int:
    return (visit.east - officer.east) ** 2 + (visit.north - officer.north) ** 2


def _told(run: Run, ranked: "NDArray[Any]", visits: Sequence[Visit], officers: Sequence[Officer]) -> Assignment:
    """The arrays as names."""
    teams, changes = [], []
    names = [one.name for one in officers]
    before, now, standing = ranked.tolist(), run.drawn_order().tolist(), run.substitutes().tolist()
    moved = (ranked != run.teams).any(axis=1).tolist()
    for place, visit in enumerate(visits):
        teams.append(
            Team(
                visit=visit.name,
                officers=tuple(names[one] for one in now[place]),
                substitutes=tuple(names[one] for one in standing[place] if one != NOBODY),
                metres=plain_sum(isqrt(_squared(visit, officers[one])) for one in now[place]),
            )
        )
        if moved[place]:
            was, joined = set(before[place]) - {NOBODY}, set(now[place])
            left, new = sorted(names[one] for one in was - joined), sorted(names[one] for one in joined - was)
            changes.append(Change(visit=visit.name, left=tuple(left), joined=tuple(new)))
    return Assignment(teams=tuple(teams), changes=tuple(changes))
