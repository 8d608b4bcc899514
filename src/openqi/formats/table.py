"""What a table is, whatever file it came in: columns of cell texts as they were written, and the line that each row stands in.

No cell becomes a number here. A file that holds binary numbers (Parquet floats) is read only with a statement of how many
decimals were reported, because a float does not say it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, Literal

from openqi.kernel.catalogue import load
from openqi.kernel.errors import FormatError

MAX_CELL: Final = 131_072
_NO_DECIMALS: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What the reader cannot find in a file, and how large a file may be. What a format has no use for, it does not look at."""

    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None
    """Name of the sheet of a workbook; not needed where only one is visible."""
    decimals: Mapping[str, int] = field(default_factory=lambda: _NO_DECIMALS)
    """Reported decimals, 0 to 15, of each column of binary floats; exact columns keep what they hold."""
    max_bytes: int = 128 * 2**20
    max_unpacked: int = 256 * 2**20
    """Most bytes that the parts of a compressed file may have together."""
    max_rows: int = 2_000_000
    max_columns: int = 1_000
    max_cells: int = 10_000_000


DEFAULTS: Final = Options()


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table: header to cell texts in the order of the file, "" where a cell is empty, and the line of each row.

    A line is what a person sees in an editor: the physical line of a CSV file in which the row begins, the row number of a
    sheet, the number of the row counted from 1 in Parquet.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]

    def column(self, name: str) -> Sequence[str]:
        """Return the cells of a column.

        Raises:
            FormatError: there is no column of that name; the message says which there are.
        """
        try:
            return self.columns[name]
        except KeyError:
            near = get_close_matches(name, self.columns, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            known = ", ".join([*self.columns][:30])
            raise FormatError(f"{self.name}:1: no column {name!r}{hint} The columns are {known}") from None

    def where(self, row: int) -> str:
        """Return where a row stands, `readings.csv:17`; `row` counts from 0, as the cells of a column do."""
        return f"{self.name}:{self.lines[row]}"


@dataclass(frozen=True, kw_only=True)
class TableFormat:
    """One kind of file that holds a table. `read(data, name, options)` gives a table or raises FormatError, for any bytes."""

    name: str
    suffixes: tuple[str, ...]
    media_type: str
    read: Callable[[bytes, str, Options], Table]


def table_formats() -> Mapping[str, TableFormat]:
    """Return the catalogue of table formats by name."""
    return load("openqi.formats.kinds", TableFormat)


def read_table(data: bytes, *, name: str, format: str | None = None, options: Options = DEFAULTS) -> Table:  # noqa: A002
    """Return the table that a file holds.

    Args:
        data: the whole file.
        name: of the file; its suffix says what it is where `format` does not.
        format: name of a table format, `csv`, `xlsx` or `parquet`.
        options: encoding, sheet, decimals and limits.

    Raises:
        FormatError: the file is not what it claims, is larger than the limits, or holds cells that are no text or exact number.
    """
    kinds = table_formats()
    if format is not None:
        found = kinds.get(format)
    else:
        found = next((kind for kind in kinds.values() if name.lower().endswith(kind.suffixes)), None)
    if found is None:
        known = ", ".join(f"{kind.name} ({' '.join(kind.suffixes)})" for kind in kinds.values())
        raise FormatError(f"{name}:1: not a table that is read here; name the format or use one of {known}")
    if len(data) > options.max_bytes:
        raise FormatError(f"{name}:1: {len(data)} bytes; at most {options.max_bytes} are read, split the file")
    return found.read(data, name, options)


def check_headers(headers: Sequence[str], place: Callable[[int], str], options: Options) -> None:
    """Check the names of the columns; `place(i)` says where the i-th stands.

    Raises:
        FormatError: there is none, there are too many, or one is empty, doubled, too long or holds a NUL.
    """
    if not headers:
        raise FormatError(f"{place(0)}: no columns; the first row names them")
    if len(headers) > options.max_columns:
        raise FormatError(f"{place(0)}: {len(headers)} columns; at most {options.max_columns} are read")
    seen: set[str] = set()
    for index, header in enumerate(headers):
        if not header.strip():
            raise FormatError(f"{place(index)}: column {index + 1} has no name; name it or delete it")
        if header in seen:
            raise FormatError(f"{place(index)}: two columns are called {header[:80]!r}; rename one")
        if "\0" in header or len(header) > 1000:
            raise FormatError(f"{place(index)}: the name of column {index + 1} holds a NUL or is longer than 1000 characters")
        seen.add(header)


def check_size(rows: int, columns: int, place: str, options: Options) -> None:
    """Check the size of a table, before it is built where that is possible.

    Raises:
        FormatError: too many rows or cells.
    """
    if rows > options.max_rows or rows * columns > options.max_cells:
        raise FormatError(
            f"{place}: {rows} rows of {columns} columns; at most {options.max_rows} rows and {options.max_cells} cells are read, "
            "split the file"
        )


def table_of(name: str, headers: Sequence[str], columns: Iterable[Sequence[str]], lines: Sequence[int]) -> Table:
    """Return a table that nobody can change; headers and columns have the same order."""
    return Table(name=name, columns=MappingProxyType(dict(zip(headers, columns, strict=True))), lines=lines)
