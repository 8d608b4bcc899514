"""Coverage intervals and ellipses against their definitions and closed forms."""

from math import log, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.monte_carlo.coverage import coverage_ellipse, ends, shortest, symmetric, trials_within
from openqi.science.uncertainty.monte_carlo.run import monte_carlo


def plainly_shortest(ordered, within):
    """The definition of [JCGM101] clause 7.7.4, rank by rank."""
    best = min(range(len(ordered) - within), key=lambda r: (ordered[r + within] - ordered[r], r))
    return ordered[best], ordered[best + within]


@pytest.mark.parametrize(
    ("probability", "trials", "within"),
    [(0.95, 10**6, 950_000), (0.95, 101, 96), (0.9, 15, 14), (0.29, 100, 29), (0.57, 10**6, 570_000), (0.9973, 10**4, 9973)],
)
def test_a_probability_of_decimal_text_is_meant_as_it_is_written(probability, trials, within):
    assert trials_within(probability, trials) == within


def test_the_symmetric_interval_has_its_ranks_from_jcgm_101_clause_7_7_2():
    ordered = np.arange(1.0, 1_000_001.0)
    assert symmetric(ordered, 0.95) == (25_000.0, 975_000.0)
    # M - q = 5 is odd: r is the whole part of (5 + 1) / 2.
    assert symmetric(np.arange(1.0, 102.0), 0.95) == (3.0, 99.0)


def test_the_shortest_interval_is_that_of_the_definition():
    chance = np.random.default_rng(1)
    for size in (40, 101, 1000):
        ordered = np.sort(chance.exponential(size=size))
        assert shortest(ordered, 0.9) == plainly_shortest(ordered.tolist(), trials_within(0.9, size))


@pytest.mark.parametrize("probability", [0.05, 0.3, 0.5, 0.51, 0.9, 0.99])
def test_the_ends_of_an_unordered_sample_are_those_of_the_ordered_one(probability):
    sample = np.random.default_rng(2).integers(0, 300, size=1003).astype(float)
    ordered, within = np.sort(sample), trials_within(probability, 1003)
    low, high = ends(sample, probability)
    assert (low == ordered[: 1003 - within]).all()
    assert (high == ordered[within:]).all()


def test_of_several_shortest_intervals_the_first_is_taken():
    assert shortest(np.arange(100.0), 0.95) == (0.0, 95.0)


def test_too_few_trials_are_refused():
    for interval in (shortest, symmetric):
        with pytest.raises(DomainError, match="too few"):
            interval(np.arange(10.0), 0.99)
        with pytest.raises(DomainError, match="coverage probability 0"):
            interval(np.arange(10.0), 0.0)


def two_normal():
    model = measurement_model("y = a + 0\nz = b + 0")
    inputs = {name: InputQuantity(value=value, standard_uncertainty=u) for name, value, u in (("a", 1.0, 2.0), ("b", -3.0, 0.5))}
    return monte_carlo(model, inputs, trials=100_000, correlations=[Correlation(first="a", second="b", coefficient=0.9)])


def test_the_ellipse_of_two_normal_quantities_has_the_factor_of_the_closed_form():
    found = two_normal()
    ellipse = coverage_ellipse(found, 0.95)
    assert ellipse.factor == pytest.approx(sqrt(-2 * log(0.05)), rel=0.01)
    assert ellipse.centre == found.value
    assert ellipse.covariance == found.covariance


def test_the_share_of_trials_within_an_ellipse_is_its_probability():
    found = two_normal()
    for probability in (0.5, 0.95, 0.999):
        ellipse = coverage_ellipse(found, probability)
        apart = found.samples - np.array(ellipse.centre)[:, None]
        squares = np.einsum("it,ij,jt->t", apart, np.linalg.inv(np.array(ellipse.covariance)), apart)
        assert (squares <= ellipse.factor**2 * (1 + 1e-9)).mean() == pytest.approx(probability, abs=1e-5)


def test_outputs_that_follow_from_each_other_have_no_ellipse():
    model = measurement_model("y = a + 0\nz = 2 * a")
    found = monte_carlo(model, {"a": InputQuantity(value=1.0, standard_uncertainty=2.0)}, trials=1000)
    with pytest.raises(DomainError, match="output z"):
        coverage_ellipse(found, 0.95)
