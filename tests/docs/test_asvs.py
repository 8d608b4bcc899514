"""The list of security requirements is whole, says the same in both languages, and names tests that there are."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATES = {
    "asvs.md": ("met", "partly", "not met", "by the operator", "does not apply"),
    "asvs.zh.md": ("满足", "部分", "未满足", "由运营方", "不适用"),
}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(\w+)`")


def rows(page: str) -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


@cache
def collected(file: str) -> frozenset[str]:
    """The names of the tests that pytest collects in a file."""
    assert re.fullmatch(r"test_\w+\.py", Path(file).name), file
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"))


@pytest.mark.parametrize("page", STATES)
def test_every_number_of_levels_one_and_two_is_there_once_with_its_level(page):
    lines = (ROOT / "vectors" / "asvs" / "5.0.0-level-2.txt").read_text(encoding="utf-8").splitlines()
    wanted = [tuple(line.split()) for line in lines if not line.startswith("#")]
    assert len(wanted) == 253
    assert [(number, level) for number, level, *_ in rows(page)] == wanted


@pytest.mark.parametrize("page", STATES)
def test_what_is_called_met_names_tests_that_are_collected_and_everything_else_a_reason(page):
    for number, _, asks, state, shown in rows(page):
        assert asks.strip(), number
        assert state in STATES[page], number
        named = TEST.findall(shown)
        assert named or state != STATES[page][0], f"{number} is called met without a test"
        assert state == STATES[page][0] or TEST.sub("", shown).strip(" ,;，；"), f"{number} has no reason"
        assert shown.count("::") == len(named), f"{number} names a test that is written in another way"
        for file, name in named:
            assert name in collected(file), f"{number}: {file} has no {name}"


def test_both_pages_say_the_same():
    for english, chinese in zip(rows("asvs.md"), rows("asvs.zh.md"), strict=True):
        assert english[0] == chinese[0]
        assert STATES["asvs.md"].index(english[3]) == STATES["asvs.zh.md"].index(chinese[3]), english[0]
        assert TEST.findall(english[4]) == TEST.findall(chinese[4]), english[0]


@pytest.mark.parametrize("page", STATES)
def test_the_counts_are_those_of_the_rows(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    states = [state for _, _, _, state, _ in rows(page)]
    for state in STATES[page]:
        assert re.search(rf"^\| {state} \| .+ \| {states.count(state)} \|$", text, re.MULTILINE), state
