"""Named in vain: the promise holds on a made-up market whose truth is known; copied marks are found, hired scanners are told."""

import numpy as np
import pytest
from benchmarks.marks.market import BEGIN, DAY, PLACES, SHARES, Market, scans_in
from scipy.stats import beta

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg
from openqi.science.signals.alarms import false_alarms, p_values
from openqi.science.signals.copies import labels_of, wandering
from openqi.science.signals.places import Place, least_seconds
from openqi.science.signals.presence import NEVER, presence_of
from openqi.science.signals.scans import scans_of

LEAST = least_seconds(PLACES)


def scored(market, seed):
    scans = scans_in(market, seed)
    return labels_of(scans, LEAST, left_out=wandering(scans, LEAST, most_serials=50)).moves


@pytest.fixture(scope="module")
def honest():
    return scored(Market(serials=100_000), 1)


def named(scores, honest):
    return np.array(benjamini_hochberg(p_values(scores, honest).tolist(), 0.05))


def test_honest_serials_have_p_values_that_keep_their_promise(honest):
    found = p_values(scored(Market(serials=60_000), 2), honest)
    for level in (0.02, 0.001, 0.0002):
        share = float(np.mean(found <= level))
        assert share <= level + 4 * (level / 60_000) ** 0.5 + 4 * (level / 100_000) ** 0.5


def test_marks_that_are_copied_ten_times_are_named_and_few_in_vain(honest):
    found = named(scored(Market(serials=20_000, copied=60, labels=10), 3), honest)
    assert found[:60].mean() > 0.9
    assert found[60:].sum() <= 0.3 * found.sum()


def test_a_rival_with_fifty_devices_harms_nobody(honest):
    found = named(scored(Market(serials=20_000, harmed=200, rivals=50), 4), honest)
    assert found[:200].sum() == 0


def test_thirty_people_who_are_hired_for_a_day_harm_nobody_either(honest):
    found = named(scored(Market(serials=20_000, harmed=100, hired=30), 5), honest)
    assert found[:100].sum() <= 2


def test_a_bound_on_false_alarms_is_that_of_clopper_and_pearson():
    found = false_alarms([1] * 7 + [0] * 993, 1)
    assert (found.reached, found.honest, found.rate) == (7, 1000, 0.007)
    assert found.upper == pytest.approx(beta.ppf(0.95, 8, 993), rel=1e-9)
    assert false_alarms([0] * 100, 1).upper == pytest.approx(1 - 0.05 ** (1 / 100), rel=1e-9)
    with pytest.raises(DomainError, match="at least one"):
        false_alarms([], 1)
    with pytest.raises(DomainError, match="what is usual"):
        p_values([1], [])


def test_p_values_count_ties_against_the_alarm():
    assert p_values([0, 1, 2, 3], [0, 1, 1, 2]).tolist() == [1.0, 0.8, 0.4, 0.2]


def test_scans_outside_the_market_before_use_and_after_the_end_are_counted_by_device():
    towns = (
        Place(name="a", latitude=0, longitude=0, reach=1, market="CN"),
        Place(name="b", latitude=0, longitude=9, reach=1, market="SG"),
    )
    scans = scans_of([0, 0, 0, 1, 1, 1], [5, 6, 90, 5, 50, 51], [1, 1, 0, 0, 0, 0], [1, 1, 2, 3, 4, -1])
    found = presence_of(scans, towns, markets=["CN"], begins=np.array([6, 6]), ends=np.array([NEVER, 40]))
    assert (found.outside.tolist(), found.early.tolist(), found.late.tolist()) == ([1, 0], [1, 1], [0, 2])
    assert presence_of(scans, towns, markets=[]).outside.tolist() == [0, 0]
    with pytest.raises(DomainError, match="no place is in market"):
        presence_of(scans, towns, markets=["US"])


def test_the_made_up_market_is_what_it_says():
    scans = scans_in(Market(serials=50_000, misplaced=0.0, pictures=0.0, travels=0.0, given_away=0.0), 6)
    assert len(scans) / 50_000 == pytest.approx(0.5 + 1.7 + 0.5, rel=0.02)
    homes = scans.place[scans.begins[:-1][np.diff(scans.begins) > 0]]
    assert np.mean(homes == 0) == pytest.approx(SHARES[0], rel=0.08)
    assert int(scans.at.min()) > BEGIN and int(scans.at.max()) < BEGIN + 130 * DAY
