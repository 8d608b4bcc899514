"""The page on surveillance as evidence: its example holds, and it names every record, file and rule of draws as they are."""

import re
from pathlib import Path

import openqi
from openqi.pillars.surveillance.draws.rolls import OFFICER, RECUSAL
from openqi.records import draw_lists, draws, kinds
from openqi.records.draws import SourceNamed
from shared_data import ROOT

PAGE = (ROOT / "docs" / "surveillance" / "evidence.md").read_text(encoding="utf-8")
SOURCE = Path(openqi.__file__).parent


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    part = PAGE.partition(f"\n### {heading}\n")[2] or PAGE.partition(f"\n## {heading}\n")[2]
    table = part.partition("|---")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[1:]]


def test_the_python_of_the_page_holds():
    shown = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert shown
    for block in shown:
        assert "assert " in block
        exec(compile(block, "evidence.md", "exec"), {})


def test_every_kind_of_draws_has_its_row_and_its_place_in_the_picture():
    told = {f"surveillance.{cells[0].strip('`')}/1" for cells in rows("Records of draws")}
    here = {name for name, kind in kinds().items() if kind.__module__ in (draws.__name__, draw_lists.__name__)}
    assert told == here
    picture = PAGE.partition("```\n")[2].partition("```")[0]
    assert all(name.removeprefix("surveillance.").removesuffix("/1") in picture for name in here)


def test_every_form_of_randomness_has_its_row():
    forms = SourceNamed.__annotations__["form"].__args__
    assert [cells[0] for cells in rows("Sources of randomness")] == [f"`{form}`" for form in forms]


def test_every_rule_that_the_page_names_is_one():
    text = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("pillars/surveillance", "science/draws")
        for path in (SOURCE / folder).rglob("*.py")
    )
    named = {rule for cells in rows("What is refused before it is sealed") for rule in re.findall(r"`([a-z-]+)`", cells[1])}
    assert len(named) > 30
    assert [rule for rule in sorted(named) if f'"{rule}"' not in text] == []


def test_the_columns_of_the_files_are_those_that_are_read():
    told = {cells[0]: cells[1].split(" ⇥ ") for cells in rows("Files")}
    assert len(told["list of objects"]) == 4
    assert len(told["exclusions"]) == 3
    assert len(told["officers"]) == len(OFFICER)
    assert told["recusals"] == [*RECUSAL]
