"""A list as a file for a spreadsheet, CSV or XLSX, piece by piece; no cell of it is ever run as a formula."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

MOST_ROWS: Final = 1_048_000
"""Rows that a sheet of XLSX holds, with some to spare."""
_RUN: Final = tuple("=+-@\t\r＝＋－＠")
_LONGEST: Final = 32_000
_UNTOLD: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_LINKS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROOT: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_LINKS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="{list}" sheetId="1" r:id="rId1"/><sheet name="{about}" sheetId="2" r:id="rId2"/></sheets></workbook>'
)
_BOOK_LINKS: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_LINKS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>'
)


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a list as CSV in UTF-8 with a mark of byte order, for Excel; a cell like a formula gets a `'` before it.

    Source: [RFC4180] section 2.
    """
    yield "\ufeff".encode()
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[str]) -> bytes:
    return (",".join(map(_cell, row)) + "\r\n").encode("utf-8")


def _cell(text: str) -> str:
    safe = f"'{text}" if text.lstrip(" ").startswith(_RUN) else text
    return '"' + safe.replace('"', '""') + '"' if any(sign in safe for sign in ',"\r\n;\t') or safe != safe.strip() else safe


class _Sink:
    """Takes what a zip writes and gives it on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def xlsx_pieces(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, name: str, about: Sequence[tuple[str, str]], about_name: str
) -> Iterator[bytes]:  # fmt: skip
    """Yield a list as an XLSX workbook: the list, in which every cell is text, and a sheet that says what it is.

    Args:
        header: names of the columns.
        rows: of the list; what goes beyond `MOST_ROWS` is left out, and the sheet about it says how many there are.
        name, about_name: what the two sheets are called.
        about: pairs that say what the list is: of when, with which filter.
    """
    sink = _Sink()
    count = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:  # type: ignore[call-overload]
        book = _BOOK.format(list=escape(name[:31], _QUOTED), about=escape(about_name[:31], _QUOTED))
        for path, text in (
            ("[Content_Types].xml", _TYPES), ("_rels/.rels", _ROOT), ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", _BOOK_LINKS),
        ):  # fmt: skip
            packed.writestr(_entry(path), text)
        with packed.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.write(f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_row(header))
            for row in rows:
                if count >= MOST_ROWS:
                    break
                sheet.write(_row(row))
                count += 1
                yield sink.taken()
            sheet.write(b"</sheetData></worksheet>")
        told = b"".join(_row(pair) for pair in (*about, ("#", str(count))))
        start = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}"><sheetData>'.encode()
        packed.writestr(_entry("xl/worksheets/sheet2.xml"), start + told + b"</sheetData></worksheet>")
    yield sink.taken()


_QUOTED: Final = {'"': "&quot;"}


def _entry(path: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))  # the same list gives the same bytes
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _row(cells: Sequence[str]) -> bytes:
    made = "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>' for cell in cells)
    return f"<row>{made}</row>".encode()


def _text(text: str) -> str:
    """What XML may hold of a text; a cell of Excel holds 32,767 characters."""
    return escape(_UNTOLD.sub("", text[:_LONGEST]))
