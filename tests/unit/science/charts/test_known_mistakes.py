"""Mistakes that other programs were found with: each is looked for here, in every chart that it could be in."""

from math import inf, isfinite, isnan, nan, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.charts.charting import chart, chart_kinds
from openqi.science.charts.rules.rule import rule_set

FEW = [0, 1, 0, 2, 0, 0, 1, 0]
SIZES = [50, 40, 50, 60, 50, 50, 45, 50]


@pytest.mark.parametrize("limits", ["sigma", "exact"])
@pytest.mark.parametrize(("kind", "sized"), [("p", True), ("np", True), ("c", False), ("u", True)])
def test_no_lower_limit_of_counts_lies_below_zero_and_none_of_proportions_above_one(kind, sized, limits):
    for counts in (FEW, [size - one for size, one in zip(SIZES, FEW, strict=True)]):
        drawn = chart(kind, counts, sizes=SIZES if sized else None, limits=limits).panels[0]
        assert all(low >= 0.0 for low in drawn.lower)
        most = {"p": [1.0] * 8, "np": SIZES}.get(kind, [inf] * 8)
        assert all(high <= edge for high, edge in zip(drawn.upper, most, strict=True))
        assert all(low <= middle <= high for low, middle, high in zip(drawn.lower, drawn.centre, drawn.upper, strict=True))
        assert not any(bits & 1 for value, bits in zip(drawn.values, drawn.flags, strict=True) if value == 0.0)


@pytest.mark.parametrize("kind", ["laney-p", "laney-u"])
def test_no_lower_limit_of_laney_lies_below_zero(kind):
    drawn = chart(kind, FEW, sizes=SIZES).panels[0]
    assert all(low == 0.0 for low in drawn.lower)


@pytest.mark.parametrize(
    ("kind", "data", "panel"),
    [
        ("xbar-r", [[1.0, 2.0], [1.5, 3.0]], 1), ("xbar-s", [[1.0, 2.0], [1.5, 3.0]], 1), ("i-mr", [1.0, 2.0, 1.0], 1),
        ("g", [3, 4, 60, 2], 0), ("t", [1.0, 2.0, 50.0], 0),
    ],
)  # fmt: skip
def test_no_lower_limit_of_what_cannot_be_negative_lies_below_zero(kind, data, panel):
    assert all(low >= 0.0 for low in chart(kind, data).panels[panel].lower)


@pytest.mark.parametrize(("kind", "size"), [("xbar-s", 4), ("xbar-r", 4), ("xbar-s", 9)])
def test_zones_of_means_lie_at_multiples_of_the_historical_sigma_over_the_root_of_the_size(kind, size):
    error = 2.0 / sqrt(size)
    for steps in ((2.05, 0.0, 2.05), (1.95, 0.0, 1.95)):
        rows = [[50.0 + step * error] * size for step in steps]
        found = chart(kind, rows, centre=50.0, sigma=2.0)
        assert found.panels[0].sigma == pytest.approx([error] * 3)
        assert (found.panels[0].lower[0], found.panels[0].upper[0]) == pytest.approx((50.0 - 3 * error, 50.0 + 3 * error))
        assert [5 in numbers for panel, point, numbers in found.violations() if panel == "mean" and point == 2] == (
            [True] if steps[0] > 2 else []
        )
    # The panel beside it is drawn from the same sigma, not from the readings, which do not vary at all.
    assert found.panels[1].centre[0] > 1.0


def test_zones_follow_the_size_of_each_subgroup():
    rows = [[53.0] * 4, [53.0] * 16]
    found = chart("xbar-s", rows, centre=50.0, sigma=4.0, rules="shewhart")
    assert found.panels[0].sigma == pytest.approx([2.0, 1.0])
    assert [point for panel, point, _ in found.violations() if panel == "mean"] == []  # 53 lies on the line of 16, not beyond
    assert [
        point for panel, point, _ in chart("xbar-s", [[53.001] * 16], centre=50.0, sigma=4.0).violations() if panel == "mean"
    ] == [0]


@pytest.mark.parametrize("kind", ["i-mr", "deviation-from-nominal", "z-mr"])
def test_patterns_of_moving_ranges_say_nothing_and_their_limit_does(kind):
    # Ranges 0.1, 0.2, ... rise for 20 points, all on one side of their centre; then one that is far beyond.
    values, step = [0.0], 0.0
    for place in range(20):
        step += 0.01
        values.append(values[-1] + step * (-1) ** place)
    groups = None if kind == "i-mr" else ["a"] * 22
    more = {"i-mr": {"centre": 0.0, "sigma": 1.0}, "z-mr": {"centres": {"a": 0.0}, "sigmas": {"a": 1.0}}}.get(
        kind, {"centre": 0.0, "sigma": 1.0, "nominals": {"a": 0.0}}
    )
    found = chart(kind, [*values, 9.0], groups=groups, **more)
    ranges = found.panels[1]
    assert ranges.name == "moving-range"
    assert [point for point, bits in enumerate(ranges.flags) if bits] == [21]
    assert ranges.watched == (1,)


def test_a_point_that_breaks_several_rules_is_told_with_all_of_them():
    values = [1.2, 1.3, 2.4, 1.5, 3.5]
    assert chart("i-mr", values, centre=0.0, sigma=1.0).violations()[-1] == ("individuals", 4, (1, 5, 6))
    assert chart("i-mr", values, centre=0.0, sigma=1.0, rules="western-electric").violations()[-1][2] == (1, 2, 3)


def test_two_of_three_are_two_and_a_mixture_and_a_last_window_are_seen():
    only = rule_set("nelson").only(5)
    assert chart("i-mr", [2.1, 0.0, 2.1], centre=0.0, sigma=1.0, rules=only).violations() != ()
    mixture = [1.5, -1.5, 1.2, 1.4, -1.3, -1.6, 1.1, -1.2]
    assert chart("i-mr", mixture, centre=0.0, sigma=1.0, rules=rule_set("nelson").only(8)).violations() == (
        ("individuals", 7, (8,)),
    )
    last = [0.1, -0.1] * 7
    assert chart("i-mr", last, centre=0.0, sigma=1.0, rules=rule_set("nelson").only(4)).violations() == (("individuals", 13, (4,)),)
    six = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert chart("i-mr", six, centre=0.0, sigma=1.0, rules=rule_set("nelson").only(3)).violations() == (("individuals", 5, (3,)),)
    assert chart("i-mr", six[:5], centre=0.0, sigma=1.0, rules=rule_set("nelson").only(3)).violations() == ()


@pytest.mark.parametrize("name", chart_kinds())
@pytest.mark.parametrize("length", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("gone", ["none", "first", "last", "all"])
def test_a_short_series_with_missing_values_has_a_chart_or_our_own_error(name, length, gone):
    kind = chart_kinds()[name]
    chance = np.random.default_rng(length)
    counted = kind.data == "counts"
    wide = kind.data in {"subgroups", "vectors"}
    values = (chance.integers(0, 9, length) if counted else chance.normal(10, 1, length)).tolist()
    data = [[one, one + 0.5, one - 0.2 * place, one] for place, one in enumerate(values)] if wide else values
    missing = {"none": [], "first": [0], "last": [length - 1], "all": range(length)}[gone]
    for place in missing:
        data[place] = [nan] * 4 if wide else None
    more = {"sizes": [10] * length} if "sizes" in kind.needs else {}
    more |= {"groups": ["a"] * length} if "groups" in kind.needs else {}
    more |= {"nominals": {"a": 10.0}} if "nominals" in kind.options else {}
    more |= {"variables": 2} if "variables" in kind.options else {}
    try:
        found = chart(name, data, **more)
    except DomainError as error:
        assert len(str(error)) > 20
        return
    for panel in found.panels:
        assert len(panel.values) == len(panel.flags) == length
        assert not any(bits for value, bits in zip(panel.values, panel.flags, strict=True) if isnan(value))
        assert all(isnan(low) or isnan(high) or low <= high for low, high in zip(panel.lower, panel.upper, strict=True))
    assert all(isinstance(value, float) for stage in found.stages for value in stage.estimates.values() if isfinite(value))
