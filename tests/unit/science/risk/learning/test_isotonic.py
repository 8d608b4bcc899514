"""Isotonic regression is what its definition says, and a calibration keeps the mean and promises no certainty."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.risk.learning.isotonic import Curve, calibrated, curve_of, isotonic

PAIRS = st.lists(st.tuples(st.integers(-20, 20), st.integers(1, 9)), min_size=1, max_size=14)


def by_definition(values, weight):
    """The greatest over all beginnings up to here of the least over all ends from here on of the weighted mean between."""
    n = len(values)

    def mean(first, last):
        return np.dot(values[first : last + 1], weight[first : last + 1]) / weight[first : last + 1].sum()

    return [max(min(mean(s, t) for t in range(i, n)) for s in range(i + 1)) for i in range(n)]


def spread(first, means, count):
    return np.repeat(means, np.diff([*first, count]))


@given(PAIRS)
def test_pooling_neighbours_gives_the_max_min_of_means(pairs):
    values, weight = np.asarray([p[0] / 9000 for p in pairs]), np.asarray([p[1] for p in pairs], float)
    first, means = isotonic(values, weight)
    np.testing.assert_allclose(spread(first, means, len(values)), by_definition(values, weight), rtol=1e-12, atol=1e-12)


def test_rising_values_stay_and_falling_ones_become_their_weighted_mean():
    assert isotonic(np.asarray([1.0, 2.0, 3.0]), np.ones(3))[1].tolist() == [1.0, 2.0, 3.0]
    first, means = isotonic(np.asarray([3.0, 0.0]), np.asarray([1.0, 3.0]))
    assert (first.tolist(), means.tolist()) == ([0], [0.75])
    with pytest.raises(DomainError, match="positive weight"):
        isotonic(np.asarray([1.0]), np.asarray([0.0]))


def sample(n=4000, seed=3):
    rng = np.random.default_rng(seed)
    score = np.round(rng.normal(-2, 1.2, n), 3)
    bad = (rng.random(n) < 1 / (1 + np.exp(-score))).astype(float)
    return score, bad, rng.uniform(1, 20, n)


def test_a_calibration_rises_keeps_the_weighted_mean_and_is_nowhere_zero_or_one():
    score, bad, weight = sample()
    curve = curve_of(score, bad, weight)
    assert np.all(np.diff(curve.scores) > 0) and np.all(np.diff(curve.probabilities) >= 0)
    assert curve.probabilities[0] > 0.0 and curve.probabilities[-1] < 1.0
    said = calibrated(curve, score)
    np.testing.assert_allclose(np.dot(said, weight), np.dot(bad, weight), rtol=1e-12)


def test_every_probability_rests_on_as_many_bad_and_good_ones_as_are_asked():
    score, bad, weight = sample()
    said = calibrated(curve_of(score, bad, weight, least=12), score)
    for level in np.unique(said):
        own = bad[said == level]
        assert own.sum() >= 12 and len(own) - own.sum() >= 12


def test_one_weight_of_two_is_two_of_weight_one():
    score, bad, _ = sample(500)
    weight = np.where(np.arange(500) % 3 == 0, 2.0, 1.0)
    rows = np.repeat(np.arange(500), weight.astype(int))
    one, two = curve_of(score, bad, weight, least=1), curve_of(score[rows], bad[rows], np.ones(len(rows)), least=1)
    np.testing.assert_allclose(calibrated(one, score), calibrated(two, score), rtol=1e-12)


def test_between_two_points_it_is_a_line_and_beyond_them_it_stays():
    curve = Curve(scores=(-1.0, 1.0, 3.0), probabilities=(0.1, 0.1, 0.5))
    said = calibrated(curve, np.asarray([-5.0, -1.0, 0.3, 1.0, 2.0, 3.0, 9.0]))
    np.testing.assert_allclose(said, [0.1, 0.1, 0.1, 0.1, 0.3, 0.5, 0.5], rtol=1e-15)
    assert calibrated(Curve(scores=(0.0,), probabilities=(0.2,)), np.asarray([-1.0, 1.0])).tolist() == [0.2, 0.2]


def test_too_few_of_a_kind_give_no_calibration():
    with pytest.raises(RefusedError, match="4 bad"):
        curve_of(np.arange(50.0), np.asarray([1.0] * 4 + [0.0] * 46), np.ones(50))
