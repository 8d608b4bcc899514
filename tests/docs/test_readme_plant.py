"""What the READMEs show of process control is what the commands answer on the plant that `tools.plant` writes."""

import shlex
from pathlib import Path

import pytest
from tools.plant import COMMANDS, PAGES, shown, write_plant

from unit.interfaces.cli_world import openqi

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", PAGES)
def test_the_plant_of_a_readme_answers_as_it_shows(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    write_plant(tmp_path)
    told = []
    for line in COMMANDS:
        found = openqi(*shlex.split(line)[1:], LC_ALL=f"{PAGES[page]}.UTF-8")
        assert found.status == 1, found.err
        told.append(f"$ {line}\n{found.out}(exit 1)\n")
    assert "\n".join(told) == shown((ROOT / page).read_text(encoding="utf-8"))
    assert (tmp_path / "press-07.svg").read_bytes().startswith(b"<svg")
    assert (tmp_path / "map.svg").exists()
