"""`openqi arl` of subgroups: their means beside their spread, and their variances under EWMA and CUSUM."""

from typing import Any

import click

from openqi.interfaces.cli.commands.run_lengths.asking import Asked, answer_chart, change, search
from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output

_SPREADS = {"s": "deviation", "r": "range", "none": "none"}


@click.command("xbar")
@click.option("--subgroup", "size", type=int, required=True, help="Readings in a subgroup, 2 to 100.")
@click.option("--spread", type=click.Choice([*_SPREADS]), default="s", help="Panel beside the means: S (by default), R or none.")
@click.option("--limit", type=float, help="Of the means, in standard deviations of a mean.")
@click.option("--spread-limit", type=float, default=3.0, help="Of S or R, in its standard deviations; by default 3.")
@search
@change(shift="Of the mean, in standard deviations of a single reading; by default 0.")
@answering
def of_subgroups(
    out: Output, size: int, spread: str, limit: float | None, spread_limit: float, wanted: float | None, asked: Asked
) -> None:  # fmt: skip
    """Of means of subgroups with their standard deviations (Xbar-S) or ranges (Xbar-R), in subgroups."""
    from openqi.science.charts.run_lengths.charts.subgroups import SubgroupMeans

    beside: Any = _SPREADS[spread]
    chart = SubgroupMeans(size=size, limit=3.0 if limit is None else limit, spread=beside, spread_limit=spread_limit)
    answer_chart(out, {"chart": "xbar", "subgroup": size, "spread": spread, "spreadLimit": spread_limit}, chart, wanted, asked)


@click.command("variance-ewma")
@click.option("--lambda", "weight", type=float, required=True, help="Weight of the newest variance, 0.02 to 1.")
@click.option("--subgroup", "size", type=click.IntRange(2, 201), required=True, help="Readings in a subgroup, 2 to 201.")
@click.option("--limit", type=float, help="L above 1, in asymptotic standard deviations of the average.")
@search
@change(shift=None, whole=False)
@answering
def of_variance_ewma(out: Output, weight: float, size: int, limit: float | None, wanted: float | None, asked: Asked) -> None:
    """Of an upper EWMA chart of subgroup variances (chart s2-ewma)."""
    from openqi.science.charts.run_lengths.charts.windowed import VarianceEwma

    chart = VarianceEwma(weight=weight, limit=2.5 if limit is None else limit, dof=size - 1)
    answer_chart(out, {"chart": "variance-ewma", "lambda": weight, "subgroup": size}, chart, wanted, asked)


@click.command("variance-cusum")
@click.option("--reference", type=float, required=True, help="k, above 1: variance over the one in control that is taken off.")
@click.option("--subgroup", "size", type=click.IntRange(3, 201), required=True, help="Readings in a subgroup, 3 to 201.")
@click.option("--limit", type=float, help="h, in variances in control.")
@search
@change(shift=None, whole=False)
@answering
def of_variance_cusum(out: Output, reference: float, size: int, limit: float | None, wanted: float | None, asked: Asked) -> None:
    """Of an upper CUSUM chart of subgroup variances."""
    from openqi.science.charts.run_lengths.charts.windowed import VarianceCusum

    chart = VarianceCusum(reference=reference, limit=3.0 if limit is None else limit, dof=size - 1)
    answer_chart(out, {"chart": "variance-cusum", "reference": reference, "subgroup": size}, chart, wanted, asked)
