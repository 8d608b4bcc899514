"""The walk of the page on draws through `openqi draw` gives what the page says, from the files that it shows."""

import re
import shlex

from draw_files import LOTTERY, PLAN, small
from shared_data import ROOT
from unit.interfaces.cli_world import openqi

PAGE = (ROOT / "docs" / "surveillance" / "draws.md").read_text(encoding="utf-8")
WALK = PAGE[PAGE.index("## On the command line") : PAGE.index("### Who could turn it")]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", WALK, re.MULTILINE | re.DOTALL)


def test_the_walk_of_the_page_answers_as_it_says(tmp_path, monkeypatch):
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert blocks("yaml") == [PLAN, LOTTERY]
    for name, text in zip(("excluded", "officers", "recusals"), blocks("csv"), strict=True):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    shown = [*blocks("console"), *[text for text in blocks("text") if text.startswith("$ ")]]
    assert len(shown) == 6
    for block in shown:
        asked, _, told = block.partition("\n")
        if "--visits" in asked:
            _visits(tmp_path)
        language = () if "--lang" in asked else ("--lang", "en")
        found = openqi(*shlex.split(asked.removeprefix("$ openqi ")), *language)
        assert (found.out, found.status) == (told, 0), found.err


def test_an_edited_result_is_answered_as_the_page_says(tmp_path, monkeypatch):
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "excluded.csv").write_text(blocks("csv")[0], encoding="utf-8")
    for block in blocks("console")[:2]:
        assert openqi(*shlex.split(block.partition("\n")[0].removeprefix("$ openqi "))).status == 0
    drawn = tmp_path / "toys" / "drawn.csv"
    drawn.write_text(drawn.read_text(encoding="utf-8").replace("1,firm 37,", "1,firm 3,"), encoding="utf-8")
    (told,) = [text for text in blocks("text") if text.startswith("first difference")]
    assert openqi("draw", "verify", "toys", "--lang", "en").out.startswith(told)


def _visits(folder):
    """Two visits a day, in drawn order."""
    rows = (folder / "toys" / "drawn.csv").read_text(encoding="utf-8").splitlines()[1:]
    lines = [f"{row.split(',')[1]},2023-09-{20 + place // 2},toys\n" for place, row in enumerate(rows)]
    (folder / "visits.csv").write_text("name,day,items\n" + "".join(lines), encoding="utf-8")
