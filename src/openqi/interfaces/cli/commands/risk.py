"""`openqi risk`: which objects deserve a visit, and how sure is that?"""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_HERE: Final = "openqi.interfaces.cli.commands.risk"
_COMMANDS: Final = {
    "fit": Command(f"{_HERE}_fit", "fit", "Learn a calibrated risk of nonconformity from visits."),
    "report": Command(f"{_HERE}_report", "report", "Say whether a risk holds, finds, is fair and lasts."),
    "classify": Command(f"{_HERE}_classify", "classify", "Give each object its probability, its class and the reasons."),
    "compare": Command(f"{_HERE}_compare", "compare", "Compare a challenger with the model in force on held-out visits."),
    "indicators": Command(f"{_HERE}_indicators", "indicators", "Score objects by a weighted indicator tree."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def risk() -> None:
    """Learn a calibrated risk from visits; say what it is worth."""
