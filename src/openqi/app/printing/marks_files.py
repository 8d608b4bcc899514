"""Files of marks that are to be printed: one mark a line, or a table with a column `mark`."""

from pathlib import Path
from typing import Final

from openqi.app.files import read_file
from openqi.formats.digital_link import check_mark
from openqi.formats.table import Options, read_table
from openqi.kernel.errors import FormatError, NotFoundError

MOST: Final = 1_000_000
_BYTES: Final = 400_000_000


def marks_in(path: Path) -> tuple[str, ...]:
    """Return the marks of a file in its order.

    Raises:
        NotFoundError: there is no such file.
        FormatError: a line is no mark in its one spelling, or there are none or too many; says which line.
    """
    data = read_file(path, _BYTES)
    table = path.suffix.lower() in (".csv", ".xlsx", ".parquet")
    lines = _of_table(data, path) if table else _of_text(data, path)
    if not 0 < len(lines) <= MOST:
        raise FormatError(f"{path}: {len(lines)} marks; 1 to {MOST:,} are printed at once")
    for number, mark in lines:
        try:
            check_mark(mark)
        except FormatError as error:
            raise FormatError(f"{path}:{number}: {error}") from error
    return tuple(mark for _, mark in lines)


def _of_text(data: bytes, path: Path) -> list[tuple[int, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is not UTF-8; write one mark a line") from error
    return [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _of_table(data: bytes, path: Path) -> list[tuple[int, str]]:
    table = read_table(data, name=path.name, options=Options(max_bytes=_BYTES, max_unpacked=_BYTES))
    if "mark" not in table.columns:
        raise NotFoundError(f"{path}: no column `mark`; its columns are {', '.join([*table.columns][:20])}")
    return list(zip(table.lines, (cell.strip() for cell in table.column("mark")), strict=True))
