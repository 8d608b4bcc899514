"""Lines of recalls as files: CSV for spreadsheets, JSON for programs, and the schema of the latter."""

import json
from collections.abc import Iterator, Sequence
from csv import writer
from io import StringIO
from typing import Any, Final

import msgspec

from openqi.app.reading.recalls.register import LISTS
from openqi.interfaces.web.words import phrase
from openqi.store.recalls import FoundLine, FoundLines

MEDIA: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
FORMAT: Final = "openqi-recall-lines/1"
SCHEMA: Final = "/recalls/lines.schema.json"
_TEXTS: Final = (
    "header", "line", "title", "name", "brand", "model", "batch", "gtins", "maker", "firm", "madeFrom", "madeUntil", "published",
    "hazard", "defect", "consequence", "remedy", "risk", "sold", "unitsText", "url", "unclear",
)  # fmt: skip
COLUMNS: Final = ("list", "verified", *_TEXTS, "units", "record", "leaf")


def row_of(one: FoundLine) -> dict[str, Any]:
    """Return a line as files have it: what it does not say is null."""
    told = msgspec.to_builtins(one.row)
    row = {name: told.get(name) or None for name in _TEXTS}
    units = told.get("units")
    return {"list": one.list, "verified": one.list == "own", **row, "units": units, "record": one.record or None, "leaf": one.leaf}


def json_of(found: FoundLines, asked: str, origin: str, size: int) -> bytes:
    """Return lines as JSON, as `schema` describes them.

    Args:
        found: the lines.
        asked: what was searched.
        origin, size: of the log that they were read from.
    """
    told = {
        "format": FORMAT, "log": {"origin": origin, "size": size}, "asked": asked, "count": found.count, "next": found.next,
        "lines": [row_of(one) for one in found.lines],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def csv_of(found: FoundLines, language: str) -> Iterator[bytes]:
    """Yield lines as CSV in UTF-8 with a mark of byte order, for Excel.

    Source: [RFC4180] section 2.
    """
    yield "\ufeff".encode()
    yield _line([phrase(f"recall-column:{name}", language) for name in COLUMNS])
    for one in found.lines:
        yield _line([_cell(value, language) for value in row_of(one).values()])


def _cell(value: object, language: str) -> str:
    if isinstance(value, bool):
        return phrase("recall-verified" if value else "recall-foreign", language)
    if isinstance(value, list):
        return _text("; ".join(map(str, value)))
    return "" if value is None else _text(str(value))


def _text(label: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{label}" if label.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")) else label


def _line(cells: Sequence[str]) -> bytes:
    sink = StringIO()
    writer(sink, lineterminator="\r\n").writerow(cells)
    return sink.getvalue().encode()


def schema() -> dict[str, Any]:
    """Return the schema of lines of recalls.

    Source: [JSONSCHEMA] draft 2020-12.
    """
    text = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    many = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]}
    count = {"type": "integer", "minimum": 0}
    members: dict[str, Any] = {name: many if name in ("gtins", "unclear") else text for name in _TEXTS}
    members |= {
        "list": {"enum": list(LISTS)}, "verified": {"type": "boolean"}, "units": {"anyOf": [count, {"type": "null"}]}, "record": text,
        "leaf": count,
    }  # fmt: skip
    line = _object(members, "A line of a recall. What a public list says is not verified here, and null is what it does not say.")
    log = _object({"origin": {"type": "string"}, "size": count}, "As of which log.")
    whole = _object(
        {
            "format": {"const": FORMAT}, "log": log, "asked": {"type": "string"}, "count": count,
            "next": {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "lines": {"type": "array", "items": line},
        },
        "Lines of recalls that have every word that was asked; a count of 1000 stands for as many or more.",
    )  # fmt: skip
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **whole}


def _object(members: dict[str, Any], about: str) -> dict[str, Any]:
    return {
        "type": "object", "description": about, "properties": members, "required": list(members), "additionalProperties": False,
    }  # fmt: skip
