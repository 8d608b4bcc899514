"""Many streams: what is promised for the whole plant happens, as simulation shows."""

from math import exp, inf, nan

import numpy as np
import pytest
from scipy.stats import norm

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.charts.cusum import Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
from openqi.science.charts.run_lengths.limits import limit_for
from openqi.science.charts.run_lengths.streams.detector import ShiryaevRoberts, detected, normal_e_value
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg, e_benjamini_hochberg
from openqi.science.charts.run_lengths.streams.plant import StreamGroup, quiet_week, shared_alarms
from run_length_walks import agree, lengths_of

FAST, SLOW = StreamGroup(streams=40, points_a_week=100.0, name="fast"), StreamGroup(streams=60, points_a_week=20.0, name="slow")


def alarms_in(chart, streams, points, *, common=0.0, seed=0):
    """False alarms of restarting charts on so many streams, whose points share a part of their noise."""
    chance = np.random.Generator(np.random.Philox(seed))
    state, alarms = np.zeros((2, streams)), 0
    for _ in range(points):
        x = np.sqrt(common) * chance.standard_normal() + np.sqrt(1 - common) * chance.standard_normal(streams)
        if isinstance(chart, Ewma):
            state[0] = (1 - chart.weight) * state[0] + chart.weight * x
            signals = abs(state[0]) > chart.half_width
        else:
            state = np.array([np.maximum(state[0] + x - chart.reference, 0), np.maximum(state[1] - x - chart.reference, 0)])
            signals = (state >= chart.limit).any(axis=0)
        alarms += int(signals.sum())
        state[:, signals] = 0.0
    return alarms


@pytest.mark.parametrize("share", ["points", "streams"])
@pytest.mark.parametrize("common", [0.0, 0.5])
def test_a_plant_has_the_false_alarms_a_week_that_were_chosen(share, common):
    weeks, wanted = 40, 20.0
    seen = 0
    for place, group in enumerate(shared_alarms([FAST, SLOW], wanted, share=share)):
        chart = limit_for(Ewma(weight=0.2, limit=2.5), group.run_length).chart
        streams, points = group.group.streams, int(group.group.points_a_week)
        seen += alarms_in(chart, streams, points * weeks, common=common, seed=place)
    # 800 alarms are expected; those of streams that share their noise come in heaps, which widens their number.
    assert seen / weeks == pytest.approx(wanted, rel=0.12 if common == 0 else 0.25)


def test_shares_add_up_to_the_whole():
    by_points, by_streams = (shared_alarms([FAST, SLOW], 5.0, share=share) for share in ("points", "streams"))
    assert sum(one.alarms_a_week for one in by_points) == pytest.approx(5.0)
    assert by_points[0].run_length == by_points[1].run_length == pytest.approx(5200 / 5)
    assert [one.alarms_a_week for one in by_streams] == pytest.approx([2.0, 3.0])
    assert by_streams[0].run_length == pytest.approx(100 / 0.05)
    assert by_streams[1].probability == pytest.approx(0.05 / 20)


def test_a_thousand_streams_under_all_nelson_rules_have_14_false_alarms_at_each_instant():
    # 1000 streams at one point a week each: the figure of the anchors, 1000 / 73.4.
    (found,) = shared_alarms([StreamGroup(streams=1000, points_a_week=1.0)], 1000 / 73.4)
    assert found.run_length == pytest.approx(73.4)


@pytest.mark.parametrize("chance", [1e-9, 0.05, 0.5, 0.999])
def test_a_week_is_quiet_with_the_chance_that_was_chosen(chance):
    found = quiet_week([FAST, SLOW], chance)
    points = 40 * 100 + 60 * 20
    p = found[0].probability
    assert 1 - (1 - p) ** points == pytest.approx(chance, rel=1e-6)
    assert found[0].run_length == found[1].run_length


def test_a_quiet_week_is_quiet_in_a_simulation():
    found = quiet_week([FAST, SLOW], 0.2)[0]
    limit = limit_for(Shewhart(limit=3.0), found.run_length).chart.limit
    chance = np.random.Generator(np.random.Philox(8))
    loud = sum(bool((abs(chance.standard_normal(5200)) > limit).any()) for _ in range(2000))
    assert loud / 2000 == pytest.approx(0.2, abs=0.035)


def test_of_the_streams_that_are_named_few_are_named_in_vain():
    chance = np.random.Generator(np.random.Philox(4))
    shares, e_shares, powers = [], [], []
    for _ in range(400):
        x = chance.standard_normal(200)
        x[:20] += 3.0
        p, e = norm.sf(x), np.exp(3.0 * x - 4.5)
        named = np.array(benjamini_hochberg(p.tolist(), 0.1))
        e_named = np.array(e_benjamini_hochberg(e.tolist(), 0.1))
        shares.append(named[20:].sum() / max(named.sum(), 1))
        e_shares.append(e_named[20:].sum() / max(e_named.sum(), 1))
        powers.append(named[:20].mean())
    assert np.mean(shares) == pytest.approx(0.1 * 180 / 200, abs=0.015)  # exact for independent streams
    assert np.mean(e_shares) <= 0.1
    assert np.mean(powers) > 0.4


def test_benjamini_hochberg_names_those_of_the_paper():
    # The fifteen p-values of the example of Benjamini and Hochberg 1995: the first four are rejected at 0.05.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert benjamini_hochberg(p, 0.05) == tuple(place < 4 for place in range(15))
    assert sum(benjamini_hochberg(p, 0.05, dependent=True)) == 3
    assert benjamini_hochberg([0.9, 0.8], 0.05) == (False, False)
    assert e_benjamini_hochberg([100.0, 30.0, 0.1], 0.05) == (True, True, False)
    assert e_benjamini_hochberg([inf, 0.0], 0.1) == (True, False)


def shiryaev_step(bet, threshold, shift=0.0):
    def step(states, points, _):
        m = (states[0] + 1) * np.exp(bet * (points + shift) - bet * bet / 2)
        return m[None], m >= threshold

    return step


@pytest.mark.parametrize(("bet", "threshold", "shift"), [(1.0, 50.0, 0.0), (0.3, 80.0, 0.0), (2.0, 60.0, 0.0), (1.0, 100.0, 1.0)])
def test_an_e_detector_runs_as_long_as_is_computed_and_at_least_as_long_as_is_guaranteed(bet, threshold, shift):
    lengths = lengths_of(shiryaev_step(bet, threshold, shift), (0.0,), seed=int(10 * bet))
    chart = ShiryaevRoberts(bet=bet, limit=threshold)
    assert agree(chart.run_length(shift).value, lengths)
    assert chart.distribution(shift).mean == pytest.approx(chart.run_length(shift).value, rel=1e-7)
    if shift == 0.0:
        assert chart.run_length().value >= threshold


def test_the_guarantee_holds_for_data_that_are_not_normal_and_depend_on_each_other():
    # Bounded points in [-1, 1] of mean 0 given the past, with a width that the past decides: e-values 1 + x/2 have mean 1.
    def step(states, points, _):
        width = np.where(states[1] > 0, 1.0, 0.3)
        x = np.where(points > 0, width, -width)
        m = (states[0] + 1) * (1 + x / 2)
        return np.array([m, x]), m >= 40.0

    lengths = lengths_of(step, (0.0, 0.0), seed=6)
    assert lengths.mean() > 40.0


def test_a_calibrated_threshold_is_lower_than_the_guaranteed_one_and_true():
    found = limit_for(ShiryaevRoberts(bet=1.0, limit=100.0), 200.0)
    assert found.chart.limit < 150.0
    assert agree(200.0, lengths_of(shiryaev_step(1.0, found.chart.limit), (0.0,), seed=1))


def test_a_detector_follows_its_definition():
    assert detected([1.0] * 10, 5.0) == 5
    assert detected([0.5] * 1000, 5.0) is None
    assert detected([0.0, 3.0], 3.0) == 2
    assert normal_e_value(1.0, 1.0) == pytest.approx(exp(0.5))


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: StreamGroup(streams=0, points_a_week=1.0), "0 streams"),
        (lambda: StreamGroup(streams=1, points_a_week=nan), "nan"),
        (lambda: shared_alarms([], 1.0), "no streams"),
        (lambda: shared_alarms([FAST], 0.0), "above 0"),
        (lambda: shared_alarms([FAST], 5000.0), "below the 4000"),
        (lambda: shared_alarms([FAST, StreamGroup(streams=1, points_a_week=0.01, name="rare")], 40.0, share="streams"), "rare"),
        (lambda: quiet_week([FAST], 1.0), "chance"),
        (lambda: benjamini_hochberg([], 0.1), "no p-value"),
        (lambda: benjamini_hochberg([0.1, nan], 0.1), "stream 2"),
        (lambda: benjamini_hochberg([0.1, 1.2], 0.1), "1.2"),
        (lambda: e_benjamini_hochberg([-1.0], 0.1), "-1.0"),
        (lambda: benjamini_hochberg([0.1], 1.0), "rate"),
        (lambda: detected([1.0, -1.0], 5.0), "point 2"),
        (lambda: detected([1.0], 0.0), "threshold"),
        (lambda: ShiryaevRoberts(bet=0.0, limit=5.0), "bet"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(make, word):
    with pytest.raises(DomainError, match=word):
        make()


def test_a_cusum_shares_alarms_too():
    (share,) = shared_alarms([StreamGroup(streams=50, points_a_week=50.0)], 25.0)
    chart = limit_for(Cusum(reference=0.5, limit=4.0), share.run_length).chart
    assert alarms_in(chart, 50, 50 * 30) / 30 == pytest.approx(25.0, rel=0.12)
