"""How far a recall has come: what was reported stands until the next report, and bounds by single units hold the truth."""

from datetime import date, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from openqi.pillars.surveillance.recalls.completion import UnitKnown, bounds_reached, periods_reached, points_reached
from openqi.records.recalls import RecallProgressReported
from recalls_stage import LINE, line

ID = "0" * 64


def report(at, returned, *, of="1", told=None, repaired=0, destroyed=0):
    one = RecallProgressReported(
        recall="https://a.example/r",
        published=ID,
        line=of,
        at=at,
        returned=returned,
        repaired=repaired,
        destroyed=destroyed,
        told=told,
    )
    return SimpleNamespace(id=at), one


def test_lines_are_added_as_each_was_reported_last():
    lines = (LINE, line(number="2", recalled=200))
    told = [
        report("2026-02-01T00:00:00Z", 40, of="2", told=100), report("2026-01-01T00:00:00Z", 10, repaired=5, told=500),
        report("2026-03-01T00:00:00Z", 300, destroyed=7, told=900), report("2026-04-01T00:00:00Z", 1, of="gone"),
    ]  # fmt: skip
    found = points_reached(lines, told)
    assert [(one.reached, one.silent, one.told, one.recalled) for one in found] == [
        (15, ("2",), 500, 1200), (55, (), 600, 1200), (347, (), 1000, 1200)
    ]  # fmt: skip
    assert (found[-1].returned, found[-1].repaired, found[-1].destroyed) == (340, 0, 7)


def test_of_lines_that_nobody_counted_no_whole_is_told():
    (point,) = points_reached((LINE, line(number="2", recalled=None)), [report("2026-01-01T00:00:00Z", 10)])
    assert (point.recalled, point.told) == (None, None)


def test_eight_quarters_and_three_years_are_told_and_nothing_is_put_between_two_reports():
    points = points_reached((LINE,), [report(f"{day}T08:00:00Z", count) for day, count in (("2024-03-31", 10), ("2024-08-01", 50))])
    found = periods_reached(points, "2024-02-15", "2028-06-01")
    assert [one.name for one in found] == [*(f"Q{number}" for number in range(1, 9)), "Y1", "Y2", "Y3"]
    assert [(one.first, one.last) for one in (found[0], found[7], found[8], found[10])] == [
        ("2024-01-01", "2024-03-31"), ("2025-10-01", "2025-12-31"), ("2026-01-01", "2026-12-31"), ("2028-01-01", "2028-12-31")
    ]  # fmt: skip
    assert [one.point.reached for one in found[:4]] == [10, 10, 50, 50]
    assert [one.stale for one in found[:4]] == [False, True, False, True]
    assert [one.over for one in found[-2:]] == [True, False]
    assert periods_reached((), "2024-02-15", "2024-04-01")[0].point is None
    assert len(periods_reached(points, "2024-02-15", "2024-04-01")) == 2


def simulated(seed, *, units=2_000, days=400):
    """A recall whose truth is known: each unit is reached on some day or never, a part of them has a mark, some are scanned."""
    chance = Random(seed)
    first = date(2026, 1, 1)
    reached, known = [], {}
    for number in range(units):
        day = int(chance.expovariate(1 / 90)) if chance.random() < 0.7 else None
        reached.append(None if day is None or day >= days else day)
        if chance.random() < 0.6:  # the others have no mark, or nobody wrote down which one came back
            scans = [
                one
                for one in (chance.randrange(days) for _ in range(chance.randrange(4)))
                if reached[-1] is None or one < reached[-1]
            ]
            known[f"{number}"] = UnitKnown(
                reached="" if reached[-1] is None or chance.random() < 0.2 else (first + timedelta(reached[-1])).isoformat(),
                seen=(first + timedelta(max(scans))).isoformat() if scans else "",
            )
    return first, reached, known


@pytest.mark.parametrize("seed", range(5))
def test_the_truth_of_a_simulated_recall_lies_within_the_bounds_on_every_day(seed):
    first, reached, known = simulated(seed)
    told = []
    for number in range(0, 400, 7):
        day = (first + timedelta(number)).isoformat()
        truth = sum(one is not None and one <= number for one in reached)
        found = bounds_reached(known, len(reached), day)
        assert found.lower <= truth <= found.upper
        told.append((found.lower, truth, found.upper))
    assert [one[0] for one in told] == sorted(one[0] for one in told)
    assert any(lower > 0 for lower, _, _ in told)
    assert any(upper < len(reached) for _, _, upper in told)


def test_reports_of_a_simulated_recall_tell_the_truth_of_their_day_and_stand_until_the_next():
    first, reached, _ = simulated(9)
    days = sorted(Random(1).sample(range(400), 12))
    counts = {number: sum(one is not None and one <= number for one in reached) for number in days}
    told = [report(f"{(first + timedelta(number)).isoformat()}T12:00:00Z", counts[number]) for number in days]
    points = points_reached((line(made=None, recalled=2000),), told)
    assert [one.reached for one in points] == [counts[number] for number in days]
    for period in periods_reached(points, first.isoformat(), "2027-12-31"):
        until = [number for number in days if (first + timedelta(number)).isoformat() <= period.last]
        assert (period.point.reached if period.point else None) == (counts[until[-1]] if until else None)
