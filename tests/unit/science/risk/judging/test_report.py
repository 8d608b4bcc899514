"""Drift that is none is not seen, drift that is some is; groups are told apart; and the report says what it does not show."""

from itertools import pairwise

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.risk.features import Feature, known_of
from openqi.science.risk.judging.drift import periods_of, shift_of, shift_of_risk
from openqi.science.risk.judging.fairness import fairness_of
from openqi.science.risk.judging.report import Questions, Results, report_of
from openqi.science.risk.measures import Judged


def known(values, kind="number"):
    return known_of(Feature(name="x", kind=kind), values)


def test_the_index_is_its_definition():
    then, now = known(list("aaaabbbb") * 50, "category"), known(list("aaaaaabb") * 50, "category")
    found = shift_of(then, now, (np.ones(400), np.ones(400)))
    plain = (0.75 - 0.5) * np.log(0.75 / 0.5) + (0.25 - 0.5) * np.log(0.25 / 0.5)
    assert found.index == pytest.approx(plain, rel=0.02)  # half an object was added to each group
    assert found.groups == (("a", 0.5, 0.75), ("b", 0.5, 0.25)) and found.moved


@pytest.mark.parametrize("kind", ["number", "category", "weighted"])
def test_where_nothing_moved_the_index_is_what_chance_gives(kind):
    rng = np.random.default_rng(5)
    indices, means, exceeded = [], [], 0
    for _ in range(400):
        sides, weights = [], []
        for n in (600, 400):
            values = rng.normal(size=n)
            values[rng.random(n) < 0.08] = np.nan
            sides.append(known([f"{one:.0f}" for one in rng.poisson(2, n)], "category") if kind == "category" else known(values))
            weights.append(rng.uniform(1, 6, n) if kind == "weighted" else np.ones(n))
        found = shift_of(*sides, tuple(weights))
        indices.append(found.index)
        means.append(found.by_chance)
        exceeded += found.moved
    assert np.mean(indices) == pytest.approx(np.mean(means), rel=0.15)
    assert 6 <= exceeded <= 40, exceeded  # of 400 at one in twenty; 6 and 40 lie beyond three standard deviations


def test_missing_cells_and_new_categories_are_drift_too():
    rng = np.random.default_rng(1)
    values = rng.normal(size=2000)
    holes = values.copy()
    holes[:400] = np.nan
    found = shift_of(known(values), known(holes), (np.ones(2000), np.ones(2000)))
    assert found.moved and found.groups[-1][0] == "missing"
    assert shift_of(
        known(["a"] * 500, "category"), known(["a"] * 400 + ["new"] * 100, "category"), (np.ones(500), np.ones(500))
    ).moved
    assert not shift_of_risk(values, rng.normal(size=2000), (np.ones(2000), np.ones(2000))).moved
    with pytest.raises(RefusedError, match="no value"):
        shift_of(known([np.nan] * 3), known([1.0] * 3), (np.ones(3), np.ones(3)))
    with pytest.raises(DomainError, match="same feature"):
        shift_of(known([1.0]), known_of(Feature(name="y"), [1.0]), (np.ones(1), np.ones(1)))


def world(n=6000, seed=2, small=0.0):
    """Firms of three sizes; the risk depends on a number too, unless `small` is all there is."""
    rng = np.random.default_rng(seed)
    size = rng.choice(["large", "medium", "small"], n, p=[0.2, 0.3, 0.5])
    own = np.where(size == "small", 0.8, np.where(size == "medium", 0.0, -0.8))
    eta = -1.5 + own + (1.0 - small) * rng.normal(size=n)
    truth = 1 / (1 + np.exp(-eta))
    return truth, (rng.random(n) < truth).astype(float), rng.uniform(1, 4, n), size


def test_a_group_that_the_model_wrongs_is_named_and_others_are_not():
    truth, bad, weight, size = world()
    said = np.where(size == "small", np.minimum(truth * 1.5, 0.99), truth)
    found = fairness_of(Judged(probability=said, bad=bad, weight=weight), size, name="size", threshold=0.3)
    off = {one.name: one.off.interval for one in found.groups}
    assert off["small"].upper < 0.0 < off["large"].upper and off["large"].lower < 0.0
    for one in found.groups:
        rows = size == one.name
        flagged = said[rows] >= 0.3
        assert one.objects == rows.sum() and one.bad == bad[rows].sum()
        assert one.false_alarms.value == pytest.approx(np.average(flagged[bad[rows] == 0], weights=weight[rows][bad[rows] == 0]))
        assert one.missed.value == pytest.approx(np.average(~flagged[bad[rows] == 1], weights=weight[rows][bad[rows] == 1]))


def test_it_says_when_size_alone_does_as_well():
    truth, bad, weight, size = world()
    assert fairness_of(Judged(probability=truth, bad=bad, weight=weight), size, name="size", threshold=0.2).alone_suffices is False
    truth, bad, weight, size = world(small=1.0)
    wordy = np.clip(truth + np.random.default_rng(3).normal(0, 0.001, len(truth)), 0.01, 0.99)
    found = fairness_of(Judged(probability=wordy, bad=bad, weight=weight), size, name="size", threshold=0.2)
    assert found.alone_suffices is True and found.gain.interval.lower <= 0.0


def test_stretches_of_time_show_when_a_model_ceased_to_hold():
    truth, bad, weight, _ = world()
    days = 739_000 + np.arange(6000) // 20
    later = np.where(np.arange(6000) >= 4500, np.minimum(truth * 1.6, 0.99), truth)
    found = periods_of(Judged(probability=later, bad=bad, weight=weight), days)
    assert [one.holds for one in found] == [True, True, True, False] and sum(one.objects for one in found) == 6000
    assert all(one.last < other.first for one, other in pairwise(found))


def test_a_report_has_each_measure_for_the_population_for_the_visited_and_for_the_random_floor():
    truth, bad, _, size = world(20_000)
    rng = np.random.default_rng(7)
    aimed = np.clip(1.5 * truth, 0.02, 1.0)
    floor = np.where(size == "small", 0.02, 0.08)
    by_floor, by_aim = rng.random(20_000) < floor, rng.random(20_000) < aimed
    drawn = by_floor | by_aim
    chance = 1 - (1 - floor) * (1 - aimed)
    results = Results(
        probability=truth[drawn], bad=bad[drawn], weight=1 / chance[drawn],
        floor=np.where(by_floor, floor, np.nan)[drawn], groups={"size": size[drawn]}, days=np.full(drawn.sum(), 739_000),
    )  # fmt: skip
    found = report_of(results, Questions(thresholds=(0.1, 0.2, 0.4), visit=1.0, missed=5.0))
    assert [one.basis for one in found.judgements] == ["population", "visited", "random floor"]
    population, visited, floored = ({"hit": one.reliability.brier.uncertainty, "of": one} for one in found.judgements)
    rates = [one.bad / one.objects for one in found.judgements]
    assert rates[1] > bad.mean() + 0.05  # a targeted draw finds more than there is
    for own in (population, floored):
        total = sum(part.share * part.found.value for part in own["of"].reliability.bins)
        assert total == pytest.approx(bad.mean(), abs=0.03)
    assert visited["of"].discrimination is not None and len(found.classes) == 4 and found.choice.best.threshold == 0.2
    assert found.fairness[0].threshold == 0.2 and [code for code, _ in found.not_shown] == ["concept"]


def test_what_is_not_shown_is_said():
    truth, bad, weight, _ = world(500)
    found = report_of(Results(probability=truth, bad=bad, weight=weight, unresolved=7, seen=True))
    assert [code for code, _ in found.not_shown] == ["seen", "unresolved", "no-floor", "no-time", "no-groups", "concept"]
    alike = report_of(Results(probability=truth, bad=np.ones(500), weight=weight))
    assert alike.judgements[0].discrimination is None and "one-outcome" in dict(alike.not_shown)
    with pytest.raises(RefusedError, match="nothing can be said"):
        report_of(Results(probability=truth[:0], bad=bad[:0], weight=weight[:0]))
    with pytest.raises(DomainError, match="both, or neither"):
        Questions(visit=1.0)
