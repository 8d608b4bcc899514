"""The cells of one sheet as a table: the first row with a cell names the columns, and each row after it is one."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from openqi.formats.kinds.xlsx.display import GENERAL, shown
from openqi.formats.kinds.xlsx.workbook import Workbook, unescaped
from openqi.formats.table import Options, Table, check_headers, check_size, table_of
from openqi.kernel.errors import FormatError

_REFERENCE: Final = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2})?")
_MAX_ROW: Final = 1_048_576


def read_sheet(workbook: Workbook, options: Options) -> Table:
    """Return the sheet that was chosen, as a table.

    Raises:
        FormatError: merged cells, rows that are empty between others or longer than the header, formulas that were not
            calculated, error values, booleans, and numbers that their format does not show; the message names the cell.
    """
    cells = _Cells(workbook, options)
    workbook.package.parse(workbook.path, cells.start, cells.end)
    check_headers(cells.headers, lambda _: f"{workbook.package.name}:1", options)
    return table_of(workbook.package.name, cells.headers, cells.columns, cells.lines)


class _Cells:
    """Takes the elements of a sheet as they come, and keeps columns of texts."""

    def __init__(self, workbook: Workbook, options: Options) -> None:
        self.headers: list[str] = []
        self.columns: list[list[str]] = []
        self.lines: list[int] = []
        self._workbook, self._options = workbook, options
        self._most = options.max_rows
        self._data = self._inline = self._phonetic = False
        self._row = self._column = self._last = 0
        self._cells: dict[int, str] = {}
        self._cell: Mapping[str, str] = {}
        self._value: str | None = None
        self._pieces: list[str] = []
        self._formula = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._data:
            if tag == "c":
                self._begin(attributes)
            elif tag == "row":
                self._next_row(attributes.get("r"))
            elif tag == "f":
                self._formula = True
            elif tag == "rPh":
                self._phonetic = True
            elif tag == "is":
                self._inline = True
        elif tag == "sheetData":
            self._data = True
        elif tag == "mergeCell":
            merged = attributes.get("ref", "")[:20]
            raise self._error(f"{merged} are merged; give each row its own cells", merged.partition(":")[0])

    def end(self, tag: str, text: str) -> None:
        if not self._data:
            return
        if tag == "v":
            self._value = text
        elif tag == "c":
            if found := self._text():
                self._cells[self._column] = found
        elif tag == "t" and self._inline and not self._phonetic:
            self._pieces.append(text)
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "row" and self._cells:
            self._keep()
        elif tag == "sheetData":
            self._data = False

    def _error(self, message: str, place: str = "") -> FormatError:
        return self._workbook.package.error(message, place or f"{letters(self._column)}{self._row}")

    def _next_row(self, written: str | None) -> None:
        row = int(written) if written and written.isascii() and written.isdecimal() and len(written) < 8 else self._row + 1
        if not self._row < row <= _MAX_ROW:
            raise self._error(f"row {row} after row {self._row}; the sheet is damaged, save it again")
        self._row, self._column, self._cells = row, 0, {}

    def _begin(self, attributes: Mapping[str, str]) -> None:
        column = self._column + 1
        if (reference := attributes.get("r")) is not None:
            found = _REFERENCE.fullmatch(reference)
            column = _number(found[1]) if found and int(found[2]) == self._row else 0
        if column <= self._column:
            raise self._error(f"cell {(reference or '')[:20]!r} is not in its place; the sheet is damaged, save it again")
        self._column, self._cell = column, attributes
        self._value, self._pieces, self._formula, self._inline = None, [], False, False

    def _text(self) -> str:
        """The cell as it is shown, "" where it is empty."""
        kind, value = self._cell.get("t", "n"), self._value
        if kind == "inlineStr":
            return unescaped("".join(self._pieces), self._workbook.package, f"{letters(self._column)}{self._row}")
        if value is None or (value == "" and kind == "n"):
            if self._formula:
                raise self._error(
                    "a formula without a value; open the workbook in a spreadsheet program and save it, or paste values"
                )
            return ""
        match kind:
            case "s":
                return self._shared(value)
            case "str":
                return unescaped(value, self._workbook.package, f"{letters(self._column)}{self._row}")
            case "n":
                return self._number(value)
            case "d" if _MOMENT.fullmatch(value) and _is_moment(value):
                return value
            case "e":
                raise self._error(
                    f"the cell shows the error {value[:20]}; correct it, or empty the cell where nothing was measured"
                )
            case "b":
                raise self._error("the cell holds a logical value, which shows in the language of each reader; write it as text")
        raise self._error(f"a cell of type {kind[:20]!r} is not read; write it as text or number")

    def _shared(self, value: str) -> str:
        texts = self._workbook.texts
        index = int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else len(texts)
        if index >= len(texts):
            raise self._error("a text that the workbook does not hold; it is damaged, save it again")
        return texts[index]

    def _number(self, value: str) -> str:
        displays, style = self._workbook.displays, self._cell.get("s", "0")
        index = int(style) if style.isascii() and style.isdecimal() and len(style) < 10 else len(displays)
        if index >= max(1, len(displays)):
            raise self._error("a style that the workbook does not hold; it is damaged, save it again")
        try:
            return shown(value, displays[index] if displays else GENERAL, from_1904=self._workbook.from_1904)
        except FormatError as error:
            raise self._error(f"the cell {error}") from error

    def _keep(self) -> None:
        width, last = len(self.headers), max(self._cells)
        if not width:
            self.headers = [self._cells.get(column, "") for column in range(1, last + 1)]
            check_headers(
                self.headers, lambda index: f"{self._workbook.package.name}:{letters(index + 1)}{self._row}", self._options
            )
            self.columns = [[] for _ in self.headers]
            self._most = min(self._options.max_rows, self._options.max_cells // last)
        elif self._row != self._last + 1:
            raise self._error("an empty row between rows; delete it, or write what is known", str(self._last + 1))
        elif last > width:
            raise self._error(f"a cell beyond the {width} columns that the header names", f"{letters(last)}{self._row}")
        else:
            for column, cells in enumerate(self.columns, 1):
                cells.append(self._cells.get(column, ""))
            self.lines.append(self._row)
            if len(self.lines) > self._most:
                check_size(len(self.lines), width, f"{self._workbook.package.name}:{self._row}", self._options)
        self._last = self._row


def letters(column: int) -> str:
    """Return the letters of a column that counts from 1: A, Z, AA."""
    text = ""
    while column > 0:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def _number(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
