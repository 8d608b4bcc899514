"""What becomes of an uploaded file: a table turns into canonical rows under a Merkle root, any other file into a named content."""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec

from openqi.app.acts.acts import Act
from openqi.app.acts.fields import Field
from openqi.app.acts.problems import FieldsError, Problem
from openqi.evidence.batching import MAX_ROW
from openqi.evidence.canonical import MAX_DEPTH, canonical_bytes
from openqi.formats.digital_link import mark_name
from openqi.formats.table import Options, Table, read_table, table_formats
from openqi.kernel.decimals import decimal
from openqi.kernel.errors import FormatError
from openqi.kernel.identifier import check_uri
from openqi.records import Items, as_json
from openqi.records.rows import committed, decoded

MOST_ROWS: Final = 200_000
Keep = Callable[[bytes], str]
"""Keeps a content and returns its SHA-256."""
Columns = Callable[[str], Collection[str]]
"""Returns the names that a column may have for a field: its own, and its labels."""
_MEDIA: Final[Mapping[str, tuple[str, bytes]]] = {
    ".pdf": ("application/pdf", b"%PDF-"), ".png": ("image/png", b"\x89PNG\r\n"), ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"), ".xml": ("application/xml", b""), ".json": ("application/json", b""),
    ".jsonld": ("application/ld+json", b""), ".txt": ("text/plain", b""), ".csv": ("text/csv", b""),
    ".tsv": ("text/tab-separated-values", b""), ".parquet": ("application/vnd.apache.parquet", b"PAR1"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
    ".zip": ("application/zip", b"PK\x03\x04"), ".dfq": ("text/plain", b""), ".qif": ("application/xml", b""),
}  # fmt: skip
"""Suffix → media type, and the bytes that such a file begins with where it has any."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as somebody sent it."""

    name: str
    data: bytes


def own_names(field: str) -> Collection[str]:
    """Return the one name that a column has where no labels are known: the field's own."""
    return (field,)


def taken(act: Act, field: Field, path: str, upload: Upload, *, keep: Keep, columns: Columns = own_names) -> dict[str, Any]:
    """Return what evidence says of an uploaded file, after keeping its content.

    Args:
        act, field, path: for what it was sent.
        upload: the file.
        keep: keeps the content.
        columns: names of columns.

    Raises:
        FieldsError: it is not what is wanted there; the message says which line.
    """
    try:
        if field.form == "rows" and act.rows is not None:
            items, content = rows_of(act.rows, upload, columns)
            keep(content)
            return as_json(items)
        media = media_type(upload)
    except FormatError as error:
        raise FieldsError((Problem(where=path, rule="file", detail=str(error), told={"detail": str(error)}),)) from error
    keep(upload.data)
    return {"mediaType": media, "sha256": sha256(upload.data).hexdigest(), "size": len(upload.data)}


def resolved(act: Act, arguments: Any, *, keep: Keep, columns: Columns = own_names) -> Any:
    """Return arguments in which every upload, `{"name": …, "base64": …}`, has become what evidence says of it.

    Raises:
        FieldsError: a file is not what is wanted there.
    """
    if type(arguments) is not dict:
        return arguments
    found = dict(arguments)
    for field in act.fields:
        sent = found.get(field.name)
        if field.form in ("rows", "content") and type(sent) is dict and "base64" in sent:
            upload = _upload(sent, field.name)
            found[field.name] = taken(act, field, field.name, upload, keep=keep, columns=columns)
    return found


def _upload(sent: Mapping[str, Any], path: str) -> Upload:
    try:
        if set(sent) != {"name", "base64"} or type(sent["name"]) is not str or len(sent["name"]) > 255:
            raise ValueError("an upload is {name, base64}")
        return Upload(name=sent["name"], data=base64.b64decode(sent["base64"], validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise FieldsError((Problem(where=path, rule="file", detail=str(error), told={"detail": str(error)}),)) from error


def media_type(upload: Upload) -> str:
    """Return the media type of a file by its name, after checking that it begins as such a file does.

    Raises:
        FormatError: no such file is taken, it is empty, or it is something else than its name says.
    """
    suffix = f".{upload.name.rpartition('.')[2].lower()}" if "." in upload.name else ""
    if suffix not in _MEDIA:
        raise FormatError(f"{upload.name[:80]}: files of this kind are not taken; send one of {' '.join(_MEDIA)}")
    media, start = _MEDIA[suffix]
    if not upload.data:
        raise FormatError(f"{upload.name[:80]}: the file is empty")
    if not upload.data.startswith(start):
        raise FormatError(f"{upload.name[:80]}: the file is no {media}, though its name says so")
    return media


def rows_of(row: type[msgspec.Struct], upload: Upload, columns: Columns = own_names) -> tuple[Items, bytes]:
    """Return the commitment to the rows of a table, and the content of their blob.

    A column is known by the name of the member or by its label; a cell that is empty is not given. Rows that are canonical
    lines already (`.ndjson`) are taken as they are.

    Raises:
        FormatError: no table, a column is missing or foreign, or a cell is not what is wanted; with file and line.
    """
    if upload.name.lower().endswith((".ndjson", ".jsonl")):
        lines = upload.data.split(b"\n")
        if lines.pop() or len(lines) > MOST_ROWS:
            raise FormatError(f"{upload.name[:80]}: the last line is not whole, or there are more than {MOST_ROWS} rows")
        decoded(lines, row)
        return committed(lines)
    table = read_table(upload.data, name=upload.name[:200], options=Options(max_rows=MOST_ROWS, max_columns=100))
    return committed(_lines(row, table, columns))


def readable_tables() -> str:
    """Return the suffixes of files that are read as tables."""
    return ",".join(suffix for kind in table_formats().values() for suffix in kind.suffixes)


def matched(table: Table, wanted: Mapping[str, bool], columns: Columns) -> dict[str, str]:
    """Return field → column of a table.

    Args:
        table: with headers.
        wanted: field → whether it has to be there.
        columns: names of columns.

    Raises:
        FormatError: a column is missing, is no field, or stands twice under two names.
    """
    by_label = {label.strip().casefold(): field for field in wanted for label in columns(field)}
    found: dict[str, str] = {}
    for header in table.columns:
        field = header.strip() if header.strip() in wanted else by_label.get(header.strip().casefold())
        if field is None:
            raise FormatError(f"{table.name}:1: column {header[:80]!r} is no field here; the fields are {', '.join(wanted)}")
        if field in found:
            raise FormatError(f"{table.name}:1: the columns {found[field]!r} and {header[:80]!r} are both {field}; keep one")
        found[field] = header
    missing = [field for field, required in wanted.items() if required and field not in found]
    if missing:
        raise FormatError(f"{table.name}:1: there is no column {missing[0]}; the columns are {', '.join(table.columns)}")
    return found


def _lines(row: type[msgspec.Struct], table: Table, columns: Columns) -> list[bytes]:
    members = {one.encode_name: one for one in msgspec.structs.fields(row)}
    wanted = {name: one.default is msgspec.NODEFAULT for name, one in members.items()}
    cells = {name: table.columns[header] for name, header in matched(table, wanted, columns).items()}
    lists = {name for name, one in members.items() if one.default == ()}
    whole = {name for name, one in members.items() if one.type is int}
    lines, seen = [], set[str]()
    for place in range(len(table.lines)):
        told = {name: column[place].strip() for name, column in cells.items() if column[place].strip()}
        given: dict[str, str | int | list[str]] = {
            name: text.replace(";", " ").split() if name in lists else _cell(name, text, table, place)
            for name, text in told.items()
        }
        given |= {name: _whole(name, told[name], table, place) for name in whole & told.keys()}
        try:
            typed = msgspec.convert(given, row, strict=True)
            lines.append(canonical_bytes(as_json(typed), limit=MAX_ROW, depth=MAX_DEPTH - 1))
        except msgspec.ValidationError as error:
            raise FormatError(f"{table.where(place)}: {error}") from error
        item = told.get("item")
        if item is not None and item in seen:
            raise FormatError(f"{table.where(place)}: {item} stands here a second time; one row an item")
        seen.add(item or "")
    return lines


def _cell(name: str, text: str, table: Table, place: int) -> str:
    try:
        if name in ("value", "reference", "size"):
            decimal(text)
        elif name == "item":
            check_uri(text)
        elif name == "mark" and text.startswith("https://"):
            return mark_name(text)  # a serial never enters the log: only its hash does
    except FormatError as error:
        raise FormatError(f"{table.where(place)}: {name}: {error}") from error
    return text


def _whole(name: str, text: str, table: Table, place: int) -> int:
    if not re.fullmatch("-?(0|[1-9][0-9]{0,14})", text):
        raise FormatError(f"{table.where(place)}: {name}: {text[:40]!r} is no whole number")
    return int(text)
