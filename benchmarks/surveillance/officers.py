"""Officers for visits: two of them each, of different units, permitted and certified, near enough and not recused."""

from contextlib import suppress
from functools import partial
from random import Random
from time import process_time

from benchmarks.measure import Table, best
from openqi.science.draws.assignment.assigned import ShortageError, assigned
from openqi.science.draws.assignment.people import Apart, Officer, Permit, Recusal, Rules, Visit
from openqi.science.numbers.compiled import is_fast

SEED = bytes(range(32))
SIDE = 100_000
"""Metres of a side of the region."""
RULES = Rules(different_units=True, reach=50_000)
World = tuple[list[Visit], list[Officer], list[Recusal]]


def measure(table: Table) -> None:
    """Add the rows of this part."""
    if not is_fast():
        table.add("numba is not installed; nothing is measured", float("nan"), "")
        return
    assigned(*world(2_000, 100), RULES, seed=SEED, purpose="warm")
    for visits, officers in ((1_000, 150), (10_000, 1_500), (100_000, 10_000)):
        made = world(visits, officers)
        begin = process_time()
        cost = best(partial(assigned, *made, RULES, seed=SEED, purpose="benchmark"), repeats=2)
        processor = (process_time() - begin) / 2
        most = 10 if visits == 100_000 else None
        table.add(f"{visits:,} visits x {officers:,} officers, workloads 1.25 times the mean, wall", cost, "s")
        table.add("... processor", processor, "s", at_most=most)
        names, random = [one.name for one in made[1]], Random(3)
        pairs = [random.sample(names, 2) for _ in range(visits // 10)]
        apart = [Apart(officer=one, other=other, reason="past-pair") for one, other in pairs]
        begin = process_time()
        assigned(*made, RULES, seed=SEED, purpose="benchmark", apart=apart)
        table.add(f"... with {len(apart):,} pairs who may not go together, processor", process_time() - begin, "s", at_most=most)
    made = world(10_000, 1_500, room=1.02)
    changes = 0
    try:
        changes = len(assigned(*made, RULES, seed=SEED, purpose="benchmark").changes)
    except ShortageError as error:
        table.add("... workloads 1.02 times the mean: officers lacking, proved", float(error.missing), "")
    cost = best(partial(_tried, made), repeats=1)
    table.add(f"... 10,000 x 1,500, workloads 1.02 times the mean, {changes} teams changed", cost, "s")


def _tried(made: World) -> None:
    with suppress(ShortageError):
        assigned(*made, RULES, seed=SEED, purpose="benchmark")


def world(visits: int, officers: int, *, room: float = 1.25) -> World:
    """A region: seven of ten officers may inspect an item, one of twenty has an old certificate, 3 % of visits have a recusal."""
    random = Random(1)
    most = int(visits * 2 * room / officers) + 1
    items = [f"item {number}" for number in range(6)]
    people = [
        Officer(
            name=f"officer {number}",
            unit=f"unit {random.randrange(10)}",
            certificates=((0, 400 if random.random() < 0.95 else 50),),
            permits=tuple(Permit(item=item, first_day=0, last_day=365) for item in items if random.random() < 0.7),
            most=most,
            east=random.randrange(SIDE),
            north=random.randrange(SIDE),
        )
        for number in range(officers)
    ]
    objects = [
        Visit(
            name=f"firm {number}",
            day=random.randrange(100, 130),
            items=(random.choice(items),),
            east=random.randrange(SIDE),
            north=random.randrange(SIDE),
        )
        for number in range(visits)
    ]
    recusals = [
        Recusal(officer=random.choice(people).name, visit=random.choice(objects).name, reason="kin")
        for _ in range(visits * 3 // 100)
    ]
    return objects, people, recusals
