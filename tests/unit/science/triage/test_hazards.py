"""Hazards out of words: sentences of our own, narratives that others coded, and words that deny or only fear."""

import csv
import json
import re
from pathlib import Path

import pytest

from openqi.science.triage.hazards import chinese, english
from openqi.science.triage.hazards.finding import GRAVE, hazard_in
from shared_data import ROOT, shared

SENTENCES = json.loads((ROOT / "vectors" / "triage" / "hazards.json").read_text(encoding="utf-8"))["rows"]
DIAGNOSES = {
    "Burns": "burn", "Contusions": "crush", "Laceration": "cut", "Fracture": "fracture", "Amputation": "amputation",
    "Foreign body": "foreign-body", "Avulsion": "cut", "Puncture": "cut", "Strain": "crush", "Hematoma": "crush",
}  # fmt: skip
PARTS = {
    "Hand": "hand", "Eyeball": "eye", "Finger": "finger", "Face": "face", "Lower Leg": "leg", "Upper Leg": "leg", "Knee": "leg",
    "Ankle": "leg", "Upper Trunk": "trunk", "Lower Trunk": "trunk", "Head": "head", "Ear": "ear", "Foot": "foot", "Toe": "foot",
    "Lower Arm": "arm", "Upper Arm": "arm", "Wrist": "arm", "Shoulder": "arm", "Mouth": "mouth", "Neck": "neck",
}  # fmt: skip


@pytest.mark.parametrize(("text", "level", "harm", "feared", "who"), SENTENCES, ids=lambda one: str(one)[:16])
def test_a_sentence_tells_what_a_reader_finds_in_it(text, level, harm, feared, who):
    found = hazard_in(text)
    assert (found.level, {*found.harm}, {*found.feared}, {*found.who}) == (level, {*harm}, {*feared}, {*who})


@pytest.mark.parametrize("word", sorted({word for words in chinese.HARM.values() for word in words.split()}))
def test_every_word_of_harm_is_found_and_denied_right_before_it(word):
    assert hazard_in(f"昨天{word}").level in {"grave", "harm"}
    assert hazard_in(f"并没有造成{word}").level == "none"
    assert hazard_in(f"没有用多久，{word}").level in {"grave", "harm"}


@pytest.mark.parametrize("word", sorted({one.strip() for words in english.HARM.values() for one in words.split(",")}))
def test_every_english_word_of_harm_is_found_and_denied_right_before_it(word):
    assert hazard_in(f"THEN: {word.upper()}.").level in {"grave", "harm"}
    assert hazard_in(f"there was no {word}").level == "none"


def test_a_word_within_another_is_not_found():
    assert hazard_in("they forbid carburettors and lacquer").harm == ()


def test_every_mention_stands_where_it_says():
    text = "３岁的孩子 被充电宝烫伤，NO BURN on the other"
    found = hazard_in(text)
    plain = "3岁的孩子 被充电宝烫伤,no burn on the other"
    assert found.mentions
    assert all(plain[one.start :].startswith(one.word) for one in found.mentions)
    assert [one.state for one in found.mentions if one.code == "burn"] == ["stated", "denied"]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("3岁", 36), ("两人，72周岁", 864), ("8个月大", 8), ("39YOM BURN", 468), ("13 MO F", 13), ("9MOF HIT", 9), ("8YM", 96),
        ("29-YOF", 348), ("22 YR OLD", 264), ("3 years old", 36), ("900岁", None), ("no age", None), ("5 young men", None),
    ],
)  # fmt: skip
def test_an_age_is_read(text, months):
    assert hazard_in(text).months == months


def test_grave_codes_are_codes():
    assert {*chinese.HARM} | {*english.HARM} >= GRAVE


def narratives():
    path: Path = shared("data/surveillance/us_neiss_fireworks_narratives.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return [(row, hazard_in(row["Narrative"])) for row in csv.DictReader(file)]


def test_narratives_tell_what_others_coded():
    """Age, diagnosis and part of the body were coded by people of NEISS, who saw the whole case; the narrative is a line of it."""
    told = narratives()
    ages = [(hazard.months, int(row["Age"])) for row, hazard in told if hazard.months is not None]
    assert len(ages) >= 0.99 * len(told)
    assert all(months == (age - 200 if age >= 200 else 12 * age) for months, age in ages)
    for column, codes, least in (("Diagnosis", DIAGNOSES, 0.93), ("Body_Part", PARTS, 0.93)):
        found = [
            next(code for name, code in codes.items() if row[column].startswith(name)) in (*hazard.harm, *hazard.part)
            for row, hazard in told
            if re.match("|".join(codes), row[column])
        ]
        assert len(found) > 1200
        assert sum(found) >= least * len(found)
    assert sum(hazard.level in {"grave", "harm"} for _, hazard in told) >= 0.96 * len(told)


def test_reviews_that_tell_of_no_harm_are_seldom_taken_for_it():
    with shared("data/surveillance/cn_reviews_10cat_a.csv").open(encoding="utf-8", newline="") as file:
        reviews = [row["review"] for row in csv.DictReader(file)][::10]
    levels = [hazard_in(one).level for one in reviews]
    assert levels.count("grave") + levels.count("harm") <= 0.02 * len(levels)
