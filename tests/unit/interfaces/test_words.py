"""The words of the pages: each in both languages, each that a page asks for, and some that no page may ever say."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from openqi.app.cases import MATTERS
from openqi.app.reading.steps import _ORDER
from openqi.app.tree import State
from openqi.interfaces.web import words
from openqi.interfaces.web.words import phrase, phrases, preferred, read_phrases, term
from openqi.records import kinds

TEMPLATES = sorted((Path(words.__file__).parent / "templates").rglob("*.html"))
# A page says who issued a mark and how that was checked. What a thing in somebody's hand is, it cannot know.
NEVER = re.compile(r"\b(genuine|authentic|counterfeit-proof|guaranteed)\b|正品|真品|防伪|保真", re.IGNORECASE)


def test_every_phrase_stands_in_both_languages_with_the_same_gaps():
    assert len(phrases()) > 300
    for name, found in phrases().items():
        assert found.zh.strip() == found.zh != "", name
        assert found.en.strip(" :") != "" or name == "separator", name
        gaps = [{gap for _, gap, _, _ in Formatter().parse(text) if gap} for text in found]
        assert gaps[0] == gaps[1], name


def test_no_phrase_and_no_template_says_that_a_thing_is_genuine():
    for name, found in phrases().items():
        assert not NEVER.search(f"{found.zh} {found.en}"), name
    for path in TEMPLATES:
        assert not NEVER.search(path.read_text(encoding="utf-8")), path.name


def test_every_phrase_that_a_template_asks_for_is_there():
    asked = {name for path in TEMPLATES for name in re.findall(r"\bt\('([^'~]+)'[,)]", path.read_text(encoding="utf-8"))}
    assert len(asked) > 120
    assert asked <= set(phrases())


def test_no_phrase_stands_there_that_nobody_asks_for():
    sources = [*TEMPLATES, *Path(words.__file__).parent.rglob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    # Put together from a word of the read models, a status, the state of a row, or who may see an outcome.
    built = ("how-", "error-", "acts-import-", "acts-public", "acts-parties", "acts-private", "people-done-")
    built += ("notices-way-", "notices-refused-", "talk-refused-", "notice-", "mail-", "delegations-state-")
    built += ("draws-rule-", "draws-look-", "draws-not-", "insp-limit-", "insp-step-", "insp-results-", "insp-list-")
    built += ("against-", "photo-", "tested-", "check-", "promise-", "recalled-", "remedy-", "mark-state-")
    ours = [name for name in phrases() if ":" not in name and not name.startswith(built)]
    assert [name for name in ours if f"'{name}'" not in text and f'"{name}"' not in text] == []


def test_every_kind_state_step_and_matter_has_a_word():
    assert {f"kind:{kind}" for kind in kinds()} <= set(phrases())
    for state in (*get_args(State), "not checked", "passed"):
        assert f"state:{state}" in phrases()
    assert {f"meaning:{state}" for state in get_args(State)} <= set(phrases())
    assert {f"step:{capacity}" for capacity in _ORDER} <= set(phrases())
    assert {f"value:{matter}" for matter in MATTERS} <= set(phrases())


def test_a_phrase_is_filled_in_and_a_word_that_is_not_known_stays_as_it_is():
    assert phrase("scanned", "en", count=3, day="2026-11-20") == "Scans before this one: 3; the last on 2026-11-20"
    assert phrase("overview", "zh") == "概览"
    assert term("value", "conforming", "zh") == "合格"
    assert term("value", "a quantity of somebody's own", "zh") == "a quantity of somebody's own"


@pytest.mark.parametrize("text", ["one\ttwo", "name\tzh\ten\nname\tzh\ten", "name"])
def test_a_table_of_phrases_that_is_damaged_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        read_phrases(text)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr,en;q=0.5,zh;q=0.7", "zh"),
        ("fr", "zh"),
        ("en;q=0", "zh"),
        ("en;q=x, zh;q=0.1", "zh"),
        ("*;q=0.1", "zh"),
        (",;,=;q" * 400, "zh"),
    ],
)
def test_the_language_is_the_one_that_the_browser_prefers_and_chinese_where_it_says_nothing(header: str, language: str):
    assert preferred(header) == language
