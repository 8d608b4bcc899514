"""`openqi arl` of charts with limits on single points beside a memory, of I-MR, and of an e-detector."""

from typing import cast

import click

from openqi.interfaces.cli.commands.run_lengths.asking import SIDES, Asked, Side, answer_chart, change, search
from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output


@click.command("shewhart-ewma")
@click.option("--lambda", "weight", type=float, required=True, help="Weight of the newest point, 0.02 to below 1.")
@click.option("--limit", type=float, help="L, in asymptotic standard deviations of the average.")
@click.option("--point-limit", type=float, default=3.5, help="Of single points, in standard deviations; by default 3.5.")
@search
@change(whole=False)
@answering
def of_shewhart_ewma(
    out: Output, weight: float, limit: float | None, point_limit: float, wanted: float | None, asked: Asked
) -> None:  # fmt: skip
    """Of an EWMA chart with limits on single points beside it."""
    from openqi.science.charts.run_lengths.charts.windowed import ShewhartEwma

    chart = ShewhartEwma(weight=weight, limit=2.8 if limit is None else limit, point_limit=point_limit)
    answer_chart(out, {"chart": "shewhart-ewma", "lambda": weight, "pointLimit": point_limit}, chart, wanted, asked)


@click.command("shewhart-cusum")
@click.option("--reference", type=float, required=True, help="k, in standard deviations of a point: half of the shift to be seen.")
@click.option("--limit", type=float, help="h, in standard deviations of a point.")
@click.option("--point-limit", type=float, default=3.5, help="Of single points, likewise; by default 3.5.")
@click.option("--side", type=SIDES, default="both", help="One of the two sums, or both.")
@click.option("--seed", default="openqi arl", help="Of the simulation where both sides cannot be joined: any text.")
@search
@change(whole=False)
@answering
def of_shewhart_cusum(
    out: Output, reference: float, limit: float | None, point_limit: float, side: str, seed: str, wanted: float | None, asked: Asked
) -> None:  # fmt: skip
    """Of a CUSUM chart with limits on single points beside it."""
    from openqi.science.charts.run_lengths.charts.combined import ShewhartCusum

    chart = ShewhartCusum(
        reference=reference, limit=3.0 if limit is None else limit, point_limit=point_limit, side=cast("Side", side), seed=seed
    )
    named = {"chart": "shewhart-cusum", "reference": reference, "pointLimit": point_limit, "side": side}
    answer_chart(out, named, chart, wanted, asked)


@click.command("i-mr")
@click.option("--limit", type=float, help="Of the points, in standard deviations.")
@click.option("--range-limit", type=float, default=3.686, help="Of the moving range, likewise; by default 3.686.")
@search
@change(whole=False)
@answering
def of_individuals(out: Output, limit: float | None, range_limit: float, wanted: float | None, asked: Asked) -> None:
    """Of individuals and moving ranges together."""
    from openqi.science.charts.run_lengths.charts.windowed import IndividualsMovingRange

    chart = IndividualsMovingRange(limit=3.0 if limit is None else limit, range_limit=range_limit)
    answer_chart(out, {"chart": "i-mr", "rangeLimit": range_limit}, chart, wanted, asked)


@click.command("e-detector")
@click.option("--bet", type=float, required=True, help="The shift that is bet on, in standard deviations of a point, 0.1 to 6.")
@click.option("--limit", type=float, help="Threshold A; without any model the run length in control is at least A.")
@search
@change()
@answering
def of_e_detector(out: Output, bet: float, limit: float | None, wanted: float | None, asked: Asked) -> None:
    """Of a Shiryaev-Roberts e-detector of an upward shift, where points are normal."""
    from openqi.science.charts.run_lengths.streams.detector import ShiryaevRoberts

    chart = ShiryaevRoberts(bet=bet, limit=100.0 if limit is None else limit)
    answer_chart(out, {"chart": "e-detector", "bet": bet}, chart, wanted, asked)
