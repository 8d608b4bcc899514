"""`openqi complaint`: complaints taken in, decided in time, tested, answered, closed, counted; and disputes settled by a rule."""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_COMMANDS: Final = {
    "triage": Command(
        "openqi.interfaces.cli.commands.complaint_triage", "triage", "Suggest what complaints are about, and who came to harm."
    )
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def complaint() -> None:
    """Take complaints in, decide them in time, and settle disputes by a rule."""
