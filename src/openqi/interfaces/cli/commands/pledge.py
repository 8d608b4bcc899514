"""`openqi pledge`: pledges of quality and integrity: sign, show, prove, end, review, and how every promise stands on a day."""

import click

from openqi.interfaces.cli.commands.pledges.doing import end, prove, review, show, sign
from openqi.interfaces.cli.commands.pledges.telling import list_pledges, state


@click.group()
def pledge() -> None:
    """Sign pledges, show, prove, end; say how promises stand."""


for _command in (list_pledges, state, sign, show, prove, end, review):
    pledge.add_command(_command)
