"""docs/metrology/uncertainty.md says what the program does: its examples are run, and its file gives what is printed there."""

import doctest
import re
from pathlib import Path

import pytest

from openqi.formats.model_file import read_model_file
from openqi.formats.model_inputs import MEMBERS
from unit.interfaces.cli_world import openqi

PAGE = Path(__file__).resolve().parents[2] / "docs/metrology/uncertainty.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = {language: re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL) for language in ("yaml", "text")}


def test_the_examples_give_what_the_page_says():
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert (found.failed, found.attempted > 10) == (0, True)


def test_the_file_of_the_page_gives_the_answer_of_the_page(tmp_path: Path):
    file = tmp_path / "gauge.yaml"
    file.write_text(BLOCKS["yaml"][0], encoding="utf-8")
    shown = openqi("uncertainty", file, "--second-order", "--by", "intermediate")
    assert (shown.status, shown.out) == (0, BLOCKS["text"][0])


@pytest.mark.parametrize("line", [line for line in BLOCKS["yaml"][1].splitlines() if line.startswith("statement")])
def test_the_statements_of_the_page_are_read(line: str):
    text = f'model: y = x\ninputs:\n  x:\n    value: "50"\n    {line}\n'
    assert read_model_file(text.encode(), name="m").inputs["x"].standard_uncertainty > 0


@pytest.mark.parametrize("line", [line for line in BLOCKS["yaml"][1].splitlines() if line.startswith(("corr", "cov", "monte"))])
def test_the_other_members_of_the_page_are_read(line: str):
    text = re.sub(r"(?m)^coverage.*$", "", BLOCKS["yaml"][0]) + line + "\n"
    assert read_model_file(text.encode(), name="m")


def test_the_page_names_every_member_of_an_input():
    assert {name for name in MEMBERS if f"`{name}" not in TEXT and f"{name}:" not in TEXT} == set()
