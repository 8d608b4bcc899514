"""`openqi mark`: marks: issued, proved, printed, scanned, and what became of them."""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_FOLDER: Final = "openqi.interfaces.cli.commands.marks"
_COMMANDS: Final = {
    "issue": Command(f"{_FOLDER}.issuing", "issue", "Issue marks under a licence, up to a million."),
    "state": Command(f"{_FOLDER}.stating", "state", "State what became of marks, or ask for it."),
    "prove": Command(f"{_FOLDER}.proving", "prove", "Write the proof of one unit as a small file."),
    "print": Command(f"{_FOLDER}.printing", "print_", "Print marks as sheets of labels, each once."),
    "scan": Command(f"{_FOLDER}.scans", "scan", "Look at scans: what they show, is kept, is forgotten."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def mark() -> None:
    """Issue, prove and print marks; say what became of them; scans."""
