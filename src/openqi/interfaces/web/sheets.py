"""Tables as files for spreadsheets: CSV in pieces, XLSX whole; no cell is ever a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any, Final

MEDIA: Final = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")
_PIECE: Final = 500


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8 with the mark that spreadsheets look for), some hundred rows at a time.

    Text that a spreadsheet would take for a formula begins with an apostrophe instead.
    """
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(rows):
        writer.writerow([_inert(cell) for cell in row])
        if number % _PIECE == _PIECE - 1:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_ACTIVE) else cell


def xlsx_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return an XLSX file with one sheet; text is written as text, so that it is never a formula or a link."""
    import xlsxwriter  # only who wants such a file needs it

    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet("".join(one for one in name if one not in "[]:*?/\\'")[:31])
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, columns, bold)
        sheet.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(last, column, cell)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.set_column(0, len(columns) - 1, 22)
    return content.getvalue()
