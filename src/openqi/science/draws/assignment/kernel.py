"""Ranking, choosing and repairing, on arrays: every officer of every visit is looked at once, and again where somebody is missing.

Written for numba, with unsigned words as in `hashing.rounds`; without it the same code runs on NumPy's numbers, slowly.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from openqi.science.draws.hashing.rounds import on_words, u64
from openqi.science.numbers.compiled import compiled

FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB
NOBODY = -1


def rank(visit_ticket: Any, officer_ticket: Any) -> Any:
    """Return the rank of an officer for a visit: both tickets together, mixed so that each visit has an order of its own.

    Source: [SPLITMIX] the mixing of 64 bits.
    """
    mixed = visit_ticket ^ officer_ticket
    mixed = (mixed ^ (mixed >> u64(30))) * u64(FIRST)
    mixed = (mixed ^ (mixed >> u64(27))) * u64(SECOND)
    return mixed ^ (mixed >> u64(31))


def _near_and_free(p: Any, visit: int, officer: int) -> bool:
    """Whether an officer is near enough and not recused."""
    if p.reach >= 0:
        east, north = p.visit_east[visit] - p.officer_east[officer], p.visit_north[visit] - p.officer_north[officer]
        if east * east + north * north > p.reach:
            return False
    free = True
    for place in range(p.recused_from[visit], p.recused_from[visit + 1]):
        free = free and p.recused[place] != officer
    return free


def _within(team: Any, officer: int) -> bool:
    found = False
    for member in team:
        found = found or member == officer
    return found


def _first_of(p: Any, visit: int, keys: Any, ranks: Any, out: Any, load: Any, team: Any, line: Any) -> Any:
    """Write the first officers of a visit in drawn order, NOBODY where there are no more; return a line for the next visit.

    Args:
        keys: room for the ranks of all officers.
        ranks: room for the ranks of the first ones, as many as `out`.
        load: visits that each officer has; with it only those who have room count, and who is not in the team; or nothing.
        team: officers of the visit.
        line: only ranks up to here are looked at first; where these are too few, it is moved. It decides nothing.
    """
    row, width, every = p.able[p.group[visit]], len(out), ~u64(0)
    for officer in range(len(row)):  # alone in its loop, so that it becomes vector instructions
        keys[officer] = rank(p.visit_ticket[visit], p.officer_ticket[officer])
    while True:
        out[:] = NOBODY
        found, met = 0, 0
        for officer in range(len(row)):
            if keys[officer] > line or row[officer] == 0 or (found == width and keys[officer] >= ranks[width - 1]):
                continue
            if len(load) and (load[officer] >= p.room[officer + 1] - p.room[officer] or _within(team, officer)):
                continue
            if not _near_and_free(p, visit, officer):
                continue
            met += 1
            _insert(keys[officer], officer, ranks, out, found)
            found = min(found + 1, width)
        if found == width or line == every:
            return line >> u64(1) if met > 3 * width else line
        line = line << u64(2) if line < every >> u64(2) else every


def _insert(own: Any, officer: int, ranks: Any, out: Any, found: int) -> None:
    """Put an officer among the first ones, in the order of ranks; of equal ranks the earlier name stays first."""
    place = min(found, len(out) - 1)
    while place > 0 and ranks[place - 1] > own:
        ranks[place], out[place] = ranks[place - 1], out[place - 1]
        place -= 1
    ranks[place], out[place] = own, officer


def _best(p: Any, keys: Any, ranks: Any, best: Any, load: Any) -> None:
    """Write the first officers of every visit, whoever has room: `load` is empty."""
    line = ~u64(0)
    for visit in range(len(p.group)):
        line = _first_of(p, visit, keys, ranks, best[visit], load, best[visit], line)


def _fits(p: Any, team: Any, officer: int, leaving: int) -> bool:
    """Whether an officer can join a team that somebody leaves: not in it, of no unit of those who stay, and apart from none."""
    for member in team:
        if member == officer:
            return False
        if member not in (NOBODY, leaving):
            if p.unit[member] == p.unit[officer]:
                return False
            for place in range(p.apart_from[officer], p.apart_from[officer + 1]):
                if p.apart[place] == member:
                    return False
    return True


def _join(p: Any, teams: Any, held: Any, load: Any, visit: int, officer: int, leaving: int) -> None:
    """Put an officer into a team in the place of somebody, or of nobody."""
    for place in range(teams.shape[1]):
        if teams[visit, place] == leaving:
            teams[visit, place] = officer
            break
    held[p.room[officer] + load[officer]] = visit
    load[officer] += 1


def _leave(p: Any, held: Any, load: Any, visit: int, officer: int) -> None:
    """Take a visit out of the list of an officer."""
    begin = p.room[officer]
    last = begin + load[officer] - 1
    for place in range(begin, last + 1):
        if held[place] == visit:
            held[place] = held[last]
            break
    load[officer] -= 1


def _drop(p: Any, visit: int, officer: int, teams: Any, held: Any, load: Any) -> None:
    """Take an officer out of a team."""
    _leave(p, held, load, visit, officer)
    for place in range(teams.shape[1]):
        if teams[visit, place] == officer:
            teams[visit, place] = NOBODY


def _first_free(p: Any, team: Any, visit: int, load: Any) -> int:
    """The first officer in drawn order who has room and fits, NOBODY where there is none."""
    row, found, least = p.able[p.group[visit]], NOBODY, p.visit_ticket[visit]
    for officer in range(len(row)):
        if row[officer] and load[officer] < p.room[officer + 1] - p.room[officer]:
            own = rank(p.visit_ticket[visit], p.officer_ticket[officer])
            if (found == NOBODY or own < least) and _near_and_free(p, visit, officer) and _fits(p, team, officer, NOBODY):
                found, least = officer, own
    return found


def _choose(p: Any, order: Any, best: Any, teams: Any, held: Any, load: Any) -> None:
    """Give every visit, in drawn order, its first officers who have room."""
    for visit in order:
        for _ in range(teams.shape[1]):
            chosen = NOBODY
            for officer in best[visit]:
                if officer == NOBODY:
                    break
                if load[officer] < p.room[officer + 1] - p.room[officer] and _fits(p, teams[visit], officer, NOBODY):
                    chosen = officer
                    break
            if chosen == NOBODY and best[visit, best.shape[1] - 1] != NOBODY:
                chosen = _first_free(p, teams[visit], visit, load)
            if chosen == NOBODY:
                break
            _join(p, teams, held, load, visit, chosen, NOBODY)


def _repair(p: Any, root: int, teams: Any, held: Any, load: Any, came: Any, line: Any, seen: Any, hopeless: Any) -> int:
    """Find room for one officer more at a visit by moving others, along the shortest chain; how many moved, -1 where none can.

    It is a search in the residual of a flow from visits through their units to officers: where it fails, nobody can do it. Who
    may not go with whom is in no flow: then each step of a chain keeps them apart, and where it fails another way may exist.

    Args:
        came: room for the place in the line from which each officer was reached, one an officer.
        line: room for visits that look for somebody, with whom they would let go; two columns, one row an assignment and one more.
        seen: room for whether a visit was reached, one a visit.
        hopeless: officers from whom no chain leads to room: all that a search without success has reached, for good.
    """
    for officer in range(len(came)):
        came[officer] = len(line) if hopeless[officer] else NOBODY
    seen[:] = 0
    line[0, 0], line[0, 1] = root, NOBODY
    end, at = 1, 0
    while at < end:
        visit, leaving = line[at, 0], line[at, 1]
        # A visit that is reached for a second time can only change somebody for another of the same unit.
        within, row = seen[visit] == 1, p.able[p.group[visit]]
        seen[visit] = 1
        for officer in range(len(row)):
            if row[officer] == 0 or came[officer] != NOBODY or (within and p.unit[officer] != p.unit[leaving]):
                continue
            # Of two who join one team by one chain the second is kept apart from nobody: the first need not know of them.
            if within and p.apart_from[officer] != p.apart_from[officer + 1]:
                continue
            if not _near_and_free(p, visit, officer) or not _fits(p, teams[visit], officer, leaving):
                continue
            came[officer] = at
            if load[officer] < p.room[officer + 1] - p.room[officer]:
                return _moved(p, officer, teams, held, load, came, line)
            for place in range(p.room[officer], p.room[officer] + load[officer]):
                line[end, 0], line[end, 1] = held[place], officer
                end += 1
        at += 1
    for officer in range(len(came)):
        hopeless[officer] = came[officer] != NOBODY
    return NOBODY


def _moved(p: Any, officer: int, teams: Any, held: Any, load: Any, came: Any, line: Any) -> int:
    """Move everybody along the chain that ends with an officer who has room."""
    moved = 0
    while True:
        at = came[officer]
        visit, leaving = line[at, 0], line[at, 1]
        if leaving == NOBODY:
            _join(p, teams, held, load, visit, officer, NOBODY)
            return moved + 1
        _leave(p, held, load, visit, leaving)
        _join(p, teams, held, load, visit, officer, leaving)
        officer = leaving
        moved += 1


def _stand_in(p: Any, teams: Any, load: Any, keys: Any, ranks: Any, best: Any, chosen: Any) -> None:
    """Write for every visit the next officers in drawn order who are not in its team and have room."""
    wanted, line = chosen.shape[1], ~u64(0)
    for visit in range(len(p.group)):
        found = 0
        for officer in best[visit]:
            if found == wanted or officer == NOBODY:
                break
            if load[officer] < p.room[officer + 1] - p.room[officer] and not _within(teams[visit], officer):
                chosen[visit, found] = officer
                found += 1
        if found < wanted and best[visit, best.shape[1] - 1] != NOBODY:
            line = _first_of(p, visit, keys, ranks, chosen[visit], load, teams[visit], line)


@cache
def kernel(name: str, *, fast: bool) -> Callable[..., Any]:
    """Return a function of this file on unsigned words, compiled or as it is.

    Args:
        name: `best`, `choose`, `drop`, `repair` or `stand_in`.
        fast: whether to compile; else it runs under `numpy.errstate(over="ignore")`.
    """
    known = {"best": _best, "choose": _choose, "drop": _drop, "repair": _repair, "stand_in": _stand_in}
    words = on_words(known[name])
    return compiled(cast("Callable[..., Any]", words)) if fast else words
