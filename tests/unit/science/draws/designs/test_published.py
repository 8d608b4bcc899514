"""Chances against published figures, closed forms and second methods."""

import csv
from fractions import Fraction
from itertools import combinations
from math import log, prod

import numpy as np
import pytest
from mpmath import exp, mpf, quad, workdps
from mpmath import log as mplog

from draws_world import SIZES, seed, targets
from openqi.kernel.errors import RefusedError
from openqi.science.draws.designs import bounds, pareto_chances, symmetric
from openqi.science.draws.designs.design import design, small_pool
from openqi.science.draws.designs.kinds.pareto import rank_of
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.targets import Bound, equal_targets
from openqi.science.draws.tickets import WHOLE, prefix_of, ticket
from shared_data import shared

PUBLISHED = (Fraction(4103, 10000), Fraction(728, 10000), Fraction(2821, 10000))
"""Sampford of two, the seven sizes: objects 3, 3 and 7, and 7."""


def test_sampfords_pairs_are_the_published_ones():
    joint = design("sampford").joint(targets(SIZES, 2))
    found = (joint[2][2], joint[2][6], joint[6][6])
    assert all(abs(one - other) <= Fraction(1, 20000) for one, other in zip(found, PUBLISHED, strict=True))


def test_sampfords_pairs_are_those_of_another_program():
    with shared("data/surveillance/pps_toy7_joint_sampford.csv").open(encoding="utf-8") as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    joint = design("sampford").joint(targets(SIZES, 2))
    assert max(abs(float(joint[a][b]) - rows[a][b]) for a in range(7) for b in range(7)) <= 5e-11


@pytest.mark.parametrize("sampford", [True, False])
@pytest.mark.parametrize("wanted", [1, 2, 3, 4])
def test_symmetric_designs_are_their_definition_summed_over_all_samples(sampford, wanted):
    aim = targets((3, 5, 2, 8, 4, 6), wanted)
    p = [aim.chance(place) for place in range(6)]
    certain = [place for place in range(6) if p[place] == 1]
    free = [place for place in range(6) if p[place] < 1]
    weigh = {}
    for some in combinations(free, wanted - len(certain)):
        product = prod((p[place] / (1 - p[place]) for place in some), start=Fraction(1))
        weigh[(*certain, *some)] = product * (sum(1 - p[place] for place in some) if sampford else 1)
    whole = sum(weigh.values())
    joint = symmetric.joint_chances(aim, sampford=sampford)
    for a in range(6):
        for b in range(6):
            assert joint[a][b] == sum(value for some, value in weigh.items() if {a, b} <= set(some)) / whole
    assert not sampford or [joint[place][place] for place in range(6)] == p


def test_too_many_for_whole_numbers_is_refused_with_what_to_take():
    with pytest.raises(RefusedError, match="pareto"):
        design("sampford").draw(small_pool([f"{n}" for n in range(2000)], prefix_of(seed(1), "p")), targets([1, 2] * 1000, 10))


def test_paretos_chances_of_one_of_two_are_those_of_the_closed_form():
    aim = targets((3, 1), 1)
    w = [3.0, 1 / 3]
    r = w[0] / w[1]
    closed = r * (r - 1 - log(r)) / (r - 1) ** 2
    first, second = design("pareto").chances(aim, (0, 1))
    assert abs(float(first.value) - closed) <= 1e-12 >= first.error
    assert abs(float(second.value) - (1 - closed)) <= 1e-12
    assert first.method == "integrated"


def test_equal_sizes_have_the_same_chance_by_pareto_and_all_add_up():
    aim = targets([5] * 30, 7)
    found = design("pareto").chances(aim, tuple(range(30)))
    assert max(abs(float(one.value) - 7 / 30) for one in found) < 1e-12
    mixed = targets([place**2 for place in range(1, 60)], 12)
    chances = design("pareto").chances(mixed, tuple(range(59)))
    assert abs(sum(float(one.value) for one in chances) - 12) < 1e-9
    assert max(one.error for one in chances) < 1e-9


def test_the_proved_error_of_a_target_holds_for_what_is_integrated(monkeypatch):
    aim = targets([1 + place % 17 for place in range(400)], 80)
    known = design("pareto").chances(aim, tuple(range(40)))
    monkeypatch.setattr(pareto_chances, "WORK", 0)
    bounded = design("pareto").chances(aim, tuple(range(40)))
    for one, other in zip(known, bounded, strict=True):
        assert (one.method, other.method) == ("integrated", "target")
        assert abs(float(one.value) - float(other.value)) <= other.error < float(other.value)


BOUNDS = (Bound(floor=Fraction(1, 500), cap=Fraction(1, 20)), Bound(floor=Fraction(1, 50)), Bound(cap=Fraction(1, 2)))


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("wanted", [3, 150, 900])
def test_many_are_drawn_as_the_plain_definition_draws_them(wanted, fast, monkeypatch):
    monkeypatch.setattr(bounds, "is_fast", lambda: fast)
    count = FEW + 100
    names = [f"firm {number}" for number in range(count)]
    sizes, rank = [1 + (number * 7919) % 997 for number in range(count)], [number % 3 for number in range(count)]
    aim = targets(sizes, wanted if wanted > 100 else 60, BOUNDS, rank)
    pool = small_pool(names, prefix_of(seed(wanted), "p"))
    tickets = [ticket(seed(wanted), "p", name) for name in names]
    chances = [aim.chance(place) for place in range(count)]
    poisson = sorted(
        (t, place) for place, (t, p) in enumerate(zip(tickets, chances, strict=True)) if t * p.denominator < p.numerator * WHOLE
    )
    assert design("poisson").draw(pool, aim).places == tuple(place for _, place in poisson)
    sure = [place for place in range(count) if chances[place] == 1]
    free = sorted(
        (place for place in range(count) if chances[place] < 1), key=lambda place: rank_of(tickets[place], chances[place])
    )
    drawn = design("pareto").draw(pool, aim).places
    assert set(drawn) == {*sure, *free[: int(aim.expected) - len(sure)]}
    assert drawn[len(sure) :] == tuple(free[: int(aim.expected) - len(sure)])
    equal = design("equal").draw(pool, equal_targets(count, Fraction(wanted))).places
    assert equal == tuple(sorted(range(count), key=lambda place: tickets[place])[:wanted])


def test_ranks_that_are_equal_to_many_digits_are_compared_as_fractions(monkeypatch):
    from openqi.science.draws.designs.kinds import pareto

    aim = targets(SIZES, 3)
    pool = small_pool([f"{place}" for place in range(7)], prefix_of(seed(5), "p"))
    wanted = pareto._drawn(pool, aim)
    monkeypatch.setattr(pareto, "DIGITS", 0)
    assert pareto._drawn(pool, aim) == wanted


def test_a_systematic_draw_meets_each_object_at_most_once_and_takes_equal_steps():
    kind = design("systematic")
    aim = targets((1, 1, 2, 4, 3, 1, 2, 6), 3)
    for number in range(100):
        pool = small_pool(list("abcdefgh"), prefix_of(seed(number), "p"))
        found = kind.draw(pool, aim)
        order = sorted(range(8), key=lambda place: ticket(seed(number), "p", "abcdefgh"[place]))
        ends, total = [], Fraction(0)
        for place in order:
            total += aim.chance(place)
            ends.append(total)
        start = Fraction(pool.whole, WHOLE)
        by_hand = [order[next(i for i, end in enumerate(ends) if start + step < end)] for step in range(3)]
        assert list(found.places) == by_hand


@pytest.mark.parametrize(("at", "above"), [(1.5, True), (2.5, True), (0.7, False), (0.4, False)])
def test_tails_are_bounded_by_what_is_summed_exactly(at, above):
    """How many of all but one rank before a line, summed object by object; a bound lies above each of them, and not at one."""
    odds, wanted = np.array([(1 + place % 7) / 20 for place in range(60)]), 9
    for left_out in (0, 6):
        known = [1.0]
        for place, odd in enumerate(odds.tolist()):
            if place != left_out:
                p = at * odd / (1 + at * odd)
                known = [
                    (known[k] if k < len(known) else 0.0) * (1 - p) + (known[k - 1] * p if k else 0.0)
                    for k in range(len(known) + 1)
                ]
        exact = sum(known[:wanted]) if above else sum(known[wanted:])
        assert exact <= pareto_chances._tail(odds, at, wanted, above=above) < 1


@pytest.mark.parametrize("large", [10**3, 10**6, 10**9, 2**40])
def test_paretos_chances_of_very_unlike_sizes_are_those_of_the_closed_form(large):
    r = mpf(large) ** -2  # of the odds 1 : large and large : 1
    closed = float(r * (r - 1 - mplog(r)) / (r - 1) ** 2)
    small, other = design("pareto").chances(targets((1, large), 1), (0, 1))
    assert abs(float(small.value) / closed - 1) < 1e-9
    assert abs(float(other.value) - (1 - closed)) < 1e-14


@pytest.mark.parametrize(("sizes", "wanted"), [((1, 1, 1, 10**9), 1), ((1, 10**6, 10**6, 7), 2)])
@workdps(25)
def test_paretos_chances_are_the_integral_of_their_definition(sizes, wanted):
    aim = targets(sizes, wanted)
    odds = [mpf(p.numerator) / (p.denominator - p.numerator) for p in map(aim.chance, range(len(sizes)))]

    def density(log_t, own):
        t, few = exp(log_t), [mpf(1)] + [mpf(0)] * (wanted - 1)
        for place, w in enumerate(odds):
            q = t * w / (1 + t * w)
            if place != own:
                few = [one * (1 - q) + (few[k - 1] * q if k else 0) for k, one in enumerate(few)]
        t *= odds[own]
        return sum(few) * t / (1 + t) ** 2

    for place, found in enumerate(design("pareto").chances(aim, tuple(range(len(sizes))))):
        true = quad(lambda s, own=place: density(s, own), list(range(-60, 61, 5)))
        assert abs(float(found.value) - float(true)) <= found.error
        assert abs(float(found.value) / float(true) - 1) < 1e-9


def test_paretos_chances_are_the_same_without_a_compiler(monkeypatch):
    aim = targets([1 + place**2 for place in range(70)], 22)
    fast = design("pareto").chances(aim, tuple(range(70)))
    monkeypatch.setattr(pareto_chances, "is_fast", lambda: False)
    assert design("pareto").chances(aim, tuple(range(70))) == fast
