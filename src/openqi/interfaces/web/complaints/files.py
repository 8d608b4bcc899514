"""Public figures of complaints as files: every count with its denominator, in CSV for spreadsheets and JSON for programs."""

import json
from collections.abc import Iterator, Sequence
from csv import writer
from io import StringIO
from typing import Any, Final

from openqi.app.reading.complaints.public import Counted
from openqi.interfaces.web.words import phrase

MEDIA: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
FORMAT: Final = "openqi-complaint-figures/1"
SCHEMA: Final = "/complaints/figures.schema.json"
_COLUMNS: Final = ("authority", "firstDay", "lastDay", "name", "count", "of", "total", "record")
_NUMBER: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"type": "string"}
_DAY: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def csv_of(found: Sequence[Counted], language: str) -> bytes:
    """Return a row a figure as CSV in UTF-8 with a mark of byte order, for Excel.

    Source: [RFC4180] section 2.
    """
    sink = StringIO()
    out = writer(sink, lineterminator="\r\n")
    out.writerow([phrase(f"complaint-column:{name}", language) for name in _COLUMNS])
    for one in found:
        for row in _rows(one):
            out.writerow([_cell(row[name]) for name in _COLUMNS])
    return "\ufeff".encode() + sink.getvalue().encode()


def _rows(one: Counted) -> Iterator[dict[str, Any]]:
    stated = one.stated
    period = {
        "authority": stated.authority, "firstDay": stated.first_day, "lastDay": stated.last_day, "record": one.seen.id,
    }  # fmt: skip
    yield {**period, "name": "received", "count": stated.received, "of": "received", "total": stated.received}
    for figure in stated.figures:
        yield {**period, "name": figure.name, "count": figure.count, "of": figure.of, "total": figure.total}


def _cell(value: object) -> str:
    """A text that no spreadsheet runs as a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")) else text


def json_of(found: Sequence[Counted], origin: str, size: int) -> bytes:
    """Return the figures as JSON, as `schema_bytes` describes them.

    Args:
        found: the figures.
        origin, size: of the log that they were read from.
    """
    told = {
        "format": FORMAT, "log": {"origin": origin, "size": size},
        "periods": [
            {
                "authority": one.stated.authority, "firstDay": one.stated.first_day, "lastDay": one.stated.last_day,
                "calendar": one.stated.calendar, "received": one.stated.received, "least": one.stated.least,
                "figures": [
                    {"name": each.name, "count": each.count, "of": each.of, "total": each.total} for each in one.stated.figures
                ],
                "withheld": list(one.stated.withheld), "shareInTime": one.stated.share_in_time,
                "illustrative": one.stated.illustrative, "record": one.seen.id,
            }
            for one in found
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _object(members: dict[str, Any], about: str) -> dict[str, Any]:
    return {
        "type": "object", "description": about, "properties": members, "required": list(members), "additionalProperties": False,
    }  # fmt: skip


def schema_bytes() -> bytes:
    """Return the schema of the figures as JSON.

    Source: [JSONSCHEMA] draft 2020-12.
    """
    figure = _object({"name": _TEXT, "count": _NUMBER, "of": _TEXT, "total": _NUMBER}, "a count, and of how many")
    period = _object(
        {
            "authority": _TEXT, "firstDay": _DAY, "lastDay": _DAY, "calendar": _TEXT, "received": _NUMBER, "least": _NUMBER,
            "figures": {"type": "array", "items": figure}, "withheld": {"type": "array", "items": _TEXT},
            "shareInTime": {"anyOf": [_TEXT, {"type": "null"}]}, "illustrative": {"type": "boolean"},
            "record": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        },
        "what an authority counted of one period; no count is below least, and what cannot be shown is named in withheld",
    )  # fmt: skip
    log = _object({"origin": _TEXT, "size": _NUMBER}, "the log that they were read from, and its size then")
    told = _object(
        {"format": {"const": FORMAT}, "log": log, "periods": {"type": "array", "items": period}}, "public figures of complaints"
    )
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **told}, indent=1).encode()
