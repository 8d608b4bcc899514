"""`openqi arl` of T², of points that follow each other as AR(1), and of limits out of a pre-run."""

from typing import Any

import click

from openqi.interfaces.cli.commands.run_lengths.asking import Asked, answer_chart, change, search
from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output


@click.command("t2")
@click.option("--variables", type=int, required=True, help="Values of a vector, 1 to 1000.")
@click.option("--subgroup", "size", type=int, default=1, help="Vectors of which the mean is plotted; by default 1.")
@click.option("--limit", type=float, help="Of T squared.")
@search
@change(shift="Distance of the means from those in control, in the metric of the covariance of a vector; by default 0.")
@answering
def of_t2(out: Output, variables: int, size: int, limit: float | None, wanted: float | None, asked: Asked) -> None:
    """Of a T squared chart of known means and covariances."""
    from openqi.science.charts.run_lengths.charts.hotelling import HotellingT2

    chart = HotellingT2(variables=variables, limit=10.0 if limit is None else limit, size=size)
    answer_chart(out, {"chart": "t2", "variables": variables, "subgroup": size}, chart, wanted, asked)


@click.command("ar1")
@click.option("--coefficient", type=float, required=True, help="Of a point on the one before, -0.99 to 0.99.")
@click.option(
    "--plotted", type=click.Choice(["points", "residuals"]), default="points",
    help="The points under modified limits (by default), or the residuals.",
)  # fmt: skip
@click.option("--limit", type=float, help="In standard deviations of what is plotted.")
@search
@change()
@answering
def of_ar1(out: Output, coefficient: float, plotted: str, limit: float | None, wanted: float | None, asked: Asked) -> None:
    """Of a Shewhart chart of points that follow each other as AR(1)."""
    from openqi.science.charts.run_lengths.charts.autocorrelated import Autocorrelated

    which: Any = plotted
    chart = Autocorrelated(coefficient=coefficient, limit=3.0 if limit is None else limit, plotted=which)
    answer_chart(out, {"chart": "ar1", "coefficient": coefficient, "plotted": plotted}, chart, wanted, asked)


@click.command("estimated")
@click.option("--groups", type=int, required=True, help="Points or subgroups of the pre-run, at least 2.")
@click.option("--subgroup", "size", type=int, default=1, help="Readings in a subgroup; by default 1, single points.")
@click.option("--dof", type=int, help="Degrees of freedom of the estimated variance; by default those of groups or of all points.")
@click.option("--limit", type=float, help="In estimated standard deviations of a plotted point.")
@search
@change(shift="Of the mean, in true standard deviations of a plotted point; by default 0.", whole=False)
@answering
def of_estimated(
    out: Output, groups: int, size: int, dof: int | None, limit: float | None, wanted: float | None, asked: Asked
) -> None:  # fmt: skip
    """Of a Shewhart chart whose limits come out of a pre-run: the mean over all pre-runs."""
    from openqi.science.charts.run_lengths.charts.estimated import EstimatedShewhart

    known = dof if dof is not None else groups * (size - 1) if size > 1 else groups - 1
    chart = EstimatedShewhart(limit=3.0 if limit is None else limit, groups=groups, dof=known)
    answer_chart(out, {"chart": "estimated", "groups": groups, "dof": known}, chart, wanted, asked)
