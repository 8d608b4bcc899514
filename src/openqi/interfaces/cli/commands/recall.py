"""`openqi recall`: publish and follow recalls, take public lists in, find what is recalled, check a notice."""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_PLACE: Final = "openqi.interfaces.cli.commands.recalls"
_COMMANDS: Final = {
    "publish": Command(f"{_PLACE}.own", "publish", "Publish a recall or its next edition, or order one."),
    "progress": Command(f"{_PLACE}.own", "progress", "Report how many units of a line were reached."),
    "end": Command(f"{_PLACE}.own", "end", "End a recall, with what was not reached."),
    "import": Command(f"{_PLACE}.lists", "take_in", "Take a public list of recalls in."),
    "list": Command(f"{_PLACE}.lists", "listed", "List own recalls, and the lists that were taken in."),
    "search": Command(f"{_PLACE}.lists", "search", "Find recalls by brand, model, lot, maker or GTIN."),
    "check": Command(f"{_PLACE}.notices", "check", "Check a notice against the rules of the EU or of China."),
    "curve": Command(f"{_PLACE}.curves", "curve", "Show how far a recall has come, report by report and by quarter."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS, no_args_is_help=True)
def recall() -> None:
    """Publish and follow recalls, take public lists in.

    Own recalls and those of public lists are found together, each with its source.
    """
