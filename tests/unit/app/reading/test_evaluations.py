"""The page of an evaluation: what is read for it, and what it shows in both languages."""

import re
from decimal import Decimal
from html import unescape

import pytest
from msgspec.structs import replace
from tools.golden import FOLDER

from openqi.app.pictures.numbers import grouped, short
from openqi.app.pictures.recorded import recorded_budget, recorded_intervals
from openqi.app.reading.evaluations import evaluation_shown
from openqi.evidence.record import parse_record
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.wording import wording_of
from openqi.records import Names, of_json
from openqi.records.evaluations import UncertaintyEvaluated

GOLDEN = of_json(
    parse_record((FOLDER / "records" / "metrology.uncertainty-evaluated-1.jws").read_bytes()).body, UncertaintyEvaluated
)


class Nobody:
    """A reader of nothing."""

    name, origin, bases, size = Names(en="Test"), "log.example/1", (), 0

    def named(self, uri):
        from openqi.app.reading.naming import Named

        return Named(uri=uri, zh="", en="", what="")


class Nowhere:
    """Links that lead nowhere."""

    def record(self, record):
        return f"/record/{record}"


def shown(found, language):
    """The text of the budget as a page has it."""
    environment = Pages(Nobody())._environments[language]
    made = environment.from_string('{% from "evaluation.html" import whole with context %}{{ whole(page) }}')
    html = made.render(page=evaluation_shown(found, lambda _: None), links=Nowhere())
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).replace("\u00a0", " "), html


TOLD = {
    "zh": ("1000.017 ± 0.010 ) g", "均匀分布", "t 分布", "不确定度分量表", "自由度 ν", "2000 次试验不足以判断", "d、s 的自由度"),
    "en": ("1000.017 ± 0.010 ) g", "rectangular", "Uncertainty budget of m", "2000 trials", "standard uncertainty u = 0.0050 g"),
}  # fmt: skip


@pytest.mark.parametrize("language", TOLD)
def test_a_page_states_the_result_as_the_gum_does_and_shows_the_budget_and_its_warnings(language):
    text, html = shown(GOLDEN, language)
    text = text.replace("(1000", "1000").replace("0.010)", "0.010 )")
    assert [one for one in TOLD[language] if one not in text] == []
    assert html.count("<meter ") == len(GOLDEN.inputs)
    assert f'href="/record/{GOLDEN.certificates[0]}"' in html
    assert "style=" not in html


def test_degrees_of_freedom_are_those_that_k_was_taken_for():
    page = evaluation_shown(GOLDEN, lambda _: None).results[0]
    assert (page.percent, page.whole_dof) == (None, None)  # a factor was stated
    asked = replace(GOLDEN.measurands[0], probability="0.9545", exact_degrees_of_freedom="16.99999999999999")
    page = evaluation_shown(replace(GOLDEN, measurands=(asked,)), lambda _: None).results[0]
    assert (page.percent, page.whole_dof) == ("95.45", 17)


@pytest.mark.parametrize("language", TOLD)
def test_a_page_has_its_budget_and_the_intervals_of_its_trials_as_still_pictures(language):
    _, html = shown(GOLDEN, language)
    (one,) = GOLDEN.measurands
    pictures = re.findall(r'<svg role="img".*?</svg>', html, re.DOTALL)
    assert len(pictures) == 2
    bars, intervals = (unescape(re.sub(r"<[^>]+>", "|", one)) for one in pictures)
    assert {line.input for line in one.budget} <= set(bars.split("|"))
    run = one.monte_carlo
    for end in (run.shortest_lower, run.shortest_upper, run.symmetric_lower, run.symmetric_upper):
        assert grouped(end) in intervals
    assert "<script" not in html
    assert "data-spec" not in html


def test_the_pictures_of_a_record_state_the_numbers_of_the_record_and_no_others():
    (one,) = GOLDEN.measurands
    wording = wording_of("en")
    told = recorded_budget(one, wording)["layer"][1]["data"]["values"]
    assert [(bar["name"], bar["share"]) for bar in told] == [(line.input, float(line.share)) for line in one.budget]
    assert [bar["size"] for bar in told] == [f"{short(abs(float(line.contribution)))} g" for line in one.budget]
    picture = recorded_intervals(one, one.monte_carlo, wording, probability="0.95")
    points = picture["layer"][-1]["data"]["values"]
    assert points[0]["x"] == points[1]["x"]
    names = [layer["data"]["values"][0]["text"] for layer in picture["layer"] if "text" in layer["data"]["values"][0]]
    low, high = (Decimal(one.value) + sign * Decimal(one.expanded_uncertainty) for sign in (-1, 1))
    assert names[2] == f"first order k = {one.coverage_factor}: {low} … {high}".replace("-", "−")


def test_a_term_of_second_order_has_a_bar_where_it_belongs():
    one = replace(GOLDEN.measurands[0], higher_contribution="9.0", higher_share="1.5")
    told = recorded_budget(one, wording_of("en"))["layer"][1]["data"]["values"]
    assert (told[0]["name"], told[0]["share"]) == ("terms of second order", 1.5)
