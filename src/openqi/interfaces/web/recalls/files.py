"""Lines of recalls as files: CSV for spreadsheets, JSON for programs, and the schema of the latter."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from openqi.app.reading.recalls.register import LISTS
from openqi.formats.listing import csv_pieces
from openqi.interfaces.web.open_data import COUNT, FLAG, LOG, TEXT, json_file, many, members, or_null, schema_of
from openqi.interfaces.web.words import phrase
from openqi.store.recalls import FoundLine, FoundLines

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
    return json_file(told)


def csv_of(found: FoundLines, language: str) -> Iterator[bytes]:
    """Yield lines as CSV."""
    header = [phrase(f"recall-column:{name}", language) for name in COLUMNS]
    return csv_pieces(header, ([_cell(value, language) for value in row_of(one).values()] for one in found.lines))


def _cell(value: object, language: str) -> str:
    if isinstance(value, bool):
        return phrase("recall-verified" if value else "recall-foreign", language)
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def schema() -> dict[str, Any]:
    """Return the schema of lines of recalls."""
    named: dict[str, Any] = {name: or_null(many(TEXT) if name in ("gtins", "unclear") else TEXT) for name in _TEXTS}
    named |= {"list": {"enum": list(LISTS)}, "verified": FLAG, "units": or_null(COUNT), "record": or_null(TEXT), "leaf": COUNT}
    line = members(named, "A line of a recall. What a public list says is not verified here, and null is what it does not say.")
    whole = members(
        {
            "format": {"const": FORMAT}, "log": LOG, "asked": TEXT, "count": COUNT, "next": or_null({"type": "integer"}),
            "lines": many(line),
        },
        "Lines of recalls that have every word that was asked; a count of 1000 stands for as many or more.",
    )  # fmt: skip
    return schema_of("Lines of recalls", whole)
