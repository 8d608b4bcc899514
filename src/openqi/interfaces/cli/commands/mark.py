"""`openqi mark`: marks that were issued: printed, scanned, looked at."""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_FOLDER: Final = "openqi.interfaces.cli.commands.marks"
_COMMANDS: Final = {
    "print": Command(f"{_FOLDER}.printing", "print_", "Print marks as sheets of labels, each once."),
    "scan": Command(f"{_FOLDER}.scans", "scan", "Look at scans: what they show, is kept, is forgotten."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def mark() -> None:
    """Print marks, and look at how they are scanned."""
