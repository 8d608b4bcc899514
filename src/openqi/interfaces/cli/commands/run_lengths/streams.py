"""`openqi arl streams`: which streams of a table have changed, named together so that few are named in vain."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from openqi.interfaces.cli.commands.run_lengths.asking import SIDES, Side
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.tables import cell_number, numbers_of, table_of

if TYPE_CHECKING:
    from openqi.formats.table import Table

_INDEPENDENT: Final = "streams are independent of each other"
_ANY = "streams may have to do with each other in any way"
_NORMAL = "points are independent and normal, their baseline is known"
_GIVEN = "given the past, points are normal about the known mean, no wider than the known standard deviation"
_PROMISE = "at each instant, not over all of them"


@click.command("streams")
@click.argument("data", type=PATH)
@click.option("--level", type=float, required=True, help="Share of those named in vain among those that are named, at most.")
@click.option("--shift", type=float, default=1.0, help="To be seen soonest, in standard deviations; by default 1.")
@click.option("--baseline", type=PATH, help="Table with stream, centre, sigma; without it points are taken as standardised.")
@click.option(
    "--method", type=click.Choice(["cusum", "e-detector"]), default="cusum",
    help="CUSUMs that never begin anew (by default), or e-detectors, which need less.",
)  # fmt: skip
@click.option("--side", type=SIDES, default="both", help="Of the changes; by default both.")
@click.option("--ceiling", type=float, help="No sum goes higher, of cusum; by default the lowest that lets one stream be named.")
@click.option("--patience", type=click.IntRange(min=1), help="E-detectors begin anew after so many points.")
@click.option("--dependent", is_flag=True, help="Streams may have to do with each other in any way, of cusum.")
@click.option("--column", "columns", multiple=True, help="A stream; by default every column is one.")
@answering
def of_streams(
    out: Output, data: Path, level: float, shift: float, baseline: Path | None, method: str, side: str, ceiling: float | None,
    patience: int | None, dependent: bool, columns: tuple[str, ...],
) -> None:  # fmt: skip
    """Name the streams that have changed, so that of those that are named few are named in vain (FDR).

    DATA is a table (CSV, XLSX or Parquet): a row an instant, a column a stream; an empty cell is a missing value.
    """
    from openqi.kernel.errors import DomainError

    _check_options(method, patience, ceiling, dependent=dependent)
    table = table_of(data)
    names = columns or tuple(table.columns)
    points = _points(table, names, None if baseline is None else _baseline(baseline, names))
    if not points:
        raise DomainError(f"{table.name}: there are no points; a row an instant, a column a stream")
    if method == "cusum":
        found = _by_sums(points, level, shift=shift, side=cast("Side", side), ceiling=ceiling, dependent=dependent)
    else:
        found = _by_detectors(points, level, shift, side, patience or len(points))
    assumed = [_INDEPENDENT if method == "cusum" and not dependent else _ANY, _NORMAL if method == "cusum" else _GIVEN]
    last = found[-1]
    document = {
        "streams": list(names), "instants": len(points), "method": method, "level": level, "shift": shift, "side": side,
        "named": [
            {"instant": instant + 1, "streams": [name for name, one in zip(names, row, strict=True) if one]}
            for instant, row in enumerate(found) if any(row)
        ],
        "assumptions": assumed,
    }  # fmt: skip
    first = {name: next((t + 1 for t, row in enumerate(found) if row[place]), None) for place, name in enumerate(names)}
    known = [(name, str(first[name]), out.word("yes" if last[place] else "no")) for place, name in enumerate(names) if first[name]]
    head = tuple(map(out.word, ("stream", "first named at", "named at the end")))
    lines = out.columns([head, *known]) if known else [out.state("passed", out.word("no stream is named"))]
    told = [("promised", out.word(_PROMISE)), ("assumed", [out.word(one) for one in assumed])]
    out.answer(document, [*lines, "", *out.pairs(told)], finding=any(last))


def _check_options(method: str, patience: int | None, ceiling: float | None, *, dependent: bool) -> None:
    if method == "cusum" and patience is not None:
        raise click.UsageError("--patience is of e-detectors; CUSUMs never begin anew")
    if method == "e-detector" and (ceiling is not None or dependent):
        raise click.UsageError("--ceiling and --dependent are of cusum; e-detectors hold however streams depend on each other")


def _by_sums(points: list[list[float]], level: float, **asked: Any) -> list[tuple[bool, ...]]:
    from openqi.science.charts.run_lengths.streams.non_restarting import named_by_sums

    return [one.named for one in named_by_sums(points, level, **asked)]


def _by_detectors(points: list[list[float]], level: float, shift: float, side: str, patience: int) -> list[tuple[bool, ...]]:
    """E-values of a bet on the shift; on both sides the mean of a bet on each. A missing point bets nothing."""
    from openqi.kernel.errors import DomainError
    from openqi.science.charts.run_lengths.streams.detector import named_by_detectors, normal_e_value

    if not 0.1 <= shift <= 6.0:
        raise DomainError(f"a shift of {shift}; 0.1 to 6 standard deviations")
    signs = {"both": (1.0, -1.0), "upper": (1.0,), "lower": (-1.0,)}[side]

    def e_value(x: float) -> float:
        if isnan(x):
            return 1.0
        bets = [normal_e_value(sign * x, shift) for sign in signs]
        return (bets[0] + bets[-1]) / 2.0

    return list(named_by_detectors(([e_value(x) for x in row] for row in points), level, patience))


def _baseline(path: Path, names: Sequence[str]) -> Mapping[str, tuple[float, float]]:
    """Centre and sigma of every stream."""
    from openqi.kernel.errors import FormatError

    table = table_of(path)
    centres, sigmas = (numbers_of(table, name) for name in ("centre", "sigma"))
    known = dict(zip(table.column("stream"), zip(centres, sigmas, strict=True), strict=True))
    if absent := [name for name in names if name not in known]:
        raise FormatError(f"{table.name}: no centre and sigma of {', '.join(absent[:10])}; a row for each stream")
    for name in names:
        if not known[name][1] > 0.0:
            raise FormatError(f"{table.name}: sigma of {name} is {known[name][1]:g}; above 0")
    return known


def _points(table: "Table", names: Sequence[str], known: Mapping[str, tuple[float, float]] | None) -> list[list[float]]:
    """The points of every instant, standardised."""
    columns = [list(_column(table, name, *((0.0, 1.0) if known is None else known[name]))) for name in names]
    return [list(row) for row in zip(*columns, strict=True)]


def _column(table: "Table", name: str, centre: float, sigma: float) -> Iterator[float]:
    for row, cell in enumerate(table.column(name)):
        known = cell_number(table, name, row, "leave the cell empty where a value is missing") if cell.strip() else nan
        yield (known - centre) / sigma
