"""Streams that are taken further run by run give the flags and the moments of all readings at once."""

from itertools import accumulate

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.charts import continuing
from openqi.science.charts.continuing import StoppedError, borders, continued
from openqi.science.charts.rules.rule import rule_set, rule_sets
from openqi.science.charts.streams import watch


def in_runs(values, rules, seed, longest):
    """Flags of streams that are cut into runs anywhere, and the streams as they are in the end."""
    rng = np.random.default_rng(seed)
    streams = continued(np.zeros(len(values)), np.ones(len(values)), rules=rules)
    flags, done = [np.zeros(len(row), np.uint32) for row in values], [0] * len(values)
    while left := [place for place, row in enumerate(values) if done[place] < len(row)]:
        whose = [place for place in left if rng.random() < 0.7] or left
        sizes = [int(rng.integers(1, min(longest, len(values[place]) - done[place]) + 1)) for place in whose]
        cuts = [slice(done[place], done[place] + size) for place, size in zip(whose, sizes, strict=True)]
        taken = np.concatenate([values[place][cut] for place, cut in zip(whose, cuts, strict=True)])
        times = np.concatenate([np.arange(cut.start, cut.stop) for cut in cuts])
        found = streams.take(taken, times, [0, *accumulate(sizes)], whose)
        for run, number, bits in zip(found.runs, found.numbers, found.bits, strict=True):
            flags[whose[run]][number - 1] = bits
        for place, size in zip(whose, sizes, strict=True):
            done[place] += size
    return flags, streams


def some_streams(seed):
    rng = np.random.default_rng(seed)
    rows = [rng.standard_normal(int(size)) * 1.4 for size in rng.integers(1, 260, 9)]
    return [np.round(np.where(rng.random(row.size) < 0.05, np.nan, row), 1) for row in rows]


@pytest.mark.parametrize("name", rule_sets())
@pytest.mark.parametrize("longest", [1, 31, 33, 100])
def test_wherever_streams_are_cut_the_flags_are_those_of_the_batch(name, longest):
    values, rules = some_streams(longest), rule_set(name)
    batch = watch(np.concatenate(values), [0, *accumulate(map(len, values))], rules=rules, centres=0.0, sigmas=1.0)
    flags, streams = in_runs(values, rules, 7, longest)
    for place, row in enumerate(flags):
        assert row.tolist() == batch.flags(place).tolist()
    found = streams.found()
    alarming = sum(1 << place for place, rule in enumerate(rules.rules) if not rule.warns)
    assert found.violations.tolist() == batch.violations.tolist()
    assert found.alarms.tolist() == [int(np.count_nonzero(row & np.uint32(alarming))) for row in flags]
    assert found.there.tolist() == batch.counts.tolist()
    assert found.readings.tolist() == [len(row) for row in values]


def test_moments_of_runs_are_those_of_all_readings():
    values = [row + 1e6 for row in some_streams(3)]
    phase_one = watch(np.concatenate(values), [0, *accumulate(map(len, values))])
    _, streams = in_runs(values, rule_set("westgard"), 5, 40)
    found = streams.found()
    assert found.mean == pytest.approx(phase_one.centres, rel=1e-13, nan_ok=True)
    assert found.within == pytest.approx(phase_one.sigmas, rel=1e-9, nan_ok=True)
    assert found.overall == pytest.approx(phase_one.overall, rel=1e-9, nan_ok=True)
    able, asked = found.capability(1e6 - 4, 1e6 + 4), phase_one.capability(1e6 - 4, 1e6 + 4)
    assert able.ppk == pytest.approx(asked.ppk, rel=1e-9, nan_ok=True)


def test_what_was_kept_goes_on_and_what_does_not_fit_is_refused():
    rules = rule_set("nelson")
    first = continued([0.0, 1.0], [1.0, 1.0], rules=rules)
    first.take([1.0] * 9, range(9), [0, 9], [1])
    kept = [array.copy() for array in (first.last, first.last_times, first.history, first.sums, first.counts)]
    again = continued([0.0, 1.0], [1.0, 1.0], rules=rules, kept=kept)
    more = [2.0] * 9, range(9, 18), [0, 9], [1]
    assert first.take(*more).bits.tolist() == again.take(*more).bits.tolist() != []
    with pytest.raises(DomainError, match="does not fit"):
        continued([0.0], [1.0], rules=rules, kept=kept)
    with pytest.raises(DomainError, match="sigma at least 0"):
        continued([0.0], [-1.0], rules=rules)


@pytest.mark.parametrize(("values", "times"), [([1.0, 2.0], [5, 4]), ([1.0, float("inf")], [1, 2]), ([1.0, 2.0], [-9, 3])])
def test_a_run_that_goes_back_in_time_or_is_infinite_stops(values, times):
    streams = continued([0.0, 0.0], [1.0, 1.0], rules=rule_set("nelson"))
    streams.take([0.0, 0.0], [0, 0], [0, 1, 2], [0, 1])
    with pytest.raises(StoppedError) as stopped:
        streams.take([0.5, *values], [0, *times], [0, 1, 3], [0, 1])
    assert stopped.value.run == 1


def test_compiled_and_plain_give_the_same_bits(monkeypatch):
    values = np.random.default_rng(4).standard_normal(continuing.PAYS_FROM)
    ends, times = np.arange(11) * (values.size // 10), np.arange(values.size)
    found = []
    for fast in (True, False):
        if not fast:
            monkeypatch.setattr(continuing, "is_fast", lambda: False)
        streams = continued(np.zeros(10), np.ones(10), rules=rule_set("nelson"))
        flagged = streams.take(values, times, ends, range(10))
        found.append([flagged.places.tobytes(), flagged.bits.tobytes(), streams.sums.tobytes(), streams.history.tobytes()])
    assert found[0] == found[1]


def test_runs_begin_where_numbers_change():
    assert borders([3, 3, 5, 5, 5, 7]).tolist() == [0, 2, 5, 6]
    assert borders([1]).tolist() == [0, 1]


@pytest.mark.parametrize("longest", [1, 3, 64, 200, 5_000])
@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_compiled_borders_stand_where_a_number_differs_from_the_one_before(longest, kind):
    rng = np.random.default_rng(longest)
    row = np.repeat(rng.integers(-3, 3, continuing.PAYS_FROM), rng.integers(1, longest + 1, continuing.PAYS_FROM)).astype(kind)
    row = row[: continuing.PAYS_FROM + 37]
    assert row.size >= continuing.PAYS_FROM
    plainly = [0, *(place for place in range(1, row.size) if row[place] != row[place - 1]), row.size]
    assert borders(row).tolist() == plainly


def test_points_come_from_the_planes_bit_by_bit():
    rng = np.random.default_rng(8)
    planes = (rng.integers(0, 2**32, (8, 40), dtype=np.uint32)) & rng.integers(0, 2**32, (8, 40), dtype=np.uint32)
    planes[:, ::3] = 0
    ends, before = np.array([0, 32 * 13, 32 * 13 + 5, 32 * 39 + 5]), np.array([0, 7, 100])
    planes[:, 13] &= np.uint32(0xF8000000)  # the run of five points
    begins = {0: 0, 13: 1, 14: 2}
    expected, run, first = [], 0, 0
    for word in range(40):
        if word in begins:
            run, first = begins[word], word
        for bit in range(32):
            rules = sum(1 << rule for rule, plane in enumerate(planes) if int(plane[word]) >> (31 - bit) & 1)
            if rules:
                within = 32 * (word - first) + bit
                expected.append((int(ends[run]) + within, run, int(before[run]) + within + 1, rules))
    found = continuing._flagged(planes, np.bitwise_or.reduce(planes), ends, before)
    assert list(zip(*(row.tolist() for row in (found.places, found.runs, found.numbers, found.bits)), strict=True)) == expected
