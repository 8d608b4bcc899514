"""A table of visits as the command line reads it for a risk: which columns say what, each bad cell with its line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.results_table import MAX_BYTES, numbers, outcomes_of

if TYPE_CHECKING:
    from openqi.formats.table import Table

_MISSING: Final = float("nan")


@dataclass(frozen=True, kw_only=True)
class VisitsFile:
    """Which columns say what."""

    outcome: str
    probability: str
    object: str | None
    time: str | None

    def chances(self, table: "Table") -> list[float]:
        """Return the probability with which each row was drawn."""
        return numbers(table, self.probability)

    def outcomes(self, table: "Table") -> Sequence[str]:
        """Return how the visits ended, see `outcomes_of`."""
        return outcomes_of(table, self.outcome)

    def objects(self, table: "Table") -> Sequence[str] | None:
        """Return whose visit each row is, None where no column says it."""
        return None if self.object is None else table.column(self.object)

    def days(self, table: "Table") -> Sequence[str] | None:
        """Return when each visit was, None where no column says it."""
        return None if self.time is None else table.column(self.time)


def visits_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the columns of a table of visits, as `columns`."""

    @click.option("--probability", default="probability", help="Column of the inclusion probability, by default probability.")
    @click.option("--outcome", default="outcome", help="Column of how the visit ended, by default outcome.")
    @click.option("--object", "whose", help="Column of what an object is called; its visits are never parted.")
    @click.option("--time", help="Column of the day of the visit.")
    @wraps(command)
    def with_columns(*args: Any, probability: str, outcome: str, whose: str | None, time: str | None, **options: Any) -> None:
        command(*args, columns=VisitsFile(outcome=outcome, probability=probability, object=whose, time=time), **options)

    return with_columns


def file_of(path: Path) -> "tuple[Table, str]":
    """Return the table that a file holds, and the SHA-256 of the file."""
    from hashlib import sha256

    from openqi.app.files import read_file
    from openqi.formats.table import read_table

    data = read_file(path, MAX_BYTES)
    return read_table(data, name=path.name), sha256(data).hexdigest()


def columns_of(table: "Table", features: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """Return the columns of features: numbers with NaN where a cell is empty, or texts.

    Args:
        table: of the cells.
        features: anything with a name and a kind.

    Raises:
        FormatError: a column is not there, or a cell is neither empty nor a number; with its line.
    """
    return {one.name: optional_numbers(table, one.name) if one.kind == "number" else table.column(one.name) for one in features}


def optional_numbers(table: "Table", name: str) -> list[float]:
    """Return the numbers of a column; NaN where a cell is empty, which nothing takes for a number."""
    from openqi.interfaces.cli.tables import cell_number

    known: dict[str, float] = {"": _MISSING}
    found = []
    for row, cell in enumerate(table.column(name)):
        text = cell.strip()
        value = known.get(text)
        if value is None:
            value = known[text] = cell_number(table, name, row, "leave the cell empty where nothing is known")
        found.append(value)
    return found
