"""Officers and visits as arrays, sorted by name, so that no order of a list decides anything."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from openqi.science.draws.assignment.people import Apart, Officer, Recusal, Rules, Visit
from openqi.science.draws.hashing.names import names_of
from openqi.science.draws.tickets import first_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Problem(NamedTuple):
    """What the kernel reads.

    Args:
        able: for every group of visits and every officer, 1 where certificate and permits hold.
        group: of every visit: those of one day with the same items.
        visit_ticket: first 64 bits.
        officer_ticket: first 64 bits.
        visit_east, visit_north, officer_east, officer_north: metres.
        reach: square of the distance that is travelled at most; -1 for any.
        recused_from: where the recused officers of each visit begin in `recused`.
        recused: numbers of officers.
        unit: number of the unit of each officer; each officer has one of its own where units may be the same.
        room: where the visits of each officer begin in a list of all of them.
        apart_from: where those who may not go with each officer begin in `apart`.
        apart: numbers of officers; each pair stands there from both sides.
    """

    able: Any
    group: Any
    visit_ticket: Any
    officer_ticket: Any
    visit_east: Any
    visit_north: Any
    officer_east: Any
    officer_north: Any
    reach: Any
    recused_from: Any
    recused: Any
    unit: Any
    room: Any
    apart_from: Any
    apart: Any


def problem_of(
    visits: Sequence[Visit],
    officers: Sequence[Officer],
    recusals: Sequence[Recusal],
    rules: Rules,
    seed: bytes,
    purpose: str,
    apart: Sequence[Apart] = (),
) -> Problem:
    """Return the arrays of sorted visits and officers."""
    import numpy as np

    able, group = _able(visits, officers)
    places = {one.name: place for place, one in enumerate(visits)}
    numbers = {one.name: place for place, one in enumerate(officers)}
    recused_from, recused = _listed({(places[one.visit], numbers[one.officer]) for one in recusals}, len(visits))
    both = {(numbers[one.officer], numbers[one.other]) for one in apart}
    apart_from, kept_apart = _listed(both | {(other, one) for one, other in both}, len(officers))
    units = {unit: place for place, unit in enumerate(sorted({one.unit for one in officers}))}
    unit = [units[one.unit] if rules.different_units else place for place, one in enumerate(officers)]
    room = np.zeros(len(officers) + 1, dtype=np.int64)
    for place, officer in enumerate(officers):
        room[place + 1] = room[place] + min(officer.most, len(visits))
    return Problem(
        able=able,
        group=group,
        visit_ticket=first_bits(names_of([one.name for one in visits]), seed, f"{purpose}\nvisits"),
        officer_ticket=first_bits(names_of([one.name for one in officers]), seed, f"{purpose}\nofficers"),
        visit_east=np.array([one.east for one in visits], dtype=np.int64),
        visit_north=np.array([one.north for one in visits], dtype=np.int64),
        officer_east=np.array([one.east for one in officers], dtype=np.int64),
        officer_north=np.array([one.north for one in officers], dtype=np.int64),
        reach=np.int64(-1 if rules.reach is None else rules.reach**2),
        recused_from=recused_from,
        recused=recused,
        unit=np.array(unit, dtype=np.int64),
        room=room,
        apart_from=apart_from,
        apart=kept_apart,
    )


def _able(visits: Sequence[Visit], officers: Sequence[Officer]) -> "tuple[NDArray[Any], NDArray[Any]]":
    """Who may go on which day with which items."""
    import numpy as np

    certified = np.array(
        [(place, *span) for place, one in enumerate(officers) for span in one.certificates], dtype=np.int64
    ).reshape(-1, 3)
    held: dict[str, list[tuple[int, int, int]]] = {}
    for place, officer in enumerate(officers):
        for permit in officer.permits:
            held.setdefault(permit.item, []).append((place, permit.first_day, permit.last_day))
    spans = {item: np.array(rows, dtype=np.int64) for item, rows in held.items()}
    keys = [(one.day, tuple(sorted(set(one.items)))) for one in visits]
    groups = {key: place for place, key in enumerate(sorted(set(keys)))}
    able = np.zeros((len(groups), len(officers)), dtype=np.uint8)
    none = np.zeros((0, 3), dtype=np.int64)
    known: dict[tuple[int, str], Any] = {}
    for (day, items), place in groups.items():
        on_day = _holding(certified, day, len(officers))
        for item in items:
            if (day, item) not in known:
                known[day, item] = _holding(spans.get(item, none), day, len(officers))
            on_day = on_day & known[day, item]
        able[place] = on_day
    return able, np.array([groups[key] for key in keys], dtype=np.int64)


def _holding(spans: "NDArray[Any]", day: int, count: int) -> "NDArray[Any]":
    import numpy as np

    found = np.zeros(count, dtype=np.uint8)
    found[spans[(spans[:, 1] <= day) & (day <= spans[:, 2]), 0]] = 1
    return found


def _listed(pairs: set[tuple[int, int]], count: int) -> "tuple[NDArray[Any], NDArray[Any]]":
    """Pairs of numbers as where those of each first one begin, and the second ones."""
    import numpy as np

    ordered = sorted(pairs)
    begins = np.searchsorted(np.array([one for one, _ in ordered], dtype=np.int64), np.arange(count + 1))
    return begins.astype(np.int64), np.array([other for _, other in ordered], dtype=np.int64)
