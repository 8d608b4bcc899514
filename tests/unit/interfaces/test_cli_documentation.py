"""docs/cli.md names every command and every option, and nothing that there is not."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from openqi.interfaces.cli.lazy import LazyGroup
from openqi.interfaces.cli.main import openqi

TEXT = (Path(__file__).resolve().parents[3] / "docs/cli.md").read_text(encoding="utf-8")
EVERYWHERE = {"--json", "--lang", "--help"}


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield each command that does something, with how it is called."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, f"{path} {name}")
        else:
            yield f"{path} {name}", found


COMMANDS = dict(commands(openqi, "openqi"))
SECTIONS = {
    re.match("[a-z0-9 -]+", heading)[0].strip(): text  # type: ignore[index]
    for heading, text in re.findall(r"^### `(.+?)`\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
}


def test_the_documentation_has_a_section_for_each_command_and_no_other():
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_every_option_of_its_command_and_no_other(name: str):
    parameters = [one for one in COMMANDS[name].params if isinstance(one, click.Option)]
    options = {spelling for one in parameters for spelling in one.opts if spelling.startswith("--")}
    assert options >= {"--json", "--lang"}
    named = set(re.findall(r"--[a-z-]+", re.sub(r"`openqi [^`]*`", "", SECTIONS[name])))
    assert named == options - EVERYWHERE


@pytest.mark.parametrize("name", COMMANDS)
def test_a_heading_shows_the_arguments_of_its_command(name: str):
    heading = next(line for line in TEXT.splitlines() if line.startswith(f"### `{name}") and line[4 + len(name) + 1] in "` ")
    context = click.Context(COMMANDS[name])
    shown = [one.make_metavar(context) for one in COMMANDS[name].params if isinstance(one, click.Argument)]
    assert heading == "### `" + " ".join([name, *shown]) + "`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_a_line_of_help(name: str):
    assert COMMANDS[name].help
    assert all(one.help for one in COMMANDS[name].params if isinstance(one, click.Option))


def test_the_table_that_the_help_shows_says_what_the_loaded_commands_say():
    assert isinstance(openqi, LazyGroup)
    for name, command in openqi.lazy.items():
        found = openqi.get_command(click.Context(openqi), name)
        assert found is not None
        assert (found.help or "").split("\n")[0].startswith(command.help.rstrip(".")) or name == "verify"
