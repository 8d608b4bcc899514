"""`openqi capability`: is a process good enough for its limits? Read from a table, gate first, indices with their intervals."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.capability_words import sentence
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording
    from openqi.formats.table import Table
    from openqi.science.capability.result import Index, Notice, Study

_MAX_BYTES: Final = 64 * 2**20
_ESTIMATORS: Final = (
    "pooled", "mean-range", "mean-sd", "moving-range", "median-moving-range", "successive-differences",
)  # fmt: skip


@click.command(context_settings={"ignore_unknown_options": True})  # a limit may be negative
@click.argument("data", type=PATH)
@click.option("--lower", help="Lower limit of specification.")
@click.option("--upper", help="Upper limit of specification.")
@click.option("--target", help="Target; Cpm and Cpmk are stated only with it.")
@click.option("--column", help="Column of the readings; not needed where there is one besides --by.")
@click.option("--subgroup", type=click.IntRange(min=1), help="Readings in a subgroup.")
@click.option("--by", help="Column that names the subgroup of each reading.")
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
def capability(
    out: Output, /, data: Path, column: str | None, subgroup: int | None, by: str | None, uncertainty: str | None,
    picture: Path | None, of: str | None, unit: str | None, **asked: Any,
) -> None:  # fmt: skip
    """Say whether a process is capable of its limits; one that is not stable is a finding.

    DATA is a table (CSV, XLSX or Parquet) of readings in order of time.
    """
    from openqi.app.files import read_file
    from openqi.formats.table import read_table
    from openqi.science.capability.study import study

    picture = checked(picture, of=of, unit=unit)
    if subgroup is not None and by is not None:
        raise click.UsageError("--subgroup counts and --by names subgroups: state one of the two")
    table = read_table(read_file(data, _MAX_BYTES), name=data.name)
    name = column or _only_column(table, by)
    asked |= {option: _number(f"--{option}", asked[option]) for option in ("lower", "upper", "target")}
    groups = subgroup if by is None else table.column(by)
    found = study(_readings(table, name), by=groups, u=_number("--u", uncertainty) or 0.0, **asked)
    draw(out, picture, lambda wording: _picture(found, name, unit or "", of, wording))
    out.answer({"column": name} | found.document(), _lines(out, found), finding=not found.stability.stable)


def _picture(found: "Study", name: str, unit: str, of: str | None, wording: "Wording") -> "Spec":
    from openqi.app.pictures.capability.histogram import capability_histogram
    from openqi.app.pictures.capability.shown import ShownStudy
    from openqi.app.pictures.capability.sixpack import capability_sixpack

    shown = ShownStudy(study=found, name=name, unit=unit)
    return capability_sixpack(shown, wording) if of == "sixpack" else capability_histogram(shown, wording)


def _only_column(table: "Table", by: str | None) -> str:
    names = [name for name in table.columns if name != by]
    if len(names) != 1:
        raise click.UsageError(f"name the column of the readings with --column; there are {', '.join(names[:30]) or 'none'}")
    return names[0]


def _number(option: str, text: str | None) -> float | None:
    from openqi.kernel.decimals import fraction
    from openqi.kernel.errors import FormatError

    if text is None:
        return None
    try:
        return float(fraction(text))
    except FormatError as error:
        raise click.UsageError(f"{option}: {error}") from None


def _readings(table: "Table", name: str) -> list[float]:
    from openqi.kernel.decimals import nearest_float
    from openqi.kernel.errors import FormatError

    found = []
    for place, cell in enumerate(table.column(name)):
        if not cell.strip():
            raise FormatError(f"{table.where(place)}: column {name} is empty: leave out the rows of what was not measured")
        try:
            found.append(nearest_float(cell))
        except FormatError as error:
            raise FormatError(f"{table.where(place)}: column {name}: {error}") from None
    return found


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
    tested = [] if fit.p_value is None else [f"A² = {fit.statistic:.4g}", f"p = {fit.p_value:.3g} ({fit.p_value_method})"]
    return [": ".join(filter(None, (out.word(fit.method), ", ".join([*known, *tested]))))]


def _stability(found: "Study") -> str:
    return "stable" if found.stability.stable else "not stable"


def _row(out: Output, index: "Index") -> tuple[str, str, str, str]:
    method, known = out.word(index.method), index.interval
    if known is None:
        return index.name, f"{index.value:.4f}", "-", method
    span = f"{known.lower:.4f} … {known.upper:.4f}"
    return index.name, f"{index.value:.4f}", f"{span} ({known.confidence * 100:.6g} %)", f"{method}, {known.method}"


def _told(out: Output, notice: "Notice") -> str:
    parameters = {name: out.word(value) if isinstance(value, str) else value for name, value in notice.parameters.items()}
    return sentence(notice.code, parameters, out.language)
