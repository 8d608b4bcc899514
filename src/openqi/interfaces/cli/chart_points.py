"""The points of a chart out of a table: readings, subgroups, vectors, and what stands beside each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.tables import cell_number, check_units, times_of

if TYPE_CHECKING:
    from openqi.formats.table import Table
    from openqi.science.charts.panel import ChartKind

OF_VECTORS: Final = "t2-means"
_LEFT_EMPTY: Final = "leave the cell empty where a value is missing"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How points are made: columns of the readings, and of the subgroups, or so many in a row."""

    columns: tuple[str, ...]
    by: str | None
    subgroup: int | None


def check_shape(kind: "ChartKind", asked: Asked, beside: Mapping[str, str]) -> None:
    """Refuse options that do not give a kind of chart the points that it takes, in words of the command line."""
    if asked.by is not None and asked.subgroup is not None:
        raise click.UsageError("--by and --subgroup each make subgroups: state one of them")
    grouped, several = asked.by is not None or asked.subgroup is not None, len(asked.columns) > 1
    if several and grouped and kind.name != OF_VECTORS:
        raise click.UsageError(
            f"several --column, --by and --subgroup each make subgroups: state one of them (but of {OF_VECTORS})"
        )
    if kind.name == OF_VECTORS and not grouped:
        raise click.UsageError(f"{kind.name} plots means of subgroups: --subgroup counts them, or --by names their column")
    if kind.data == "subgroups" and not (grouped or several):
        raise click.UsageError(
            f"{kind.name} is of subgroups: --by names their column, --subgroup counts them, or several --column hold one in a row"
        )
    if kind.data == "vectors" and not several and kind.name != OF_VECTORS:
        raise click.UsageError(f"{kind.name} is of vectors: name their columns, each with --column")
    if kind.data in {"individuals", "counts"} and (grouped or several):
        raise click.UsageError(f"{kind.name} is of single values: one --column, and neither --by nor --subgroup")
    told = {"sizes": "--sizes names the column of the inspected units", "groups": "--groups names the column of the part"}
    for name in kind.needs:
        if name not in beside:
            raise click.UsageError(f"{kind.name} needs {name}: {told[name]} of each point")


def points_of(table: "Table", asked: Asked) -> tuple[list[Any], list[int]]:
    """Return the points, and the row in which each begins; of a chart of subgroups of vectors these one behind the other.

    Raises:
        FormatError: a cell is no number, or the table has readings in several units.
    """
    check_units(table)
    rows = len(table.lines)
    cells = [[reading(table, name, row) for row in range(rows)] for name in asked.columns]
    if asked.by is None and asked.subgroup is None:
        return (list(zip(*cells, strict=True)) if len(asked.columns) > 1 else cells[0]), list(range(rows))
    counted = [str(row // (asked.subgroup or 1)) for row in range(rows)]
    labels = counted if asked.by is None else table.column(asked.by)
    starts = [row for row in range(rows) if row == 0 or labels[row] != labels[row - 1]]
    spans = zip(starts, [*starts[1:], rows], strict=True)
    return [[column[row] for row in range(start, stop) for column in cells] for start, stop in spans], starts


def reading(table: "Table", name: str, row: int) -> float | None:
    """Return the number of a cell, None where it is empty."""
    return None if not table.column(name)[row].strip() else cell_number(table, name, row, _LEFT_EMPTY)


def beside_of(table: "Table", columns: Mapping[str, str], firsts: Sequence[int]) -> dict[str, list[object]]:
    """Return what stands beside each point: a size is a number, a time is an instant, the rest are labels.

    Args:
        table: of the readings.
        columns: `sizes`, `times`, `groups` or `stages` → column.
        firsts: row in which each point begins.

    Raises:
        FormatError: a size is no number, or times go backwards, also within a subgroup.
    """
    found: dict[str, list[object]] = {}
    for name, column in columns.items():
        if name == "times":
            times = times_of(table, column)
            found[name] = [times[row] for row in firsts]
        elif name == "sizes":
            found[name] = [reading(table, column, row) for row in firsts]
        else:
            found[name] = [table.column(column)[row] for row in firsts]
    return found
