"""What people read: safe to print, aligned also in Chinese, coloured only at a terminal."""

import json
import unicodedata

import pytest
from click import unstyle

from openqi.evidence.dossiers.report import STEPS
from openqi.interfaces.cli.output import Line, Output, json_text, visible
from openqi.interfaces.cli.words import CHINESE, REACHED, language_of
from unit.interfaces.cli_world import World, answer, openqi

STATES = ("passed", "failed", "withheld", "not checked")


@pytest.mark.parametrize(
    "text", ["\x1b[32mpassed\x1b[0m", "a\nb", "\u202egnp.exe", "\x9b31m", "zero\u200bwidth", "\U000e0041", "\x00"]
)
def test_text_of_strangers_cannot_steer_a_terminal_or_hide_itself(text: str):
    shown = visible(text)
    assert shown.isprintable()
    assert json.loads(f'"{shown}"') == text
    assert json.loads(json_text({"a": text})) == {"a": text}
    assert json_text({"a": text}).isprintable()


def test_chinese_stays_readable():
    assert visible("实验室 Ω µ é") == "实验室 Ω µ é"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_columns_line_up_in_both_languages(language: str):
    out = Output(as_json=False, language=language)
    lines = out.pairs([(step, "|") for step in STEPS.values()])
    ends = {sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line.split("|")[0]) for line in lines}
    assert len(ends) == 1


def test_every_step_state_and_sum_has_a_chinese_word():
    assert set(STEPS.values()) | set(STATES) | {"proved", "replayed"} <= set(CHINESE)
    assert REACHED == {"proved": "已验真", "replayed": "已复算", "complete": "已核全"}


def test_a_state_is_coloured_at_a_terminal_only(monkeypatch: pytest.MonkeyPatch):
    out = Output(as_json=False, language="en")
    assert out.state("passed") == "passed"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert isinstance(out.state("passed"), Line)
    assert unstyle(out.state("failed", "a \x1b[32m b")) == "a \\u001b[32m b"
    monkeypatch.setenv("NO_COLOR", "1")
    assert out.state("passed") == "passed"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "zh"}, "zh"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "de_DE"}, "zh"), ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)  # fmt: skip
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str):
    assert language_of(environment) == language


def lines_of(text: str) -> dict[str, str]:
    """Return {label: value} of aligned lines."""
    return {line.split("  ")[0].strip(): line.split("  ", 1)[1].strip() for line in text.splitlines() if "  " in line}


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("zh", ["1   格式", "验真  已验真", "复算  已复算", "核全  未检查"]), ("en", ["1   form", "proved    passed"])],
)
def test_people_read_the_main_words_in_their_language(world: World, lang: str, expected: list[str]):
    asked = ("verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt")
    text = openqi(*asked, "--lang", lang).out
    by_locale = openqi(
        "verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt", LC_ALL={"zh": "zh_CN.UTF-8", "en": "C"}[lang]
    ).out
    assert text == by_locale
    assert all(any(line.startswith(one) for line in text.splitlines()) for one in expected), text


def test_the_json_of_a_command_is_the_same_in_every_language(world: World):
    assert (
        openqi("verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt", "--json", "--lang", "zh").out
        == openqi("verify", world / "item7.dossier", "--policy", world / "ledger/policy.txt", "--json").out
    )


def test_what_people_read_says_the_same_as_the_json(world: World):
    read = lines_of(openqi("log", "head", world / "mirror").out)
    told = answer("log", "head", world / "mirror")
    assert (read["origin"], read["size"], read["root"]) == (told["origin"], str(told["size"]), told["root"])
