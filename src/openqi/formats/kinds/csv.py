"""CSV: UTF-8 or GB18030; comma, semicolon or tab; one row a line unless a quoted cell goes on in the next.

An empty line is no row: at the end of a file it is left out, between rows it is refused. A decimal comma stays a comma.
"""

import csv
import io
import re
from collections.abc import Iterator

from openqi.formats.table import Options, Table, TableFormat, check_headers, check_size, table_of
from openqi.kernel.errors import FormatError

_QUOTED = re.compile('"[^"]*(?:"|\\Z)')
_LINE = re.compile("[^\r\n]*")


def _read(data: bytes, name: str, options: Options) -> Table:
    text = _text(data, name, options.encoding)
    if "\0" in text:
        line = _line_of(text, text.index("\0"))
        raise FormatError(f"{name}:{line}: a NUL character; this is no text file, or it is UTF-16: save it as UTF-8")
    rows = _rows(text, _delimiter(text, name), name)
    headers = next(rows, (1, []))[1]
    check_headers(headers, lambda _: f"{name}:1", options)
    cells, lines = _table(rows, len(headers), name, options)
    return table_of(name, headers, (tuple(cells[column :: len(headers)]) for column in range(len(headers))), lines)


def _rows(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line in which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for row in reader:
            yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(f"{name}:{start}: not CSV: {error}; close every quote, and double a quote in a quoted cell") from error


def _table(rows: Iterator[tuple[int, list[str]]], width: int, name: str, options: Options) -> tuple[list[str], list[int]]:
    """The cells of all rows behind each other: a million lists, one a row, would be looked through again and again for garbage."""
    cells: list[str] = []
    lines: list[int] = []
    most = min(options.max_rows, options.max_cells // width)
    for line, row in rows:
        if len(row) != width:
            if not row and not any(later for _, later in rows):
                break
            raise FormatError(f"{name}:{line}: {f'{len(row)} cells' if row else 'an empty line'}; the header names {width} columns")
        cells += row
        lines.append(line)
        if len(lines) > most:
            check_size(len(lines), width, f"{name}:{line}", options)
    return cells, lines


def _text(data: bytes, name: str, encoding: str) -> str:
    """UTF-8 is tried first: GB18030 text is practically never UTF-8 as well, but most UTF-8 text is GB18030 as well."""
    refused: list[UnicodeDecodeError] = []
    for tried in ("utf-8", "gb18030") if encoding == "auto" else (encoding,):
        try:
            return data.decode(tried).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            refused.append(error)
    start = max(error.start for error in refused)
    wanted = "UTF-8 or GB18030" if encoding == "auto" else encoding.upper()
    line = data.count(b"\n", 0, start) + 1
    raise FormatError(f"{name}:{line}: byte {start} is not {wanted}; save the file as UTF-8")


def _delimiter(text: str, name: str) -> str:
    header = _LINE.match(_QUOTED.sub("", text[:100_000]))
    found = [mark for mark in ",;\t" if header and mark in header[0]]
    if len(found) > 1:
        raise FormatError(f"{name}:1: the header holds {found}; use one between columns and put names that hold another in quotes")
    return found[0] if found else ","


def _line_of(text: str, index: int) -> int:
    return len(re.findall("\r\n|\r|\n", text[:index])) + 1


TABLEFORMAT = TableFormat(name="csv", suffixes=(".csv", ".tsv", ".txt"), media_type="text/csv", read=_read)
