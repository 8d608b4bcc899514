"""Readings in order of time out of the tables of a workspace: each cell that is none is named by its line."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from openqi.app.workspace.controlling import ProcessReadingsDeclared
from openqi.app.workspace.workspace import Workspace
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.decimals import decimal
from openqi.kernel.errors import FormatError
from openqi.records.rows import TakenRow, quoted, row_line

_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z?)", re.ASCII)
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Rows of readings as evidence has them, the times of the first and the last, and the bytes of the file."""

    lines: tuple[bytes, ...]
    first_at: str
    last_at: str
    data: bytes


def series_rows(workspace: Workspace, slot: str, declared: ProcessReadingsDeclared) -> Series:
    """Return the readings of an entry.

    Raises:
        FormatError: a column is missing, a cell holds no number or time, a value is missing and nothing says why, or time goes
            backwards; with file and line.
    """
    data = workspace.file(slot, "file", declared.file)
    decimals = {} if declared.decimals is None else {declared.value: declared.decimals}
    options = Options(encoding=declared.encoding, sheet=declared.sheet, decimals=decimals)
    table = read_table(data, name=declared.file, options=options)
    offset = offset_of(workspace, slot, declared.offset)
    chosen = [
        row for row in range(len(table.lines)) if all(table.column(name)[row] == text for name, text in declared.where.items())
    ]
    if not chosen:
        raise workspace.at(slot, "where" if declared.where else "file").error(f"{table.name} has no such rows")
    columns = {
        name: table.column(column)
        for name, column in (
            ("group", declared.group),
            ("item", declared.item),
            ("size", declared.size),
            ("missing", declared.missing),
        )
        if column is not None
    }
    times, values = table.column(declared.time), table.column(declared.value)
    rows, before = [], ""
    for row in chosen:
        at = moment_of(table, row, times[row], offset)
        if at[:-1] < before:
            raise FormatError(f"{table.where(row)}: {times[row]} stands after a later time; sort the rows by time")
        before = at[:-1]
        rows.append(_row(table, row, at, values[row].strip(), {name: column[row].strip() for name, column in columns.items()}))
    return Series(lines=tuple(map(row_line, rows)), first_at=rows[0].at, last_at=rows[-1].at, data=data)


def _row(table: Table, row: int, at: str, value: str, told: dict[str, str]) -> TakenRow:
    why = told.pop("missing", "")
    if bool(value) == bool(why):
        hint = "it has a value and a reason why there is none" if value else "there is no value, and nothing says why"
        raise FormatError(f"{table.where(row)}: {hint}; name a column `missing` with the reason, and fill in one of the two")
    for name, text in (("value", value), ("size", told.get("size", ""))):
        if text:
            try:
                decimal(text)
            except FormatError as error:
                raise FormatError(f"{table.where(row)}: {name}: {error}") from error
    for name, text in told.items():
        if not text:
            raise FormatError(f"{table.where(row)}: {name} is empty; each reading has one")
    if "item" in told:
        try:
            quoted(told["item"])
        except FormatError as error:
            raise FormatError(f"{table.where(row)}: {error}") from error
    return TakenRow(at=at, **told, value=value or None, missing=why or None)


def offset_of(workspace: Workspace, slot: str, text: str | None) -> timedelta | None:
    """Return the distance of local times from UTC, `+08:00`, of the member `offset` of an entry; raises FormatError."""
    if text is None:
        return None
    found = _OFFSET.fullmatch(text)
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        raise workspace.at(slot, "offset").error(f'{text!r} is no offset; write "+08:00"')
    span = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return span if found[1] == "+" else -span


def moment_of(table: Table, row: int, text: str, offset: timedelta | None) -> str:
    """Return a time as evidence has it: in UTC, parts of a second without zeros at their end; raises FormatError."""
    found = _TIME.fullmatch(text.strip())
    if not found or bool(found[5]) == (offset is not None):
        wants = "2026-01-31T08:00:00Z" if offset is None else "2026-01-31 08:00:00, without Z where `offset` is given"
        hint = "" if offset is not None or not found else "; where it is local time, say so with `offset`"
        raise FormatError(f"{table.where(row)}: {text[:40]!r} is no time; write {wants}{hint}")
    try:
        instant = datetime.fromisoformat(f"{found[1]}T{found[2]}:{found[3] or '00'}") - (offset or timedelta(0))
    except (ValueError, OverflowError) as error:
        raise FormatError(f"{table.where(row)}: {text[:40]!r} is no time: {error}") from error
    parts = (found[4] or "").rstrip("0")
    return f"{instant.isoformat()}{'.' + parts if parts else ''}Z"
