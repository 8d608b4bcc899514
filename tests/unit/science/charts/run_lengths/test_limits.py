"""The search for limits: published designs, its own check, and refusals."""

import pytest

from clocked import fair
from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.charts.autocorrelated import Autocorrelated
from openqi.science.charts.run_lengths.charts.cusum import CrosierCusum, Cusum
from openqi.science.charts.run_lengths.charts.estimated import EstimatedShewhart
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.limits import cusum_for, ewma_for, limit_for

CHARTS = [
    Ewma(weight=0.1, limit=3.0),
    Ewma(weight=0.02, limit=3.0),
    Ewma(weight=0.25, limit=0.5, side="upper"),
    Ewma(weight=0.2, limit=6.0, head_start=0.5),
    Ewma(weight=0.2, limit=3.0, limits="exact"),
    Cusum(reference=0.5, limit=0.5),
    Cusum(reference=0.25, limit=30.0, side="lower"),
    Cusum(reference=1.0, limit=3.0, head_start=0.5),
    CrosierCusum(reference=0.5, limit=4.0),
    Shewhart(limit=1.0),
    Autocorrelated(coefficient=0.5, limit=3.0),
    EstimatedShewhart(limit=3.0, groups=50, dof=200),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("wanted", [20.0, 370.0, 20_000.0])
def test_a_found_limit_has_the_wanted_run_length(chart, wanted):
    if isinstance(chart, EstimatedShewhart) and wanted > 1000:
        pytest.skip("a pre-run of 50 groups gives no such run length with any certainty")
    found = limit_for(chart, wanted)
    again = chart.with_limit(found.chart.limit).run_length()
    assert again == found.run_length
    assert again.value == pytest.approx(wanted, rel=3e-9 if not isinstance(chart, EstimatedShewhart) else 1e-6)
    assert 0.0 < found.error_bound < 1e-5 * found.chart.limit


def test_limits_are_those_that_are_in_print():
    assert limit_for(Ewma(weight=0.1, limit=3.0), 500.0).chart.limit == pytest.approx(2.814, abs=6e-4)  # Lucas and Saccucci 1990
    assert limit_for(Ewma(weight=0.25, limit=3.0), 500.0).chart.limit == pytest.approx(2.998, abs=6e-4)
    assert limit_for(Ewma(weight=0.5, limit=3.0), 500.0).chart.limit == pytest.approx(3.071, abs=6e-4)
    assert limit_for(Cusum(reference=0.5, limit=4.0), 465.0).chart.limit == pytest.approx(5.0, abs=2e-3)  # Lucas and Crosier 1982
    assert limit_for(Shewhart(limit=2.0), 370.3983473449564).chart.limit == pytest.approx(3.0, abs=1e-12)


def test_a_design_sees_its_shift_sooner_than_its_neighbours():
    found = ewma_for(1.0, 500.0)
    assert found.chart.weight == pytest.approx(0.14, abs=0.01)  # Crowder 1989, figure for a shift of 1
    own = found.chart.estimate(1.0)
    for weight in (found.chart.weight - 0.02, found.chart.weight + 0.02):
        assert limit_for(Ewma(weight=weight, limit=2.8), 500.0).chart.estimate(1.0) > own
    cusum = cusum_for(1.0, 500.0)
    assert cusum.chart.reference == 0.5
    for reference in (0.35, 0.65):
        assert limit_for(Cusum(reference=reference, limit=4.0), 500.0).chart.estimate(1.0) > cusum.chart.estimate(1.0)


def test_a_search_takes_no_time():
    chart = Ewma(weight=0.1, limit=3.0)
    for _ in range(20):  # enough to load the compiler
        limit_for(chart, 370.0)

    def often() -> None:
        for _ in range(20):
            limit_for(chart, 370.0)

    assert fair(2.0, 20 * 0.05, often) < 20 * 0.05  # ten times the target of 5 ms


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: limit_for(Shewhart(limit=3.0), 1.0), "above 1"),
        (lambda: limit_for(Shewhart(limit=3.0), float("nan")), "above 1"),
        (lambda: limit_for(Shewhart(limit=3.0), 1e9), "at most"),
        (lambda: limit_for(Cusum(reference=10.0, limit=1.0), 5.0), "no limit|certified"),
        (lambda: cusum_for(0.0, 370.0), "shift"),
        (lambda: ewma_for(0.05, 370.0), "shift"),
    ],
)
def test_what_cannot_be_found_is_refused_and_says_why(make, word):
    with pytest.raises(DomainError, match=word):
        make()
