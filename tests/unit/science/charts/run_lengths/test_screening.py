"""Alarms of many streams against chance: closed forms, plain counts, and simulation of streams that are in control."""

from decimal import Decimal, getcontext
from itertools import combinations
from math import erfc, exp, inf, log, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.in_control import run_length_of
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.run_lengths.streams.screening import (
    AlarmSpans,
    log_chance_of_alarms,
    log_chance_of_distance,
    log_chance_of_either,
    named_streams,
    separate_alarms,
)
from openqi.science.charts.streams import watch


def spans(name: str) -> AlarmSpans:
    return AlarmSpans(spans=tuple(0 if rule.warns else rule.among for rule in rule_set(name).rules))


@pytest.mark.parametrize(
    ("alarms", "expected"), [(1, 0.3), (1, 5.0), (3, 0.01), (7, 7.0), (20, 6.8), (5, 40.0), (400, 2.0), (9, 1e-8)]
)
def test_the_chance_of_so_many_alarms_is_the_tail_of_a_poisson_distribution(alarms: int, expected: float):
    getcontext().prec = 60
    mean, term, below = Decimal(expected), (-Decimal(expected)).exp(), Decimal(0)
    for k in range(alarms):
        below += term
        term = term * mean / (k + 1)
    tail, k = Decimal(0), alarms
    while term > tail * Decimal("1e-25"):
        tail += term
        k += 1
        term = term * mean / k
    assert below + tail == pytest.approx(Decimal(1), abs=Decimal("1e-20"))
    assert log_chance_of_alarms(alarms, expected) == pytest.approx(float(tail.ln()), rel=1e-12)


def test_none_is_no_surprise_any_where_none_can_be_is_and_what_is_no_number_is_refused():
    assert log_chance_of_alarms(0, 3.0) == 0.0
    assert log_chance_of_alarms(2, 0.0) == -inf
    for wrong in ((-1, 1.0), (1, -1.0), (1, inf)):
        with pytest.raises(DomainError):
            log_chance_of_alarms(*wrong)
    with pytest.raises(DomainError):
        log_chance_of_distance(-1.0, 5)


@pytest.mark.parametrize(("off", "readings"), [(3.0, 1), (4.5, 500), (7.0, 10_000), (25.0, 9)])
def test_the_chance_of_a_reading_so_far_off_is_the_union_bound(off: float, readings: int):
    assert log_chance_of_distance(off, readings) == pytest.approx(log(readings * erfc(off / sqrt(2))), rel=1e-10)


def test_where_no_float_holds_a_chance_its_logarithm_goes_on():
    assert log_chance_of_distance(30.001, 7) == pytest.approx(log_chance_of_distance(29.999, 7), rel=1e-3)
    assert log_chance_of_distance(200.0, 7) < -19_000
    assert log_chance_of_distance(2.0, 10**9) == 0.0
    assert log_chance_of_distance(9.0, 0) == 0.0
    assert log_chance_of_either(-3.0, -1.0) == -3.0 + log(2)
    assert log_chance_of_either(0.0, -0.1) == 0.0


def test_alarms_are_as_many_as_can_be_without_a_common_point():
    draw, rules = np.random.default_rng(3), AlarmSpans(spans=(1, 4, 0, 9))
    for _ in range(300):
        points = sorted(draw.choice(np.arange(1, 40), size=6, replace=False).tolist())
        bits = draw.integers(1, 16, size=6).tolist()
        intervals = [
            (point - rules.shortest(each), point) for point, each in zip(points, bits, strict=True)
            if rules.shortest(each) and point - rules.shortest(each) >= 0
        ]  # fmt: skip
        most = max(
            count
            for count in range(len(intervals) + 1)
            if count == 0
            or any(
                all(one[1] <= other[0] or other[1] <= one[0] for one, other in combinations(chosen, 2))
                for chosen in combinations(intervals, count)
            )
        )
        assert separate_alarms(points, bits, rules)[0] == most


@pytest.mark.parametrize("name", ["nelson", "western-electric", "nelson 1+2+5"])
def test_a_chart_that_begins_anew_after_each_alarm_has_at_least_as_many(name: str):
    rules, draw = rule_set(name), np.random.default_rng(11)
    for _ in range(25):
        values = draw.standard_normal(150) * 1.3
        bits = np.asarray(watch(values, rules=rules, centres=0.0, sigmas=1.0).flags(0)).tolist()
        flagged = [place + 1 for place, each in enumerate(bits) if each]
        counted, _ = separate_alarms(flagged, [bits[point - 1] for point in flagged], spans(name))
        anew, start = 0, 0
        while start < len(values):
            found = np.flatnonzero(np.asarray(watch(values[start:], rules=rules, centres=0.0, sigmas=1.0).flags(0)))
            if not len(found):
                break
            anew, start = anew + 1, start + int(found[0]) + 1
        assert 0 < counted <= anew


@pytest.mark.parametrize(("name", "readings"), [("nelson", 300), ("western-electric", 100), ("nelson 1", 800)])
def test_streams_in_control_look_unstable_no_more_often_than_promised(name: str, readings: int):
    rules, streams = rule_set(name), 1500
    length = run_length_of(rules).value
    values = np.random.default_rng(2026).standard_normal(streams * readings)
    found = watch(values, np.arange(streams + 1) * readings, rules=rules, centres=np.zeros(streams), sigmas=np.ones(streams))
    chances = []
    for stream in range(streams):
        bits = np.asarray(found.flags(stream))
        at = np.flatnonzero(bits)
        counted, _ = separate_alarms((at + 1).tolist(), bits[at].tolist(), spans(name))
        farthest = float(np.abs(values[stream * readings : (stream + 1) * readings]).max())
        chances.append(
            log_chance_of_either(log_chance_of_alarms(counted, readings / length), log_chance_of_distance(farthest, readings))
        )
    for level in (0.05, 0.01):
        share = sum(one <= log(level) for one in chances) / streams
        assert share <= level + 3 * sqrt(level * (1 - level) / streams)
    assert sum(named_streams(chances, 0.05).unstable) <= 1


def test_whoever_is_named_has_a_chance_up_to_the_threshold_and_nobody_else():
    chances = [log(p) for p in (1e-9, 1e-4, 0.012, 0.02, 0.3, 0.9)] + [-2000.0]
    for dependent in (False, True):
        found = named_streams(chances, 0.05, dependent=dependent)
        assert [one <= found.log_threshold + 1e-12 for one in chances] == list(found.unstable)
    few, many = named_streams(chances, 0.05, dependent=True), named_streams(chances, 0.05)
    assert sum(few.unstable) < sum(many.unstable) == 5
    assert exp(named_streams([0.0, 0.0], 0.1).log_threshold) == pytest.approx(0.05)
