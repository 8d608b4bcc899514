"""Numbers that people give on the command line: in an option, or in a column of a table."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from openqi.formats.table import Table

_MAX_BYTES: Final = 64 * 2**20


def table_of(data: Path) -> "Table":
    """Return the table of a file."""
    from openqi.app.files import read_file
    from openqi.formats.table import read_table

    return read_table(read_file(data, _MAX_BYTES), name=data.name)


def only_column(table: "Table", others: Collection[str | None]) -> str:
    """Return the column of the readings where nobody named it: the only one besides others."""
    names = [name for name in table.columns if name not in others]
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
    from openqi.kernel.decimals import fraction
    from openqi.kernel.errors import FormatError

    found = []
    for place, cell in enumerate(table.column(name)):
        if not cell.strip():
            raise FormatError(f"{table.where(place)}: column {name} is empty: leave out the rows of what was not measured")
        try:
            found.append(float(fraction(cell)))
        except FormatError as error:
            raise FormatError(f"{table.where(place)}: column {name}: {error}") from None
    return found
