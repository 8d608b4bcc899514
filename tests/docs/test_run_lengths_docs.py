"""The page on run lengths: every example gives what the page says, and its table of rule sets is true."""

import re
import shlex
from pathlib import Path

import pytest

from openqi.science.charts.rules.in_control import run_length_of
from openqi.science.charts.rules.rule import rule_set, rule_sets
from unit.interfaces.cli_world import openqi

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "control" / "run_lengths.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_python_of_the_page_holds():
    known: dict[str, object] = {}
    shown = blocks("python")
    assert len(shown) == 5
    for block in shown:
        assert "assert " in block
        exec(compile(block, "run_lengths.md", "exec"), known)


@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_of_the_page_answers_as_it_says(block):
    asked, _, told = block.partition("\n")
    found = openqi(*shlex.split(asked.removeprefix("$ openqi ")), "--lang", "en")
    assert found.out == told, found.err


def test_the_table_of_rule_sets_is_true():
    rows = re.findall(r"^\| `([a-z0-9+ -]+)`[^|]*\| ([\d.]+)[^|]*\| ([\d.]+)[^|]*\| (\w+) \|", PAGE, re.MULTILINE)
    assert {name for name, *_ in rows} >= set(rule_sets())
    for name, in_control, shifted, how in rows:
        for told, shift in ((in_control, 0.0), (shifted, 1.0)):
            found = run_length_of(rule_set(name), shift)
            assert (found.method == "simulation") == (how == "simulated")
            assert found.value == pytest.approx(float(told), abs=0.0051 if how == "exact" else 4 * (found.standard_error or 0.0))
