"""Pictures of published cases: every number of the result is in the picture, in both languages, and nothing that is no number."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import inf, nan, sqrt

import pytest
from tools.metrology_pictures import PICTURES, bearings, certificate, doubtful, end_gauge, figures, norris

from chance_cases import MASS, MASS_INPUTS
from openqi.app.pictures.axes import axis_of
from openqi.app.pictures.budget import budget_bars
from openqi.app.pictures.calibration import calibration_curve, certificate_curve
from openqi.app.pictures.distribution import output_distribution
from openqi.app.pictures.frame import Spec, Wording
from openqi.app.pictures.numbers import grouped, percent, risk, stated
from openqi.app.pictures.risks import guard_band_curve, specific_risk_curve
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.wording import wording_of
from openqi.kernel.errors import DomainError
from openqi.science.calibration.certificate import calibrated_influence
from openqi.science.calibration.regression import least_squares
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, quantity
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
from openqi.science.uncertainty.propagation.first_order import first_order

ENGLISH = wording_of("en")


def layers(spec: Spec) -> Iterator[Spec]:
    for view in spec.get("vconcat", [spec]):
        yield from view["layer"]


def values(spec: Spec, field: str) -> list[Spec]:
    """Return the data of the layer that has a field."""
    return next(one["data"]["values"] for one in layers(spec) if one["data"]["values"] and field in one["data"]["values"][0])


def tips(spec: Spec) -> list[str]:
    return [value["tip"] for one in layers(spec) for value in one["data"]["values"] if "tip" in value]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", [name for name in PICTURES if name != "guard-band"])
def test_every_picture_is_drawn_in_both_languages_from_finite_numbers(name: str, language: str):
    check_drawn(PICTURES[name](wording_of(language)), language)


def check_drawn(spec: Spec, language: str) -> None:
    json.dumps(spec, allow_nan=False)
    drawn = ET.fromstring(svg_of(spec))
    texts = [text for one in drawn.iter("{http://www.w3.org/2000/svg}text") for text in one.itertext()]
    assert spec["title"]["text"] in texts
    assert set(spec["title"].get("subtitle", [])) <= set(texts)
    chinese = any("\u4e00" <= one <= "\u9fff" for text in texts for one in text)
    assert chinese == (language == "zh")
    assert drawn.attrib["font-family"].endswith("sans-serif")
    assert "undefined" not in svg_of(spec).decode()
    assert "NaN" not in svg_of(spec).decode()


def test_the_budget_of_the_end_gauge_has_its_published_components_the_largest_first():
    spec = budget_bars(end_gauge(), ENGLISH)
    bars = values(spec, "share")
    published = figures("gum_h1_end_gauge")["expected"]["components_nm"]
    assert [bar["name"] for bar in bars[:4]] == sorted(published, key=lambda name: -published[name])[:4]
    assert {bar["name"]: float(bar["size"].split()[0]) for bar in bars} == pytest.approx(published, rel=5e-3, abs=1e-9)
    assert sum(bar["share"] for bar in bars) == pytest.approx(1, abs=1e-12)
    assert spec["title"]["subtitle"][0].replace("\N{THIN SPACE}", "") == "l = 50000838"


def test_many_inputs_are_folded_into_one_bar_with_their_number_and_their_share():
    model = measurement_model("y = " + " + ".join(f"x{place}" for place in range(40)))
    (found,) = first_order(model, {f"x{place}": quantity(1.0, u=1.0 + place) for place in range(40)})
    bars = values(budget_bars(found, ENGLISH, most=10), "share")
    whole = sum((1.0 + place) ** 2 for place in range(40))
    assert (len(bars), bars[-1]["name"], bars[-1]["size"]) == (10, "31 others", "")
    assert bars[-1]["share"] == pytest.approx(sum((1.0 + place) ** 2 for place in range(31)) / whole)
    assert len(values(budget_bars(found, ENGLISH, most=40), "share")) == 40


def test_long_names_are_told_apart_by_their_ends_and_told_whole_to_whoever_asks():
    names = [f"https://laboratory.example/certificates/2026/number-{place}" for place in range(3)]
    inputs = {f"x{place}": quantity(1.0, u=1.0 + place, certificate=name) for place, name in enumerate(names)}
    (found,) = first_order(measurement_model("y = x0 + x1 + x2"), inputs)
    spec = budget_bars(found, ENGLISH, by="certificate")
    shown = {bar["name"] for one in layers(spec) for bar in one["data"]["values"] if "size" in bar and "tip" not in bar}
    assert shown == {f"https://la…cates/2026/number-{place}" for place in range(3)}
    assert {tip.partition(": ")[0] for tip in tips(spec)} == set(names)


def test_a_single_input_a_result_without_uncertainty_and_a_negative_share_have_pictures():
    (one,) = first_order(measurement_model("y = 2 * x"), {"x": quantity(1.0, u=0.5)})
    assert [bar["share"] for bar in values(budget_bars(one, ENGLISH), "share")] == [1.0]
    (none,) = first_order(measurement_model("y = 2 * x"), {"x": quantity(1.0, u=0.0)})
    empty = budget_bars(none, ENGLISH)
    assert empty["title"]["subtitle"][-1] == "There is no uncertainty"
    svg_of(empty)
    inputs = {"a": quantity(1.0, u=1.0, id="a"), "b": quantity(1.0, u=2.0, id="b")}
    (less,) = first_order(measurement_model("y = a - b"), inputs, [Correlation(first="a", second="b", coefficient=0.9)])
    shares = {bar["name"]: bar["share"] for bar in values(budget_bars(less, ENGLISH), "share")}
    assert shares["a"] < 0
    assert sum(shares.values()) == pytest.approx(1)
    svg_of(budget_bars(less, ENGLISH))


def test_the_distribution_holds_every_trial_and_the_intervals_of_the_run():
    run = monte_carlo(MASS, MASS_INPUTS, trials=5000, seed="1")
    (first,) = first_order(MASS, MASS_INPUTS)
    spec = output_distribution(run, ENGLISH, unit="mg", first=first)
    bars = values(spec, "count")
    outside = sum(not bars[0]["x"] <= one <= bars[-1]["x2"] for one in run.samples[0].tolist())
    assert sum(bar["count"] for bar in bars) == run.trials - outside
    within = {(bar["x"], bar["x2"]) for bar in bars if bar["within"]}
    low, high = run.shortest[0]
    assert all(low <= (left + right) / 2 <= high for left, right in within)
    told = [text for text in tips(spec) if "95 %" in text]
    wanted = [
        " … ".join(stated(end, run.standard_uncertainty[0])[0] for end in ends) for ends in (run.shortest[0], run.symmetric[0])
    ]
    assert [text.partition(": ")[2] for text in told[:2]] == wanted
    half = 1.959964 * first.standard_uncertainty
    assert told[2].endswith(f"{first.value - half:.3f} … {first.value + half:.3f}")


def test_the_curve_of_first_order_encloses_as_much_as_the_bars():
    run = monte_carlo(MASS, MASS_INPUTS, trials=5000, seed="1")
    spec = output_distribution(run, ENGLISH, first=first_order(MASS, MASS_INPUTS)[0])
    bars = values(spec, "count")
    (curve,) = (one["data"]["values"] for one in layers(spec) if one["mark"]["type"] == "line")
    area = sum((one["y"] + two["y"]) / 2 * (two["x"] - one["x"]) for one, two in pairwise(curve))
    assert area == pytest.approx(sum(bar["y"] * (bar["x2"] - bar["x"]) for bar in bars), rel=0.02)


def test_an_output_that_does_not_vary_has_a_picture_and_one_that_is_not_there_has_none():
    run = monte_carlo(measurement_model("y = 2 * x"), {"x": quantity(3.0, u=0.0)}, trials=100, seed="1")
    svg_of(output_distribution(run, ENGLISH))
    with pytest.raises(DomainError, match="no output z; it has y"):
        output_distribution(run, ENGLISH, name="z")


def test_every_point_and_every_residual_of_norris_is_in_the_picture():
    function, x, y = norris()
    spec = calibration_curve(function, x, y, ENGLISH)
    above, below = spec["vconcat"]
    points = above["layer"][-1]["data"]["values"]
    rests = below["layer"][-1]["data"]["values"]
    assert [(one["x"], one["y"]) for one in points] == list(zip(x, y, strict=True))
    published = figures("nist_strd_norris")["expected"]
    assert sqrt(sum(one["y"] ** 2 for one in rests) / (len(x) - 2)) == pytest.approx(published["residual_sd"], rel=1e-9)
    assert len(rests) == len(x) == 36


def test_the_band_is_as_wide_as_the_t_distribution_and_the_function_say():
    case = figures("gum_h3_thermometer")
    function = least_squares([str(one) for one in case["inputs"]["t_k"]], [str(one) for one in case["inputs"]["b_k"]], degree=1)
    spec = calibration_curve(function, case["inputs"]["t_k"], case["inputs"]["b_k"], ENGLISH)
    band = next(one["data"]["values"] for one in layers(spec) if one["mark"]["type"] == "area")
    for one in (band[0], band[40], band[-1]):
        # 2.262 is t for 9 degrees of freedom and 95 %, [GUM] table G.2.
        assert one["hi"] - one["y"] == pytest.approx(2.262 * function.at(one["x"]).standard_uncertainty, rel=2e-4)


def test_between_certificate_points_the_picture_is_what_a_decision_takes():
    points = certificate()
    spec = certificate_curve(points, ENGLISH, unit="V", title="", coverage_factor="2")
    assert "title" not in spec
    band = next(one["data"]["values"] for one in layers(spec) if one["mark"]["type"] == "area")
    milli = 1000  # the axis shows millivolts as 10⁻³ V
    for left, right in zip(band[::2], band[1::2], strict=True):
        middle = (left["x"] + right["x"]) / 2
        taken = calibrated_influence(points, Fraction(middle), Fraction(2))
        assert (left["y"] + right["y"]) / 2 == pytest.approx(-float(taken.offset) * milli)
        assert (left["hi"] - left["lo"]) / 2 == pytest.approx(2 * sqrt(taken.variance) * milli)
    (dots,) = (one["data"]["values"] for one in layers(spec) if one["mark"]["type"] == "point")
    assert [one["x"] for one in dots] == [0, 2.5, 5, 10]
    with pytest.raises(DomainError, match="no calibrated point"):
        certificate_curve([], ENGLISH, unit="V", title="U", coverage_factor="2")


def test_the_risks_of_the_ball_bearings_are_those_that_were_published():
    found, prior = bearings()
    case = figures("jcgm106_ball_bearings")
    spec = guard_band_curve(found, prior, ENGLISH)
    check_drawn(spec, "en")
    (curve,) = (one["data"]["values"] for one in layers(spec) if one["mark"]["type"] == "line")
    consumer = [one for one in curve if one["kind"].startswith("consumer")]
    close = case["tolerance"]
    assert consumer[0]["y"] / 100 == pytest.approx(case["expected"]["global_consumer_risk_no_guard_band"], abs=close["guard_band"])
    (own,) = (one["data"]["values"][0] for one in layers(spec) if "guard band / U" in str(one["data"]["values"][0].get("tip")))
    assert own["x"] * found.expanded == pytest.approx(case["expected"]["guard_band"], abs=close["guard_band"])


def test_the_curve_of_a_decision_goes_through_its_value():
    found = doubtful()
    spec = specific_risk_curve(found, ENGLISH)
    (dot,) = (one["data"]["values"][0] for one in layers(spec) if one["mark"]["type"] == "point")
    lines = [one for part in layers(spec) if part["mark"]["type"] == "line" for one in part["data"]["values"]]
    (there,) = (one for one in lines if one["x"] == dot["x"])
    assert there["y"] == pytest.approx(dot["y"], rel=1e-9)
    assert there["kind"] == "left open, and lies beyond the limit"
    assert dot["y"] == pytest.approx(100 * found.decision.specific_risk)


@pytest.mark.parametrize(
    ("shown", "unit", "title", "number"),
    [
        ([1.0, 3.0], "g", "m / g", 2.0),
        ([50000800.0, 50000900.0], "nm", "(m − 50\N{THIN SPACE}000\N{THIN SPACE}800) / nm", 50.0),
        ([2e-8, 4e-8], "m", "m / (10⁻⁹ m)", 30.0),
        ([2e7, 4e7], "", "m / 10⁶", 30.0),
        ([1.0, 3.0], "m/s", "m / (m/s)", 2.0),
        ([5.0], "", "m", 5.0),
        ([0.0], "", "m", 0.0),
    ],
)
def test_an_axis_says_what_was_taken_off_and_divided(shown: list[float], unit: str, title: str, number: float):
    axis = axis_of("m", unit, shown)
    assert axis.title == title
    assert axis.of(sum(shown) / len(shown)) == pytest.approx(number)
    assert axis.low < min(shown) <= max(shown) < axis.high


@pytest.mark.parametrize("shown", [[], [nan], [1.0, inf]])
def test_what_is_no_number_has_no_axis_and_no_place(shown: list[float]):
    with pytest.raises(DomainError, match="finite"):
        axis_of("m", "g", shown)
    with pytest.raises(DomainError, match="no place"):
        axis_of("m", "g", [1.0]).of(nan)


def test_numbers_are_written_as_people_read_them():
    thin = "\N{THIN SPACE}"
    assert [grouped(text) for text in ("1234", "12345", "-0.12345", "1e-20")] == [
        "1234",
        f"12{thin}345",
        f"−0.123{thin}45",
        "1e−20",
    ]
    assert [percent(share) for share in (0, 1e-5, -1e-5, 0.1234, 1.0, -0.5)] == [
        "0 %",
        "< 0.1 %",
        "> −0.1 %",
        "12.3 %",
        "100 %",
        "−50.0 %",
    ]
    assert [risk(share) for share in (0, 0.16, 1e-7)] == ["0 %", "16 %", "1.0e-07"]


def test_a_phrase_that_is_missing_is_a_fault_and_not_an_empty_picture():
    with pytest.raises(KeyError):
        budget_bars(end_gauge(), Wording(words={}))
