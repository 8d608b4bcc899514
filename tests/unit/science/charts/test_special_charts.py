"""Rare events, short runs, order, vectors, autocorrelation, self-starting, change points: as published and by second methods."""

from itertools import combinations, groupby
from math import comb, inf, isnan, nan, sqrt

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.charts.charting import chart
from openqi.science.charts.estimators.runs import chance_of_runs, run_findings
from openqi.science.charts.estimators.self_starting import q_statistics
from openqi.science.charts.kinds.t2 import upper_limit
from vectors_of import PLACES, figures_of, vectors_of


@pytest.mark.parametrize("place", PLACES)
def test_hotelling_of_strength_and_diameter_as_published(place):
    case, expected = vectors_of("control/hotelling_montgomery.json"), figures_of("control/hotelling_montgomery.json", place)
    found = chart("t2", case["rows"], tail=1.0 - expected["confidence"])
    assert found.panels[0].upper[0] == pytest.approx(expected["ucl"], rel=1e-7)
    assert found.stages[0].estimates["centre 1"] == pytest.approx(expected["center"]["Strength"], rel=1e-12)
    assert found.violations() == ()
    inverse = np.linalg.inv(np.array(expected["cov"]))
    apart = np.array(case["rows"]) - np.array([expected["center"]["Strength"], expected["center"]["Diameter"]])
    assert list(found.panels[0].values) == pytest.approx(np.einsum("ij,jk,ik->i", apart, inverse, apart).tolist(), rel=1e-9)


@pytest.mark.parametrize(("width", "count"), [(2, 20), (5, 30), (12, 400)])
def test_limits_of_distances_are_quantiles_of_beta_f_and_chi_squared(width, count):
    tail = 0.0027
    beta = stats.beta.isf(tail, width / 2, (count - width - 1) / 2) * (count - 1) ** 2 / count
    later = stats.f.isf(tail, width, count - width) * width * (count + 1) * (count - 1) / (count * (count - width))
    assert upper_limit(width, count, tail, first=True) == pytest.approx(beta, rel=1e-9)
    assert upper_limit(width, count, tail, first=False) == pytest.approx(later, rel=1e-9)
    assert upper_limit(width, 0, tail, first=False) == pytest.approx(stats.chi2.isf(tail, width), rel=1e-10)


def test_a_frozen_baseline_judges_new_vectors_and_a_missing_component_leaves_no_distance():
    base = {"centre": [1.0, 2.0], "covariance": [[4.0, 0.0], [0.0, 1.0]], "count": 0}
    drawn = chart("t2", [[1.0, 2.0], [5.0, 2.0], [1.0, None], [9.0, 9.0]], baseline=base).panels[0]
    assert drawn.values[:2] == (0.0, 4.0)
    assert isnan(drawn.values[2])
    assert drawn.flags == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        ([[1.0, 2.0]] * 3, {}, "takes at least 4"),
        ([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]], {}, "component 2"),
        ([[1.0, 2.0], [1.0]], {}, "point 2 has 1 values"),
        ([[1.0, 2.0]], {"baseline": {"centre": [1.0]}}, "baseline"),
        ([[1.0]], {"baseline": {"centre": [1.0], "covariance": [[1.0]], "count": 1}}, "baseline from 1"),
        ([[1.0, 2.0]], {"baseline": {"centre": [1.0, 2.0], "covariance": [[1.0, 2.0], [0.0, 1.0]], "count": 0}}, "symmetric"),
    ],
)
def test_vectors_that_have_no_distance_are_refused(rows, more, said):
    with pytest.raises(DomainError, match=said):
        chart("t2", rows, **more)


@pytest.mark.parametrize(("above", "below"), [(1, 1), (3, 5), (6, 6), (7, 2)])
def test_chances_of_runs_are_those_of_all_orders_counted_out(above, below):
    counts = [
        len(list(groupby(place in places for place in range(above + below))))
        for places in combinations(range(above + below), above)
    ]
    assert len(counts) == comb(above + below, above)
    for runs in range(1, above + below + 1):
        few, many = chance_of_runs(above, below, runs)
        assert few == pytest.approx(sum(count <= runs for count in counts) / len(counts))
        assert many == pytest.approx(sum(count >= runs for count in counts) / len(counts))


def test_chances_of_runs_go_over_into_the_normal_ones():
    exact, normal = chance_of_runs(500, 500, 480), chance_of_runs(501, 500, 480)
    assert exact == pytest.approx(normal, abs=0.008)


def test_findings_of_a_run_chart():
    found = run_findings([1.0, 2.0, 3.0, 4.0, 5.0, nan, 6.0])
    assert (found["runs"], found["longest_run"], found["runs_up_and_down"]) == (2, 3, 1)
    assert found["p_clustering"] == pytest.approx(2 / 20)
    assert found["p_trend"] < 0.05 < found["p_oscillation"]
    # Anhoej and Olesen: 24 points, longest run 8, fewest crossings 8.
    points = run_findings([(-1.0) ** n * (n + 1) for n in range(24)])
    assert (points["longest_run_limit"], points["crossings_limit"]) == (8.0, 8.0)
    assert isnan(run_findings([])["p_clustering"])
    assert run_findings([5.0] * 9)["runs"] == 0


def test_q_statistics_are_standard_normal_whatever_the_process():
    chance = np.random.default_rng(11)
    found = np.array([q_statistics((chance.normal(1e4, 77.0, 12)).tolist())[2:] for _ in range(3_000)])
    assert stats.kstest(found.ravel(), "norm").pvalue > 0.001
    assert abs(np.corrcoef(found[:, 0], found[:, 5])[0, 1]) < 0.06
    by_hand = (4.0 - 1.5) / stats.tstd([1.0, 2.0]) * sqrt(2 / 3)
    assert q_statistics([1.0, 2.0, 4.0])[2] == pytest.approx(stats.norm.isf(stats.t.sf(by_hand, 1)), rel=1e-10)
    assert [isnan(q) for q in q_statistics([5.0, 5.0, 5.0, 6.0, 5.0])] == [True, True, True, True, False]
    assert 30 < q_statistics([0.0, 1e-9] * 50 + [1e9])[-1] < 38


def test_a_self_starting_cusum_sums_them():
    values = np.random.default_rng(3).normal(0, 1, 40).tolist() + [3.0] * 10
    (upper,) = chart("self-starting-cusum", values, side="upper").panels
    level = 0.0
    for found, q in zip(upper.values[2:], q_statistics(values)[2:], strict=True):
        level = max(0.0, level + q - 0.5)
        assert found == pytest.approx(level, abs=1e-12)
    assert any(upper.flags[40:])


def test_residuals_of_an_autocorrelated_process_are_independent_and_named():
    chance = np.random.default_rng(4)
    values = [0.0]
    for shock in chance.normal(0, 1, 5_000):
        values.append(0.8 * values[-1] + shock)
    found = chart("ar1", values)
    assert found.stages[0].estimates["coefficient"] == pytest.approx(0.8, abs=0.03)
    assert found.stages[0].estimates["sigma"] == pytest.approx(1.0, abs=0.05)
    assert len(found.violations()) < len(chart("i-mr", values).violations()) / 5
    fixed = chart("ar1", [1.0, 2.0, 4.0], level=1.0, coefficient=0.5, centre=0.0, sigma=1.0).panels[0]
    assert list(fixed.values[1:]) == [1.0, 2.5]


def test_a_change_is_found_where_it_is_and_seldom_where_there_is_none():
    chance = np.random.default_rng(5)
    moved = np.concatenate([chance.normal(0, 1, 40), chance.normal(2.0, 1, 30)])
    assert abs(chart("change-point", moved).stages[0].findings["likeliest_first_point"] - 40) <= 2
    spread = np.concatenate([chance.normal(0, 1, 50), chance.normal(0, 4, 50)])
    assert abs(chart("change-point", spread).stages[0].findings["likeliest_first_point"] - 50) <= 5
    alarms = sum(bool(chart("change-point", chance.normal(0, 1, 30)).violations()) for _ in range(400))
    assert alarms <= 32  # at most 5 % are promised: 20 expected at most, 32 is 2.7 standard deviations more
    jump = chart("change-point", [1.0, 1.0, 1.0, 5.0, 5.0, 5.0])
    assert jump.stages[0].findings == {"likeliest_first_point": 3.0, "ratio": inf}
    assert chart("change-point", [1.0, 1.0, 2.0, 1.5, 3.0, 3.0]).violations() == ()  # equal neighbours prove nothing
    assert chart("change-point", [2.0] * 9).violations() == ()
    with pytest.raises(DomainError, match="4 to"):
        chart("change-point", [1.0, 2.0, None, 3.0])


def test_short_runs_are_judged_by_their_own_part():
    values, parts = [1.0, 2.0, 1.5, 101.0, 104.0, 1.0], "aaabba"
    drawn = chart("z-mr", values, groups=parts, centres={"a": 1.0, "b": 100.0}, sigmas={"a": 0.5, "b": 2.0}).panels
    assert list(drawn[0].values) == [0.0, 2.0, 1.0, 0.5, 2.0, 0.0]
    assert list(drawn[1].values[1:]) == [2.0, 1.0, 0.5, 1.5, 2.0]
    own = chart("z-mr", values, groups=parts, sigma_by="constant").stages[0].estimates
    assert own["sigma of a"] == own["sigma of b"] == pytest.approx((1.0 + 0.5 + 0.5 + 3.0) / 4 / (2 / sqrt(np.pi)))
    deviations = chart("deviation-from-nominal", values, groups=parts, nominals={"a": 1.0, "b": 100.0}).panels[0]
    assert list(deviations.values) == [0.0, 1.0, 0.5, 1.0, 4.0, 0.0]
    with pytest.raises(DomainError, match="no nominal value for b"):
        chart("deviation-from-nominal", values, groups=parts, nominals={"a": 1.0})
    with pytest.raises(DomainError, match="needs groups"):
        chart("z-mr", values)


def test_rare_events_have_exact_limits_or_three_sigma():
    exact, sigma = chart("g", [9, 9, 9]).panels[0], chart("g", [9, 9, 9], limits="sigma").panels[0]
    assert exact.upper[0] == stats.geom.isf(0.0013498980316300933, 0.1, loc=-1)
    assert sigma.upper[0] == pytest.approx(9 + 3 * sqrt(90))
    assert sigma.lower[0] == 0.0


def test_times_between_events_become_nearly_normal():
    times = np.random.default_rng(6).exponential(250.0, 4_000)
    found = chart("t", times, sigma_by="standard-deviation")
    assert abs(stats.skew(found.panels[0].values)) < 0.1
    assert len([1 for *_, numbers in found.violations() if 1 in numbers]) < 12
    with pytest.raises(DomainError, match="not negative"):
        chart("t", [-1.0])


def test_times_between_events_as_they_are_have_quantiles_of_their_distribution():
    drawn = chart("t", [5.0, 0.001, 700.0, None, 80.0], limits="exact", centre=100.0).panels[0]
    tail = stats.norm.sf(3.0)
    wanted = (stats.expon.ppf(tail, scale=100), stats.expon.isf(tail, scale=100))
    assert (drawn.lower[0], drawn.upper[0]) == pytest.approx(wanted, rel=1e-12)
    assert drawn.watched == (1, 2, 3, 4)
    assert [point for point, bits in enumerate(drawn.flags) if bits & 1] == [1, 2]
    times = np.random.default_rng(3).exponential(40.0, 40_000)
    found = chart("t", times, limits="exact", rules="shewhart").panels[0]
    assert found.centre[0] == pytest.approx(times.mean())
    assert np.mean([bits > 0 for bits in found.flags]) == pytest.approx(0.0027, abs=4 * (0.0027 / 40_000) ** 0.5)
    with pytest.raises(DomainError, match="sigma is of transformed times"):
        chart("t", [1.0], limits="exact", sigma=1.0)
    with pytest.raises(DomainError, match="not negative"):
        chart("t", [-1.0], limits="exact")
