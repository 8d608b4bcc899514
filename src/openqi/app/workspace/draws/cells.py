"""Cells of the tables of a draw as they must be: none empty, none with spaces at its ends, whole numbers, days, chances."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from openqi.app.workspace.workspace import Workspace
from openqi.formats.document import Node
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import FormatError
from openqi.records.tasks import day_of

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PARTS: Final = {"%": 100, "％": 100, "‰": 1000}
_LARGEST: Final = 2**53 - 1


class Cells:
    """A table of which rows are read one by one; each error names file and line.

    Args:
        workspace, slot: whose entry names the file.
        declared: with `file`, `encoding` and `sheet`.
        member: that the file stands under.
    """

    def __init__(self, workspace: Workspace, slot: str, declared: Any, *, member: str = "file") -> None:
        self.data = workspace.file(slot, member, declared.file)
        options = Options(encoding=declared.encoding, sheet=declared.sheet)
        self.table: Table = read_table(self.data, name=declared.file, options=options)
        if not self.table.lines:
            raise FormatError(f"{self.table.name}:1: there are no rows below the names of the columns")

    def rows(self, where: Mapping[str, str] | None = None) -> Iterator[int]:
        """Yield the rows that have these texts in these columns.

        Raises:
            FormatError: there are none.
        """
        wanted = {name: self.table.column(name) for name in where or {}}
        chosen = [
            row for row in range(len(self.table.lines)) if all(wanted[name][row] == text for name, text in (where or {}).items())
        ]
        if not chosen:
            raise FormatError(
                f"{self.table.name}:1: no row has {', '.join(f'{name} = {text}' for name, text in (where or {}).items())}"
            )
        yield from chosen

    def error(self, row: int, message: str) -> FormatError:
        """Return an error about a row, to be raised."""
        return FormatError(f"{self.table.where(row)}: {message}")

    def text(self, row: int, column: str, hint: str = "every row has one") -> str:
        """Return a cell.

        Raises:
            FormatError: it is empty, has spaces at its ends, or more than a line.
        """
        text = self.table.column(column)[row]
        if not text.strip():
            raise self.error(row, f"column {column!r} is empty; {hint}")
        if text != text.strip() or any(sign in text for sign in "\n\r\t"):
            raise self.error(row, f"column {column!r} holds {text[:60]!r}: take out spaces at the ends, tabulators and line ends")
        return text

    def told(self, row: int, column: str | None) -> str | None:
        """Return a cell that may be empty; None where it is, or where there is no such column."""
        return None if column is None or not self.table.column(column)[row].strip() else self.text(row, column)

    def whole(self, row: int, column: str, *, signed: bool = False) -> int:
        """Return a whole number of at least 0, or of either sign.

        Raises:
            FormatError: it is none; a missing one is not zero.
        """
        text = self.text(row, column, "a missing number is not zero, fill it in")
        digits = text.removeprefix("-") if signed else text
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 17 and int(digits) <= _LARGEST):
            raise self.error(row, f"column {column!r} holds {text[:40]!r}, which is no whole number{'' if signed else ' from 0'}")
        return int(text)

    def day(self, row: int, column: str) -> str:
        """Return a day, `2026-01-31`."""
        text = self.text(row, column)
        try:
            return checked_day(text)
        except FormatError as error:
            raise self.error(row, f"column {column!r}: {error}") from error

    def several(self, row: int, column: str) -> tuple[str, ...]:
        """Return the texts of a cell that has semicolons between them."""
        found = tuple(part.strip() for part in self.text(row, column).replace("；", ";").split(";"))
        if "" in found or len({*found}) != len(found):
            raise self.error(row, f"column {column!r}: one text between two semicolons, each once")
        return found


def checked_day(text: str) -> str:
    """Return the text of a day; raises FormatError where it is none."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        day_of(text)
    except ValueError as error:
        raise FormatError(f"{text[:40]!r} is no day; write 2026-01-31") from error
    return text


def chance_of(place: Node, text: str) -> Fraction:
    """Return a chance or part as people write it: `5 %`, `2‰`, `1/20`, `0.05`.

    Raises:
        FormatError: it is none, or above 1.
    """
    try:
        found = _fraction(text)
    except (FormatError, ValueError, ZeroDivisionError) as error:
        raise place.error(f"{text[:40]!r} is no part of a whole; write 5 %, 1/20 or 0.05") from error
    if not 0 <= found <= 1:
        raise place.error(f"{text[:40]!r} is not between 0 and 100 %")
    return found


def _fraction(text: str) -> Fraction:
    stated = text.strip()
    for sign, parts in _PARTS.items():
        if stated.endswith(sign):
            return Fraction(fraction(stated.removesuffix(sign).strip())) / parts
    above, stroke, below = stated.partition("/")
    if stroke:
        return Fraction(_digits(above), _digits(below))
    return Fraction(fraction(stated))


def _digits(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdecimal() and len(text) < 17):
        raise ValueError(text)
    return int(text)


def size_or_ratio(place: Node, text: str) -> tuple[int | None, Fraction | None]:
    """Return how many objects are drawn, or which part of them: `200` is a number, `5 %`, `1/20` and `0.05` are parts.

    Raises:
        FormatError: it is neither.
    """
    stated = text.strip()
    if stated.isascii() and stated.isdecimal() and len(stated) < 17:
        return int(stated), None
    return None, chance_of(place, text)
