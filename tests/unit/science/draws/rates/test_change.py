"""A change of a rate splits without remainder into mix, targeting and quality, and is refused where the weights are not known."""

import json
from itertools import permutations, product
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.change import Cell, cells_of, change
from openqi.science.draws.rates.sample import sample_of
from shared_data import shared


def cell(name: str, population: float | None, visits: int, found: int, **more) -> Cell:
    return Cell(name=name, population=population, visits=visits, found=found, **more)


BEFORE = [cell("A", 31107, 600, 12), cell("B", 12044, 600, 36), cell("C", 3682, 400, 60), cell("D", 721, 400, 140)]
AFTER = [cell("A", 30000, 300, 6), cell("B", 12500, 500, 35), cell("C", 4200, 700, 112), cell("D", 1200, 700, 231)]


def hit(cells, *, mix=None, chance=None, rate=None) -> float:
    """The hit rate of cells, some of whose factors are those of another year."""
    n = [one.population for one in mix or cells]
    p = [one.visits / one.population for one in chance or cells]
    r = [one.found / one.visits for one in rate or cells]
    return sum(a * b * c for a, b, c in zip(n, p, r, strict=True)) / sum(a * b for a, b in zip(n, p, strict=True))


def by_orders(before, after) -> dict[str, float]:
    """What each factor changes, in the mean over the six orders in which the three can change."""
    parts = dict.fromkeys(("mix", "chance", "rate"), 0.0)
    for order in permutations(parts):
        years = dict.fromkeys(parts, before)
        for factor in order:
            start = hit(before, **years)
            years[factor] = after
            parts[factor] += (hit(before, **years) - start) / 6
    return parts


def test_the_parts_are_the_mean_over_the_six_orders_and_add_up():
    found, wanted = change(BEFORE, AFTER), by_orders(BEFORE, AFTER)
    assert found.mix.value == pytest.approx(wanted["mix"], rel=1e-10)
    assert found.targeting.value == pytest.approx(wanted["chance"], rel=1e-10)
    assert found.quality.value == pytest.approx(wanted["rate"], rel=1e-10)
    assert found.hit_before == pytest.approx(248 / 2000)
    assert found.hit_after == pytest.approx(384 / 2200)
    parts = found.mix.value + found.targeting.value + found.quality.value
    assert parts == pytest.approx(found.hit_after - found.hit_before, abs=1e-15)
    assert found.rate_mix.value + found.rate_quality.value == pytest.approx(found.rate_change.value, abs=1e-15)
    assert found.rate_change.value == pytest.approx(found.rate_after - found.rate_before, abs=1e-15)


def test_only_what_changed_has_a_part():
    aimed = [cell(one.name, one.population, one.visits * k, one.found * k) for one, k in zip(BEFORE, (1, 1, 3, 1), strict=True)]
    found = change(BEFORE, aimed)
    assert found.targeting.value == pytest.approx(found.hit_after - found.hit_before)
    assert found.targeting.value > 0
    assert [found.mix.value, found.quality.value, found.rate_change.value] == pytest.approx([0, 0, 0], abs=1e-15)
    grown = [cell(one.name, one.population * k, one.visits * k, one.found * k) for one, k in zip(BEFORE, (1, 1, 1, 2), strict=True)]
    found = change(BEFORE, grown)
    assert found.mix.value == pytest.approx(found.hit_after - found.hit_before)
    assert [found.targeting.value, found.quality.value] == pytest.approx([0, 0], abs=1e-15)
    assert found.rate_mix.value == pytest.approx(found.rate_change.value)
    worse = [cell(one.name, one.population, one.visits, one.found + 9) for one in BEFORE]
    found = change(BEFORE, worse)
    assert found.quality.value == pytest.approx(found.hit_after - found.hit_before)
    assert [found.mix.value, found.targeting.value] == pytest.approx([0, 0], abs=1e-15)


def test_two_factors_have_the_closed_form_of_the_midpoint():
    found = change(BEFORE, AFTER)
    n0, n1 = sum(one.population for one in BEFORE), sum(one.population for one in AFTER)
    quality = sum(
        (a.population / n0 + b.population / n1) / 2 * (b.found / b.visits - a.found / a.visits)
        for a, b in zip(BEFORE, AFTER, strict=True)
    )
    assert found.rate_quality.value == pytest.approx(quality, rel=1e-12)


def test_intervals_cover_the_parts_of_a_known_change():
    """Two years of four classes, 500 times: 95 % within 4 standard deviations of 500, which is 0.911 to 0.989."""
    random, n = Random(3), [(4000, 3500), (1500, 1700), (400, 600), (90, 180)]
    visits, rates = [(120, 60), (120, 100), (80, 140), (60, 120)], [(0.05, 0.06), (0.1, 0.1), (0.2, 0.25), (0.4, 0.35)]
    bad = [[round(n[place][k] * rates[place][k]) for k in (0, 1)] for place in range(4)]

    def drawn(k: int) -> list[Cell]:
        hits = [sum(one < bad[c][k] for one in random.sample(range(n[c][k]), visits[c][k])) for c in range(4)]
        return [cell(f"c{c}", n[c][k], visits[c][k], hits[c]) for c in range(4)]

    def known(k: int) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(population=n[c][k], visits=visits[c][k], found=visits[c][k] * bad[c][k] / n[c][k]) for c in range(4)
        ]

    truth = by_orders(known(0), known(1))
    whole = [sum(one[k] for one in bad) / sum(one[k] for one in n) for k in (0, 1)]
    wanted = {
        "mix": truth["mix"], "targeting": truth["chance"], "quality": truth["rate"], "rate_change": whole[1] - whole[0],
    }  # fmt: skip
    covered = dict.fromkeys(wanted, 0)
    for _ in range(500):
        found = change(drawn(0), drawn(1))
        for name, value in wanted.items():
            ends = getattr(found, name).interval
            covered[name] += ends.lower <= value <= ends.upper
    for name, count in covered.items():
        assert 0.911 <= count / 500 <= 0.989, name


def test_aim_within_cells_is_targeting():
    """Two cells whose objects had unequal chances: the weighted rates stay, the hit rates rise, and targeting is all of it."""
    random = Random(8)
    chance = [0.1 + 0.4 * random.random() for _ in range(80)]
    y = [float(random.random() < 0.2 + p) for p in chance]
    names = ["a"] * 40 + ["b"] * 40
    one = cells_of(sample_of(chance, stratum=names), y, [1.0] * 80, names, {"a": 200.0, "b": 210.0})
    plain = [cell(c.name, c.population, c.visits, c.found, rate=c.found / c.visits, variance=0.0) for c in one]
    level = [cell(c.name, c.population, c.visits, c.found, rate=c.rate, variance=c.variance) for c in one]
    assert one[0].rate == pytest.approx(
        sum(v / p for v, p in zip(y[:40], chance[:40], strict=True)) / sum(1 / p for p in chance[:40])
    )
    assert one[0].found / one[0].visits > one[0].rate
    found = change(level, one)
    parts = found.mix.value + found.targeting.value + found.quality.value
    assert parts == pytest.approx(found.hit_after - found.hit_before, abs=1e-15)
    assert found.quality.value == pytest.approx(0, abs=1e-15)
    assert change(plain, one).targeting.value == pytest.approx(-change(plain, one).quality.value, abs=1e-12)
    variance = [c.variance + c.aim_variance + 2 * c.covariance for c in one]
    for part, own in zip(variance, (range(40), range(40, 80)), strict=True):
        z = np.asarray([(y[k] - np.mean([y[j] for j in own])) / 40 for k in own])
        wanted = 40 / 39 * sum((1 - chance[k]) * (value - z.mean()) ** 2 for k, value in zip(own, z, strict=True))
        assert part == pytest.approx(wanted, rel=1e-10)  # the variance of the hit rate itself


def test_the_published_totals_cannot_be_decomposed():
    """9.4, 12.3 and 14.3 %: the published counts give the published rates, and no weights."""
    totals = json.loads(shared("data/surveillance/cn_published_totals.json").read_text("utf-8"))["national_product_spot_check"]
    years = [[cell("all", None, one["batches"], one["failed_batches"])] for one in totals]
    assert [round(100 * one[0].found / one[0].visits, 1) for one in years] == [9.4, 12.3, 14.3]
    for before, after in product(years, repeat=2):
        with pytest.raises(RefusedError, match="cannot be decomposed") as refused:
            change(before, after)
        assert refused.value.rule == "weights-known"


@pytest.mark.parametrize(
    ("before", "after", "error", "says"),
    [
        (BEFORE, AFTER[:3], DomainError, "cell 'D' stands in one of the years"),
        ([*BEFORE, BEFORE[0]], AFTER, DomainError, "twice"),
        ([cell("a", 10, 0, 0)], [cell("a", 10, 5, 1)], RefusedError, "before, cell 'a' was not visited"),
        ([cell("a", 10, 5, 1)], [cell("a", 10, 11, 1)], DomainError, "after, cell 'a': 1 bad of 11"),
        ([cell("a", 10, 5, 6)], [cell("a", 10, 5, 1)], DomainError, "6 bad of 5"),
    ],
)
def test_cells_that_cannot_be_compared_are_refused(before, after, error, says):
    with pytest.raises(error, match=says):
        change(before, after)
    with pytest.raises(DomainError, match="confidence"):
        change(BEFORE, AFTER, confidence=0)


def test_a_cell_without_numbers_of_the_frame_is_refused_and_one_without_visits_kept():
    with pytest.raises(DomainError, match="cell 'b'"):
        cells_of(sample_of([0.1, 0.2]), [1.0, 0.0], [1.0, 1.0], ["a", "b"], {"a": 5.0})
    found = cells_of(sample_of([0.1, 0.2, 0.3]), [0.0] * 3, [0.0, 1.0, 1.0], ["a", "b", "b"], {"a": 5.0, "b": 5.0, "c": 9.0})
    assert [(one.name, one.visits) for one in found] == [("a", 0), ("b", 2), ("c", 0)]


def test_a_cell_in_which_nothing_was_found_is_not_taken_for_known():
    """Of 1,500 with 1 %, then 3 % bad, 30 are visited: most years find none there; taken for known, 95 % would cover 69 %."""
    random, covered = Random(5), 0
    truth = 30 / 1560
    for _ in range(300):
        years = []
        for bad in (15, 45):
            found = sum(one < bad for one in random.sample(range(1500), 30))
            years.append([cell("A", 1500, 30, found), cell("D", 60, 50, sum(one < 12 for one in random.sample(range(60), 50)))])
        ends = change(*years).rate_change.interval
        covered += ends.lower <= truth <= ends.upper
    assert covered >= 0.95 * 300


def test_a_cell_that_was_seen_whole_is_known():
    years = [[cell("A", 30, 30, 0), cell("D", 60, 60, 12)], [cell("A", 30, 30, 30), cell("D", 60, 60, 12)]]
    found = change(*years)
    assert found.rate_change.standard_error == 0.0
    assert found.rate_change.value == pytest.approx(30 / 90)
