"""Options of the commands on the results of a draw: which columns say what, and how variances are estimated."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import click

from openqi.interfaces.cli.results_table import ResultsFile

_VARIANCES: Final = ("brewer", "hartley-rao", "overton", "hartley-rao-ht", "overton-ht", "hansen-hurwitz", "srs")


def results_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the columns of a table of results, as `columns`."""

    @click.option("--id", "identity", help="Column of what an object is called, by default id, if there is one: none stands twice.")
    @click.option("--probability", default="probability", help="Column of the inclusion probability, by default probability.")
    @click.option("--outcome", default="outcome", help="Column of how the visit ended, by default outcome.")
    @click.option("--stratum", help="Column of the stratum in which an object was drawn.")
    @click.option("--psu", help="Column of the first-stage unit that was drawn, where objects were not drawn themselves.")
    @click.option("--psu-probability", help="Column of the probability of that unit.")
    @click.option("--variance", type=click.Choice(_VARIANCES), help="How variances are estimated; by default brewer.")
    @click.option(
        "--lonely",
        type=click.Choice(["refuse", "average"]),
        default="refuse",
        help="Of a stratum with one unit, by default refuse.",
    )
    @wraps(command)
    def with_columns(
        *args: Any,
        identity: str | None,
        probability: str,
        outcome: str,
        stratum: str | None,
        psu: str | None,
        psu_probability: str | None,
        variance: str | None,
        lonely: str,
        **options: Any,
    ) -> None:
        columns = ResultsFile(
            id=identity,
            probability=probability, outcome=outcome, stratum=stratum, psu=psu, psu_probability=psu_probability,
            variance=variance, lonely=lonely,
        )  # fmt: skip
        command(*args, columns=columns, **options)

    return with_columns


confidence_option: Final = click.option("--confidence", type=float, default=0.95, help="Of the intervals, by default 0.95.")
