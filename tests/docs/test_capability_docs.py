"""The page on capability: every example gives what the page says, and it names every estimator, distribution and model."""

import re
import shlex
from pathlib import Path

from openqi.science.capability.estimates.spread import METHODS
from openqi.science.capability.shapes.shape import shape_kinds
from openqi.science.capability.time_models import MODELS
from unit.interfaces.cli_world import openqi

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "control" / "capability.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_python_of_the_page_holds():
    known: dict[str, object] = {}
    shown = blocks("python")
    assert len(shown) >= 4
    for block in shown:
        exec(compile(block, "capability.md", "exec"), known)


def test_the_commands_of_the_page_answer_as_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (table,) = blocks("csv")
    (tmp_path / "diameters.csv").write_text(table, encoding="utf-8")
    shown = blocks("console")
    assert len(shown) == 2
    for block in shown:
        asked, _, told = block.partition("\n")
        found = openqi(*shlex.split(asked.removeprefix("$ openqi ")), "--lang", "en")
        assert found.out == told, found.err
        assert found.status == ("--alarms" in asked)


def test_the_page_names_every_estimator_distribution_and_model():
    for name in METHODS:
        assert f"| `{name}`" in PAGE
    assert all(name in PAGE for name in shape_kinds())
    assert all(f"| {model} |" in PAGE for model in MODELS)
