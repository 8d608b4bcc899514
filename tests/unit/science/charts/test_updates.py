"""Updates give the flags of the batch, bit for bit, however the readings come in."""

from math import nan
from time import thread_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clocked import fair
from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.rule import RuleSet, rule_sets
from openqi.science.charts.streams import watch
from openqi.science.charts.updates import stream_states
from openqi.science.numbers.compiled import is_fast
from unit.science.charts.test_streams import rules_of_any_kind, tenths


@given(
    values=st.lists(st.one_of(tenths, st.just(nan)), max_size=60),
    rules=st.lists(rules_of_any_kind(), min_size=1, max_size=5, unique_by=lambda rule: rule.number),
    stretch=st.integers(1, 12),
    cut=st.integers(0, 60),
)
@settings(max_examples=100, deadline=None)
def test_an_update_gives_the_flags_of_the_batch(values, rules, stretch, cut):
    values = [value + (0.001 * again if stretch % 2 else 0.0) for value in values for again in range(stretch)]
    own = RuleSet(name="own", rules=tuple(rules), source="own")
    states = stream_states([0.1], [0.9], rules=own)
    pieces = [states.update([0] * len(part), part).tolist() for part in (values[:cut], values[cut:])]
    assert pieces[0] + pieces[1] == watch(values, rules=own, centres=0.1, sigmas=0.9).flags(0).tolist()


@pytest.mark.parametrize("fast", [False, pytest.param(True, marks=pytest.mark.skipif(not is_fast(), reason="numba is absent"))])
@pytest.mark.parametrize("name", rule_sets())
def test_readings_of_many_streams_may_come_in_any_order(name, fast):
    chance = np.random.default_rng(3)
    values = (chance.standard_normal((20, 300)) * 1.3 + 5).round(1)
    values[values > 8.4] = nan
    batch = watch(values.ravel(), np.arange(21) * 300, rules=name, centres=5.0, sigmas=1.0)
    states = stream_states(np.full(20, 5.0), np.ones(20), rules=name)
    order = chance.permutation(np.repeat(np.arange(20), 300))
    seen = np.zeros(20, dtype=int)
    found = np.zeros((20, 300), dtype=np.uint32)
    for part in np.split(order, [1, 2, 700, 701, 3000]):
        places = []
        for stream in part:
            places.append(seen[stream])
            seen[stream] += 1
        found[part, places] = states.update(part, values[part, places], fast=fast)
    assert all(found[stream].tolist() == batch.flags(stream).tolist() for stream in range(20))


@pytest.mark.skipif(not is_fast(), reason="numba is not installed")
def test_an_update_of_many_streams_is_quick():
    states = stream_states(np.zeros(2_000), np.ones(2_000))
    streams, values = np.arange(2_000), np.random.default_rng(1).standard_normal(2_000)
    states.update(streams, values, fast=True)
    start = thread_time()
    states.update(streams, values, fast=True)
    assert fair(thread_time() - start, 0.1, lambda: states.update(streams, values, fast=True)) <= 0.1  # ten times 5 us a point


def test_a_reading_of_no_stream_is_refused_and_moves_nothing():
    states = stream_states([0.0, 1.0], [1.0, 1.0])
    for streams, values in (([2], [0.0]), ([-1], [0.0]), ([0, 1], [0.0])):
        with pytest.raises(DomainError, match="stream"):
            states.update(streams, values)
    assert not states.history.any()
    with pytest.raises(DomainError, match="finite"):
        stream_states([0.0], [nan])
