"""Control charts as pictures: every figure is where it belongs, every broken rule is told, nothing that counts is lost."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import floor, inf, isfinite, isnan, nan
from random import Random

import pytest

from chart_cases import chart_of, counts, readings
from openqi.app.pictures.control.across import across_of, runs_of
from openqi.app.pictures.control.control_chart import chart_rows, control_chart
from openqi.app.pictures.control.lines import ZONES, apart, shortened
from openqi.app.pictures.control.phrases import figure, rule_phrase
from openqi.app.pictures.control.plotted import PlottedChart, Span, plotted, stored_panel
from openqi.app.pictures.control.view import views_of
from openqi.app.pictures.frame import Spec
from openqi.interfaces.pictures.drawing import png_of, svg_of
from openqi.interfaces.web.wording import wording_of
from openqi.kernel.errors import DomainError
from openqi.science.charts.charting import Chart, chart, chart_kinds
from openqi.science.charts.rules.rule import rule_set, rule_sets

ENGLISH = wording_of("en")
THIN = "\N{THIN SPACE}"
KINDS = sorted(chart_kinds())


def rows(view: Spec, mark: str, **fields: object) -> Iterator[Spec]:
    """The data of a view's layers of one mark, and of some look."""
    for one in view["layer"]:
        if one["mark"]["type"] == mark and all(one["mark"].get(name) == value for name, value in fields.items()):
            yield from one["data"]["values"]


def panels(spec: Spec, found: Chart) -> list[Spec]:
    """The views of the panels; the two sums of a CUSUM chart share one."""
    return spec["vconcat"][: 1 if found.panels[0].name == "upper-sum" else len(found.panels)]


def lane_ticks(spec: Spec) -> set[tuple[int, int]]:
    return {(one["rule"], one["point"]) for view in spec["vconcat"] for one in rows(view, "tick")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_of_every_kind_marks_every_point_that_breaks_a_rule_with_its_numbers(kind: str):
    found = chart_of(kind)
    assert found.violations() or kind == "run"
    spec = control_chart(plotted(found), ENGLISH)
    told = [
        (one["point"], one["rules"]) for view in panels(spec, found) for one in rows(view, "point") if "rules" in one
    ]  # fmt: skip
    wanted = [(point + 1, ", ".join(map(str, numbers))) for _, point, numbers in found.violations()]
    assert sorted(told) == sorted(wanted)
    assert lane_ticks(spec) == {(number, point + 1) for _, point, numbers in found.violations() for number in numbers}


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_of_every_kind_is_drawn_in_both_languages_with_its_limits_in_words(kind: str):
    found = chart_of(kind)
    for language in ("en", "zh"):
        spec = control_chart(plotted(found), wording_of(language), width=270)
        json.dumps(spec, allow_nan=False)
        svg = svg_of(spec).decode()
        texts = ["".join(one.itertext()) for one in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
        assert spec["title"]["text"] in texts
        assert "NaN" not in svg
        assert "undefined" not in svg
        assert any("\u4e00" <= letter <= "\u9fff" for letter in spec["title"]["text"]) == (language == "zh")
        limits = [name for panel in found.panels for name in ("lower", "upper") if isfinite(getattr(panel, name)[-1])]
        assert len([text for text in texts if re.match(r"(UCL|LCL|h|−h) [−0-9]", text)]) == len(limits)
        for panel in found.panels:
            assert f"statistic-{panel.name}" in wording_of(language).words


@pytest.mark.parametrize("kind", ["i-mr", "xbar-s", "p", "u", "ewma", "cusum", "t2", "g"])
def test_points_and_lines_stand_at_their_numbers(kind: str):
    found = chart_of(kind)
    spec = control_chart(plotted(found), ENGLISH)
    for panel, view in zip(found.panels, panels(spec, found) * (2 if kind == "cusum" else 1), strict=True):
        points = {(one["x"], one["y"]) for one in rows(view, "point") if "tip" in one}
        assert {(point + 1.0, value) for point, value in enumerate(panel.values) if not isnan(value)} <= points
        for name in ("centre", "lower", "upper"):
            row = getattr(panel, name)
            steps = [
                one["data"]["values"]
                for one in view["layer"]
                if one["mark"]["type"] == "line" and "piece" in one["data"]["values"][0]
                and all(any(value == one["y"] for value in row) for one in one["data"]["values"])
            ]  # fmt: skip
            there = [value for value in row if isfinite(value)]
            assert bool(there) <= bool(steps), name
            for line in steps[:1]:
                for place, value in enumerate(row, 1):
                    (level,) = {
                        left["y"] for left, right in zip(line[::2], line[1::2], strict=True) if left["x"] < place < right["x"]
                    }
                    assert level == value


def test_a_missing_value_leaves_a_gap_and_a_point_between_two_is_still_seen():
    values = readings(30)
    values[10] = values[12] = None
    found = chart("i-mr", values)
    spec = control_chart(plotted(found), ENGLISH)
    line = [one for one in rows(spec["vconcat"][0], "line") if "run" in one]
    assert {one["x"] for one in line} == set(range(1, 31)) - {11, 13}
    assert len({one["run"] for one in line}) == 3
    assert 12 in {one["x"] for one in rows(spec["vconcat"][0], "point") if "tip" in one}
    assert "missing: 2" in spec["title"]["subtitle"][0]


def test_runs_end_at_missing_values_and_at_borders_of_stages():
    assert runs_of([nan, 1.0, 2.0, nan, 3.0, 4.0, 5.0], {0, 5}) == [(1, 3), (4, 5), (5, 7)]
    assert runs_of([nan, nan], {0}) == []


def test_stages_have_their_own_limits_and_names_and_no_line_joins_them():
    found = chart("i-mr", readings(20) + readings(20, seed=3), stages=["old"] * 20 + ["new"] * 20)
    spec = control_chart(plotted(found), ENGLISH)
    first = spec["vconcat"][0]
    assert {"old", "new"} <= {one["text"] for one in rows(first, "text")}
    assert [one["x"] for one in rows(first, "rule")] == [20.5]
    assert {one["run"] for one in rows(first, "line") if "run" in one and one["x"] <= 20} == {0}
    assert {one["run"] for one in rows(first, "line") if "run" in one and one["x"] > 20} == {1}
    upper = [one for one in rows(first, "line") if "piece" in one and one["y"] in found.panels[0].upper]
    assert [(one["x"], one["y"]) for one in upper] == [
        (0.5, found.panels[0].upper[0]), (20.5, found.panels[0].upper[0]),
        (20.5, found.panels[0].upper[-1]), (40.5, found.panels[0].upper[-1]),
    ]  # fmt: skip
    earlier = figure(found.panels[0].upper[0], 12.0)
    assert earlier in {one["text"] for one in rows(first, "text")}


def test_the_baseline_is_told_apart_by_hollow_points_a_border_and_words():
    spec = control_chart(plotted(chart_of("i-mr"), monitored_from=25), ENGLISH)
    first = spec["vconcat"][0]
    hollow = [one["x"] for one in rows(first, "point", filled=False)]
    filled = [one["x"] for one in rows(first, "point", filled=True, shape="circle")]
    assert max(hollow) <= 25 < min(filled)
    assert {"baseline", "monitored"} <= {one["text"] for one in rows(first, "text")}
    assert [one["x"] for one in rows(first, "rule")] == [25.5]
    everything = control_chart(plotted(chart_of("i-mr")), ENGLISH)["vconcat"][0]
    assert not list(rows(everything, "point", filled=False))


def test_zones_are_drawn_where_a_rule_on_zones_is_watched_and_only_there():
    with_zones = control_chart(plotted(chart_of("i-mr", rules="western-electric")), ENGLISH)
    bands = [(one["y"], one["y2"]) for one in rows(with_zones["vconcat"][0], "rect")]
    assert sorted(bands) == [(7.0, 8.0), (8.0, 9.0), (9.0, 10.0), (10.0, 11.0), (11.0, 12.0), (12.0, 13.0)]
    assert sorted(one["text"] for one in rows(with_zones["vconcat"][0], "text") if one["text"] in "ABC") == list("AABBCC")
    assert not list(rows(with_zones["vconcat"][1], "rect"))  # of moving ranges only the limit is watched
    assert not list(rows(control_chart(plotted(chart_of("i-mr", rules="shewhart")), ENGLISH)["vconcat"][0], "rect"))


def test_what_only_warns_is_a_triangle_and_what_alarms_a_diamond():
    found = chart("i-mr", [10.0] * 3 + [12.5, 10.0, 13.5], rules="westgard", centre=10.0, sigma=1.0)
    first = control_chart(plotted(found), ENGLISH)["vconcat"][0]
    assert [one["point"] for one in rows(first, "point", shape="triangle-up")] == [4]
    assert [(one["point"], one["rules"]) for one in rows(first, "point", shape="diamond")] == [(6, "1, 2")]


def numbers_of(view: Spec) -> dict[float, tuple[str, float, float]]:
    """By place: number, and where it stands beside the point, in pixels to the right and down."""
    return {
        row["x"]: (row["text"], one["mark"]["dx"], one["mark"]["dy"])
        for one in view["layer"]
        if one["mark"]["type"] == "text" and one["mark"].get("fontWeight") == 600 and "stroke" not in one["mark"]
        for row in one["data"]["values"]
    }


def test_numbers_stand_beside_their_points_away_from_the_centre():
    values = [10.0, 10.1] * 10
    values[4], values[12] = 15.0, 5.0
    first = control_chart(plotted(chart("i-mr", values, centre=10.0, sigma=1.0, rules="shewhart")), ENGLISH)["vconcat"][0]
    assert numbers_of(first) == {5.0: ("1", 0.0, -12.0), 13.0: ("1", 0.0, 12.0)}
    (far,) = numbers_of(control_chart(plotted(chart_of("t2", rules="shewhart")), ENGLISH)["vconcat"][0]).values()
    assert far == ("1", 0.0, -12.0)


def test_no_number_of_a_rule_lies_on_another_or_on_a_marked_point():
    found = plotted(chart_of("i-mr", points=90))
    across = across_of(found, ENGLISH, 500)
    (view, _) = views_of(found, across, ENGLISH, (210, 110))
    first = control_chart(found, ENGLISH, width=500, heights=(210, 110))["vconcat"][0]
    numbers = numbers_of(first)
    marked = {one["x"]: one["y"] for one in rows(first, "point", shape="diamond")}
    assert len(numbers) > 8
    assert set(numbers) < set(marked)
    boxes = [(across.pixel(x) - 4, across.pixel(x) + 4, view.pixel(y) - 4, view.pixel(y) + 4) for x, y in marked.items()]
    for x, (text, right, down) in numbers.items():
        wide, align = 6.3 * len(text), 0.5 if not right else float(right < 0)
        left, middle = across.pixel(x) + right - align * wide, view.pixel(marked[x]) + down
        boxes.append((left, left + wide, middle - 5, middle + 5))
    for place, one in enumerate(boxes[len(marked) :], len(marked)):
        for other in boxes[:place]:
            assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]


def many(points: int = 12_000) -> list[float | None]:
    chance = Random(5)
    values: list[float | None] = [chance.gauss(0, 1) for _ in range(points)]
    values[5000] = 9.0
    values[7000:7100] = [None] * 100
    return values


def test_of_very_many_points_no_marked_one_and_no_extreme_is_lost_and_the_picture_says_how_many_are_drawn():
    found = chart("i-mr", many())
    spec = control_chart(plotted(found), ENGLISH, width=600)
    first, values = spec["vconcat"][0], found.panels[0].values
    marked = {(one["point"], one["rules"]) for one in rows(first, "point") if "rules" in one}
    assert marked == {(at + 1, ", ".join(map(str, n))) for name, at, n in found.violations() if name == "individuals"}
    assert lane_ticks(spec) == {(number, point + 1) for _, point, numbers in found.violations() for number in numbers}
    line = [one for one in rows(first, "line") if "run" in one]
    drawn = {int(one["x"]) - 1: one["y"] for one in line}
    assert len(line) == len(drawn) < 4 * 600 + len(marked)
    assert all(values[point] == value for point, value in drawn.items())
    columns: dict[int, list[int]] = {}
    for point, value in enumerate(values):
        if not isnan(value):
            columns.setdefault(floor((point + 0.5) / 12_000 * 600), []).append(point)
    for column in columns.values():
        there = [drawn[point] for point in column if point in drawn]
        assert {column[0], column[-1]} <= drawn.keys()
        assert (min(there), max(there)) == (min(values[p] for p in column), max(values[p] for p in column))
    assert {6999, 7100} <= drawn.keys()
    assert len({one["run"] for one in line}) == 2
    assert f"{len(drawn)} of 12{THIN}000 points drawn" in spec["title"]["subtitle"][1]
    assert len(control_chart(plotted(chart_of("i-mr")), ENGLISH)["title"]["subtitle"]) == 1


def test_limits_that_move_at_every_one_of_very_many_points_are_a_band_that_holds_them_all():
    chance = Random(3)
    sizes = [chance.randint(60, 140) for _ in range(3000)]
    found = chart("p", counts(3000, 20.0), sizes=sizes, rules="shewhart")
    spec = control_chart(plotted(found), ENGLISH, width=300)
    bands = list(rows(spec["vconcat"][0], "rect"))
    for name in ("lower", "upper"):
        row = getattr(found.panels[0], name)
        for point in range(0, 3000, 7):
            assert any(
                one["x"] <= point + 1 + 1e-9 and point + 1 - 1e-9 <= one["x2"] and one["y"] <= row[point] <= one["y2"]
                for one in bands
            )


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (timedelta(seconds=1), "08:00:10"),
        (timedelta(minutes=30), "12:00"),
        (timedelta(days=1), "06-07"),
        (timedelta(days=90), "2030"),
    ],
)
def test_dates_are_written_in_digits_that_fit_what_is_shown(step: timedelta, text: str):
    times = [datetime(2026, 6, 1, 8) + place * step for place in range(40)]
    spec = control_chart(plotted(chart_of("i-mr"), times=times), ENGLISH)
    texts = ["".join(one.itertext()) for one in ET.fromstring(svg_of(spec)).iter("{http://www.w3.org/2000/svg}text")]
    assert any(one.startswith(text) for one in texts), texts
    marks = [one["tip"] for one in rows(spec["vconcat"][0], "point") if "tip" in one]
    assert f"{times[0]:%Y-%m-%d}" in next(one for one in marks if one.startswith("1 "))


def test_days_and_numbers_are_times_too():
    days = [date(2026, 6, 1) + timedelta(days=place) for place in range(40)]
    assert plotted(chart_of("i-mr"), times=days).places()[1] - plotted(chart_of("i-mr"), times=days).places()[0] == 86_400_000.0
    seconds = [0.5 * place for place in range(40)]
    spec = control_chart(plotted(chart_of("i-mr"), times=seconds), ENGLISH)
    assert {one["x"] for one in rows(spec["vconcat"][0], "line") if "run" in one} == set(seconds)


def test_stored_figures_give_the_picture_that_the_chart_gave():
    found = chart_of("i-mr")
    stored = [
        stored_panel(
            panel.name, [None if isnan(value) else value for value in panel.values], rules="nelson", watched=panel.watched,
            broken={point: numbers for name, point, numbers in found.violations() if name == panel.name},
            centre=panel.centre[0], sigma=panel.sigma[0], lower=panel.lower[0], upper=list(panel.upper),
        )
        for panel in found.panels
    ]  # fmt: skip
    again = PlottedChart(kind="i-mr", rules=rule_set("nelson"), panels=tuple(stored))
    assert control_chart(again, ENGLISH) == control_chart(plotted(found), ENGLISH)


def test_the_panels_without_title_are_those_of_the_whole_picture():
    found = plotted(chart_of("i-mr"))
    whole = control_chart(found, ENGLISH, width=300, heights=(180, 90))["vconcat"]
    assert chart_rows(found, ENGLISH, width=300, heights=(180, 90), lanes=True) == whole
    assert chart_rows(found, ENGLISH, width=300, heights=(180, 90)) == whole[:2]


def test_limits_of_the_specification_are_drawn_where_they_are_asked_for_and_only_for_single_readings():
    first = control_chart(plotted(chart_of("i-mr"), lower=2.0, upper=19.0, unit="mm"), ENGLISH)["vconcat"][0]
    assert {"USL 19", "LSL 2"} <= {one["text"] for one in rows(first, "text")}
    assert first["layer"][1]["encoding"]["y"]["axis"]["title"] == "individual value / mm"
    with pytest.raises(DomainError, match="no single readings, to which a specification applies"):
        plotted(chart_of("xbar-r"), lower=2.0)
    with pytest.raises(DomainError, match="in this order"):
        plotted(chart_of("i-mr"), lower=3.0, upper=2.0)


def test_what_does_not_go_together_is_refused():
    found = chart_of("i-mr")
    with pytest.raises(DomainError, match="3 times for 40 points"):
        plotted(found, times=[1, 2, 3])
    with pytest.raises(DomainError, match="time goes backwards at point 2"):
        plotted(found, times=[2.0, *map(float, range(39))])
    with pytest.raises(DomainError, match="all are dates, or all are numbers"):
        plotted(found, times=[date(2026, 1, 1), *map(float, range(39))])
    with pytest.raises(DomainError, match="a date or a finite number"):
        plotted(found, times=[*map(float, range(39)), inf])
    with pytest.raises(DomainError, match="monitored from point 41"):
        plotted(found, monitored_from=41)
    with pytest.raises(DomainError, match="they follow each other from 0 to 40"):
        PlottedChart(kind="i-mr", rules=found.rules, panels=found.panels, stages=(Span(label="", start=0, stop=39),))
    with pytest.raises(DomainError, match="a picture needs points"):
        PlottedChart(kind="i-mr", rules=found.rules, panels=())
    with pytest.raises(DomainError, match="2 centre for 3 points"):
        panel = stored_panel("individuals", [1, 2, 3], rules="nelson", broken={}, centre=[1, 2])
        PlottedChart(kind="i-mr", rules=found.rules, panels=(panel,))
    with pytest.raises(DomainError, match=r"point 1 breaks \[9\]"):
        stored_panel("individuals", [1, 2, 3], rules="nelson", broken={1: [9]})


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(rule_sets()))
def test_every_rule_of_every_set_has_words_of_its_own(name: str, language: str):
    rules = rule_set(name)
    told = [rule_phrase(rule, rules, wording_of(language)) for rule in rules.rules]
    assert len(set(told)) == len(told)
    assert all("{" not in one and one for one in told)


def test_every_question_of_a_rule_has_words():
    own = rule_set(
        {
            "rules": [
                {"number": 1, "asks": "above", "sigma": 3},
                {"number": 2, "asks": "below", "sigma": 2, "points": 2, "among": 3},
                {"number": 3, "asks": "above", "points": 7},
                {"number": 4, "asks": "rising", "points": 5},
                {"number": 5, "asks": "falling", "points": 5},
                {"number": 6, "asks": "below", "points": 7},
            ]
        }
    )
    assert [rule_phrase(rule, own, ENGLISH) for rule in own.rules] == [
        "1 point beyond a limit", "2 of 3 in a row below −2σ", "7 in a row above the centre line", "5 in a row rising",
        "5 in a row falling", "7 in a row below the centre line",
    ]  # fmt: skip


def luminance(colour: str) -> float:
    """Of a colour #rrggbb, as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_word_stands_out_from_white_and_from_every_zone():
    spec = control_chart(plotted(chart_of("i-mr"), lower=2.0, upper=19.0, monitored_from=20), ENGLISH)
    colours = set(re.findall(r'<text[^>]*fill="(#[0-9a-f]{6})"', svg_of(spec).decode()))
    assert len(colours) > 3
    for ground in ("#ffffff", *(zone[-1] for zone in ZONES)):
        for colour in colours:
            dark, light = sorted((luminance(colour), luminance(ground)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (colour, ground)


@pytest.mark.parametrize(
    "places", [[50.0, 51.0, 52.0], [0.0, 0.0, 0.0], [3.0, 60.0, 61.0, 200.0], [199.0, 199.5, 200.0], [10.0], []]
)
def test_labels_are_moved_apart_in_their_order_and_stay_where_they_have_room(places: list[float]):
    found = apart(places, 13.0, -6.0, 206.0)
    assert all(right - left >= 13.0 - 1e-9 for left, right in pairwise(found))
    assert all(-6.0 <= one <= 206.0 for one in found)
    alone = [p for at, p in enumerate(places) if all(abs(p - q) >= 26.0 for other, q in enumerate(places) if other != at)]
    assert set(alone) <= set(found)


def test_names_are_shortened_to_their_room():
    assert shortened("before the change", 40.0) == "befor…"
    assert shortened("short", 100.0) == "short"
    assert shortened("x", 1.0) == ""


@pytest.mark.parametrize(
    ("value", "span", "text"),
    [(74.00361, 0.04, "74.0036"), (10.4, 12.0, "10.4"), (10.401, 12.0, "10.40"), (-3.0, 7.0, "−3"), (nan, 1.0, "–"),
     (50000940.12, 200.0, f"50{THIN}000{THIN}940.1"),
     (-1e-9, 10.0, "0"), (1e-7, 2e-7, "1e−07")],
)  # fmt: skip
def test_figures_have_the_digits_that_a_picture_can_show(value: float, span: float, text: str):
    assert figure(value, span) == text


def test_a_single_point_and_constant_readings_have_a_picture():
    for values in ([5.0], [5.0] * 20):
        svg_of(control_chart(plotted(chart("i-mr", values)), ENGLISH))
    assert png_of(control_chart(plotted(chart("i-mr", [5.0, None, 6.0])), wording_of("zh")))[:4] == b"\x89PNG"


def test_readings_that_are_there_are_not_called_missing_where_a_statistic_has_no_value():
    (told,) = control_chart(plotted(chart_of("change-point")), ENGLISH)["title"]["subtitle"]
    assert "missing" not in told
    assert "without a value: 3" in told
