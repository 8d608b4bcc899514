"""The table of faults names tests that are collected, and is the same in both languages."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("faults.md", "faults.zh.md")
TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(\w+)`")


def rows(page: str) -> list[list[str]]:
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| ") and "::" in line]


@pytest.mark.parametrize("page", PAGES)
def test_every_fault_says_what_happens_what_one_sees_and_which_test_shows_it(page):
    found = rows(page)
    assert len(found) >= 29
    for row in found:
        assert len(row) == 4, row[0]
        assert all(cell.strip() for cell in row), row[0]
        named = TEST.findall(row[3])
        assert len(named) == row[3].count("::") > 0, row[0]
        for file, name in named:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}, f"{row[0]}: {file} has no {name}"


def test_both_pages_name_the_same_tests_in_the_same_order():
    assert [TEST.findall(row[3]) for row in rows(PAGES[0])] == [TEST.findall(row[3]) for row in rows(PAGES[1])]
