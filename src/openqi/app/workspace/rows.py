"""Rows out of the tables of a workspace: which rows, which item, which value; every cell that is none is named by its line."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from openqi.app.workspace.declared import ReadingsDeclared, TableDeclared
from openqi.app.workspace.workspace import Workspace
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.decimals import decimal
from openqi.kernel.errors import FormatError
from openqi.kernel.identifier import check_uri
from openqi.records.rows import quoted

_HOLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Items of a table in the order of the file, the canonical row of each, and the place that each stands in."""

    items: tuple[str, ...]
    lines: tuple[bytes, ...]
    places: Callable[[int], str]
    data: bytes

    def place(self, item: str) -> str | None:
        """Return file and line of an item, None where it is not among the rows."""
        return self.places(self.items.index(item)) if item in self.items else None


def table_of(workspace: Workspace, slot: str, declared: TableDeclared, *, decimals: Mapping[str, int]) -> tuple[Table, bytes]:
    """Return the table of an entry and the bytes of its file.

    Raises:
        FormatError: the file is not there or holds no table; with file and line.
    """
    data = workspace.file(slot, "file", declared.file)
    options = Options(encoding=declared.encoding, sheet=declared.sheet, decimals=decimals)
    return read_table(data, name=declared.file, options=options), data


def item_rows(workspace: Workspace, slot: str, declared: TableDeclared) -> Rows:
    """Return the items of a lot, or those that get a mark: each row is {item}.

    Raises:
        FormatError: a column is missing, an item is no URI or stands twice; with file and line.
    """
    table, data = table_of(workspace, slot, declared, decimals={})
    chosen = range(len(table.lines))
    items = _items(workspace, slot, declared.item, table, chosen)
    lines = tuple(b'{"item":' + quoted(item) + b"}" for item in items)
    return Rows(items=tuple(items), lines=lines, places=table.where, data=data)


def reading_rows(workspace: Workspace, slot: str, declared: ReadingsDeclared) -> Rows:
    """Return readings: each row is {item, value} and, where one is compared, reference.

    Raises:
        FormatError: a column is missing, a cell holds no number, an item is no URI or stands twice, or has no reference reading;
            with file and line.
    """
    decimals = {} if declared.decimals is None else {declared.value: declared.decimals}
    table, data = table_of(workspace, slot, declared, decimals=decimals)
    cells = table.column(declared.value)
    chosen = _chosen(workspace, slot, table, "where", declared.where)
    items = _items(workspace, slot, declared.item, table, chosen)
    references: dict[str, str] | None = None
    if declared.reference:
        others = _chosen(workspace, slot, table, "reference", declared.reference)
        named = _items(workspace, slot, declared.item, table, others)
        references = {item: _number(table, row, declared.value, cells[row]) for item, row in zip(named, others, strict=True)}
    lines = []
    for item, row in zip(items, chosen, strict=True):
        value = _number(table, row, declared.value, cells[row])
        before = b'{"item":' + quoted(item)
        if references is not None:
            if item not in references:
                raise FormatError(f"{table.where(row)}: {item} has no reading that it could be compared with; see `reference`")
            before += b',"reference":"' + references[item].encode() + b'"'
        lines.append(before + b',"value":"' + value.encode() + b'"}')
    return Rows(items=tuple(items), lines=tuple(lines), places=lambda place: table.where(chosen[place]), data=data)


def _chosen(workspace: Workspace, slot: str, table: Table, member: str, wanted: Mapping[str, str]) -> Sequence[int]:
    chosen: Sequence[int] = range(len(table.lines))
    for name, text in wanted.items():
        column = table.column(name)
        chosen = [row for row in chosen if column[row] == text]
    if not chosen:
        told = ", ".join(f"{name} = {text}" for name, text in wanted.items())
        raise workspace.at(slot, member).error(f"{table.name} has no row with {told}" if told else f"{table.name} has no rows")
    return chosen


def _items(workspace: Workspace, slot: str, template: str, table: Table, chosen: Sequence[int]) -> list[str]:
    parts = _HOLE.split(template)
    try:
        columns = [table.column(name) for name in parts[1::2]]
    except FormatError as error:
        raise workspace.at(slot, "item").error(str(error)) from error
    if not columns:
        items = [template] * len(chosen)
    elif len(columns) == 1:
        first, last, column = parts[0], parts[2], columns[0]
        items = [f"{first}{column[row]}{last}" for row in chosen]
    else:
        items = [_HOLE.sub(lambda hole, row=row: table.column(hole[1])[row], template) for row in chosen]  # type: ignore[misc]
    seen: set[str] = set()
    for item, row in zip(items, chosen, strict=True):
        if item in seen:
            raise FormatError(f"{table.where(row)}: {item} stands here a second time; one row an item, choose with `where`")
        seen.add(item)
        try:
            check_uri(item)
        except FormatError as error:
            raise FormatError(f"{table.where(row)}: {error}") from error
    for name, column in zip(parts[1::2], columns, strict=True):
        if "" in column and (empty := next((row for row in chosen if not column[row]), None)) is not None:
            raise FormatError(f"{table.where(empty)}: column {name!r} is empty; an item needs its name")
    return items


def _number(table: Table, row: int, column: str, text: str) -> str:
    try:
        decimal(text)
    except FormatError as error:
        what = "is empty; a missing reading is not zero, leave the row out" if not text.strip() else f"holds no number: {error}"
        raise FormatError(f"{table.where(row)}: column {column!r} {what}") from error
    return text
