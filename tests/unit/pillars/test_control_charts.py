"""Baselines and charts as evidence: frozen numbers give back the same chart, and readings that come bit by bit the same flags."""

import random
from itertools import pairwise
from math import inf, isfinite, isnan, nan, sqrt

import pytest
from msgspec.structs import replace

import other_machine
from control_stage import PLAN, Control, plan_of, rows_of_values
from openqi.app.checking import Checker
from openqi.app.tree import evidence_tree
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.process_control.plans import planned
from openqi.records.process_control import Rules, RuleStated, Subgroup
from openqi.records.rows import TakenRow
from openqi.science.charts.charting import chart, chart_kinds
from other_machine import WITHOUT_NUMBA, without_vectors

RULES = {"independent": "nelson", "skewed": "nelson 1+2+3+4", "dependent": "nelson 1"}
NATURES = {
    "i-mr": "independent", "xbar-r": "independent", "xbar-s": "independent", "t": "independent", "ar1": "independent",
    "p": "skewed", "np": "skewed", "c": "skewed", "u": "skewed", "laney-p": "skewed", "laney-u": "skewed", "g": "skewed",
    "run": "skewed", "ewma": "dependent", "cusum": "dependent", "crosier-cusum": "dependent", "scale-cusum": "dependent",
    "variance-ewma": "dependent",
}  # fmt: skip
"""Chart that a plan can have → what its points are."""
NOT_PLANNED = {"t2", "q", "self-starting-cusum", "change-point", "z-mr", "deviation-from-nominal"}


def test_a_plan_can_have_every_chart_that_has_something_to_freeze():
    assert set(NATURES) | NOT_PLANNED == set(chart_kinds())
    for name in NOT_PLANNED:
        with pytest.raises(RefusedError, match="chart-of-a-plan"):
            planned(plan_of(name))


def readings_of(kind: str, points: int, seed: int) -> tuple[list, list[str]]:
    """Readings that fit a chart, with a step in the middle, so that rules break; some are missing."""
    chance = random.Random(seed)
    drift = [0.0 if place < points // 2 else 2.0 for place in range(points)]
    sizes = [str(chance.randrange(40, 60)) for _ in range(points)] if "sizes" in chart_kinds()[kind].needs else []
    data = chart_kinds()[kind].data
    if data == "counts":
        values: list = [str(max(0, round(chance.gauss(6.0 + 3.0 * away, 2.4)))) for away in drift]
    elif data == "subgroups":
        values = [[f"{10.0 + chance.gauss(away, 1.0):.3f}" for _ in range(chance.choice((3, 4)))] for away in drift]
    else:
        values = [f"{10.0 + chance.gauss(away, 1.0):.3f}" for away in drift]
    for place in range(points):
        if chance.random() < 0.05:
            values[place] = [None, *values[place][1:]] if data == "subgroups" else None
    return values, sizes


def plan_for(kind: str):
    by = "label" if chart_kinds()[kind].data == "subgroups" else "single"
    return plan_of(kind, RULES[NATURES[kind]], subgroup=Subgroup(by=by))


@pytest.mark.parametrize("kind", NATURES)
def test_readings_that_come_bit_by_bit_are_flagged_as_all_at_once(kind: str):
    control = Control()
    plan = control.plan(plan_for(kind))
    values, sizes = readings_of(kind, 70, seed=1)
    first = control.taken(rows_of_values(values[:30], sizes=sizes[:30]))
    base = control.frozen(plan, first)
    whole = control.charted(base, first, control.taken(rows_of_values(values[30:], start=30, sizes=sizes[30:])))
    cuts = [0, 3, 4, 31, 33, 60, 70]
    parts, before = [], None
    for start, stop in pairwise(cuts):
        taken = control.taken(rows_of_values(values[start:stop], start=start, sizes=sizes[start:stop]))
        before = control.charted(base, taken, follows=before)
        parts += control.rows(before)
        assert before.body.get("before", 0) == start
    told = [replace(row, lines=()) for row in control.rows(whole)]
    assert [replace(row, lines=()) for row in parts] == told
    assert any(any(row.rules) for row in told), "a test of silence tests nothing"


@pytest.mark.parametrize("kind", NATURES)
def test_a_chart_is_the_one_of_the_frozen_numbers(kind: str):
    """Against the chart of science with centre and sigma as given; and the frozen texts are floats to the last bit."""
    control = Control()
    values, sizes = readings_of(kind, 60, seed=2)
    plan = control.plan(plan_for(kind))
    readings = control.taken(rows_of_values(values, sizes=sizes))
    base = control.frozen(plan, readings)
    frozen = {one["name"]: float(one["value"]) for one in base.body["estimates"]}
    number = lambda value: nan if value is None else float(value)  # noqa: E731
    data = [tuple(map(number, one)) if isinstance(one, list) else number(one) for one in values]
    found = chart(kind, data, rules=RULES[NATURES[kind]], sizes=[float(one) for one in sizes] or None, **frozen)
    for row, place in zip(control.rows(control.charted(base, readings)), range(60), strict=True):
        assert row.rules == tuple(panel.flags[place] for panel in found.panels)
        wanted = [panel.values[place] for panel in found.panels]
        assert [float(one) if one else nan for one in row.values] == pytest.approx(wanted, rel=0, abs=0, nan_ok=True)
        for panel, lines in zip(found.panels, row.lines, strict=False):
            if lines:
                here = [getattr(panel, name)[place] for name in ("centre", "sigma", "lower", "upper")]
                assert [float(one) if one else nan for one in lines] == [nan if not isfinite(x) else x for x in here] or any(
                    map(isnan, here)
                )
    again = chart(kind, data, rules=RULES[NATURES[kind]], sizes=[float(one) for one in sizes] or None)
    assert {name: value for name, value in again.stages[0].estimates.items() if name in frozen} == frozen


def test_the_limits_of_single_readings_are_those_of_the_definition():
    """Mean, mean moving range over 2 / sqrt(pi), three sigma; a point that is left out has no moving range with its neighbours."""
    values = ["10.2", "9.7", "10.1", "9.9", "12.9", "10.0", "10.3", "9.6", "10.1", "9.8"]
    control = Control()
    plan = control.plan()
    readings = control.taken(rows_of_values(values))
    first = control.frozen(plan, readings)
    numbers = list(map(float, values))
    ranges = [abs(b - a) for a, b in pairwise(numbers)]
    centre, sigma = sum(numbers) / 10.0, sum(ranges) / 9.0 * sqrt(3.141592653589793) / 2.0
    told = {one["name"]: float(one["value"]) for one in first.body["estimates"]}
    assert told == pytest.approx({"centre": centre, "sigma": sigma}, rel=1e-14)
    assert float(first.body["panels"][0]["upper"]) == pytest.approx(centre + 3.0 * sigma, rel=1e-14)
    narrow = control.frozen(plan, control.taken(rows_of_values(["10.0", "10.1", "9.9", "10.0", "10.1", "9.9"])))
    chart_record = control.charted(narrow, readings)
    confirmed = control.assessed(chart_record, 4, "confirmed")
    second = control.frozen(plan, readings, leaves_out=(confirmed.id,), predecessor=first.id)
    kept = numbers[:4] + numbers[5:]
    steps = ranges[:3] + ranges[5:]  # neither 9.9 to 12.9 nor 12.9 to 10.0, and not 9.9 to 10.0 across the gap
    told = {one["name"]: float(one["value"]) for one in second.body["estimates"]}
    assert told == pytest.approx(
        {"centre": sum(kept) / 9.0, "sigma": sum(steps) / len(steps) * sqrt(3.141592653589793) / 2.0}, rel=1e-14
    )


def test_no_pattern_is_longer_than_what_is_read_back():
    """A rule of the longest kind goes on over a border from the farthest point that matters, and no farther."""
    rule = RuleStated(number=1, asks="same-side", points=32, among=32)
    control = Control()
    plan = control.plan(replace(PLAN, rules=Rules(own=(rule,))))
    base = control.frozen(plan, control.taken(rows_of_values(["1", "-1", "1", "-1"])))
    ones = control.charted(base, control.taken(rows_of_values(["5"] * 31)))
    after = control.charted(base, control.taken(rows_of_values(["5"], start=31)), follows=ones)
    assert [row.rules[0] for row in control.rows(after)] == [1]
    lone = control.charted(base, control.taken(rows_of_values(["-5", *["5"] * 30])))
    assert [
        row.rules[0] for row in control.rows(control.charted(base, control.taken(rows_of_values(["5"], start=31)), follows=lone))
    ] == [0]


def test_a_chart_that_remembers_all_says_when_too_much_was_before():
    control = Control()
    plan = control.plan(plan_of("ewma", "nelson 1"))
    base = control.frozen(plan, control.taken(rows_of_values(["1", "2", "3", "1", "2"])))
    before = None
    with pytest.raises(RefusedError, match="chain-length"):
        for place in range(60):
            before = control.charted(base, control.taken(rows_of_values(["2"], start=place)), follows=before)
    assert before is not None
    assert before.body["before"] > 40
    # One that does not remember goes on for ever.
    plan = control.plan()
    base, before = control.frozen(plan, control.taken(rows_of_values(["1", "2", "3", "1", "2"]))), None
    for place in range(60):
        before = control.charted(base, control.taken(rows_of_values(["2"], start=place)), follows=before)
    assert before.body["before"] == 59


def test_a_baseline_says_its_run_length_or_that_none_is_certified():
    """Published: 370.4 of three sigma, 91.75 of the four Western Electric tests [CHAMP-WOODALL1987], 465 of CUSUM(0.5, 5)."""
    control = Control()
    values, _ = readings_of("i-mr", 40, seed=3)
    found = {}
    for name, rules in (
        ("i-mr", "shewhart"),
        ("i-mr", "western-electric"),
        ("cusum", "nelson 1"),
        ("ar1", "nelson 1"),
        ("i-mr", "nelson"),
    ):
        plan = control.plan(plan_of(name, rules))
        found[name, rules] = control.frozen(plan, control.taken(rows_of_values(values))).body.get("inControl")
    assert found["i-mr", "shewhart"] == {"runLength": "370.40", "method": "markov chain", "error": "0.006"}
    assert found["i-mr", "western-electric"]["runLength"] == "91.75"
    assert float(found["cusum", "nelson 1"]["runLength"]) == pytest.approx(465.0, abs=0.5)
    assert found["ar1", "nelson 1"] is None
    simulated = found["i-mr", "nelson"]
    assert simulated["method"] == "simulation"
    assert abs(float(simulated["runLength"]) - 73.7) < 3.0 * float(simulated["standardError"])


def test_a_rule_that_only_warns_or_looks_at_one_side_certifies_no_run_length_of_a_chart_of_both():
    control = Control()
    values, _ = readings_of("i-mr", 40, seed=3)
    for rule in (RuleStated(number=1, asks="above", sigma="3"), RuleStated(number=1, asks="same-side", sigma="3", warns=True)):
        plan = control.plan(replace(plan_of("ewma"), rules=Rules(own=(rule,))))
        assert "inControl" not in control.frozen(plan, control.taken(rows_of_values(values))).body


def test_the_same_bits_come_out_without_numba_and_without_vectors():
    program = (
        "from control_stage import *; import json\n"
        "from unit.pillars.test_control_charts import readings_of, plan_for\n"
        "for kind in ('i-mr', 'ewma', 'laney-p'):\n"
        "    control = Control(); plan = control.plan(plan_for(kind)); values, sizes = readings_of(kind, 60, 5)\n"
        "    taken = control.taken(rows_of_values(values, sizes=sizes)); base = control.frozen(plan, taken)\n"
        "    print(json.dumps([base.body['estimates'], base.body.get('inControl'), base.body['panels']]))\n"
        "    print(control.charted(base, taken).body['items']['root'])\n"
    )
    here = other_machine.told(program)
    assert len(here.splitlines()) == 6
    assert other_machine.told(f"import sys; {WITHOUT_NUMBA}\n{program}", **without_vectors()) == here


@pytest.mark.parametrize(
    ("values", "told"),
    [(["10.0"], "baseline-tells"), (["10.0", "10.0", "10.0"], "baseline-tells"), ([None, None, "10.0", None], "baseline-tells")],
)
def test_too_few_readings_or_such_that_never_differ_are_no_baseline(values: list, told: str):
    control = Control()
    plan = control.plan()
    with pytest.raises(RefusedError, match=told):
        control.frozen(plan, control.taken(rows_of_values(values)))


def test_readings_that_do_not_fit_are_refused_saying_which():
    control = Control()
    plan = control.plan()
    good = control.taken(rows_of_values(["1", "2", "3"]))
    later = control.taken(rows_of_values(["1", "2"], start=3))
    for more, told in (
        ({"unit": "cm"}, "unit: .*readings-fit"), ({"instrument": "https://maker.example/gauge/8"}, "instrument: .*readings-fit"),
        ({"process": "https://maker.example/line/2"}, "process: .*readings-fit"),
        ({"taken_from": "2026-11-19T00:00:00.5Z"}, "readings-times"),
    ):  # fmt: skip
        other = control.taken(rows_of_values(["1", "2"]), **more)
        with pytest.raises(RefusedError, match=told):
            control.frozen(plan, other)
    with pytest.raises(RefusedError, match="readings-in-order"):
        control.frozen(plan, later, good)
    with pytest.raises(RefusedError, match="readings-named"):
        control.frozen(plan, good, good)
    base = control.frozen(plan, good, later)
    chart_record = control.charted(base, later)
    with pytest.raises(RefusedError, match="readings-in-order"):
        control.charted(base, good, follows=chart_record)
    other = control.frozen(plan, later)
    with pytest.raises(RefusedError, match="same-baseline"):
        control.charted(other, control.taken(rows_of_values(["1"], start=9)), follows=chart_record)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (TakenRow(at="2026-11-19T00:00:01Z"), FormatError),
        (TakenRow(at="2026-11-19T00:00:01Z", value="1", missing="off"), FormatError),
        (TakenRow(at="2026-11-19T00:00:01Z", value="1.0e3"), FormatError),
        (TakenRow(at="2026-11-19T00:00:01Z", value="1", size="5"), DomainError),
        (TakenRow(at="2026-11-19T25:00:01Z", value="1"), FormatError),
        (TakenRow(at="2026-02-30T00:00:01Z", value="1"), FormatError),
        (TakenRow(at="2026-11-19T00:00:01.50Z", value="1"), FormatError),
        (TakenRow(at="2026-11-18T23:59:59Z", value="1"), DomainError),
        (TakenRow(at="2026-11-19T00:00:01Z", value="9" * 200), FormatError),
    ],
)
def test_a_row_that_is_none_is_refused_with_its_place(row: TakenRow, error: type[Exception]):
    control = Control()
    plan = control.plan()
    last = TakenRow(at="2026-11-19T23:00:00Z", value="1")
    taken = control.taken([*rows_of_values(["1"]), row, last])
    with pytest.raises(error, match=r"row 1[,:]|\[1\].at"):
        control.frozen(plan, taken)


def test_subgroups_are_whole_and_stand_together():
    control = Control()
    plan = control.plan(plan_of("xbar-r", "nelson 1", subgroup=Subgroup(by="size", size=3)))
    with pytest.raises(RefusedError, match="subgroup-whole"):
        control.frozen(plan, control.taken(rows_of_values(["1", "2", "3", "4"])))
    by_size = control.frozen(plan, control.taken(rows_of_values(["1", "2", "4", "2", "4", "3"])))
    plan = control.plan(plan_of("xbar-r", "nelson 1", subgroup=Subgroup(by="label")))
    with pytest.raises(RefusedError, match="subgroup-labelled"):
        control.frozen(plan, control.taken(rows_of_values(["1", "2"])))
    apart = [
        *rows_of_values([["1", "2"]]),
        *rows_of_values([["1", "2"]], start=1),
        replace(rows_of_values(["5"], start=2)[0], group="g0"),
    ]
    with pytest.raises(RefusedError, match="subgroup-labelled"):
        control.frozen(plan, control.taken(apart))
    by_label = control.frozen(plan, control.taken(rows_of_values([["1", "2", "4"], ["2", "4", "3"]])))
    assert by_label.body["estimates"] == by_size.body["estimates"]


def test_infinity_is_nowhere_in_what_is_sealed():
    control = Control()
    plan = control.plan(plan_of("cusum", "nelson 1"))
    readings = control.taken(rows_of_values(["1", "2", "4", "2", "4", "3"]))
    base = control.frozen(plan, readings)
    upper, lower = base.body["panels"]
    assert ("lower" in upper, "upper" in lower, inf) == (False, False, inf)
    assert upper["upper"] == "5.0"


def test_a_chart_of_every_day_for_half_a_year_is_still_explained():
    """Each names the readings that it read back, not the chart of the day before: else its tree would be as deep as the chain."""
    control = Control()
    plan = control.plan(plan_of("i-mr", "nelson 1+2"))
    base = control.frozen(plan, control.taken(rows_of_values(["1", "2", "3", "1", "2"])))
    before, days = None, []
    for day in range(130):
        days.append(control.taken(rows_of_values(["2", "2", "2"], start=3 * day)))
        before = control.charted(base, days[-1], follows=before)
    assert before is not None
    assert before.body["history"] == [one.id for one in days[-4:-1]]  # nine on a side: eight points before
    tree = evidence_tree(Checker(store=control.store, remembered=None, version="1"), before.id)
    assert (tree.state, len([*tree.walk()])) == ("replayed", 9)
