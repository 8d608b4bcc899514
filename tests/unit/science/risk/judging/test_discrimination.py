"""Areas and hits, beside their definitions over all pairs and beside what whole populations give."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.risk.judging.choice import choice_of, classes_of
from openqi.science.risk.judging.discrimination import difference_of, discrimination_of, lift_of
from openqi.science.risk.measures import Judged, area_measure, area_of


def sample(n=300, seed=1, ties=2):
    rng = np.random.default_rng(seed)
    bad = (rng.random(n) < 0.3).astype(float)
    score = np.round(rng.normal(0.8 * bad), ties)
    return score, bad, rng.uniform(1, 9, n)


def by_pairs(score, bad, weight):
    one, other = score[bad == 1], score[bad == 0]
    kernel = (one[:, None] > other[None, :]) + 0.5 * (one[:, None] == other[None, :])
    return kernel, weight[bad == 1], weight[bad == 0]


@pytest.mark.parametrize("ties", [0, 2, 8])
def test_the_area_is_the_weighted_share_of_pairs_in_the_right_order(ties):
    score, bad, weight = sample(ties=ties)
    kernel, u, v = by_pairs(score, bad, weight)
    assert area_of(score, bad, weight).value == pytest.approx(u @ kernel @ v / (u.sum() * v.sum()), rel=1e-12)
    plain = mannwhitneyu(score[bad == 1], score[bad == 0]).statistic / (bad.sum() * (1 - bad).sum())
    assert area_of(score, bad, np.ones(len(bad))).value == pytest.approx(plain, rel=1e-12)


def test_without_weights_its_variance_is_the_one_of_delong_delong_and_clarke_pearson():
    score, bad, _ = sample()
    kernel, _, _ = by_pairs(score, bad, np.ones(len(bad)))
    plain = np.var(kernel.mean(axis=1), ddof=1) / kernel.shape[0] + np.var(kernel.mean(axis=0), ddof=1) / kernel.shape[1]
    moved = area_of(score, bad, np.ones(len(bad))).moved
    assert np.sum(moved**2) == pytest.approx(plain, rel=1e-12)


def test_with_weights_its_interval_holds_the_area_of_the_whole_population():
    rng = np.random.default_rng(4)
    n = 20_000
    bad = (rng.random(n) < 0.2).astype(float)
    score = rng.normal(0.7 * bad)
    chance = np.clip(0.03 * np.exp(0.5 * score), 0.0, 1.0)
    truth, inside = area_of(score, bad, np.ones(n)).value, 0
    for _ in range(150):
        drawn = rng.random(n) < chance
        one = area_measure(area_of(score[drawn], bad[drawn], 1 / chance[drawn])).interval
        inside += one.lower <= truth <= one.upper
    assert inside >= 133, inside  # fewer than that once in ten thousand


def test_the_difference_of_two_scores_uses_that_they_judge_the_same_objects():
    score, bad, weight = sample(2000)
    noise = np.random.default_rng(3).normal(size=2000)
    same = difference_of(score, score, bad, weight)
    assert same.value == 0.0 and same.interval.lower == same.interval.upper == 0.0
    assert difference_of(score, noise, bad, weight).interval.lower > 0.0
    near = difference_of(score, score + 0.05 * noise, bad, weight).interval
    lone = area_measure(area_of(score, bad, weight)).interval
    assert near.upper - near.lower < 0.3 * (lone.upper - lone.lower)


def test_one_kind_alone_cannot_be_told_apart():
    with pytest.raises(RefusedError, match="nothing to tell apart"):
        area_of(np.arange(3.0), np.ones(3), np.ones(3))


def test_hits_of_a_budget_are_those_of_the_riskiest_and_equal_risks_share_their_visits():
    probability = np.asarray([0.9, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    bad = np.asarray([1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    one = Judged(probability=probability, bad=bad, weight=np.ones(10))
    first, second = lift_of(one, 0.1), lift_of(one, 0.2)
    assert (first.hits, first.visits, first.lift, first.caught) == (1.0, 1.0, pytest.approx(10 / 3), pytest.approx(1 / 3))
    # The second visit goes to one of three alike, of which one is bad: a third of a hit.
    assert second.hits == pytest.approx(1 + 1 / 3) and second.said == pytest.approx(1.4) and second.threshold == 0.5
    assert lift_of(one, 1.0).lift == pytest.approx(1.0)
    with pytest.raises(DomainError, match="budget"):
        discrimination_of(one, budgets=(0.0,))


def test_expected_hits_are_those_of_the_whole_population_within_the_error_of_the_draw():
    rng = np.random.default_rng(6)
    n = 40_000
    probability = 1 / (1 + np.exp(-rng.normal(-2, 1, n)))
    bad = (rng.random(n) < probability).astype(float)
    chance = np.clip(2 * probability, 0.05, 1.0)
    drawn = rng.random(n) < chance
    for budget in (0.05, 0.2):
        found = lift_of(Judged(probability=probability[drawn], bad=bad[drawn], weight=1 / chance[drawn]), budget)
        riskiest = np.argsort(-probability)[: int(budget * n)]
        assert found.visits == pytest.approx(budget * n, rel=0.05)
        reach = (found.rate.interval.upper - found.rate.interval.lower) * budget * n
        assert abs(found.hits - bad[riskiest].sum()) < reach


def test_classes_hold_what_their_thresholds_part_and_refuse_others():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.001, 0.6, 4000)
    one = Judged(probability=p, bad=(rng.random(4000) < p).astype(float), weight=rng.uniform(1, 5, 4000))
    found = classes_of(one, (0.05, 0.15, 0.4), confidence=0.9999)  # each of four holds all but once in ten thousand
    assert [own.name for own in found] == ["A", "B", "C", "D"] and sum(own.objects for own in found) == 4000
    for own, low, high in zip(found, (0, 0.05, 0.15, 0.4), (0.05, 0.15, 0.4, 1), strict=True):
        rows = (p >= low) & (p < high)
        assert own.objects == rows.sum() and own.said == pytest.approx(np.average(p[rows], weights=one.weight[rows]))
        assert own.found.interval.lower <= own.said <= own.found.interval.upper
    assert found[3].times == pytest.approx(found[3].found.value / found[0].found.value)
    for cuts in ((0.1, 0.2), (0.2, 0.1, 0.3), (0.0, 0.1, 0.2), (0.1, 0.2, 1.0)):
        with pytest.raises(DomainError, match="three rising"):
            classes_of(one, cuts)


def test_the_best_threshold_is_the_cost_of_a_visit_over_the_loss_of_a_missed_one():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.001, 0.6, 60_000)
    one = Judged(probability=p, bad=(rng.random(60_000) < p).astype(float), weight=np.ones(60_000))
    found = choice_of(one, visit=1.0, missed=8.0)
    assert found.best.threshold == 0.125
    costs = {cut: np.mean(np.where(p >= cut, 1.0, 8.0 * one.bad)) for cut in np.linspace(0.0, 0.6, 61)}
    assert found.best.by_found <= min(costs.values()) + 0.005
    assert found.best.by_found < min(found.nobody, found.everybody, *(own.by_found for own in found.others))
    assert found.best.by_said == pytest.approx(found.best.by_found, rel=0.03)
    assert found.nobody == pytest.approx(8.0 * one.bad.mean()) and found.everybody == 1.0
    with pytest.raises(DomainError, match="costs something"):
        choice_of(one, visit=2.0, missed=1.0)
