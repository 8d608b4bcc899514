"""Numbers that people give on the command line: in an option, or in a column of a table."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from datetime import datetime

    from openqi.formats.table import Table

_MAX_BYTES: Final = 64 * 2**20
_MISSING: Final = frozenset({"nan", "na", "n/a", "#n/a", "null", "none", "-", "--", ".", "?"})
_EXPONENT: Final = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
UNIT: Final = "unit"
"""The column that says in which unit each reading is, as those of a plant have it."""


def table_of(data: Path) -> "Table":
    """Return the table of a file."""
    from openqi.app.files import read_file
    from openqi.formats.table import read_table

    return read_table(read_file(data, _MAX_BYTES), name=data.name)


def only_column(table: "Table", others: Collection[str | None]) -> str:
    """Return the column of the readings where nobody named it: the only one besides others."""
    names = [name for name in table.columns if name not in others and name != UNIT]
    if len(names) != 1:
        raise click.UsageError(f"name the column of the readings with --column; there are {', '.join(names[:30]) or 'none'}")
    return names[0]


def number(option: str, text: str | None) -> float | None:
    """Return the number of an option, None where it was left out."""
    from openqi.kernel.decimals import fraction
    from openqi.kernel.errors import FormatError

    if text is None:
        return None
    try:
        return float(fraction(text))
    except FormatError as error:
        raise click.UsageError(f"{option}: {error}") from None


def numbers_of(table: "Table", name: str) -> list[float]:
    """Return the numbers of a column, of which none may be missing.

    Raises:
        FormatError: a cell is empty or no number; says where.
    """
    from openqi.kernel.errors import FormatError

    found = []
    for row, cell in enumerate(table.column(name)):
        if not cell.strip():
            raise FormatError(f"{table.where(row)}: column {name} is empty: leave out the rows of what was not measured")
        found.append(cell_number(table, name, row, "leave out the rows of what was not measured"))
    return found


def cell_number(table: "Table", name: str, row: int, missing: str) -> float:
    """Return the number of a cell that is not empty.

    Args:
        table: of the cell.
        name: of its column.
        row: from 0.
        missing: what to do where a value is missing, for the error.

    Raises:
        FormatError: it is no number; says where, and what to do.
    """
    from openqi.kernel.decimals import fraction
    from openqi.kernel.errors import FormatError

    cell = table.column(name)[row]
    try:
        return float(fraction(cell))
    except FormatError as error:
        told = _hint(cell.strip(), missing)
        raise FormatError(
            f"{table.where(row)}: column {name}: {cell!r} {told}" if told else f"{table.where(row)}: column {name}: {error}"
        ) from None


def _hint(cell: str, missing: str) -> str:
    """What is the matter with a cell that many write, "" where nothing is known."""
    if cell.lower() in _MISSING:
        return f"is no number; {missing}"
    if cell.lower().strip("+-") in {"inf", "infinity", "∞"}:
        return f"is infinite; correct it, or {missing}"
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?\s*[^\W\d_][\w/%²³·]*|[+-]?\d+([.,]\d+)?\s*[%°].*", cell) and not _EXPONENT.fullmatch(cell):
        return "has a unit; a column holds numbers of one unit, which its header may name"
    if re.fullmatch(r"[+-]?\d{1,9},\d+", cell):
        return "has a comma; write a decimal point"
    if _EXPONENT.fullmatch(cell):
        return "has an exponent; write it out, as 0.0012"
    return ""


def check_units(table: "Table") -> None:
    """Refuse a table whose column `unit`, where it has one, names several.

    Raises:
        FormatError: two units; says where the second one stands.
    """
    from openqi.kernel.errors import FormatError

    cells = [cell.strip() for cell in table.columns.get(UNIT, ())]
    for row, cell in enumerate(cells):
        if cell != cells[0]:
            raise FormatError(
                f"{table.where(row)}: unit {cell!r} after {cells[0]!r}: readings that are judged together share a unit; "
                "convert them, or keep them apart"
            )


def times_of(table: "Table", name: str) -> "list[datetime]":
    """Return the times of a column, which must not go backwards.

    Raises:
        FormatError: a cell is no ISO date or time, or lies before the one above it; says where.
    """
    from datetime import datetime, timedelta

    from openqi.kernel.errors import FormatError

    found: list[datetime] = []
    for row, cell in enumerate(table.column(name)):
        try:
            one = datetime.fromisoformat(cell.strip())
        except ValueError:
            raise FormatError(f"{table.where(row)}: column {name}: {cell!r} is no ISO date or time, as 2026-11-30T16:00") from None
        found.append(one.replace(tzinfo=None) - (one.utcoffset() or timedelta()))
        if row and found[row] < found[row - 1]:
            raise FormatError(
                f"{table.where(row)}: time goes backwards: {cell} after {table.column(name)[row - 1]}; sort the rows first"
            )
    return found
