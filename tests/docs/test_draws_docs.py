"""The page on draws: its examples hold, and it names every design."""

import re

from openqi.science.draws.designs.design import designs
from shared_data import ROOT

PAGE = (ROOT / "docs" / "surveillance" / "draws.md").read_text(encoding="utf-8")


def test_the_python_of_the_page_holds():
    known: dict[str, object] = {}
    shown = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(shown) == 5
    for block in shown:
        assert "assert " in block
        exec(compile(block, "draws.md", "exec"), known)


def test_the_page_names_every_design_and_what_it_knows_of_pairs():
    for kind in designs().values():
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind.name}` |")]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert (cells[2] == "varies") == (not kind.fixed)
        assert cells[4] == ("exact" if kind.joint else "not known")
