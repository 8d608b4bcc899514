"""One call for every chart: limits as published, rules by what the statistic is, stages, missing values, and clear refusals."""

from datetime import date
from math import inf, isnan, nan, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science import charts
from openqi.science.charts.charting import chart, chart_kinds
from openqi.science.charts.evaluation import applicable
from openqi.science.charts.rules.rule import rule_set, rule_sets
from openqi.science.charts.streams import watch
from unit.science.charts.plainly import flags
from vectors_of import PLACES, figures_of, vectors_of

RINGS = vectors_of("control/qcc27_expected.json")["pistonrings"]
JUICE = vectors_of("control/qcc27_expected.json")["orangejuice"]
ROUNDED = 3e-4  # qcc's d2 and d3 have three decimals


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("kind", "panel", "case", "tolerance"), [
    ("xbar-r", 0, "pistonrings_xbar_phase1", 1e-7), ("xbar-r", 1, "pistonrings_R_phase1", ROUNDED),
    ("xbar-s", 1, "pistonrings_S_phase1", 1e-9),
])  # fmt: skip
def test_piston_rings_have_the_published_limits(kind, panel, case, tolerance, place):
    expected = figures_of("control/qcc27_expected.json", place)[case]
    found = chart(kind, RINGS[:25])
    drawn = found.panels[panel]
    assert drawn.centre[0] == pytest.approx(expected["center"], rel=tolerance)
    assert drawn.lower[0] == pytest.approx(expected["lcl"], rel=tolerance, abs=1e-12)
    assert drawn.upper[0] == pytest.approx(expected["ucl"], rel=tolerance)
    assert found.stages[0].estimates["sigma"] == pytest.approx(expected["std.dev"], rel=ROUNDED)
    assert found.violations() == ()


def test_piston_rings_break_the_frozen_limits_where_published():
    expected = vectors_of("control/qcc27_expected.json")["figures"]["pistonrings_xbar_phase2"]
    found = chart("xbar-r", RINGS, centre=expected["center"], sigma=expected["std.dev"])
    beyond = [point + 1 for panel, point, numbers in found.violations() if panel == "mean" and 1 in numbers]
    assert beyond == expected["beyond"]
    assert list(found.panels[0].values[25:]) == pytest.approx(expected["newstats"], abs=1e-10)
    assert found.stages[0].estimators == {"centre": "frozen", "sigma": "frozen"}


@pytest.mark.parametrize(("kind", "case"), [("p", "orangejuice_p"), ("np", "orangejuice_np")])
def test_orange_juice_has_the_published_limits(kind, case):
    expected = vectors_of("control/qcc27_expected.json")["figures"][case]
    cans = [can for can in JUICE if can["trial"]]
    found = chart(kind, [can["defects"] for can in cans], sizes=[can["size"] for can in cans])
    drawn = found.panels[0]
    assert (drawn.centre[0], drawn.lower[0], drawn.upper[0]) == pytest.approx(
        (expected["center"], expected["lcl"], expected["ucl"]), rel=1e-11
    )
    assert [point + 1 for _, point, numbers in found.violations() if 1 in numbers] == expected["beyond"]


def test_a_chart_of_individuals_has_the_bits_of_the_kernel_of_many_streams():
    values = np.random.default_rng(2).normal(10.0, 0.3, 500)
    drawn, found = chart("i-mr", values).panels[0], watch(values)
    assert (drawn.centre[0], drawn.sigma[0]) == (found.centres[0], found.sigmas[0])
    assert list(drawn.flags) == found.flags(0).tolist()


def test_three_lines_in_a_notebook():
    found = charts.chart("i-mr", [10.0, 10.1, 9.9, 10.0, 10.1, 9.9, 12.0], rules="nelson", centre=10.0, sigma=0.2)
    assert found.violations()[0] == ("individuals", 6, (1,))
    assert isinstance(found, charts.Chart)
    with pytest.raises(AttributeError):
        charts.other  # noqa: B018


@pytest.mark.parametrize("name", rule_sets())
def test_moving_ranges_are_watched_by_the_limit_alone(name):
    ones = rule_set(name)
    kept = applicable(ones, "dependent")
    assert len(kept.rules) == 1
    assert kept.rules[0].is_limit
    assert kept.rules[0].sigma == 3.0


def test_which_rules_apply_follows_from_the_statistic():
    found = chart("xbar-r", RINGS)
    assert found.panels[0].watched == (1, 2, 3, 4, 5, 6, 7, 8)
    assert found.panels[1].watched == (1, 2, 3, 4)
    assert chart("i-mr", [1.0, 2.0, 1.5]).panels[1].watched == (1,)
    assert chart("c", [1, 2, 3], rules="western-electric").panels[0].watched == (1, 4)
    assert (
        chart("c", [1, 2, 3], rules={"name": "zones", "rules": [{"number": 1, "asks": "outside", "sigma": 1, "points": 3}]})
        .panels[0]
        .watched
        == ()
    )


def test_lines_of_each_size_are_watched_as_the_definition_says():
    chance = np.random.default_rng(4)
    rows = [(chance.normal(0, 1.4, size)).tolist() for size in chance.integers(1, 6, 200)]
    drawn = chart("xbar-s", rows, centre=0.0, sigma=1.0).panels[0]
    scores = [value / spread for value, spread in zip(drawn.values, drawn.sigma, strict=True)]
    zones = rule_set("nelson").only(1, 2, 5, 6, 7, 8)
    found = chart("xbar-s", rows, centre=0.0, sigma=1.0, rules=zones).panels[0]
    assert list(found.flags) == flags(zones.rules, scores, 0.0, 1.0)
    assert any(found.flags)


def test_a_stage_has_limits_of_its_own_and_patterns_begin_anew():
    values = [1.0, 2.0, 1.0, 2.0, 1.5, 11.0, 12.0, 11.0, 12.0, 11.5]
    found = chart("i-mr", values, stages="aaaaabbbbb")
    assert [stage.label for stage in found.stages] == ["a", "b"]
    assert (found.panels[0].centre[0], found.panels[0].centre[9]) == (1.5, 11.5)
    assert isnan(found.panels[1].values[5])  # no moving range spans the border
    run = [0.5] * 8 + [0.6] * 8
    assert chart("i-mr", run, centre=0.0, sigma=1.0, rules=rule_set("nelson").only(2)).violations() != ()
    assert chart("i-mr", run, centre=0.0, sigma=1.0, rules=rule_set("nelson").only(2), stages=[1] * 8 + [2] * 8).violations() == ()


def test_whole_patterns_are_marked_on_wish():
    values = [0.5, -0.5, 2.5, 0.1, 2.6, -0.5, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
    frozen = {"centre": 0.0, "sigma": 1.0, "rules": rule_set("nelson").only(3, 5)}
    ends, whole = chart("i-mr", values, **frozen).panels[0], chart("i-mr", values, mark="whole", **frozen).panels[0]
    assert [point for point, bits in enumerate(ends.flags) if bits] == [4, 10, 11]
    assert [point for point, bits in enumerate(whole.flags) if bits & 2] == [2, 4]
    assert [point for point, bits in enumerate(whole.flags) if bits & 1] == [5, 6, 7, 8, 9, 10, 11]


def test_a_missing_value_is_no_number_and_ends_a_run():
    found = chart("i-mr", [1.0, None, 2.0, nan, 1.5, 1.7])
    assert [isnan(value) for value in found.panels[0].values] == [False, True, False, True, False, False]
    assert found.panels[0].centre[0] == pytest.approx((1.0 + 2.0 + 1.5 + 1.7) / 4)
    run = [0.5] * 8 + [None] + [0.5]
    assert chart("i-mr", run, centre=0.0, sigma=1.0).violations() == ()
    # Two of three hold whatever the missing one was.
    assert chart("i-mr", [2.5, None, 2.5], centre=0.0, sigma=1.0).violations() == (("individuals", 2, (5,)),)


def test_a_point_on_a_limit_is_within_it():
    assert chart("i-mr", [10.3, 9.7], centre=10.0, sigma=0.1).panels[0].flags == (0, 0)
    assert chart("i-mr", [10.300000000000002], centre=10.0, sigma=0.1).panels[0].flags == (1,)


@pytest.mark.parametrize("data", [[5.0], [5.0] * 5, [None, None], [None, 3.0]])
def test_one_point_and_constant_data_have_no_false_alarm(data):
    found = chart("i-mr", data)
    assert found.violations() == ()
    assert (found.stages[0].estimates["sigma"] == 0.0) == (data == [5.0] * 5)


@pytest.mark.parametrize(
    ("kind", "data", "more", "said"),
    [
        ("no", [1.0], {}, "no chart is called"),
        ("i-mr", [], {}, "no data"),
        ("i-mr", ["1.0"], {}, "point 1"),
        ("i-mr", [1.0, True], {}, "point 2"),
        ("i-mr", [1.0, inf], {}, "point 2 is infinite"),
        ("i-mr", [1.0], {"colour": 1}, "no option colour"),
        ("i-mr", [1.0], {"sigma": -1.0}, "sigma"),
        ("i-mr", [1.0], {"sigma": "1"}, "sigma"),
        ("i-mr", [1.0], {"sigma_by": "magic"}, "median-moving-range"),
        ("i-mr", [1.0], {"mark": "some"}, "mark"),
        ("i-mr", [1.0, 2.0], {"stages": [1]}, "1 stages for 2 points"),
        ("i-mr", [1.0, 2.0], {"times": [date(2026, 1, 2), date(2026, 1, 1)]}, "backwards at point 2"),
        ("i-mr", [1.0], {"sizes": [1]}, "takes no sizes"),
        ("i-mr", [1.0], {"rules": "none"}, "no rule set"),
        ("p", [1], {}, "needs sizes"),
        ("p", [3], {"sizes": [2]}, "3 of 2 units"),
        ("p", [1], {"sizes": [0]}, "size of point 1"),
        ("p", [1], {"sizes": [5], "limits": "x"}, "sigma, exact"),
        ("c", [1.5], {}, "whole"),
        ("c", [-1], {}, "whole"),
        ("xbar-r", [1.0], {}, "a row"),
        ("xbar-r", [[]], {}, "no values"),
        ("xbar-r", [[1.0], [2.0]], {}, "individuals"),
        ("xbar-r", [[1.0] * 1001], {}, "a subgroup of 1001"),
    ],
)
def test_what_cannot_be_charted_is_refused_and_told_why(kind, data, more, said):
    with pytest.raises(DomainError, match=said):
        chart(kind, data, **more)


@pytest.mark.parametrize("name", chart_kinds())
def test_every_kind_names_its_source(name):
    assert chart_kinds()[name].source.startswith("[")


def test_counted_chips_as_in_the_handbook():
    # NIST e-Handbook 6.3.3.1: 25 wafers with 400 defects; limits 4 and 28.
    counts = [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13]
    drawn = chart("c", counts).panels[0]
    assert (drawn.centre[0], drawn.lower[0], drawn.upper[0]) == (16.0, 4.0, 28.0)
    assert [point + 1 for _, point, numbers in chart("c", counts).violations() if 1 in numbers] == [24]


def test_laney_is_p_where_nothing_varies_more_and_wider_where_it_does():
    chance = np.random.default_rng(1)
    sizes = chance.integers(20_000, 40_000, 300)
    plain = chance.binomial(sizes, 0.1)
    assert chart("laney-p", plain, sizes=sizes).stages[0].estimates["stretch"] == pytest.approx(1.0, abs=0.1)
    more = chance.binomial(sizes, np.clip(chance.normal(0.1, 0.01, 300), 0, 1))
    wide, narrow = chart("laney-p", more, sizes=sizes), chart("p", more, sizes=sizes)
    assert wide.stages[0].estimates["stretch"] > 4.0
    assert len([1 for *_, numbers in wide.violations() if 1 in numbers]) < 5
    assert len([1 for *_, numbers in narrow.violations() if 1 in numbers]) > 100
    assert chart("laney-u", [3, 5, 4, 6], sizes=[1.0, 2.0, 1.5, 2.5], stretch=2.0).panels[0].sigma[0] == pytest.approx(
        2.0 * sqrt(18 / 7)
    )


@pytest.mark.parametrize("kind", ["i-mr", "ewma", "g", "change-point", "t"])
@pytest.mark.parametrize("reading", [1e160, 1.7e308])
def test_readings_whose_squares_are_no_numbers_are_refused_and_say_which(kind, reading):
    with pytest.raises(DomainError, match=r"point 2 is .*usual size"):
        chart(kind, [1.0, reading, 2.0, 4.0, 3.0])


def test_counts_that_are_not_told_apart_any_more_are_refused():
    with pytest.raises(DomainError, match="point 3"):
        chart("c", [1, 2, 2**60])
