"""The page about measurement models: its examples run, and its figures are those of the program."""

import doctest
import re
from pathlib import Path

from openqi.science.uncertainty.expression import parser, statements
from openqi.science.uncertainty.expression.graph import FUNCTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrology" / "models.md"


def test_what_the_page_shows_is_what_the_program_says():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert not failed
    assert tried > 15


def test_the_page_names_every_function_and_every_limit():
    text = PAGE.read_text(encoding="utf-8")
    row = re.search(r"^\| functions \| `(.*?)`", text, re.MULTILINE)
    assert row
    assert sorted(re.sub(r"\(.*?\)", "", row[1]).split()) == sorted(FUNCTIONS)
    for limit in (
        f"{statements.MAX_LENGTH:,}",
        f"{parser.MAX_NODES:,} nodes",
        f"{parser.MAX_DEPTH} parentheses",
        f"{parser.MAX_DIGITS} digits",
    ):
        assert limit in " ".join(text.split()), limit
