"""`openqi capability`: is a process good enough for its limits? Read from a table, gate first, indices with their intervals."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.capability_words import sentence
from openqi.interfaces.cli.commands.capabilities.attributes import binomial, poisson
from openqi.interfaces.cli.commands.capabilities.regions import joint, position
from openqi.interfaces.cli.commands.capabilities.time_model import time_model
from openqi.interfaces.cli.lazy import DefaultGroup
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_of_study, picture_option
from openqi.interfaces.cli.tables import check_units, number, numbers_of, only_column, table_of, times_of

if TYPE_CHECKING:
    from openqi.science.capability.result import Index, Notice, Study

_ESTIMATORS: Final = (
    "pooled", "mean-range", "mean-sd", "moving-range", "median-moving-range", "successive-differences",
)  # fmt: skip


@click.group(cls=DefaultGroup)
def capability() -> None:
    """Say whether a process is capable.

    `openqi capability DATA` is short for `openqi capability readings DATA`.
    """


@capability.command("readings", context_settings={"ignore_unknown_options": True})  # a limit may be negative
@click.argument("data", type=PATH)
@click.option("--lower", help="Lower limit of specification.")
@click.option("--upper", help="Upper limit of specification.")
@click.option("--target", help="Target; Cpm and Cpmk are stated only with it.")
@click.option("--column", help="Column of the readings; not needed where there is one besides --by.")
@click.option("--subgroup", type=click.IntRange(min=1), help="Readings in a subgroup.")
@click.option("--by", help="Column that names the subgroup of each reading.")
@click.option("--time", "times", help="Column of ISO dates or times, which must not go backwards.")
@click.option("--estimator", type=click.Choice(_ESTIMATORS), help="Of the spread within; by default pooled or moving-range.")
@click.option("--distribution", help="Fit this one in place of normal, or empirical: sample quantiles.")
@click.option("--quantile-type", type=click.IntRange(4, 9), default=6, help="Of empirical, by default 6.")
@click.option("--transform", type=click.Choice(["box-cox", "johnson"]), help="Make the readings normal first.")
@click.option("--u", "uncertainty", help="Standard uncertainty of measurement, taken off the spread.")
@click.option("--alarms", type=click.IntRange(min=0), help="Alarms of your own chart; without, a plain chart is drawn here.")
@click.option("--confidence", type=float, default=0.95, help="Of the intervals, by default 0.95.")
@click.option(
    "--degrees", type=click.Choice(["effective", "nominal"]), default="effective", help="Of freedom, by default effective."
)
@click.option("--resamples", type=click.IntRange(min=0), default=0, help="For bootstrap intervals; by default formulas.")
@click.option("--seed", default="capability", help="Of the bootstrap: any text.")
@picture_option
@click.option("--of", type=click.Choice(["histogram", "sixpack"]), help="What the picture shows; by default histogram.")
@click.option("--unit", help="Unit of the readings, for the picture.")
@answering
def of_readings(
    out: Output, /, data: Path, column: str | None, subgroup: int | None, by: str | None, times: str | None,
    uncertainty: str | None, picture: Path | None, of: str | None, unit: str | None, **asked: Any,
) -> None:  # fmt: skip
    """Say whether a process is capable of its limits; one that is not stable is a finding.

    DATA is a table (CSV, XLSX or Parquet) of readings in order of time.
    """
    from openqi.science.capability.study import study

    picture = checked(picture, of=of, unit=unit)
    if subgroup is not None and by is not None:
        raise click.UsageError("--subgroup counts and --by names subgroups: state one of the two")
    table = table_of(data)
    check_units(table)
    if times is not None:
        times_of(table, times)
    name = column or only_column(table, {by, times})
    asked |= {option: number(f"--{option}", asked[option]) for option in ("lower", "upper", "target")}
    groups = subgroup if by is None else table.column(by)
    found = study(numbers_of(table, name), by=groups, u=number("--u", uncertainty) or 0.0, **asked)
    draw(out, picture, lambda wording: picture_of_study(found, name, unit or "", of, wording))
    out.answer({"column": name} | found.document(), _lines(out, found), finding=not found.stability.stable)


for _command in (binomial, poisson, position, joint, time_model):
    capability.add_command(_command)


def _lines(out: Output, found: "Study") -> list[str]:
    rows: list[tuple[str, object]] = [
        ("readings", f"{found.n}" if found.subgroups == found.n else f"{found.n} / {found.subgroups}"),
        ("mean", f"{found.mean:.9g}"),
        *((f"spread {name}", f"{one.value:.6g} ({out.word(one.method)})") for name, one in found.spreads.items()),
        ("stability", out.state("passed" if found.stability.stable else "failed", out.word(_stability(found)))),
    ]
    if found.uncertainty:
        rows.append(("measurement uncertainty", f"u = {found.uncertainty:.6g}"))
    rows += [("fit", one) for one in _fit(out, found)]
    head = tuple(out.word(text) for text in ("capability index", "value", "interval", "method"))
    table = [head, *(_row(out, index) for index in found.indices)]
    outside = [tuple(out.word(text) for text in ("outside, ppm", "below", "above", "total", "Z bench"))]
    for one in found.document()["nonconforming"]:
        ppm = [f"{one['ppm'][name]:.6g}" for name in ("below", "above", "total")]
        outside.append((out.word(one["basis"]), *ppm, "-" if one["zBench"] is None else f"{one['zBench']:.4g}"))
    return [
        *out.pairs(rows), "", *out.columns(table), "", *out.columns(outside), "",
        *(f"{out.word('assumption')}: {_told(out, one)}" for one in found.assumptions),
        *(f"{out.word('warning')}: {_told(out, one)}" for one in found.warnings),
    ]  # fmt: skip


def _fit(out: Output, found: "Study") -> list[str]:
    """A line on what was fitted, with its parameters and how well it fits."""
    fit = found.fit
    if fit is None:
        return []
    known = [f"{name} = {value if isinstance(value, str) else f'{value:.6g}'}" for name, value in fit.parameters.items()]
    how = out.word(fit.p_value_method or "")
    tested = [] if fit.p_value is None else [f"A² = {fit.statistic:.4g}", f"p = {fit.p_value:.3g} ({how})"]
    return [": ".join(filter(None, (out.word(fit.method), ", ".join([*known, *tested]))))]


def _stability(found: "Study") -> str:
    return "stable" if found.stability.stable else "not stable"


def _row(out: Output, index: "Index") -> tuple[str, str, str, str]:
    method, known = out.word(index.method), index.interval
    if known is None:
        return index.name, f"{index.value:.4f}", "-", method
    span = f"{known.lower:.4f} … {known.upper:.4f}"
    return index.name, f"{index.value:.4f}", f"{span} ({known.confidence * 100:.6g} %)", f"{method}, {out.word(known.method)}"


def _told(out: Output, notice: "Notice") -> str:
    parameters = {name: out.word(value) if isinstance(value, str) else value for name, value in notice.parameters.items()}
    return sentence(notice.code, parameters, out.language)
