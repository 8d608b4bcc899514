"""Notices beside the rules: each element found, missing or softened; time limits over holidays; what a source cannot say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.app.recalls.checking import last_day, notice_checked, rule_names, softening_in
from openqi.app.recalls.notice import notice_of, notice_of_recall, notice_of_row
from openqi.formats.recalls.layouts import read_recalls
from openqi.formats.recalls.listed import Fault
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.records import body
from openqi.records.recalls import RecallPublished
from recalls_stage import Recalls
from shared_data import shared

GOOD = """
heading: Product safety recall
name: {zh: 充电器, en: Example charger}
firm: https://firm.example
number: R-1
pictures: [front.jpg]
sold: Sold in shops of Fujian from March 2026 until May 2026
defect: The insulation is too thin
consequence: Risk of electric shock
what_to_do: Stop using the charger at once and unplug it
remedies: [refund]
contact: 400-123-4567, free of charge
complaints: 3
injuries: 0
learned: 2026-09-29
reported: 2026-10-08
ended: 2026-10-30
summary_on: 2026-11-20
lines:
  - name: Example charger
    models: [C-1]
    batches: ["2603"]
    made_from: 2026-03-01
    made_until: 2026-03-31
    made: 1200
    recalled: 1000
"""

IDENTIFIED = GOOD[GOOD.index("    models") : GOOD.index("    made: 1200")]


def states(text, rules, form="yaml"):
    checked = notice_checked(notice_of(text.encode(), form), rules)
    return {one.element: one.state for one in checked.findings}, checked


def test_a_good_notice_has_all_that_each_set_of_rules_asks():
    for rules in rule_names():
        found, checked = states(GOOD, rules)
        assert checked.holds, found
        assert set(found.values()) <= {"there", "in time"}


@pytest.mark.parametrize(
    ("old", "new", "element", "state"),
    [
        ("Product safety recall", "Important customer notice", "heading", "missing"),
        ("pictures: [front.jpg]", "", "pictures", "missing"),
        ("sold: Sold in shops of Fujian from March 2026 until May 2026", "", "sold", "missing"),
        (IDENTIFIED, "", "identification", "missing"),
        ("Risk of electric shock", "In rare cases there is a risk of electric shock", "no-softening", "softening"),
        ("The insulation", "As a Precaution - the insulation", "no-softening", "softening"),
        ("Stop using the charger at once and unplug it", "Please contact us", "stop-using", "unclear"),
        ("remedies: [refund]", "remedies: [information]", "remedies", "unclear"),
        ("remedies: [refund]", "", "remedies", "missing"),
        ("400-123-4567, free of charge", "your dealer", "contact", "unclear"),
        ("consequence: Risk of electric shock\n", "", "hazard", "there"),
    ],
)  # fmt: skip
def test_each_element_of_the_european_rule_is_found_missing_or_weak(old, new, element, state):
    assert old in GOOD
    found, checked = states(GOOD.replace(old, new), "eu-gpsr-36")
    assert found[element] == state
    assert checked.holds == (state == "there")
    assert [one for one, how in found.items() if how not in ("there", state)] == []


@pytest.mark.parametrize(
    ("old", "new", "element", "state"),
    [
        ("reported: 2026-10-08", "reported: 2026-10-09", "report", "late"),
        ("reported: 2026-10-08", "", "report", "open"),
        ("summary_on: 2026-11-20", "summary_on: 2026-11-21", "summary", "late"),
        ("learned: 2026-09-29", "", "report", "unknown"),
        ("learned: 2026-09-29", "learned: 02/03/2026", "report", "unclear"),
        ("learned: 2026-09-29", "learned: 2031-09-29", "report", "unknown"),
        ("    made: 1200\n", "", "made", "missing"),
        ("complaints: 3\ninjuries: 0", "", "cases", "missing"),
    ],
)
def test_time_limits_and_fields_of_the_chinese_rule(old, new, element, state):
    found, _ = states(GOOD.replace(old, new), "cn-order-19")
    assert found[element] == state


def test_limits_are_counted_over_holidays_and_make_up_days():
    # 2026-10-01 to 07 is free and 2026-10-10, a Saturday, is worked (notice of the State Council on 2026).
    assert last_day("2026-09-29", 2, "working-days") == "2026-10-08"
    assert last_day("2026-10-08", 2, "working-days") == "2026-10-10"
    assert last_day("2026-11-30", 2, "working-days") == "2026-12-02"


def test_what_is_not_verified_says_so():
    _, checked = states(GOOD, "cn-order-19")
    assert [one.element for one in checked.findings if one.unverified] == ["summary"]
    with pytest.raises(NotFoundError, match="eu-gpsr-36"):
        notice_checked(notice_of(b"{}", "json"), "us-law")


def test_our_own_recalls_and_foreign_lines_are_checked_as_far_as_they_go():
    stage = Recalls()
    own = notice_checked(notice_of_recall(body(stage.publish(), RecallPublished)), "eu-gpsr-36")
    told = {one.element: one.state for one in own.findings}
    assert (told["heading"], told["pictures"], told["contact"], told["stop-using"]) == ("there", "missing", "unclear", "unclear")
    rows = read_recalls("fda", shared("data/surveillance/us_food_recalls_a.json").read_bytes())
    foreign = [notice_checked(notice_of_row(row), "eu-gpsr-36") for row in rows if not isinstance(row, Fault)]
    soft = [one for check in foreign for one in check.findings if one.element == "no-softening" and one.state == "softening"]
    plain = shared("data/surveillance/us_food_recalls_a.json").read_text(encoding="utf-8")
    titles = [one["title"] for one in json.loads(plain) if one["agency"] == "FDA"]
    assert len(soft) >= sum("oluntar" in one or "recaution" in one for one in titles) > 10
    assert {one.state for check in foreign for one in check.findings if one.element == "pictures"} == {"unknown"}


WORDS = {"en": ["voluntary", "in rare cases"], "zh": ["自愿"]}


def test_words_are_found_as_words():
    assert softening_in(("A Voluntary recall", "本公司自愿召回"), WORDS) == ("自愿", "voluntary")
    assert softening_in(("in  rare\ncases",), WORDS) == ("in rare cases",)
    assert softening_in(("involuntary", "voluntaryism"), WORDS) == ()


@pytest.mark.parametrize("data", [b"[]", b"name: [x", b"strange: 1", b"lines: {a: 1}", b"complaints: many", b"\xff"])
def test_what_is_no_notice_is_refused_with_its_place(data):
    with pytest.raises(FormatError, match="notice"):
        notice_of(data, "yaml")


@given(st.binary(max_size=200), st.sampled_from(["yaml", "json"]))
def test_any_bytes_are_a_notice_or_our_own_error(data, form):
    try:
        found = notice_of(data, form)
    except FormatError:
        return
    assert len(notice_checked(found, "eu-gpsr-36").findings) == 10
