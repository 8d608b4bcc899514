"""What visits buy, before they are made: hits and half-widths as they then come out, the floor, and the best allocation of few."""

from itertools import product
from math import sqrt
from random import Random

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.plan import Group, advised_floor, bought, neyman, power_allocation, visits_for

CLASSES = [
    Group(name="A", count=31107, rate=0.02),
    Group(name="B", count=12044, rate=0.06),
    Group(name="C", count=3682, rate=0.15),
    Group(name="D", count=721, rate=0.35),
]


def test_the_chances_add_up_to_the_visits_and_none_is_nought_or_above_one():
    for floor, exponent in product((0.05, 0.3, 1.0), (0.0, 1.0, 2.0)):
        for visits in (50, 2000, 20000):
            found = bought(CLASSES, visits, floor=floor, exponent=exponent)
            assert sum(found.visits) == pytest.approx(visits, rel=1e-12)
            assert 0 < found.least <= max(found.chances) <= 1.0
            assert found.hits == pytest.approx(sum(n * g.rate for n, g in zip(found.visits, CLASSES, strict=True)))


def test_all_at_random_is_a_simple_random_sample():
    found = bought(CLASSES, 2000, floor=1.0)
    total = sum(g.count for g in CLASSES)
    p = sum(g.count * g.rate for g in CLASSES) / total
    assert found.chances == pytest.approx([2000 / total] * 4)
    assert found.hits == pytest.approx(2000 * p)
    assert found.half_width == pytest.approx(1.959963985 * sqrt((1 - 2000 / total) * p * (1 - p) / 2000), rel=1e-9)
    assert found.guarded == pytest.approx(found.half_width)
    assert visits_for(CLASSES, found.half_width * (1 + 1e-9)) == 2000
    assert bought(CLASSES, 2000, floor=0.0, exponent=0.0).chances == pytest.approx(found.chances)


def test_a_smaller_floor_finds_more_and_knows_less():
    curve = advised_floor(CLASSES, 2000).curve
    assert [one.floor for one in curve][::10] == [0.0, 0.5, 1.0]
    hits, widths = [one.hits for one in curve], [one.guarded for one in curve]
    assert hits == sorted(hits, reverse=True)
    assert widths == sorted(widths, reverse=True)


def test_the_advised_floor_is_the_smallest_that_keeps_the_half_width():
    found = advised_floor(CLASSES, 2000)
    assert found.wanted == pytest.approx(1.25 * bought(CLASSES, 2000, floor=1.0).guarded)
    assert found.best.guarded <= found.wanted < bought(CLASSES, 2000, floor=found.best.floor - 0.01).guarded
    assert found.best.hits > 1.5 * bought(CLASSES, 2000, floor=1.0).hits
    tight = advised_floor(CLASSES, 2000, wanted=bought(CLASSES, 2000, floor=0.8).guarded * 1.0000001)
    assert tight.best.floor == 0.8
    with pytest.raises(RefusedError, match="needs about") as refused:
        advised_floor(CLASSES, 2000, wanted=0.003)
    needed = int(str(refused.value).split("about ")[1].split(" ")[0])
    assert bought(CLASSES, needed, floor=1.0).guarded <= 0.003 < bought(CLASSES, needed - 1, floor=1.0).guarded


def test_what_was_planned_comes_out():
    """3,000 objects in three classes, 600 Pareto draws: hits and the spread of Hájek's rate as planned, within 4 sigma."""
    groups = [Group(name="a", count=2000, rate=0.05), Group(name="b", count=800, rate=0.2), Group(name="c", count=200, rate=0.5)]
    plan = bought(groups, 250, floor=0.3)
    chance = np.repeat(plan.chances, [2000, 800, 200])
    bad = np.concatenate([np.arange(g.count) < g.count * g.rate for g in groups]).astype(float)
    random, hits, rates = np.random.default_rng(4), [], []
    for _ in range(600):
        u = random.uniform(size=3000)
        rows = np.argsort(u * (1 - chance) / (chance * (1 - u)))[:250]
        hits.append(bad[rows].sum())
        rates.append((bad[rows] / chance[rows]).sum() / (1 / chance[rows]).sum())
    assert np.mean(hits) == pytest.approx(plan.hits, abs=4 * np.std(hits) / sqrt(600))
    assert 1.959963985 * np.std(rates) == pytest.approx(plan.half_width, rel=4 / sqrt(1200))


@pytest.mark.parametrize("visits", range(7, 30))
def test_neyman_in_whole_numbers_is_the_best_of_all_allocations(visits):
    """Every allocation of so many visits to three classes, tried out."""
    groups = [Group(name="a", count=50, rate=0.1), Group(name="b", count=30, rate=0.5), Group(name="c", count=6, rate=0.3)]

    def variance(counts) -> float:
        return sum(g.count**2 * g.rate * (1 - g.rate) / n for g, n in zip(groups, counts, strict=True))

    best = min((one for one in product(range(2, 31), range(2, 31), range(2, 7)) if sum(one) == visits), key=variance)
    assert variance(neyman(groups, visits)) == pytest.approx(variance(best), rel=1e-12)


def test_neyman_s_shares_go_by_size_and_spread():
    assert sum(neyman(CLASSES, 3000)) == 3000
    shares = [g.count * sqrt(g.rate * (1 - g.rate)) for g in CLASSES]
    assert neyman(CLASSES, 3000) == pytest.approx([3000 * one / sum(shares) for one in shares], abs=1.5)


def test_power_allocation_lies_between_equal_sureness_and_size():
    even, sized = power_allocation(CLASSES, 3000, exponent=0.0), power_allocation(CLASSES, 3000, exponent=1.0)
    cv = [sqrt((1 - g.rate) / g.rate) for g in CLASSES]
    assert even == pytest.approx([3000 * one / sum(cv) for one in cv], abs=1.5)
    middle = power_allocation(CLASSES, 3000)
    assert even[0] < middle[0] < sized[0]
    assert sum(middle) == 3000
    assert neyman([Group(name="a", count=3, rate=0.5), Group(name="b", count=900, rate=0.5)], 100)[0] == 2


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: bought([], 5, floor=1), "no groups"),
        (lambda: bought([Group(name="a", count=5, rate=0.0)], 5, floor=1), "out of reach"),
        (lambda: bought([Group(name="a", count=5, rate=0.1, size=0.0)], 5, floor=1), "out of reach"),
        (lambda: bought(CLASSES, 10**6, floor=1), "no more than there are"),
        (lambda: bought(CLASSES, 100, floor=1.1), "floor = 1.1"),
        (lambda: bought(CLASSES, 100, floor=1, exponent=9), "exponent = 9"),
        (lambda: bought(CLASSES, 100, floor=1, confidence=95), "confidence"),
        (lambda: advised_floor(CLASSES, 100, wanted=0.0), "wanted = 0.0"),
        (lambda: neyman(CLASSES, 7), "8 are needed"),
        (lambda: power_allocation(CLASSES, 100, exponent=2), "exponent = 2"),
    ],
)
def test_what_cannot_be_planned_is_said(call, says):
    with pytest.raises(DomainError, match=says):
        call()


def test_a_plan_does_not_hang_on_the_order_of_groups():
    mixed = CLASSES[:]
    Random(1).shuffle(mixed)
    one, other = bought(CLASSES, 2000, floor=0.2), bought(mixed, 2000, floor=0.2)
    assert {g.name: p for g, p in zip(mixed, other.chances, strict=True)} == {
        g.name: pytest.approx(p) for g, p in zip(CLASSES, one.chances, strict=True)
    }
