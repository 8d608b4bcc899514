"""Which streams are named: the promised share of those named in vain, by playing whole plants; and plants in control, counted."""

from math import inf, nan

import numpy as np
import pytest
from scipy.stats import norm

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.charts.cusum import Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.limits import limit_for
from openqi.science.charts.run_lengths.playing import alarm_places
from openqi.science.charts.run_lengths.streams.detector import named_by_detectors
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg
from openqi.science.charts.run_lengths.streams.non_restarting import ceiling_for, in_control, named_by_sums
from openqi.science.charts.run_lengths.streams.plant import StreamGroup, quiet_week, shared_alarms
from openqi.science.charts.run_lengths.streams.played import played_weeks


def chain_of_cells(k, b, cells):
    """The sum in control after long, by a chain of cells: tails at their edges, which converge as the square of a cell."""
    width = b / cells
    middles = np.concatenate([[0.0], (np.arange(cells) + 0.5) * width, [b]])
    edges = np.arange(cells + 1) * width
    cumulative = norm.cdf(edges[None, :] - middles[:, None] + k)
    moves = np.hstack([cumulative[:, :1], np.diff(cumulative, axis=1), 1 - cumulative[:, -1:]])
    # What does not change any more: the last of its equations, which follows from the others, becomes "adds up to 1".
    balance = moves.T - np.eye(cells + 2)
    balance[-1] = 1.0
    mass = np.linalg.solve(balance, np.eye(cells + 2)[-1])
    return edges, 1 - np.cumsum(mass)[:-1]


@pytest.mark.parametrize(("k", "b"), [(0.5, 6.0), (0.25, 10.0), (1.0, 4.0), (0.1, 8.0)])
def test_the_sum_in_control_is_spread_as_a_chain_of_cells_has_it(k, b):
    edges, tails = chain_of_cells(k, b, 800)
    law = in_control(k, b)
    for edge, tail in zip(edges[40::95].tolist(), tails[40::95].tolist(), strict=True):
        assert law.tail(edge) == pytest.approx(tail, rel=3e-4)
    assert (law.tail(0.0), law.tail(b + 1e-9)) == (1.0, 0.0)
    assert law.tails_of([1.0, 2.0]) == [law.tail(1.0), law.tail(2.0)]


def test_a_p_value_is_never_too_small_at_any_instant():
    # The chart begins at 0: in control its sum is at most what it is after long.
    x = np.random.default_rng(1).normal(size=(60, 40_000))
    law, s = in_control(0.5, 8.0), np.zeros(40_000)
    for row in x:
        s = np.minimum(np.maximum(s + row - 0.5, 0), 8.0)
        for level in (0.5, 2.0, 3.0):
            beyond = (s >= level).mean()
            assert beyond <= law.tail(level) + 4 * np.sqrt(law.tail(level) / 40_000)


def shares_of(rows, changed, level, instant, **asked):
    """Of one plant: the share named in vain, and the share of those changed that are named, at one instant."""
    *_, last = (one for _, one in zip(range(instant), named_by_sums(rows, level, **asked), strict=False))
    named = np.array(last.named)
    return named[~changed].sum() / max(named.sum(), 1), named[changed].mean(), last


@pytest.mark.parametrize(("side", "dependent"), [("upper", False), ("both", False), ("upper", True)])
def test_of_those_named_the_promised_share_is_named_in_vain_at_an_instant(side, dependent):
    chance = np.random.default_rng(7)
    changed = np.arange(60) < 12
    shares, powers = [], []
    for _ in range(80):
        x = chance.normal(size=(40, 60)) + np.where(changed, 1.2, 0.0) * (np.arange(40)[:, None] >= 25)
        share, power, _ = shares_of(x.tolist(), changed, 0.2, 40, side=side, dependent=dependent)
        shares.append(share)
        powers.append(power)
    assert np.mean(shares) <= 0.2 * 48 / 60 + 3 * np.std(shares) / np.sqrt(80)
    assert np.mean(powers) > (0.3 if dependent else 0.6)
    if side == "upper" and not dependent:
        assert np.mean(shares) > 0.05  # not by naming none


def test_streams_that_came_back_are_named_in_vain_as_seldom_once_their_sum_was_at_nothing():
    chance = np.random.default_rng(9)
    shares = []
    for _ in range(80):
        x = chance.normal(size=(70, 40))
        x[:20, :10] += 1.5  # out of control, and back
        x[45:, 10:18] += 1.5  # out of control now
        sums = list(named_by_sums(x.tolist(), 0.2, side="upper"))
        rested = np.array([[one.sums[stream] == 0.0 for stream in range(40)] for one in sums[20:]]).any(axis=0)
        innocent = np.ones(40, dtype=bool)
        innocent[10:18] = False
        innocent[:10] &= rested[:10]
        named = np.array(sums[-1].named)
        shares.append((named & innocent).sum() / max(named.sum(), 1))
    assert np.mean(shares) <= 0.2 + 3 * np.std(shares) / np.sqrt(80)
    assert rested[:10].mean() > 0.5  # the ceiling lets them come back


def test_a_ceiling_lets_a_stream_come_back_sooner():
    rows = [[4.0]] * 50 + [[0.0]] * 60
    low, high = ([one.sums[0] for one in named_by_sums(rows, 0.1, ceiling=b)] for b in (6.0, 60.0))
    assert max(low) == 6.0
    assert low.index(0.0, 50) < high.index(0.0, 50) if 0.0 in high[50:] else True
    assert low[-1] == 0.0 < high[-1]
    assert in_control(0.5, ceiling_for(0.5, 1000, 0.1)).tail(ceiling_for(0.5, 1000, 0.1)) <= 1e-5


def test_names_are_those_of_the_p_values_and_a_missing_point_leaves_its_sum():
    rows = [[3.0, -3.0, 0.1], [3.0, -3.0, nan], [nan, nan, nan]]
    *_, before, last = named_by_sums(rows, 0.1)
    assert last.sums == before.sums == (5.0, 5.0, 0.0)
    assert last.p_values[0] == last.p_values[1] < 0.1
    assert last.p_values[2] == 1.0
    assert last.named == benjamini_hochberg(last.p_values, 0.1) == (True, True, False)
    *_, upper = named_by_sums(rows, 0.1, side="upper")
    *_, lower = named_by_sums(rows, 0.1, side="lower")
    assert (upper.named, lower.named) == ((True, False, False), (False, True, False))
    assert upper.p_values[0] == pytest.approx(last.p_values[0] / 2)


@pytest.mark.parametrize("common", [0.0, 0.6])
def test_detectors_keep_their_promise_whatever_streams_have_to_do_with_each_other(common):
    chance = np.random.default_rng(11)
    shares, powers = [], []
    for _ in range(200):
        noise = np.sqrt(common) * chance.normal(size=(60, 1)) + np.sqrt(1 - common) * chance.normal(size=(60, 40))
        noise[20:, :8] += 2.0
        e_values = np.exp(1.5 * noise - 1.125)
        *_, named = named_by_detectors(e_values.tolist(), 0.2, 60)
        shares.append(sum(named[8:]) / max(sum(named), 1))
        powers.append(np.mean(named[:8]))
    assert np.mean(shares) <= 0.2
    assert np.mean(powers) > 0.9


def test_detectors_begin_anew_after_their_patience():
    # One stream is named where its detector reaches patience / level.
    names = list(named_by_detectors([[2.0]] * 8, 0.5, 3))
    assert names == [(False,), (True,), (True,), (False,), (True,), (True,), (False,), (True,)]  # 2, 6, 14 of 6


def test_a_played_plant_has_the_alarms_that_were_chosen():
    groups = [StreamGroup(streams=40, points_a_week=100.0), StreamGroup(streams=10, points_a_week=500.0)]
    for chart in (Ewma(weight=0.2, limit=2.8), Cusum(reference=0.5, limit=4.0), Shewhart(limit=3.0)):
        shares = shared_alarms(groups, 9.0)
        found = played_weeks([(one.group, limit_for(chart, one.run_length).chart) for one in shares], 60, seed="test")
        assert found.alarms_a_week == pytest.approx(9.0, abs=4 * found.standard_error)
        assert found.alarms == pytest.approx(60 * found.alarms_a_week)
    quiet = quiet_week(groups, 0.3)
    chart = limit_for(Shewhart(limit=3.0), quiet[0].run_length).chart
    played = played_weeks([(one.group, chart) for one in quiet], 150, seed="quiet")
    assert 1 - played.quiet / 150 == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 150))
    assert played == played_weeks([(one.group, chart) for one in quiet], 150, seed="quiet")


def test_a_chart_begins_anew_after_each_alarm():
    assert alarm_places(Shewhart(limit=3.0), np.array([0.0, 4.0, 0.0, -4.0, 4.0])) == [2, 4, 5]
    assert alarm_places(Cusum(reference=0.5, limit=4.0), np.array([2.5, 2.5, 2.5, 2.5, 0.0])) == [2, 4]


GROUP = (StreamGroup(streams=1, points_a_week=10.0), Shewhart(limit=3.0))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: in_control(0.0, 5.0), "reference of 0"),
        (lambda: in_control(0.5, inf), "ceiling of inf"),
        (lambda: list(named_by_sums([[1.0]], 0.0)), "false discovery rate"),
        (lambda: list(named_by_sums([[1.0]], 0.1, shift=0.0)), "shift of 0"),
        (lambda: list(named_by_sums([[1.0], [1.0, 2.0]], 0.1)), "instant 2 has 2 points"),
        (lambda: list(named_by_sums([[1.0], [inf]], 0.1)), "instant 2, stream 1"),
        (lambda: list(named_by_sums([[]], 0.1)), "no p-value"),
        (lambda: list(named_by_detectors([[1.0]], 0.1, 0)), "patience of 0"),
        (lambda: list(named_by_detectors([[1.0], [1.0, 1.0]], 0.1, 5)), "instant 2 has 2 e-values"),
        (lambda: list(named_by_detectors([[1.0], [-1.0]], 0.1, 5)), "instant 2, stream 1"),
        (lambda: played_weeks([GROUP], 0), "0 weeks"),
        (lambda: played_weeks([(StreamGroup(streams=1, points_a_week=1.5), Shewhart(limit=3.0))], 1), "only whole ones"),
        (lambda: played_weeks([(StreamGroup(streams=10**6, points_a_week=168.0), Shewhart(limit=3.0))], 1), "play fewer weeks"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(make, says):
    with pytest.raises(DomainError, match=says):
        make()
