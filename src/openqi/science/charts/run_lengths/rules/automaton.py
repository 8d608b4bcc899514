"""The least automaton of a set of rules on zones: what of the past still matters, as states, found by walking and merging."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf
from operator import itemgetter

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.rules.rule import SequenceRule, Side, ZoneRule
from openqi.science.numbers.sums import plain_sum

MOST_STATES = 20_000
ALARM = -1
_Lines = tuple[float, float]
_Step = Callable[[int, int], int]


@dataclass(frozen=True, kw_only=True)
class Automaton:
    """States of the past and where a point in each zone leads.

    Args:
        zones: for each kind of zone the pieces of the line of which it consists, in standard deviations.
        nexts: for each state, for each kind of zone, the following state, or -1 for a signal. The first state is the beginning.
    """

    zones: tuple[tuple[_Lines, ...], ...]
    nexts: tuple[tuple[int, ...], ...]


@lru_cache(maxsize=64)
def automaton(rules: tuple[ZoneRule | SequenceRule, ...], side: Side = "either") -> Automaton:
    """Return the least automaton of rules.

    Args:
        rules: at least one.
        side: `upper` or `lower` leaves only the patterns of that side (and those of both sides at once).

    Raises:
        DomainError: there is no rule for that side, or the past of these rules has more than 20,000 states.
    """
    parts = [part for rule in rules for part in _parts(rule, side)]
    if not parts:
        raise DomainError(f"no rule for the side {side!r}; give at least one rule")
    cuts = sorted({line for _, pieces in parts for piece in pieces for lines in piece for line in lines} | {-inf, inf})
    by_hits: dict[tuple[int, ...], list[_Lines]] = {}
    for zone in pairwise(cuts):
        # A zone is known by what it is to every part: of which of its pieces it is a piece.
        hits = tuple(_mask(pieces, zone) for _, pieces in parts)
        by_hits.setdefault(hits, []).append(zone)
    table = _walked([step for step, _ in parts], list(by_hits))
    return Automaton(zones=tuple(map(tuple, by_hits.values())), nexts=_merged(table))


def _mask(pieces: Sequence[tuple[_Lines, ...]], zone: _Lines) -> int:
    """Bit by bit, whether a zone lies in a piece."""
    return plain_sum(1 << place for place, piece in enumerate(pieces) if any(a <= zone[0] and zone[1] <= b for a, b in piece))


def _parts(rule: ZoneRule | SequenceRule, side: Side) -> list[tuple[_Step, list[tuple[_Lines, ...]]]]:
    """The patterns of a rule: its step from a state (the first is 0) and the bits of a zone, and the pieces that the bits tell."""
    wanted = [one for one in ("upper", "lower") if rule.side in (one, "either") and side in (one, "either")]
    if isinstance(rule, SequenceRule):
        turned = {"upper": list(rule.zones), "lower": [_mirror(lines) for lines in rule.zones]}
        full = 1 << len(rule.zones)
        return [(_sequence_step(full), [(lines,) for lines in turned[one]]) for one in wanted]
    lines = (rule.above, rule.below)
    step = _count_step(rule.least, rule.of)
    if rule.side == "both":
        return [(step, [(lines, _mirror(lines))])]
    return [(step, [(lines if one == "upper" else _mirror(lines),)]) for one in wanted]


def _mirror(lines: _Lines) -> _Lines:
    return -lines[1], -lines[0]


def _count_step(least: int, of: int) -> _Step:
    """Step of "m of n": the state has a bit for each of the last points that can still be part of a signal."""

    def step(state: int, hit: int) -> int:
        bits = (state << 1 | hit) & ((1 << of) - 1)
        count = bits.bit_count()
        if count >= least:
            return ALARM
        # The oldest hit still matters only if, before it is forgotten, enough points can follow: of - 1 - its age.
        while bits and least - count > of - bits.bit_length():
            bits ^= 1 << (bits.bit_length() - 1)
            count -= 1
        return bits

    return step


def _sequence_step(full: int) -> _Step:
    """Step of a sequence: bit i says that the last points are in the first i + 1 zones in turn."""

    def step(state: int, hit: int) -> int:
        bits = (state << 1 | 1) & hit
        return ALARM if bits & (full >> 1) else bits

    return step


def _walked(steps: Sequence[_Step], kinds: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """All states that can be reached, joined over the patterns, numbered as they are found; -1 for a signal.

    A joint state is one number with the number of each part in bits of its own, and so is a row: a field a kind of zone. A step of
    all parts for all kinds is then one sum of numbers.
    """
    parts: list[tuple[list[int], int, int]] = []
    alone = [_alone(step, [hits[part] for hits in kinds]) for part, step in enumerate(steps)]
    signal = plain_sum(len(table).bit_length() for table in alone)
    field = signal + len(alone).bit_length()
    place = 0
    for table in alone:
        rows = [
            plain_sum((one << place if one >= 0 else 1 << signal) << field * kind for kind, one in enumerate(row)) for row in table
        ]
        parts.append((rows, place, (1 << len(table).bit_length()) - 1))
        place += len(table).bit_length()
    fields, mask = [field * kind for kind in range(len(kinds))], (1 << field) - 1
    numbers = {0: 0}
    waiting = [0]
    found: list[tuple[int, ...]] = []
    for state in waiting:
        joint = 0
        for rows, place, own in parts:
            joint += rows[state >> place & own]
        row = []
        for shift in fields:
            following = joint >> shift & mask
            if following >> signal:  # at least one part signals
                row.append(ALARM)
                continue
            number = numbers.get(following)
            if number is None:
                number = numbers[following] = len(waiting)
                waiting.append(following)
            row.append(number)
        found.append(tuple(row))
        _check_count(len(waiting))
    return found


def _alone(step: _Step, hits: Sequence[int]) -> list[tuple[int, ...]]:
    """The states of one pattern, numbered as they are found from 0, its beginning."""
    numbers, waiting = {0: 0}, [0]
    table = []
    for state in waiting:
        row = []
        for hit in hits:
            following = step(state, hit)
            if following >= 0 and following not in numbers:
                numbers[following] = len(waiting)
                waiting.append(following)
            row.append(numbers[following] if following >= 0 else ALARM)
        table.append(tuple(row))
        _check_count(len(waiting))
    return table


def _check_count(states: int) -> None:
    if states > MOST_STATES:
        raise DomainError(f"the past of these rules has more than {MOST_STATES} states; use fewer or shorter rules")


def _merged(table: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """The table with states merged that no future can tell apart (Moore)."""
    # A signal is the last of the classes, which index -1 finds.
    columns = [itemgetter(*column, *column[:1]) for column in zip(*table, strict=True)]
    classes, count = [0] * len(table) + [ALARM], 1
    while True:
        named: dict[tuple[int, ...], int] = {}
        # Numbered as they are met, so that the beginning stays the first state.
        rows = zip(classes[:-1], *(read(classes) for read in columns), strict=False)
        finer = [named.setdefault(row, len(named)) for row in rows]
        classes = [*finer, ALARM]
        if len(named) == count:
            break
        count = len(named)
    merged: dict[int, tuple[int, ...]] = {}
    for state, row in enumerate(table):
        merged.setdefault(classes[state], tuple(classes[one] for one in row))
    return tuple(merged[number] for number in range(count))
