"""The map of many streams: every stream is on it, where its measures say, and the lines part those that were named."""

import json
import xml.etree.ElementTree as ET
from math import log, log10

import pytest

from openqi.app.pictures.frame import Spec
from openqi.app.pictures.screening.map import MOST_MARKS, screening_map
from openqi.app.pictures.screening.places import across_of, height_of, pixel_of, place_of
from openqi.app.pictures.screening.stream import stream_chart
from openqi.app.pictures.screening.told import chance_text, shown_name
from openqi.app.pictures.screening.worst import names_of
from openqi.app.screening.measures import Screened, Screening
from openqi.app.screening.ordering import ordered
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.wording import wording_of
from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.run_lengths.streams.screening import named_streams

ENGLISH, CHINESE = wording_of("en"), wording_of("zh")


def stream(place: int, log_chance: float, ppk: float | None, *, unstable: bool) -> Screened:
    capable = None if ppk is None else ppk >= 1.33
    words = ("unstable" if unstable else "stable", "" if capable is None else "-capable" if capable else "-incapable")
    return Screened(
        stream=f"s{place:05d}", unit="mm", readings=400, missing=0, last_time=400, centre=0.0, sigma=1.0, lower_limit=-3.0,
        upper_limit=3.0, lower=-4.0, upper=4.0, mean=0.1, within=1.0, overall=1.1 + place % 7, alarm_points=9, alarms=7,
        farthest=3.5, expected=5.4, log_chance=log_chance, unstable=unstable, last_alarm=390, last_alarm_value=3.5, cp=ppk,
        cpk=ppk, pp=ppk,
        ppk=ppk, capable=capable, quadrant="".join(words), rules={1: 2, 2: 5},
    )  # fmt: skip


def screening(count: int, *, tolerance: bool = True) -> Screening:
    chances = [-0.02 * (place % 700) ** 1.3 for place in range(count)]
    named = named_streams(chances, 0.05)
    streams = [
        stream(place, chances[place], 0.4 + (place * 37 % 200) / 100 if tolerance else None, unstable=named.unstable[place])
        for place in range(count)
    ]
    return Screening(
        streams=ordered(streams, "worst"), rules="nelson", run_length=73.7, run_length_off_by=0.5, run_length_method="simulation",
        rate=0.05, dependent=False, log_threshold=named.log_threshold, capable_from=1.33, order="worst", clock="int64",
    )  # fmt: skip


def marks(spec: Spec) -> list[Spec]:
    """The rows of the layers of marks: filled points."""
    return [row for one in spec["layer"] if one["mark"].get("filled") for row in one["data"]["values"]]


@pytest.mark.parametrize("wording", [CHINESE, ENGLISH])
@pytest.mark.parametrize(("count", "tolerance"), [(40, True), (800, True), (300, False)])
def test_every_stream_has_a_mark_where_its_measures_say(wording, count: int, tolerance: bool):
    found = screening(count, tolerance=tolerance)
    spec = screening_map(found, wording)
    json.dumps(spec, allow_nan=False)
    drawn = ET.fromstring(svg_of(spec))
    told = [text for one in drawn.iter("{http://www.w3.org/2000/svg}text") for text in one.itertext()]
    assert spec["title"]["text"] in told
    assert set(spec["title"]["subtitle"]) <= set(told)
    edge = next(row["x"] for one in spec["layer"] if one["mark"]["type"] == "rule" for row in one["data"]["values"] if "x" in row)
    rows = marks(spec)
    assert len(rows) == count
    expected = sorted(
        (round(log10(1 - one.log_chance / log(10)), 4), round(one.ppk if tolerance else min(one.stability_index, 6.0), 4))
        for one in found.streams
    )
    assert sorted((row["x"], row["y"]) for row in rows) == expected
    assert sum(row["x"] > edge - 1e-4 for row in rows) == sum(one.unstable for one in found.streams)


def test_quadrants_are_named_with_how_many_lie_in_each_and_the_worst_by_name():
    found = screening(800)
    spec = screening_map(
        found, ENGLISH, address=lambda one: f"https://pages.invalid/{one.stream}" if one.stream < "s00500" else None
    )
    texts = {row["text"] for one in spec["layer"] for row in one["data"]["values"] if "text" in row}
    counts = found.counts()
    assert f"unstable, not capable: {counts['unstable-incapable']}" in texts
    assert f"stable, capable: {counts['stable-capable']}" in texts
    assert f"1 {found.streams[0].stream}" in texts
    assert f"{sum(one.unstable for one in found.streams)} of 800 streams" in spec["title"]["subtitle"][0]
    rings = [row for one in spec["layer"] if one["mark"].get("filled") is False for row in one["data"]["values"]]
    assert [row["tip"].split(":")[0] for row in sorted(rings, key=lambda row: int(row["tip"].split(".")[0]))] == [
        f"{rank}. {one.stream}" for rank, one in enumerate(found.streams[:8], start=1)
    ]
    assert b"undefined" not in svg_of(spec)


def test_of_very_many_streams_marks_stand_for_several_and_none_is_lost():
    found = screening(MOST_MARKS + 1)
    rows = marks(screening_map(found, ENGLISH))
    assert sum(row["n"] for row in rows) == MOST_MARKS + 1
    assert len(rows) < 1500


def test_streams_without_a_tolerance_are_left_out_and_counted():
    found = screening(40)
    without = stream(99, -1.0, None, unstable=False)
    spec = screening_map(Screening(**{**vars(found), "streams": (*found.streams, without)}), ENGLISH)
    assert "1 have no tolerance and are not on the map" in spec["title"]["subtitle"]
    assert len(marks(spec)) == 40


def test_where_chances_are_not_known_there_is_no_map():
    with pytest.raises(DomainError, match="not certified"):
        screening_map(Screening(**{**vars(screening(4)), "run_length": None}), ENGLISH)


def test_a_chance_is_written_as_it_is_read():
    assert [chance_text(one) for one in (None, 0.0, log(0.05), log(2e-4), log(1e-7) - 0.1, -690.0, -5000.0)] == [
        "-", "1", "0.05", "0.0002", "10⁻⁷", "10⁻²⁹⁹", "< 10⁻¹⁰⁰⁰",
    ]  # fmt: skip
    assert shown_name("a" * 60, 24) == "a" * 11 + "…" + "a" * 11
    assert shown_name("\u202ea\nb", 24) == "\ufffda\ufffdb"


def test_the_chart_of_a_stream_flags_the_readings_that_the_watch_flagged():
    one, rules = stream(1, -20.0, 0.9, unstable=True), rule_set("nelson")
    readings = [(k, 0.01 * k) for k in range(1, 401)]
    violations = [(120, 120, 1.2, 1), (395, 395, 3.95, 1), (400, 400, 4.0, 0b11)]
    spec = stream_chart(one, rules, readings, violations, ENGLISH)
    tips = [
        row["tip"]
        for view in spec["vconcat"]
        for lay in view["layer"]
        for row in lay["data"]["values"]
        if "breaks" in row.get("tip", "")
    ]
    assert sorted({tip for tip in tips if "breaks rule" in tip}) == sorted(set(tips))
    assert {tip.rpartition("breaks rule")[2].strip(" )") for tip in tips} >= {"1", "1, 2"}
    assert any(tip.startswith("395") or "395" in tip for tip in tips)
    assert not any("120:" in tip for tip in tips)  # before what is shown
    assert spec["title"]["subtitle"] == ["the last 150 of 400 readings"]
    few = stream_chart(one, rules, [], violations, ENGLISH)
    assert few["title"]["subtitle"] == ["only the last 3 points that broke a rule"]
    assert stream_chart(one, rules, [], [], ENGLISH) is None


@pytest.mark.parametrize("apart", [1.3, 1.6, 2.5, 8.0, 40.0])
def test_no_name_lies_on_the_mark_of_another_of_the_worst(apart: float):
    near = [stream(place, -290.0 / apart**place, 0.5 + 0.1 * (place % 2), unstable=True) for place in range(4)]
    up = height_of(near, 1.33, ENGLISH)
    right = max(across_of(one) for one in near) + 0.08
    pixels = {place_of(one, up): pixel_of(one, up, right) for one in near}
    named = 0
    for drawn in names_of(near, up, right, ENGLISH, None):
        if drawn["mark"].get("type") != "text" or "stroke" in drawn["mark"]:
            continue
        for row in drawn["data"]["values"]:
            named += 1
            left, top = pixels[row["x"], row["y"]]
            align, wide = drawn["mark"]["align"], 6.0 * len(row["text"])
            middle = left + drawn["mark"]["dx"] + (wide if align == "left" else -wide) / 2
            for other in pixels.values():
                over = abs(other[0] - middle) < wide / 2 + 4 and abs(other[1] - top - drawn["mark"].get("dy", 0)) < 10
                assert other == (left, top) or not over, row["text"]
    assert named
