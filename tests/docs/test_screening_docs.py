"""The page on screening names every order, measure and option that there is, and its commands are known."""

import re
from pathlib import Path

from openqi.app.screening.ordering import ORDERS
from openqi.interfaces.cli.commands.screen import screen
from openqi.interfaces.cli.lazy import LazyGroup
from openqi.interfaces.cli.main import openqi as root
from openqi.interfaces.web.screening.site import LISTED, ROWS
from screening_plant import known_plant
from unit.interfaces.cli_world import openqi

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "control" / "screening.md").read_text(encoding="utf-8")


def test_every_measure_of_the_json_is_explained_and_every_order(tmp_path):
    known_plant(tmp_path, streams=2, readings=30, bad=1)
    found = openqi("screen", tmp_path / "out", "--json")
    assert set(found.data["worst"][0]) - {"stream"} <= set(re.findall(r"`([A-Za-z]+)`", PAGE))
    assert all(f"| `{order}` |" in PAGE for order in ORDERS)


def test_every_option_is_named_and_the_commands_are_known():
    options = {spelling for one in screen.params for spelling in one.opts if spelling.startswith("--")}
    assert options - {"--lang"} <= set(re.findall(r"--[a-z]+", PAGE))
    lines = re.findall(r"^openqi (\w+) (.*)$", PAGE, re.MULTILINE)
    assert len(lines) == 3
    for name, more in lines:
        assert isinstance(root, LazyGroup)
        command = root.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        known = {option for one in command.params for option in one.opts}
        assert set(re.findall(r"--[a-z-]+", more)) <= known


def test_the_sizes_on_the_page_are_those_of_the_program():
    defaults = {one.name: one.default for one in screen.params}
    assert f"The worst `--pages` streams ({defaults['pages']})" in PAGE
    assert f"`--fdr` ({defaults['fdr']})" in PAGE
    assert f"`--capable` ({defaults['capable']})" in PAGE
    assert f"{ROWS} streams a page and at most {LISTED:,} in an order" in PAGE
