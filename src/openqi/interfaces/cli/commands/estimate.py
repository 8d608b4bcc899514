"""`openqi estimate`: what a draw says about a whole market, and what it will say before it is drawn."""

import click

from openqi.interfaces.cli.commands.estimate_market import areas, change
from openqi.interfaces.cli.commands.estimate_plan import plan
from openqi.interfaces.cli.commands.estimate_rates import rates
from openqi.interfaces.cli.lazy import DefaultGroup


@click.group(cls=DefaultGroup)
def estimate() -> None:
    """Estimate rates of a market from a draw, and plan a draw.

    `openqi estimate results.csv` is short for `openqi estimate rates results.csv`.
    """


for _command in (rates, areas, change, plan):  # rates first: it is meant where none is named
    estimate.add_command(_command)
