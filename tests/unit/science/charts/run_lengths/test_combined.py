"""Means beside their spread, T² with its limit, and a CUSUM beside limits on points; against closed forms and simulation."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import chi2, ncx2, norm, studentized_range

from openqi.kernel.errors import DomainError
from openqi.science.charts.charting import chart
from openqi.science.charts.run_lengths.charts.combined import ShewhartCusum
from openqi.science.charts.run_lengths.charts.cusum import Cusum
from openqi.science.charts.run_lengths.charts.hotelling import HotellingT2
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.charts.subgroups import SubgroupMeans
from openqi.science.charts.run_lengths.limits import limit_for
from openqi.science.numbers.normal_samples import c4, d2, d3
from run_length_walks import agree, lengths_of


def combined_step(k, h, c, shift, sides):
    def step(states, points, _):
        x = points + shift
        upper, lower = np.maximum(states[0] + x - k, 0), np.maximum(states[1] - x - k, 0)
        up, down = (upper >= h) | (x > c), (lower >= h) | (x < -c)
        return np.array([upper, lower]), up | down if sides == "both" else up if sides == "upper" else down

    return step


@pytest.mark.parametrize(
    ("k", "h", "c", "shift", "side"),
    [
        (0.5, 4.0, 3.5, 0.0, "upper"), (0.5, 4.0, 3.5, 1.0, "both"), (0.5, 3.0, 3.0, 0.0, "both"), (1.0, 2.5, 3.0, 0.5, "both"),
        (0.25, 6.0, 3.0, 0.75, "upper"), (0.5, 4.0, 3.0, -2.0, "lower"), (0.5, 5.0, 3.5, 0.5, "both"),
        (0.25, 8.0, 3.5, 1.0, "both"),
    ],
)  # fmt: skip
def test_a_cusum_beside_limits_runs_as_long_as_simulated(k, h, c, shift, side):
    said = ShewhartCusum(reference=k, limit=h, point_limit=c, side=side).run_length(shift)
    lengths = lengths_of(combined_step(k, h, c, shift, side), (0.0, 0.0), seed=int(10 * h + shift))
    spare = 0.0 if said.error_bound is not None else 4 * said.standard_error
    assert agree(said.value, lengths) or abs(said.value - lengths.mean()) < 4 * lengths.std() / sqrt(len(lengths)) + spare
    assert (said.error_bound is None) == (side == "both" and c + k < h)


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0, 3.0, -3.0])
def test_without_limits_on_points_it_is_the_cusum_and_without_a_sum_the_chart_of_shewhart(shift):
    wide = ShewhartCusum(reference=0.5, limit=4.0, point_limit=9.5).run_length(shift)
    assert wide.value == pytest.approx(Cusum(reference=0.5, limit=4.0).run_length(shift).value, rel=1e-7)
    assert wide.error_bound < 1e-6 * wide.value
    sumless = ShewhartCusum(reference=2.4, limit=30.0, point_limit=2.5, side="upper").run_length(abs(shift) / 4)
    assert sumless.value == pytest.approx(Shewhart(limit=2.5, side="upper").run_length(abs(shift) / 4).value, rel=1e-6)


@pytest.mark.parametrize(("n", "shift", "scale"), [(2, 0.0, 1.0), (5, 0.7, 1.2), (9, 0.3, 0.8), (25, 0.1, 1.0)])
def test_means_beside_deviations_and_ranges_have_closed_forms(n, shift, scale):
    mean = norm.sf((3 - shift * sqrt(n)) / scale) + norm.cdf((-3 - shift * sqrt(n)) / scale)
    away = 3 * sqrt(1 - c4(n) ** 2)
    s = chi2.sf((n - 1) * ((c4(n) + away) / scale) ** 2, n - 1) + chi2.cdf((n - 1) * max((c4(n) - away) / scale, 0) ** 2, n - 1)
    r = studentized_range.sf((d2(n) + 3 * d3(n)) / scale, n, np.inf)
    r += studentized_range.cdf(max((d2(n) - 3 * d3(n)) / scale, 0), n, np.inf)
    for spread, other in (("none", 0.0), ("deviation", s), ("range", r)):
        found = SubgroupMeans(size=n, spread=spread).run_length(shift, scale)
        assert found.value == pytest.approx(1 / (1 - (1 - mean) * (1 - other)), rel=1e-6 if spread == "range" else 1e-10)


@pytest.mark.parametrize(("kind", "spread"), [("xbar-s", "deviation"), ("xbar-r", "range")])
def test_the_charts_themselves_signal_as_often(kind, spread):
    rows = np.random.default_rng(4).normal(0.0, 1.3, (40_000, 4)).tolist()
    found = chart(kind, rows, centre=0.0, sigma=1.0, rules="shewhart")
    signals = np.mean([bool(one or other) for one, other in zip(found.panels[0].flags, found.panels[1].flags, strict=True)])
    wanted = SubgroupMeans(size=4, spread=spread).signal(0.0, 1.3)
    assert signals == pytest.approx(wanted, abs=4 * sqrt(wanted / 40_000))


def test_t2_has_the_tail_of_noncentral_chi_squared_and_finds_its_limit():
    one = HotellingT2(variables=3, limit=12.0, size=5)
    assert one.run_length(0.6).value == pytest.approx(1 / ncx2.sf(12.0, 3, 5 * 0.36), rel=1e-9)
    assert one.run_length(0.6).shift == 0.6
    assert limit_for(one, 370.0).chart.limit == pytest.approx(chi2.isf(1 / 370, 3), rel=1e-8)
    assert one.distribution(0.6).mean == pytest.approx(one.run_length(0.6).value)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: SubgroupMeans(size=101), "101"),
        (lambda: SubgroupMeans(size=5, limit=0.0), "limit"),
        (lambda: SubgroupMeans(size=5, spread="sd"), "spread"),
        (lambda: SubgroupMeans(size=5).run_length(0.0, -1.0), "scale"),
        (lambda: HotellingT2(variables=2, limit=-1.0), "limit"),
        (lambda: HotellingT2(variables=2, limit=1.0, size=0), "means of 0"),
        (lambda: ShewhartCusum(reference=-1.0, limit=4.0), "reference"),
        (lambda: ShewhartCusum(reference=3.5, limit=4.0).run_length(), "never rises"),
        (lambda: ShewhartCusum(reference=0.5, limit=4.0).run_length(state="steady"), "zero state"),
        (lambda: limit_for(ShewhartCusum(reference=0.5, limit=4.0), 370.0), "computed, not simulated"),
        (lambda: limit_for(SubgroupMeans(size=5), 370.0), "may signal sooner"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(make, says):
    with pytest.raises(DomainError, match=says):
        make()
