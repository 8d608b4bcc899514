"""`openqi mark`: marks: issued, proved, printed, scanned, and what became of them."""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_COMMANDS: Final = {
    "issue": Command("openqi.interfaces.cli.commands.marks.issuing", "issue", "Issue marks under a licence, up to a million."),
    "state": Command("openqi.interfaces.cli.commands.marks.stating", "state", "State what became of marks, or ask for it."),
    "prove": Command("openqi.interfaces.cli.commands.marks.proving", "prove", "Write the proof of one unit as a small file."),
    "print": Command("openqi.interfaces.cli.commands.marks.printing", "print_", "Print marks as sheets of labels, each once."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def mark() -> None:
    """Issue marks, state what became of them, prove, print.

    Also looks at how they are scanned.
    """
