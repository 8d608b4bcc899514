"""A table of the results of a draw as the command line reads it: columns by name, each bad cell with its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openqi.formats.table import Table
    from openqi.science.draws.rates.intervals import Interval
    from openqi.science.draws.rates.sample import Sample
    from openqi.science.draws.rates.study import Rate
    from openqi.science.draws.rates.variances import Design

MAX_BYTES: Final = 128 * 2**20


@dataclass(frozen=True, kw_only=True)
class ResultsFile:
    """Which columns say what, and how variances are estimated."""

    id: str | None
    probability: str
    outcome: str
    stratum: str | None
    psu: str | None
    psu_probability: str | None
    variance: str | None
    lonely: str

    def read(self, path: Path, sizes: dict[str, int] | None = None) -> "tuple[Table, Sample]":
        """Return the table, and the sample that it states.

        Raises:
            FormatError: a column is not there, a cell is no number, or an object stands twice.
            DomainError, RefusedError: see `sample_of`.
        """
        from openqi.science.draws.rates.sample import sample_of

        table = table_of(path)
        _once(table, self.id)
        own = None if self.psu_probability is None else numbers(table, self.psu_probability)
        return table, sample_of(
            numbers(table, self.probability),
            stratum=None if self.stratum is None else table.column(self.stratum),
            psu=None if self.psu is None else table.column(self.psu),
            psu_probability=own,
            stratum_units=sizes,
        )

    def design(self) -> "Design":
        """Return how variances are estimated."""
        from openqi.science.draws.rates.variances import Design

        return Design(method=self.variance, lonely=self.lonely)

    def outcomes(self, table: "Table") -> Sequence[str]:
        """Return how the visits ended, see `outcomes_of`."""
        return outcomes_of(table, self.outcome)

    def seen(self, table: "Table") -> tuple[list[float], list[float]]:
        """Return 1 or 0 of each object: whether it was bad, and whether it was examined."""
        from openqi.science.draws.rates.outcomes import CONFORMING, NONCONFORMING, outcome_of

        cells = self.outcomes(table)
        groups = {cell: outcome_of(cell).group for cell in set(cells)}
        bad = [float(groups[cell] == NONCONFORMING) for cell in cells]
        return bad, [float(groups[cell] in {CONFORMING, NONCONFORMING}) for cell in cells]


def outcomes_of(table: "Table", column: str) -> Sequence[str]:
    """Return how visits ended, as a column says it.

    Raises:
        FormatError: a cell is empty or no outcome; with its line.
    """
    from openqi.kernel.errors import DomainError, FormatError
    from openqi.science.draws.rates.outcomes import outcome_of

    cells, known = table.column(column), set[str]()
    for place, cell in enumerate(cells):
        if cell not in known:
            if not cell.strip():
                raise FormatError(f"{table.where(place)}: column {column} is empty; nobody passes by having no result")
            try:
                outcome_of(cell)
            except DomainError as error:
                raise FormatError(f"{table.where(place)}: column {column}: {error}") from None
            known.add(cell)
    return cells


def _once(table: "Table", name: str | None) -> None:
    """Check that no object stands twice, by the named column or one that is called id; without either nothing is checked."""
    from openqi.kernel.errors import FormatError

    if name is None and "id" not in table.columns:
        return
    cells = table.column(name or "id")
    if len(set(cells)) == len(cells):
        return
    first: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if (before := first.setdefault(cell, place)) != place:
            raise FormatError(
                f"{table.where(place)}: object {cell!r} stands in {table.where(before)} too; a result entered twice counts twice: "
                "leave one of them out"
            )


def table_of(path: Path) -> "Table":
    """Return the table that a file holds."""
    from openqi.app.files import read_file
    from openqi.formats.table import read_table

    return read_table(read_file(path, MAX_BYTES), name=path.name)


def numbers(table: "Table", name: str) -> list[float]:
    """Return the numbers of a column.

    Raises:
        FormatError: a cell is empty or no number; with its line.
    """
    from openqi.kernel.decimals import decimal
    from openqi.kernel.errors import FormatError

    known: dict[str, float] = {}
    found = []
    for place, cell in enumerate(table.column(name)):
        value = known.get(cell)
        if value is None:
            if not cell.strip():
                raise FormatError(f"{table.where(place)}: column {name} is empty; a missing number is not made up")
            try:
                value = known[cell] = float(decimal(cell))
            except FormatError as error:
                raise FormatError(f"{table.where(place)}: column {name}: {error}") from None
        found.append(value)
    return found


def counts(table: "Table", name: str) -> list[int]:
    """Return the whole numbers of a column.

    Raises:
        FormatError: a cell is no whole number of at least 0; with its line.
    """
    from openqi.kernel.errors import FormatError

    found = []
    for place, value in enumerate(numbers(table, name)):
        if value < 0 or value != int(value):
            raise FormatError(f"{table.where(place)}: column {name}: {value:g} is no count; a whole number, at least 0")
        found.append(int(value))
    return found


def sizes_of(path: Path, name: str, column: str = "units") -> dict[str, int]:
    """Return the numbers of a table by the names of a column.

    Raises:
        FormatError: a name stands twice, or a cell is no count.
    """
    from openqi.kernel.errors import FormatError

    table = table_of(path)
    found: dict[str, int] = {}
    for place, (one, size) in enumerate(zip(table.column(name), counts(table, column), strict=True)):
        if one in found:
            raise FormatError(f"{table.where(place)}: {name} {one!r} stands twice; one row each")
        found[one] = size
    return found


def fixed(value: float) -> str:
    """Return a rate as people read it."""
    return f"{value * 100:.3f} %"


def interval_data(one: "Interval") -> dict[str, Any]:
    """Return what --json writes of an interval."""
    return {"lower": one.lower, "upper": one.upper, "confidence": one.confidence, "method": one.method}


def rate_data(one: "Rate") -> dict[str, Any]:
    """Return what --json writes of a rate."""
    return {
        "value": one.value, "standardError": one.standard_error, "bad": one.found, "examined": one.examined,
        "interval": interval_data(one.interval),
    }  # fmt: skip
