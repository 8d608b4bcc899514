"""How long the help of each command takes, beside a bare interpreter and `import click`: `python -m benchmarks.command_line`."""

import subprocess
import sys

import click

from benchmarks.measure import Table, best
from openqi.interfaces.cli.main import openqi

LIMIT = 0.3
"""Seconds; what a person does not yet call waiting."""


def paths(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return how each command and group is called."""
    found = [path]
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        found += paths(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
    return found


def process(code: str, *arguments: str) -> float:
    """Return the best time of a process in seconds."""
    command = [sys.executable, "-c", code, *arguments]
    return best(lambda: subprocess.run(command, check=True, capture_output=True), repeats=3)


def main() -> None:
    """Measure and print."""
    table = Table("The command line")
    table.add("a bare interpreter", process("pass") * 1e3, "ms")
    table.add("import click", process("import click") * 1e3, "ms")
    code = "from openqi.interfaces.cli.main import main; main()"
    for path in paths(openqi):
        table.add(f"openqi {' '.join((*path, '--help'))}", process(code, *path, "--help") * 1e3, "ms", at_most=LIMIT * 1e3)
    table.show()


if __name__ == "__main__":
    main()
