"""Pictures of capability: what stands in them is what the study says, whatever was fitted, and an unstable process is called so."""

import csv
import json
import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from math import isfinite

import pytest

from openqi.app.pictures.capability.control import chart_of
from openqi.app.pictures.capability.histogram import capability_histogram
from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.pictures.capability.sixpack import capability_panels, capability_sixpack
from openqi.app.pictures.frame import Spec
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.wording import wording_of
from openqi.science.capability import indices
from openqi.science.capability.estimates.bins import bins
from openqi.science.capability.result import Study
from openqi.science.capability.shapes.law import law_of, reach_of_study
from openqi.science.capability.study import study
from shared_data import shared

ENGLISH, CHINESE = wording_of("en"), wording_of("zh")


def _study(name: str) -> Study:
    draw = random.Random(name)
    if name == "normal":
        return study([10 + 0.1 * draw.gauss(0, 1) for _ in range(120)], lower=9.6, upper=10.4, target=10, by=4)
    if name == "single":
        return study([10 + 0.1 * draw.gauss(0, 1) for _ in range(60)], upper=10.4)
    if name == "drifting":
        return study([10 + 0.01 * k + 0.1 * draw.gauss(0, 1) for k in range(60)], lower=9, upper=12)
    if name == "uncertain":
        return study([10 + 0.1 * draw.gauss(0, 1) for _ in range(60)], lower=9.6, upper=10.4, u=0.05)
    if name == "weibull":
        return study([draw.weibullvariate(2, 1.4) for _ in range(150)], upper=9, distribution="weibull")
    if name == "box-cox":
        return study([draw.lognormvariate(0, 0.5) for _ in range(120)], lower=0.1, upper=6, transform="box-cox", by=4)
    if name == "johnson":
        return study([draw.betavariate(2, 3) for _ in range(200)], lower=0.05, upper=0.9, transform="johnson")
    return study([draw.gammavariate(3, 1) for _ in range(200)], upper=14, distribution="empirical", quantile_type=7)


NAMES = ("normal", "single", "drifting", "uncertain", "weibull", "box-cox", "johnson", "empirical")
STUDIES = {name: _study(name) for name in NAMES}


def data(spec: object) -> Iterator[Spec]:
    """Every row of data of a specification."""
    if isinstance(spec, dict):
        if set(spec) == {"values"}:
            yield from (row for row in spec["values"] if isinstance(row, dict))
        for part in spec.values():
            yield from data(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from data(part)


def texts(spec: Spec) -> list[str]:
    return [row["text"] for row in data(spec) if "text" in row]


@pytest.mark.parametrize("wording", [CHINESE, ENGLISH])
@pytest.mark.parametrize("name", NAMES)
def test_histogram_and_sixpack_are_drawn_from_finite_numbers_with_their_words(name, wording):
    shown = ShownStudy(study=STUDIES[name], name="diameter", unit="mm")
    for spec in (capability_histogram(shown, wording), capability_sixpack(shown, wording)):
        json.dumps(spec, allow_nan=False)
        drawn = ET.fromstring(svg_of(spec))
        told = [text for one in drawn.iter("{http://www.w3.org/2000/svg}text") for text in one.itertext()]
        assert spec["title"]["text"] in told
        assert set(spec["title"]["subtitle"]) <= set(told)
        assert {"mm" in one for one in told} == {True, False}


@pytest.mark.parametrize("name", NAMES)
def test_indices_intervals_and_fractions_are_those_of_the_study(name):
    found = STUDIES[name]
    told = texts(capability_sixpack(ShownStudy(study=found), ENGLISH))
    for one in found.indices:
        assert f"{one.value:.2f}" in told
        if one.interval is not None and min(one.interval.lower, one.interval.upper) > 0:
            assert f"{one.interval.lower:.2f} … {one.interval.upper:.2f}" in told
    assert {one.name for one in found.indices} <= set(told)
    assert sum(text.endswith(" ppm") for text in told) == len(found.nonconforming)


@pytest.mark.parametrize("name", NAMES)
def test_bars_count_every_reading_once_between_their_edges(name):
    found = STUDIES[name]
    bars = [row for row in data(capability_histogram(ShownStudy(study=found), ENGLISH)) if "out" in row]
    lying = bins(found.readings)
    assert [row["y"] for row in bars] == list(lying.counts)
    slow = [
        sum(low <= x < high or (x == high and place == len(lying.counts) - 1) for x in found.readings)
        for place, (low, high) in enumerate(zip(lying.edges, lying.edges[1:], strict=False))
    ]
    assert slow == list(lying.counts)
    assert sum(slow) == found.n


@pytest.mark.parametrize("name", NAMES[:-1])
def test_the_curve_holds_as_many_readings_as_there_are_and_the_law_lies_outside_as_the_study_says(name):
    found = STUDIES[name]
    law = law_of(found)
    outside = law.below(found.limits.lower) + law.above(found.limits.upper)
    if not found.uncertainty:  # what measurement adds is in the readings, and so in the law that is drawn over them
        assert outside == pytest.approx(found.nonconforming[-1].total, rel=1e-9, abs=1e-300)
    for p in (0.00135, 0.2, 0.5, 0.9, 0.999):
        assert law.below(law.quantile(p, 1 - p)) == pytest.approx(p, rel=1e-7)
        assert law.above(law.quantile(1 - p, p)) == pytest.approx(p, rel=1e-7)


@pytest.mark.parametrize("name", ["normal", "single", "drifting", "weibull", "empirical"])
def test_the_bar_of_the_spread_reaches_as_far_as_the_index_says(name):
    found = STUDIES[name]
    values = [indices.upper_index(found.limits, reach_of_study(found)), indices.lower_index(found.limits, reach_of_study(found))]
    assert min(one for one in values if one is not None) == pytest.approx(found.index("Ppk").value, rel=1e-12)


def test_a_process_that_is_not_stable_is_called_so_in_the_colour_of_limits_and_has_no_curve_within():
    spec = capability_histogram(ShownStudy(study=STUDIES["drifting"]), ENGLISH)
    assert spec["title"]["subtitle"][0] == "NOT STABLE: says nothing about what comes"
    assert spec["title"]["subtitleColor"] == "#a3261b"
    kinds = {row["kind"] for row in data(spec) if "kind" in row}
    assert kinds == {"normal, overall"}
    stable = capability_histogram(ShownStudy(study=STUDIES["normal"]), ENGLISH)
    assert {row["kind"] for row in data(stable) if "kind" in row} == {"normal, overall", "normal, within"}
    assert "NOT" not in json.dumps(stable["title"])


def test_the_chart_beside_it_has_the_limits_of_the_study_and_marks_what_the_gate_counted():
    found = STUDIES["drifting"]
    panel = capability_panels(ShownStudy(study=found), ENGLISH)["first"]
    marked = [row for row in data(panel) if "breaks rule 1" in row.get("tip", "") or "breaks rule 1," in row.get("tip", "")]
    assert len(marked) == found.stability.beyond
    assert found.stability.beyond > 0


def test_the_fitted_law_and_its_test_are_named():
    told = {name: capability_panels(ShownStudy(study=STUDIES[name]), ENGLISH)["probability"]["title"]["text"] for name in NAMES}
    assert told["weibull"].startswith("Weibull: Anderson–Darling A² = ")
    assert told["johnson"].startswith("Johnson S")
    assert told["box-cox"].startswith("Box-Cox: ")
    assert told["empirical"] == "sample quantiles, type 7, no test of fit"


def test_names_and_units_of_strangers_are_text_and_a_long_one_is_shortened():
    hostile = "<script>alert(1)</script>&" + "长" * 300
    shown = ShownStudy(study=STUDIES["normal"], name=hostile, unit="<b>")
    drawn = svg_of(capability_sixpack(shown, CHINESE))
    assert b"<script" not in drawn
    assert b"<b>" not in drawn
    assert max(len("".join(one.itertext())) for one in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")) < 80


def test_limits_far_away_are_named_at_the_edge_and_do_not_press_the_readings_together():
    far = study([10 + 0.1 * random.Random(1).gauss(0, 1) + 0.01 * k for k in range(30)], lower=-1e6, upper=10.9)
    spec = capability_histogram(ShownStudy(study=far), ENGLISH)
    assert "← lower −1 000 000" in [text.replace("\N{THIN SPACE}", " ") for text in texts(spec)]


def test_piston_rings_of_montgomery_are_stable_for_the_first_25_samples():
    rows = list(csv.DictReader(shared("control/charts/pistonrings.csv").read_text().splitlines()))
    kept = [row for row in rows if int(row["sample"]) <= 25]
    found = study([float(row["diameter"]) for row in kept], lower=73.95, upper=74.05, by=[row["sample"] for row in kept])
    told = texts(capability_sixpack(ShownStudy(study=found, name="diameter", unit="mm"), ENGLISH))
    assert f"{found.index('Cpk').value:.2f}" in told
    assert "125 / 25" in told


@pytest.mark.parametrize("name", [*NAMES, "lost"])
def test_the_chart_beside_a_study_shows_as_many_points_beyond_as_its_heading_tells(name):
    skewed = [chance.lognormvariate(0, 1) for chance in [random.Random(5)] for _ in range(80)]
    found = study([*skewed, 300.0, 0.0002], lower=0.0001, upper=900, transform="box-cox") if name == "lost" else STUDIES[name]
    first = chart_of(ShownStudy(study=found, name="", unit="mm")).panels[0]
    beyond = [value for value in first.values if isfinite(value) and not first.lower[0] <= value <= first.upper[0]]
    assert len(beyond) == found.stability.beyond
    assert name != "lost" or (found.stability.beyond and found.moved)
