"""Figures of a budget as people read them, and warnings in both languages."""

import string
from copy import copy

import pytest

from openqi.interfaces.web import figures
from openqi.interfaces.web.words import phrases
from openqi.science.uncertainty.caution import TOLD, Caution


def test_figures_are_short_and_powers_of_ten_are_written_out():
    assert figures.figure("2.8867513459481293e-05") == "2.89\u00a0×\u00a010⁻⁵"
    assert (figures.figure("-575.0", 4), figures.magnitude("-575.0"), figures.figure("0.0")) == ("−575", "575", "0")
    assert [figures.degrees(one, "zh") for one in ("inf", "16.753", "undefined")] == ["∞", "16.75", "无定义"]
    assert (figures.share("0.5466"), figures.share("-2.0000"), figures.minus("-0.5")) == ("54.7\u00a0%", "−200.0\u00a0%", "−0.5")
    assert [figures.bar(one) for one in ("-0.2", "0.3000", "3.0000")] == ["0", "0.3000", "1"]


@pytest.mark.parametrize("code", TOLD)
def test_every_warning_of_science_is_told_in_both_languages_with_its_names_and_figures(code):
    gaps = {name for _, name, _, _ in string.Formatter().parse(TOLD[code]) if name}
    found = phrases()[f"caution:{code}"]
    for text in (found.zh, found.en):
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} == gaps
    warned = Caution(code, names=("a", "b"), figures=("1.5", "2.5")[: len(gaps - {"names"})])
    told = {language: figures.caution(warned.code, warned.names, warned.figures, language) for language in ("zh", "en")}
    assert told["en"].rstrip(".").casefold()[:40] == str(warned).casefold()[:40].rstrip(".")
    assert ("a、b" in told["zh"]) == ("names" in gaps)


def test_a_warning_goes_to_another_process_and_back_with_its_code():
    one = Caution("first-order-unfit", figures=("31.7", "33.8"))
    again = copy(one)
    assert (again, again.code, again.figures) == (one, one.code, one.figures)
