"""Run lengths as pictures: published values stand at their shifts with their errors, chances are those of the distribution."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from openqi.app.pictures.control.run_lengths import LOOKS, RunLengthCurve, no_alarm_curves, run_length_curves
from openqi.app.pictures.frame import Spec
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.wording import wording_of
from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.in_control import distribution_of, run_length_of
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.run_lengths.answer import RunLength
from openqi.science.charts.run_lengths.charts.cusum import Cusum
from openqi.science.charts.run_lengths.charts.shewhart import Shewhart

ENGLISH = wording_of("en")
SHIFTS = (0.0, 0.5, 1.0, 2.0, 3.0)


def curve(name: str, **more: object) -> RunLengthCurve:
    return RunLengthCurve(name=name, answers=tuple(run_length_of(rule_set(name), shift, **more) for shift in SHIFTS))


def rows(spec: Spec, mark: str, **fields: object) -> list[Spec]:
    return [
        row
        for one in spec["layer"]
        if one["mark"]["type"] == mark and all(one["mark"].get(name) == value for name, value in fields.items())
        for row in one["data"]["values"]
    ]


def test_published_run_lengths_stand_at_their_shifts():
    spec = run_length_curves([curve("shewhart"), curve("western-electric")], ENGLISH)
    points = {(shape, one["x"]): one["y"] for shape in ("circle", "square") for one in rows(spec, "point", shape=shape)}
    # [CHAMP-WOODALL1987] table 1: one point beyond three sigma, and the four tests of the Western Electric handbook.
    assert [round(points["circle", shift], 2) for shift in (0.0, 1.0)] == [370.40, 43.89]
    assert [round(points["square", shift], 2) for shift in (0.0, 1.0)] == [91.75, 9.22]
    line = rows(spec, "line")
    assert {(one["kind"], one["x"], one["y"]) for one in line} == {
        (name, shift, points[shape, shift])
        for shape, name in (("circle", "shewhart"), ("square", "western-electric"))
        for shift in SHIFTS
    }
    assert "relative error at most" in spec["title"]["subtitle"][0]
    assert not rows(spec, "rule")


def test_what_is_simulated_has_bars_of_two_standard_errors_and_says_so():
    simulated = curve("nelson", runs=200)
    spec = run_length_curves([simulated], ENGLISH)
    bars = {one["x"]: (one["y"], one["y2"]) for one in rows(spec, "rule")}
    for one in simulated.answers:
        assert bars[one.shift] == (max(one.value - 2 * one.standard_error, 1.0), one.value + 2 * one.standard_error)
    assert spec["title"]["subtitle"][0].startswith("simulated: bars are ± 2 standard errors")
    assert all("simulated" in one["tip"] for one in rows(spec, "point"))


def test_the_chance_of_no_alarm_is_that_of_the_distribution_and_half_is_marked():
    found = {
        "western-electric": distribution_of(rule_set("western-electric")),
        "cusum": Cusum(reference=0.5, limit=4.0).distribution(),
    }
    spec = no_alarm_curves(found, ENGLISH)
    for name, one in found.items():
        line = [row for row in rows(spec, "line") if row["kind"].startswith(name)]
        assert len(line) > 100
        assert all(row["y"] == 100.0 * one.beyond(int(row["x"])) for row in line)
        assert line[0]["y"] == 100.0
        assert line[-1]["x"] == max(each.quantile(0.95) for each in found.values())
    halves = [(row["x"], row["y"]) for row in rows(spec, "point")]
    assert halves == [(one.quantile(0.5), 100.0 * one.beyond(one.quantile(0.5))) for one in found.values()]
    assert halves[0][0] == 65  # half of all charts have alarmed by the 65th point: docs/control/run_lengths.md
    assert all(y <= 50.0 for _, y in halves)


def test_of_few_points_the_chance_falls_in_steps():
    spec = no_alarm_curves({"shewhart": Shewhart(limit=3.0).distribution(3.0)}, ENGLISH, shift=3.0)
    (mark,) = [one["mark"] for one in spec["layer"] if one["mark"]["type"] == "line"]
    assert mark["interpolate"] == "step-after"
    assert [one["x"] for one in rows(spec, "line")] == [float(n) for n in range(int(rows(spec, "line")[-1]["x"]) + 1)]
    assert spec["title"]["subtitle"] == ["after a shift of 3 σ"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_are_drawn_in_both_languages(language: str):
    wording = wording_of(language)
    curves = [curve("shewhart"), curve("nelson", runs=200)]
    told = curves[0].answers[0].assumptions
    for spec in (
        run_length_curves(curves, wording),
        no_alarm_curves({"shewhart": Shewhart(limit=3.0).distribution()}, wording, assumptions=told),
    ):
        json.dumps(spec, allow_nan=False)
        svg = svg_of(spec).decode()
        texts = ["".join(one.itertext()) for one in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
        assert all(any(line in text for text in texts) for line in (spec["title"]["text"], *spec["title"]["subtitle"]))
        assert bool(re.search("[\u4e00-\u9fff]", spec["title"]["text"])) == (language == "zh")
        assert not re.search(r"points are|NaN|undefined", svg)


def test_a_very_long_run_length_has_room_and_a_word_for_every_power_of_ten():
    def answer(shift: float, value: float) -> RunLength:
        return RunLength(value=value, error_bound=0.0, method="closed form", assumptions=(), shift=shift)

    spec = run_length_curves([RunLengthCurve(name="a", answers=(answer(0.0, 3e6), answer(1.0, 10.0)))], ENGLISH)
    axis = spec["layer"][0]["encoding"]["y"]
    assert axis["axis"]["values"] == [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
    assert axis["scale"]["domain"][1] > 3e6


def test_what_cannot_be_told_apart_or_has_no_order_is_refused():
    one = curve("shewhart")
    with pytest.raises(DomainError, match="1 to 5 charts can be told apart"):
        run_length_curves([replace(one, name=str(place)) for place in range(len(LOOKS) + 1)], ENGLISH)
    with pytest.raises(DomainError, match="each under its own name"):
        run_length_curves([one, one], ENGLISH)
    with pytest.raises(DomainError, match="at least two, in rising order"):
        run_length_curves([replace(one, answers=one.answers[::-1])], ENGLISH)
    with pytest.raises(DomainError, match="1 to 5 charts"):
        no_alarm_curves({}, ENGLISH)
