"""`openqi draw`: draws that anyone can repeat, on plain files: commit, run, verify, explain, assign, show."""

import click

from openqi.interfaces.cli.commands.draws.assigning import assign
from openqi.interfaces.cli.commands.draws.committing import commit
from openqi.interfaces.cli.commands.draws.explaining import explain
from openqi.interfaces.cli.commands.draws.running import run, show
from openqi.interfaces.cli.commands.draws.verifying import verify


@click.group()
def draw() -> None:
    """Commit to a draw, make it, verify it, say why, send officers."""


for _command in (commit, run, verify, explain, assign, show):
    draw.add_command(_command)
