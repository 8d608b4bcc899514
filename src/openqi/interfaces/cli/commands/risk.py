"""`openqi risk`: which objects deserve a visit, and how sure is that?"""

from typing import Final

import click

from openqi.interfaces.cli.lazy import Command, LazyGroup

_COMMANDS: Final = {
    "fit": Command("openqi.interfaces.cli.commands.risk_fit", "fit", "Learn a calibrated risk of nonconformity from visits."),
    "classify": Command(
        "openqi.interfaces.cli.commands.risk_classify", "classify", "Give each object its risk, its class and the reasons."
    ),
    "compare": Command(
        "openqi.interfaces.cli.commands.risk_compare", "compare", "Say whether a new model is better than the one in force."
    ),
    "report": Command(
        "openqi.interfaces.cli.commands.risk_report", "report", "Say whether a risk holds, finds, is fair and lasts."
    ),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def risk() -> None:
    """Learn a calibrated risk from visits; say what it is worth."""
