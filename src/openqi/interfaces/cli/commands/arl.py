"""`openqi arl`: how many points a chart takes until it signals, and the limit for a wanted number."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from openqi.interfaces.cli.arl_pictures import (
    Pictured,
    cusum_name,
    draw_run_lengths,
    ewma_name,
    of_chart,
    of_set,
    picture_options,
    pictured,
)
from openqi.interfaces.cli.commands.run_lengths.asking import SIDES, Asked, Side, answer, answer_chart, change, search
from openqi.interfaces.cli.commands.run_lengths.combined import of_e_detector, of_individuals, of_shewhart_cusum, of_shewhart_ewma
from openqi.interfaces.cli.commands.run_lengths.counts import of_binomial, of_poisson
from openqi.interfaces.cli.commands.run_lengths.plant import of_plant
from openqi.interfaces.cli.commands.run_lengths.special import of_ar1, of_estimated, of_t2
from openqi.interfaces.cli.commands.run_lengths.streams import of_streams
from openqi.interfaces.cli.commands.run_lengths.subgroups import of_subgroups, of_variance_cusum, of_variance_ewma
from openqi.interfaces.cli.lazy import DefaultGroup
from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.rule_sets import named_rules

if TYPE_CHECKING:
    from openqi.science.charts.run_lengths.charts.chart import Chart, Limited


@click.group(cls=DefaultGroup)
def arl() -> None:
    """Say how many points a chart takes until it signals.

    `openqi arl --rules nelson` is short for `openqi arl rules --rules nelson`.
    """


def _pictured_change(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the change that a chart shall see, as `asked`, and its picture, as `told`."""

    @picture_options
    @wraps(command)
    def with_picture(*args: Any, picture: Path | None, of: str | None, beside: tuple[str, ...], **options: Any) -> None:
        command(*args, told=pictured(picture, of, beside), **options)

    return change()(with_picture)


@arl.command("rules")
@click.option("--rules", required=True, help='Set of rules by its name, some of it as "nelson 1+2+5", or a JSON file.')
@click.option("--side", type=SIDES, default="both", help="Only signals of one side.")
@click.option("--seed", default="openqi arl", help="Of the simulation that rules on values need; it repeats itself.")
@click.option("--runs", type=click.IntRange(100, 1_000_000), default=20_000, help="Of that simulation, by default 20000.")
@_pictured_change
@answering
def of_rules(out: Output, rules: str, side: str, seed: str, runs: int, asked: Asked, told: Pictured) -> None:
    """Of a set of rules on a chart of known mean and standard deviation."""
    from openqi.science.charts.rules.in_control import distribution_of, run_length_of
    from openqi.science.charts.rules.rule import STEPS, rule_set

    shift, scale, state, quantiles = asked
    where: Any = {"side": "either" if side == "both" else side, "state": state}
    watched = rule_set(named_rules(rules))
    if quantiles and any(rule.asks in STEPS for rule in watched.rules):
        zones = (
            watched.name.partition(" ")[0] + " " + "+".join(str(rule.number) for rule in watched.rules if rule.asks not in STEPS)
        )
        raise click.UsageError(
            f"--quantile: {watched.name} has rules that compare points with each other, which are only simulated; "
            + (f"ask it of the rules {zones}" if not zones.endswith(" ") else "there is no exact answer")
        )
    found = run_length_of(watched, shift, scale, **where, seed=seed, runs=runs)
    distribution = distribution_of(watched, shift, scale, **where) if quantiles else None
    drawn = of_set(rules, (scale, state), side=where["side"], seed=seed, runs=runs)
    draw_run_lengths(out, told, drawn, (scale, state), shift=shift, downwards=side == "lower")
    answer(out, {"chart": "rules", "rules": watched.name, "side": side}, found, distribution, quantiles)


@arl.command("ewma")
@click.option("--lambda", "weight", type=float, required=True, help="Weight of the newest point, 0.002 to 1.")
@click.option("--limit", type=float, help="L, in asymptotic standard deviations of the average.")
@click.option("--side", type=SIDES, default="both", help="A one-sided chart is set to its barrier 0 when it falls below.")
@click.option("--head-start", type=float, default=0.0, help="First value, as a fraction of the limit; by default 0.")
@click.option("--exact-limits", is_flag=True, help="Limits of the true standard deviation of each average, narrower at first.")
@search
@_pictured_change
@answering
def of_ewma(
    out: Output, weight: float, limit: float | None, side: str, head_start: float, exact_limits: bool, wanted: float | None,
    asked: Asked, told: Pictured,
) -> None:  # fmt: skip
    """Of an EWMA chart of the mean."""
    from openqi.science.charts.run_lengths.charts.ewma import Ewma

    chart = Ewma(
        weight=weight, limit=2.8 if limit is None else limit, side=cast("Side", side), head_start=head_start,
        limits="exact" if exact_limits else "constant",
    )  # fmt: skip
    _answer_drawn(out, {"chart": "ewma", "lambda": weight, "side": side, "headStart": head_start}, chart, wanted, asked, told)


@arl.command("cusum")
@click.option("--reference", type=float, required=True, help="k, in standard deviations of a point: half of the shift to be seen.")
@click.option("--limit", type=float, help="h, in standard deviations of a point.")
@click.option("--side", type=SIDES, default="both", help="One of the two sums, or both.")
@click.option("--head-start", type=float, default=0.0, help="First value, as a fraction of the limit (FIR: 0.5); by default 0.")
@click.option("--crosier", is_flag=True, help="Crosier's chart: one sum for both sides.")
@search
@_pictured_change
@answering
def of_cusum(
    out: Output, reference: float, limit: float | None, side: str, head_start: float, crosier: bool, wanted: float | None,
    asked: Asked, told: Pictured,
) -> None:  # fmt: skip
    """Of a CUSUM chart of the mean."""
    from openqi.science.charts.run_lengths.charts.cusum import CrosierCusum, Cusum

    if crosier and side != "both":
        raise click.UsageError("--crosier has one sum for both sides; leave --side out")
    height = 4.0 if limit is None else limit
    chart: Cusum | CrosierCusum
    if crosier:
        chart = CrosierCusum(reference=reference, limit=height, head_start=head_start)
    else:
        chart = Cusum(reference=reference, limit=height, side=cast("Side", side), head_start=head_start)
    named = {"chart": "crosier" if crosier else "cusum", "reference": reference, "side": side, "headStart": head_start}
    _answer_drawn(out, named, chart, wanted, asked, told)


@arl.command("shewhart")
@click.option("--limit", type=float, help="In standard deviations of a plotted point.")
@click.option("--side", type=SIDES, default="both", help="Only one limit, or both.")
@search
@_pictured_change
@answering
def of_shewhart(
    out: Output, limit: float | None, side: str, wanted: float | None, asked: Asked, told: Pictured
) -> None:  # fmt: skip
    """Of a Shewhart chart with limits alone."""
    from openqi.science.charts.run_lengths.charts.shewhart import Shewhart

    chart = Shewhart(limit=3.0 if limit is None else limit, side=cast("Side", side))
    _answer_drawn(out, {"chart": "shewhart", "side": side}, chart, wanted, asked, told)


def _answer_drawn(
    out: Output, named: Mapping[str, object], chart: "Chart", wanted: float | None, asked: Asked, told: Pictured
) -> None:
    """Answer for a chart with one limit, and draw it."""
    shift, scale, state, _ = asked

    def draw(chart: "Limited") -> None:
        drawn = of_chart(_name(named, chart.limit), cast("Chart", chart), (scale, state))
        draw_run_lengths(out, told, drawn, (scale, state), shift=shift, downwards=named["side"] == "lower")

    answer_chart(out, named, chart, wanted, asked, draw)


def _name(named: Mapping[str, object], limit: float) -> str:
    """How a chart is named in its picture."""
    if named["chart"] == "ewma":
        return ewma_name(cast("float", named["lambda"]), limit)
    if named["chart"] == "shewhart":
        return f"Shewhart L = {limit:.4g}"
    return cusum_name(cast("float", named["reference"]), limit, "Crosier" if named["chart"] == "crosier" else "CUSUM")


for _command in (
    of_shewhart_ewma, of_shewhart_cusum, of_individuals, of_subgroups, of_variance_ewma, of_variance_cusum, of_binomial, of_poisson,
    of_t2, of_ar1, of_estimated, of_e_detector, of_streams, of_plant,
):  # fmt: skip
    arl.add_command(_command)
