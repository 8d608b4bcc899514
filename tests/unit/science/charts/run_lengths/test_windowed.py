"""Charts whose steps reach only so far: EWMA beside limits on points, I-MR, variances; against simulation and special cases."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.charts.windowed import IndividualsMovingRange, ShewhartEwma, VarianceCusum, VarianceEwma
from openqi.science.charts.run_lengths.limits import limit_for
from openqi.science.charts.run_lengths.quadrature.windowed import _attempt
from run_length_walks import agree, lengths_of


def both_step(weight, limit, point_limit, shift):
    def step(states, points, _):
        x = points + shift
        z = (1 - weight) * states[0] + weight * x
        return z[None], (abs(z) > limit * sqrt(weight / (2 - weight))) | (abs(x) > point_limit)

    return step


def range_step(limit, range_limit, shift):
    def step(states, points, t):
        x = points + shift
        return x[None], (abs(x) > limit) | ((abs(x - states[0]) > range_limit) & (t > 1))

    return step


def variances(dof, points):
    """Chi-squared variances of normal scores, so that one source of chance serves all."""
    return stats.chi2.ppf(stats.norm.cdf(points), dof) / dof


def variance_ewma_step(chart, scale):
    high = 1 + chart.limit * sqrt(chart.weight / (2 - chart.weight)) * sqrt(2 / chart.dof)

    def step(states, points, _):
        z = (1 - chart.weight) * states[0] + chart.weight * scale**2 * variances(chart.dof, points)
        return z[None], z > high

    return step


def variance_cusum_step(chart, scale):
    def step(states, points, _):
        s = np.maximum(states[0] + scale**2 * variances(chart.dof, points) - chart.reference, 0)
        return s[None], s > chart.limit

    return step


CASES = [
    (ShewhartEwma(weight=0.1, limit=2.4, point_limit=3.0), 0.0, 1.0, both_step(0.1, 2.4, 3.0, 0.0), 0.0),
    (ShewhartEwma(weight=0.25, limit=2.8, point_limit=3.5), 0.5, 1.0, both_step(0.25, 2.8, 3.5, 0.5), 0.0),
    (IndividualsMovingRange(limit=3.0, range_limit=3.686), 0.0, 1.0, range_step(3.0, 3.686, 0.0), 0.0),
    (IndividualsMovingRange(limit=2.5, range_limit=3.0), 1.0, 1.0, range_step(2.5, 3.0, 1.0), 0.0),
    (IndividualsMovingRange(limit=3.0, range_limit=2.0), 0.0, 1.0, range_step(3.0, 2.0, 0.0), 0.0),
    *[
        (chart, 0.0, scale, variance_ewma_step(chart, scale), 1.0)
        for chart, scale in (
            (VarianceEwma(weight=0.2, limit=2.0, dof=4), 1.0),
            (VarianceEwma(weight=0.2, limit=2.0, dof=4), 1.3),
            (VarianceEwma(weight=0.3, limit=2.0, dof=1), 1.0),
            (VarianceEwma(weight=0.3, limit=2.0, dof=2), 1.0),
        )
    ],
    *[
        (chart, 0.0, scale, variance_cusum_step(chart, scale), 0.0)
        for chart, scale in (
            (VarianceCusum(reference=1.285, limit=2.922, dof=4), 1.0),
            (VarianceCusum(reference=1.3, limit=3.0, dof=2), 1.0),
            (VarianceCusum(reference=1.3, limit=3.0, dof=9), 1.2),
            (VarianceCusum(reference=1.3, limit=2.5, dof=3), 1.0),
        )
    ],
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_a_chart_agrees_with_itself_played_point_by_point(case):
    chart, shift, scale, step, start = CASES[case]
    found = chart.run_length(shift, scale)
    assert agree(found.value, lengths_of(step, (start,), seed=case, runs=10_000))
    assert found.error_bound is not None
    assert found.error_bound < 1e-6 * found.value
    assert chart.estimate(shift, scale) == pytest.approx(found.value, rel=1e-4)


def test_a_limit_out_of_reach_changes_nothing():
    both = ShewhartEwma(weight=0.1, limit=2.7, point_limit=10.0).run_length(0.3).value
    assert both == pytest.approx(Ewma(weight=0.1, limit=2.7).run_length(0.3).value, rel=1e-9)
    assert IndividualsMovingRange(limit=3.0, range_limit=20.0).run_length().value == pytest.approx(370.3983473449564, rel=1e-9)


def test_a_variance_ewma_of_weight_one_is_a_chart_of_variances():
    for dof in (1, 4, 20):
        wanted = 1 / stats.chi2.sf(dof * (1 + 3 * sqrt(2 / dof)), dof)
        assert VarianceEwma(weight=1.0, limit=3.0, dof=dof).run_length().value == pytest.approx(wanted, rel=1e-8)


def test_the_cusum_of_variances_of_knoth_runs_100_points():
    # Knoth 2006: k = 1.285 and h = 2.922 with samples of five are made for a run length of 100.
    assert VarianceCusum(reference=1.285, limit=2.922, dof=4).run_length().value == pytest.approx(100.0, abs=0.2)


@pytest.mark.parametrize("chart", [CASES[0][0], CASES[2][0], CASES[5][0], CASES[9][0]])
def test_the_bound_of_a_coarse_solution_holds_against_the_answer(chart):
    answer = chart.run_length()
    for order in (6, 8, 10):
        value, _, gap = _attempt(chart.walk(0.0, 1.0), order)
        assert abs(value / answer.value - 1) <= gap / (1 - gap) + 1e-9 if gap < 0.5 else True


def test_limits_are_found_here_too():
    for chart in (
        ShewhartEwma(weight=0.2, limit=2.0, point_limit=4.0),
        IndividualsMovingRange(limit=2.0, range_limit=4.5),
        VarianceEwma(weight=0.2, limit=2.0, dof=4),
        VarianceCusum(reference=1.3, limit=2.0, dof=4),
    ):
        assert limit_for(chart, 200.0).run_length.value == pytest.approx(200.0, rel=1e-6)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: ShewhartEwma(weight=1.0, limit=3.0, point_limit=3.0), "weight"),
        (lambda: ShewhartEwma(weight=0.1, limit=3.0, point_limit=0.0), "point limit"),
        (lambda: IndividualsMovingRange(limit=3.0, range_limit=-1.0), "range limit"),
        (lambda: VarianceEwma(weight=0.1, limit=3.0, dof=0), "degrees of freedom"),
        (lambda: VarianceCusum(reference=1.0, limit=3.0, dof=4), "reference"),
        (lambda: VarianceCusum(reference=1.5, limit=3.0, dof=1), "degrees of freedom"),
        (lambda: IndividualsMovingRange(limit=3.0, range_limit=4.0).run_length(state="steady"), "steady"),
        (lambda: IndividualsMovingRange(limit=9.0, range_limit=19.0).run_length(), "not certified"),
        (lambda: VarianceEwma(weight=0.1, limit=3.0, dof=4).run_length(0.0, 0.0), "scale"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(make, word):
    with pytest.raises(DomainError, match=word):
        make()
