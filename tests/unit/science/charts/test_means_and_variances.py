"""T² of means, charts of variances, CUSUM beside limits on points, modified limits, and robust estimators within subgroups."""

from itertools import groupby
from math import isnan, sqrt

import numpy as np
import pytest
from scipy.stats import beta, chi2, f, studentized_range

from openqi.kernel.errors import DomainError
from openqi.science.charts.charting import chart
from openqi.science.charts.estimators.subgroups import SPREADS, spread_within
from openqi.science.charts.kinds.t2_means import upper_limit_of_means
from openqi.science.charts.run_lengths.charts.windowed import VarianceCusum, VarianceEwma
from openqi.science.numbers.normal_samples import median_deviation, median_range, range_within
from shared_data import shared
from vectors_of import vectors_of

RYAN = vectors_of("control/hotelling_ryan.json")["points"]


def test_the_kept_vectors_are_those_of_the_shared_file():
    lines = [line.split() for line in shared("data/control/nist/T2CC.DAT").read_text("latin-1").splitlines()[25:]]
    rows = [tuple(map(int, one)) for one in lines if len(one) == 3 and one[0].isdigit()]
    points = [[x for y1, y2, _ in group for x in (y1, y2)] for _, group in groupby(rows, key=lambda row: row[2])]
    assert points == RYAN


def test_subgroup_means_of_ryan_have_the_covariance_and_the_signals_of_the_book():
    # Ryan p. 220, and R qcc on the same data: limit 11.04, signals at subgroups 10 and 20.
    found = chart("t2-means", RYAN, variables=2, tail=1 - (1 - 0.0027) ** 2)
    known = found.stages[0].estimates
    assert (known["centre 1"], known["centre 2"]) == (60.375, 18.4875)
    spread = [known[f"covariance {one}"] for one in ("1 1", "2 1", "2 2")]
    assert spread == pytest.approx([222.0333, 103.1167, 56.5792], abs=5e-5)
    assert known["upper"] == pytest.approx(11.03976, abs=5e-6)
    assert [point + 1 for _, point, _ in found.violations()] == [10, 20]
    assert found.panels[0].watched == (1,)


def test_limits_of_means_are_those_of_montgomerys_example():
    # Montgomery, 6th edition, example 11.1: m = 20, n = 10, p = 2, alpha = 0.001: 13.72 in phase I; 13.816 by chi-squared.
    assert upper_limit_of_means(2, 20, 10, 0.001, first=True) == pytest.approx(13.72, abs=0.005)
    assert upper_limit_of_means(2, 0, 10, 0.001, first=False) == pytest.approx(13.816, abs=5e-4)
    for m, n, p in ((20, 10, 2), (5, 3, 4), (100, 2, 1)):
        dof = m * n - m - p + 1
        for first, factor in ((True, m - 1), (False, m + 1)):
            said = p * factor * (n - 1) / dof * f.isf(0.0027, p, dof)
            assert upper_limit_of_means(p, m, n, 0.0027, first=first) == pytest.approx(said, rel=1e-9)


def test_distances_of_means_are_what_linear_algebra_says_and_a_frozen_baseline_judges_new_ones():
    chance = np.random.default_rng(3)
    whole = chance.normal(size=(12, 3, 2)) @ np.array([[1.0, 0.4], [0.0, 0.7]])
    drawn = chart("t2-means", [one.reshape(-1).tolist() for one in whole], variables=2)
    within = sum(np.cov(one.T) for one in whole) / 12
    apart = whole.mean(axis=1) - whole.mean(axis=(0, 1))
    wanted = 3 * np.einsum("ij,jk,ik->i", apart, np.linalg.inv(within), apart)
    assert drawn.panels[0].values == pytest.approx(wanted.tolist(), rel=1e-10)
    base = {"centre": [0.0, 0.0], "covariance": [[1.0, 0.0], [0.0, 4.0]], "count": 0}
    frozen = chart("t2-means", [[1.0, 2.0, 3.0, 4.0], [9.0, None, 1.0, 1.0]], variables=2, baseline=base).panels[0]
    assert frozen.values[0] == pytest.approx(2 * (2.0**2 + 3.0**2 / 4))
    assert isnan(frozen.values[1])
    assert frozen.upper[0] == pytest.approx(chi2.isf(0.0027, 2))
    assert chart("t2-means", RYAN, variables=2, baseline=base | {"count": 20}).panels[0].upper[0] > frozen.upper[0]


def test_phase_one_limits_of_means_are_broken_as_often_as_they_say():
    chance, beyond = np.random.default_rng(5), 0
    for _ in range(150):
        rows = chance.normal(size=(20, 6)).tolist()
        beyond += len(chart("t2-means", rows, variables=2, tail=0.05).violations())
    assert beyond / 3000 == pytest.approx(0.05, abs=0.012)


UNIT = [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("rows", "more", "says"),
    [
        ([[1.0, 2.0]], {}, "needs variables"),
        ([[1.0, 2.0, 3.0]], {"variables": 2}, "not two or more vectors of 2"),
        ([[1.0, 2.0]], {"variables": 2}, "single vectors are a chart t2"),
        ([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0]], {"variables": 2}, "point 2 has 2 values"),
        ([[1.0, 2.0, 3.0, 4.0]], {"variables": 2}, "1 subgroups without missing values"),
        ([[1.0, 2.0] * 2, [None, 2.0] * 2], {"variables": 2}, "1 subgroups without missing values"),
        ([[1.0, 1.0] * 2, [2.0, 2.0] * 2, [3.0, 3.0] * 2], {"variables": 2}, "component 1 does not vary"),
        ([[1.0, 2.0] * 2], {"variables": 2, "baseline": {"centre": [1, "a"], "covariance": UNIT, "count": 0}}, "numbers only"),
        ([[1.0, 2.0] * 2], {"variables": 2, "baseline": {"centre": [1, 2], "covariance": [1, 2], "count": 0}}, "square"),
        ([[1.0, 2.0] * 2], {"variables": 2, "baseline": {"centre": [1, 2], "covariance": UNIT, "count": 1}}, "at least 2"),
    ],
)  # fmt: skip
def test_means_that_have_no_distance_are_refused(rows, more, says):
    with pytest.raises(DomainError, match=says):
        chart("t2-means", rows, **more)


def test_variances_are_summed_beyond_the_reference_and_the_limit_is_that_of_its_run_length():
    rows = [[9.0, 10.0, 11.0, 10.0], [8.0, 12.0, 10.0, 10.0], [10.0, 10.0, 10.0, 10.0], [None, 8.0, 12.0, 10.0]]
    found = chart("variance-cusum", rows, centre=10.0, sigma=1.0, reference=1.5, decision=4.0)
    # s²: 2/3, 8/3, 0, 4 less 1.5 each, never below 0.
    assert found.panels[0].values == pytest.approx([0.0, 8 / 3 - 1.5, 0.0, 2.5])
    drawn = chart("variance-cusum", rows[:3], centre=10.0, sigma=1.0, reference=1.5)
    limit = drawn.panels[0].upper[0]
    assert VarianceCusum(reference=1.5, limit=limit, dof=3).run_length().value == pytest.approx(370.4, rel=1e-6)


def test_a_weighted_mean_of_variances_follows_its_definition_and_its_limit_the_run_length():
    rows = [[9.0, 10.0, 11.0], [8.0, 12.0, 10.0], [10.0, None, None], [10.0, 10.0, 10.0]]
    drawn = chart("s2-ewma", rows, centre=10.0, sigma=1.0, weight=0.25)
    level = [1.0, 1.0 + 0.25 * (4.0 - 1.0)]
    assert drawn.panels[0].values[:2] == pytest.approx(level)
    assert isnan(drawn.panels[0].values[2])
    assert drawn.panels[0].values[3] == pytest.approx(0.75 * level[1])
    width = drawn.stages[0].estimates["width"]
    assert VarianceEwma(weight=0.25, limit=width, dof=2).run_length().value == pytest.approx(370.4, rel=1e-6)
    assert drawn.panels[0].upper[0] == pytest.approx(1 + width * sqrt(0.25 / 1.75) * sqrt(2 / 2))


@pytest.mark.parametrize("kind", ["variance-cusum", "s2-ewma"])
def test_charts_of_variances_run_in_control_as_long_as_they_say(kind):
    rows = np.random.default_rng(8).normal(size=(60_000, 4)).tolist()
    flags = chart(kind, rows, centre=0.0, sigma=1.0).panels[0].flags
    # Patterns hang together, so that runs are counted: a signal that follows none in the 60 before it.
    places = np.flatnonzero(flags)
    runs = 1 + int((np.diff(places) > 60).sum())
    assert 60_000 / runs == pytest.approx(370.4 + 60, rel=0.25)


@pytest.mark.parametrize(
    ("kind", "rows", "more", "says"),
    [
        ("variance-cusum", [[1.0, 2.0], [1.0, 3.0]], {}, "3 or more; give decision"),
        ("variance-cusum", [[1.0, 2.0, 3.0], [1.0, 3.0]], {}, "one size; give decision"),
        ("variance-cusum", [[1.0, 1.0, 1.0]] * 3, {}, "all equal"),
        ("variance-cusum", [[1.0, 2.0, 3.0]] * 3, {"reference": 0.5}, "reference"),
        ("s2-ewma", [[1.0, 2.0, 3.0], [1.0, 3.0]], {}, "one size"),
        ("s2-ewma", [[1.0, 2.0, 3.0]] * 3, {"weight": 0.001}, "weight"),
        ("s2-ewma", [[1.0], [2.0]], {}, "individuals"),
    ],
)
def test_variances_that_have_no_chart_are_refused(kind, rows, more, says):
    with pytest.raises(DomainError, match=says):
        chart(kind, rows, **more)


def test_a_wild_point_signals_beside_the_sums_and_patterns_do_not():
    found = chart("shewhart-cusum", [0.4] * 12 + [3.6, 0.0, -3.0, 0.4, -3.6], centre=0.0, sigma=1.0)
    assert [(panel, point) for panel, point, _ in found.violations()] == [("standardised", 12), ("standardised", 16)]
    assert found.panels[0].watched == (1,)
    upper = chart("shewhart-cusum", [3.2, -9.0], centre=0.0, sigma=1.0, side="upper", point_limit=3.0)
    assert [panel.name for panel in upper.panels] == ["standardised", "upper-sum"]
    assert upper.violations() == (("standardised", 0, (1,)),)
    assert chart("cusum", [1.0] * 12, centre=0.0, sigma=1.0).panels[0].values == (
        chart("shewhart-cusum", [1.0] * 12, centre=0.0, sigma=1.0).panels[1].values
    )


def test_modified_limits_are_those_of_the_readings_themselves():
    chance = np.random.default_rng(2)
    values = [0.0]
    for step in chance.normal(0.0, 1.0, 20_000):
        values.append(0.7 * values[-1] + step)
    drawn = chart("ar1", values, plotted="points", level=0.0, coefficient=0.7, centre=0.0, sigma=1.0).panels[0]
    assert drawn.sigma[0] == pytest.approx(1 / sqrt(1 - 0.49))
    assert drawn.sigma[0] == pytest.approx(np.std(values), rel=0.03)
    assert drawn.watched == (1,)
    # Of the residuals 0.0027 lie beyond, as of the points between their modified limits; plain limits of moving ranges call always.
    assert np.mean([bits > 0 for bits in drawn.flags]) == pytest.approx(0.0027, abs=0.0015)
    plain = chart("i-mr", values, rules="shewhart").panels[0]
    assert np.mean([bits > 0 for bits in plain.flags]) > 0.05


def test_the_distribution_of_the_range_is_the_studentized_one_without_degrees_of_freedom():
    for n, r in ((2, 1.0), (3, 3.31), (5, 3.858), (10, 4.474), (10, 7.0)):
        below, above = range_within(n, r)
        assert above == pytest.approx(studentized_range.sf(r, n, np.inf), rel=1e-6)
        assert below + above == pytest.approx(1.0, abs=1e-15)
    assert range_within(4, 0.0) == (0.0, 1.0)


def test_medians_of_range_and_deviation_round_to_the_printed_factors():
    printed = [0.954, 1.588, 1.978, 2.257, 2.472, 2.645, 2.791, 2.915, 3.024]  # d4 of 2 to 10, Ferrell 1953
    assert [round(median_range(n), 3) for n in range(2, 11)] == printed
    for n in range(2, 12):
        assert median_deviation(n) == pytest.approx(sqrt(chi2.ppf(0.5, n - 1) / (n - 1)), rel=1e-12)


@pytest.mark.parametrize("name", SPREADS)
def test_an_estimator_within_subgroups_finds_the_sigma_that_is_there(name):
    rows = np.random.default_rng(6).normal(50.0, 3.0, (4000, 5)).tolist()
    assert spread_within(rows, name) == pytest.approx(3.0, rel=0.02)


@pytest.mark.parametrize("name", ["median-range", "median-sd"])
def test_medians_do_not_see_a_tenth_of_wild_subgroups(name):
    chance = np.random.default_rng(7)
    rows = chance.normal(0.0, 1.0, (200, 5))
    rows[::10] *= 20.0
    assert spread_within(rows.tolist(), name) == pytest.approx(1.0, rel=0.2)
    assert spread_within(rows.tolist(), "mean-range") > 2.0
    drawn = chart("xbar-s", rows.tolist(), sigma_by=name, centre_by="median-of-means")
    assert drawn.stages[0].estimators == {"centre": "median-of-means", "sigma": name}
    assert drawn.stages[0].estimates["centre"] == pytest.approx(float(np.median(rows.mean(axis=1))))


def test_single_vectors_of_phase_one_have_the_beta_limit():
    drawn = chart("t2", np.random.default_rng(1).normal(size=(20, 2)).tolist(), tail=0.01).panels[0]
    assert drawn.upper[0] == pytest.approx(19**2 / 20 * beta.isf(0.01, 1, 8.5), rel=1e-9)
