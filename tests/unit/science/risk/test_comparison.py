"""A new model takes over only where the whole interval says so; how often it does by chance is counted."""

from math import log, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.numbers.special import t_quantile
from openqi.science.risk.comparison import Rule, compared

SMALL = Rule(least_visits=2, least_found=1, least_effective=1.5)


def told_by(rng, truth, noise):
    """What a model tells that knows the log-odds of the truth but for some noise."""
    odds = np.exp(np.log(truth / (1 - truth)) + rng.normal(0, noise, len(truth)))
    return np.clip(np.rint(1e6 * odds / (1 + odds)), 1, 999_999).astype(np.int64)


def test_the_losses_are_weighted_means_and_the_error_is_that_of_a_ratio():
    y, pi = [1, 0, 0, 1, 0], [0.5, 0.1, 0.2, 1.0, 0.25]
    old, new = [300_000, 200_000, 100_000, 400_000, 50_000], [500_000, 100_000, 150_000, 700_000, 20_000]
    found = compared(y, old, new, pi, rule=SMALL)
    w = [1 / one for one in pi]
    loss = [[-log(p / 1e6 if bad else 1 - p / 1e6) for p, bad in zip(told, y, strict=True)] for told in (old, new)]
    means = [sum(a * b for a, b in zip(w, one, strict=True)) / sum(w) for one in loss]
    assert (found.champion, found.challenger) == pytest.approx(means, abs=1e-14)
    apart = [a - b for a, b in zip(*loss, strict=True)]
    value = means[0] - means[1]
    parts = [one * (d - value) / sum(w) for one, d in zip(w, apart, strict=True)]
    error = sqrt(5 / 4 * sum(one * one for one in parts))
    effective = sum(w) ** 2 / sum(one * one for one in w)
    width = t_quantile(0.975, max(effective - 1, 1.0))
    assert (found.better.value, found.better.standard_error) == pytest.approx((value, error), rel=1e-12)
    assert (found.better.lower, found.better.upper) == pytest.approx((value - width * error, value + width * error), rel=1e-12)


def test_the_brier_score_is_the_squared_error():
    found = compared(
        [1, 0],
        [300_000, 200_000],
        [500_000, 100_000],
        [0.5, 0.5],
        rule=Rule(measure="brier", least_visits=2, least_found=1, least_effective=1.5),
    )
    assert (found.champion, found.challenger) == pytest.approx(((0.49 + 0.04) / 2, (0.25 + 0.01) / 2))


def test_a_model_compared_with_itself_never_takes_over():
    rng = np.random.default_rng(1)
    truth = rng.uniform(0.05, 0.6, 2000)
    told = told_by(rng, truth, 0.5)
    found = compared(rng.random(2000) < truth, told, told, np.full(2000, 0.3), rule=Rule())
    assert (found.verdict, found.better.value, found.lift.value) == ("stays", 0.0, 0.0)


def test_a_model_that_knows_more_takes_over_and_one_that_knows_less_stays_out():
    rng = np.random.default_rng(2)
    truth = rng.uniform(0.02, 0.7, 4000)
    y, pi = rng.random(4000) < truth, rng.uniform(0.05, 1.0, 4000)
    good, bad = told_by(rng, truth, 0.1), told_by(rng, truth, 1.5)
    better, worse = compared(y, bad, good, pi, rule=Rule()), compared(y, good, bad, pi, rule=Rule())
    assert (better.verdict, worse.verdict) == ("takes-over", "stays")
    assert better.lift.lower > 0 and better.challenger_lift > better.champion_lift > 1
    assert compared(y, bad, good, pi, rule=Rule(margin=better.better.lower)).verdict == "open"


def test_too_few_visits_decide_nothing_however_great_the_difference():
    y = [True] * 60 + [False] * 60
    old, new = [500_000] * 120, [990_000] * 60 + [10_000] * 60
    few = compared(y, old, new, [0.5] * 120, rule=Rule(least_visits=121))
    assert (few.verdict, few.reason) == ("open", "too-few")
    assert compared(y, old, new, [0.5] * 120, rule=Rule(least_found=61, least_visits=2)).verdict == "open"
    uneven = [0.001] + [1.0] * 119  # one visit stands for nearly all
    assert compared(y, old, new, uneven, rule=Rule(least_visits=2)).verdict == "open"
    assert compared(y, old, new, [0.5] * 120, rule=Rule(least_visits=120)).verdict == "takes-over"


def test_visits_sent_by_the_old_model_do_not_hide_what_the_new_one_knows():
    """Where the old model never looked, the weights count; unweighted, the same visits say the opposite."""
    rng = np.random.default_rng(4)
    count = 60_000
    known = rng.random(count) < 0.5
    truth = np.where(known, 0.4, 0.2)
    old = np.where(known, 400_000, 20_000)  # right where it sends people, blind elsewhere
    new = np.where(known, 330_000, 200_000)
    pi = np.where(known, 0.3, 0.01)
    seen = rng.random(count) < pi
    y = rng.random(count) < truth
    weighted = compared(y[seen], old[seen], new[seen], pi[seen], rule=Rule())
    alike = compared(y[seen & known], old[seen & known], new[seen & known], np.ones(int((seen & known).sum())), rule=Rule())
    assert (weighted.verdict, alike.verdict) == ("takes-over", "stays")


def rate_of_taking_over(rounds, seed):
    """How often one of two models that are equally good takes over, on visits sent by the other."""
    rng = np.random.default_rng(seed)
    wins = 0
    for _ in range(rounds):
        count = 4000
        log_odds = rng.normal(-2.0, 1.0, count)
        truth = 1 / (1 + np.exp(-log_odds))
        old, new = told_by(rng, truth, 0.6), told_by(rng, truth, 0.6)
        pi = np.clip(400 * old / old.sum(), 0.02, 1.0)
        seen = rng.random(count) < pi
        y = rng.random(count) < truth
        wins += compared(y[seen], old[seen], new[seen], pi[seen], rule=Rule()).verdict == "takes-over"
    return wins / rounds


def test_a_model_that_is_no_better_takes_over_in_at_most_one_of_forty_cases():
    # 400 rounds at 2.5 %: more than 20 of them with a probability of 1.7e-3.
    assert rate_of_taking_over(400, 5) <= 20 / 400


@pytest.mark.long
def test_a_model_that_is_no_better_takes_over_in_at_most_one_of_forty_cases_over_many_rounds():
    assert rate_of_taking_over(4000, 6) <= 0.025 + 3 * sqrt(0.025 * 0.975 / 4000)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"probability": [0.0, 0.5]}, "inclusion"), ({"champion": [0, 1]}, "millionths"), ({"champion": [1]}, "as many"),
        ({"stratum": ["a"]}, "one a visit"), ({"rule": Rule(measure="auc")}, "log-loss or brier"),
        ({"rule": Rule(margin=-1.0)}, "margin"),
        ({"nonconforming": [2, 0]}, "nonconforming or not"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(changes, told):
    given = {"nonconforming": [1, 0], "champion": [1, 2], "challenger": [3, 4], "probability": [0.5, 0.5], "rule": SMALL} | changes
    with pytest.raises(DomainError, match=told):
        compared(given.pop("nonconforming"), given.pop("champion"), given.pop("challenger"), given.pop("probability"), **given)


def test_strata_that_were_visited_once_are_joined():
    y, old, new = [1, 0, 1, 0, 1], [300_000] * 5, [400_000] * 5
    found = compared(y, old, new, [0.5] * 5, rule=SMALL, stratum=["a", "b", "c", "c", "d"])
    assert found.better.standard_error > 0
