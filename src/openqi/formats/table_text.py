"""Tables written for people: CSV and XLSX, the same bytes from the same cells, safe to open in a spreadsheet program."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from openqi.kernel.errors import DomainError

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_MINUS_ZERO: Final = re.compile(r"-[0.]+")
# What makes a spreadsheet program run the text of a cell as a formula; it also knows the wide forms of East Asian keyboards.
_FORMULA: Final = tuple("=+-@\t\r＝＋－＠")
_FOREIGN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_XLSX_CELL: Final = 32_767
_MAX_XLSX_ROWS: Final = 1_048_575
_MAX_XLSX_COLUMNS: Final = 16_384
_MOST_DIGITS: Final = 15
_MAX_DECIMALS: Final = 15
_DAY_ZERO: Final = (1980, 1, 1, 0, 0, 0)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_csv(columns: Mapping[str, Sequence[str]], *, bom: bool = False) -> bytes:
    """Return columns as CSV (RFC 4180) in UTF-8, lines ending with CR LF.

    Text that a spreadsheet program would run as a formula (it begins with = + - @, a tab or a carriage return, or their wide
    forms) gets an apostrophe before it, as these programs do themselves; plain decimal numbers stay as they are. So such a text
    does not read back as itself: what must come back unchanged is written as records or Parquet, not as CSV.

    Args:
        columns: header to cells, all of one length.
        bom: begin with a byte order mark, without which Excel takes UTF-8 for the code page of the country.

    Raises:
        DomainError: no columns, or columns of different lengths.
    """
    _check(columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(header) for header in columns])
    writer.writerows(zip(*([_harmless(cell) for cell in cells] for cells in columns.values()), strict=True))
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def write_xlsx(columns: Mapping[str, Sequence[str]], *, sheet: str = "table") -> bytes:
    """Return columns as a workbook with one sheet.

    Plain decimal numbers of at most 15 digits become numbers that show the decimals they were written with, so 2.0350 keeps
    its zero; everything else is a text cell, which is never run as a formula. Empty cells are left out.

    Args:
        columns: header to cells, all of one length.
        sheet: name of the sheet, 1 to 31 characters without any of : \\ / ? * [ ].

    Raises:
        DomainError: no columns, columns of different lengths, more rows or columns than a sheet has, a cell longer than 32,767
            characters, a character that XML cannot hold, or another name of the sheet.
    """
    _check(columns)
    rows = max(map(len, columns.values()))
    if rows > _MAX_XLSX_ROWS or len(columns) > _MAX_XLSX_COLUMNS:
        raise DomainError(f"{rows} rows of {len(columns)} columns: a sheet has at most {_MAX_XLSX_ROWS} and {_MAX_XLSX_COLUMNS}")
    if not re.fullmatch(r"[^:\\/?*\[\]\x00-\x1f]{1,31}", sheet):
        raise DomainError(f"sheet {sheet[:40]!r}: a name has 1 to 31 characters and none of : \\ / ? * [ ]")
    lines = [_row(number, cells) for number, cells in enumerate(zip(*columns.values(), strict=True), 2)]
    header = "".join(_text_cell(name) for name in columns)
    named = f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="r1"/>'
    return _packed(
        {
            "[Content_Types].xml": _content_types(),
            "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{named}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml", "styles", "styles.xml"),
            "xl/styles.xml": _styles(),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1">{header}</row>{"".join(lines)}'
            "</sheetData></worksheet>",
        }
    )


def _check(columns: Mapping[str, Sequence[str]]) -> None:
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) != 1:
        raise DomainError(f"columns of lengths {dict(list(lengths.items())[:10])}: a table has columns, all of one length")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _row(number: int, cells: Sequence[str]) -> str:
    return f'<row r="{number}">' + "".join(map(_cell, cells)) + "</row>"


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    if _NUMBER.fullmatch(text) and not _MINUS_ZERO.fullmatch(text):
        decimals = len(text.partition(".")[2])
        if len(text.strip("-").replace(".", "")) <= _MOST_DIGITS:
            return f'<c s="{decimals + 1}"><v>{text}</v></c>'
    return _text_cell(text)


def _text_cell(text: str) -> str:
    if len(text) > _MAX_XLSX_CELL or (foreign := _FOREIGN.search(text)):
        reason = f"{len(text)} characters" if len(text) > _MAX_XLSX_CELL else f"the character U+{ord(foreign[0]):04X}"  # type: ignore[index]
        raise DomainError(f"cell {text[:40]!r}: {reason}; a workbook holds at most {_MAX_XLSX_CELL} characters of text in a cell")
    # A text that looks like an escape is escaped, and so is a carriage return, which XML would turn into a line feed.
    safe = escape(re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text).replace("\r", "_x000D_"))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _styles() -> str:
    """Style 0 shows numbers as they come, style n + 1 with n decimals."""
    codes = ["0" + ("." + "0" * decimals if decimals else "") for decimals in range(_MAX_DECIMALS + 1)]
    formats = "".join(f'<numFmt numFmtId="{164 + index}" formatCode="{code}"/>' for index, code in enumerate(codes))
    cells = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in (0, *range(164, 164 + len(codes))))
    fills = "".join(f'<fill><patternFill patternType="{pattern}"/></fill>' for pattern in ("none", "gray125"))
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(codes)}">{formats}</numFmts><fonts count="1"><font/></fonts>'
        f'<fills count="2">{fills}</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(codes) + 1}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _content_types() -> str:
    parts = {"workbook": "sheet.main", "styles": "styles", "worksheets/sheet1": "worksheet"}
    overrides = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in parts.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
    )


def _relations(*pairs: str) -> str:
    """Kind, target, kind, target, and so on."""
    found = "".join(
        f'<Relationship Id="r{index + 1}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for index, (kind, target) in enumerate(zip(pairs[::2], pairs[1::2], strict=True))
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _packed(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in parts.items():
            # A fixed day: the same table is the same file.
            info = zipfile.ZipInfo(path, _DAY_ZERO)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, '<?xml version="1.0" encoding="UTF-8"?>\n' + text)
    return out.getvalue()
