"""The pages on calibration functions and decisions: every example gives what the page says."""

import re
import shlex
from pathlib import Path

import pytest

from openqi.science.decision.outcomes import decision_rules
from unit.interfaces.cli_world import openqi

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "metrology"
PAGES = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("calibration.md", "decisions.md")}


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGES[name], re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_the_python_of_a_page_holds(name):
    known: dict[str, object] = {}
    shown = blocks(name, "python")
    assert any("assert " in block for block in shown)
    for block in shown:
        exec(compile(block, name, "exec"), known)


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_a_page_answer_as_it_says(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for table in blocks(name, "csv"):
        (tmp_path / "points.csv").write_text(table, encoding="utf-8")
    shown = blocks(name, "console")
    assert shown
    for block in shown:
        asked, _, told = block.partition("\n")
        found = openqi(*shlex.split(asked.removeprefix("$ openqi ")), "--lang", "en")
        assert found.out == told, found.err


def test_the_page_names_every_rule_and_its_parameters():
    for rule in decision_rules().values():
        (row,) = [line for line in PAGES["decisions.md"].splitlines() if line.startswith(f"| `{rule.name}` |")]
        assert all(f"`{name}`" in row for name in rule.parameters)
