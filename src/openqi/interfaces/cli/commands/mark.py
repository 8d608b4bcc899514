"""`openqi mark`: marks that were issued: printed, scanned, looked at."""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_COMMANDS: Final = {
    "print": Command("openqi.interfaces.cli.commands.marks.printing", "print_", "Print marks as sheets of labels, each once.")
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def mark() -> None:
    """Print marks, and look at how they are scanned."""
