"""The register of pledges as files: a row for each signature, in CSV for spreadsheets and JSON for programs, with denominators."""

from collections.abc import Iterator
from typing import Any, Final

from openqi.app.reading.pledges.search import Hits
from openqi.app.reading.pledges.signatures import CODES, STANDINGS
from openqi.formats.listing import csv_pieces
from openqi.interfaces.web.open_data import json_file
from openqi.interfaces.web.words import phrase, term

FORMAT: Final = "openqi-pledges/1"
SCHEMA: Final = "/pledges/register.schema.json"
COLUMNS: Final = (
    "signed", "firm", "firmZh", "firmEn", "codes", "pledge", "edition", "signedAt", "validUntil", "asOf", "standing", "promises",
    *CODES, "endedAt", "openComplaints", "proof", "proofRevoked",
)  # fmt: skip


def csv_of(rows: list[dict[str, Any]], language: str) -> Iterator[bytes]:
    """Yield the rows as CSV."""
    header = [phrase(f"pledge-column:{name}", language) for name in COLUMNS]
    return csv_pieces(header, ([_cell(name, row[name], language) for name in COLUMNS] for row in rows))


def _cell(name: str, value: object, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return phrase("result-yes" if value else "result-no", language)
    if name == "standing":
        return term("pledge-standing", str(value), language)
    return str(value)


def told_of(rows: list[dict[str, Any]], hits: Hits, origin: str) -> dict[str, Any]:
    """Return the register as JSON says it, as `schema` describes it.

    Args:
        rows: of this page.
        hits: what was found.
        origin: of the log.
    """
    return {
        "format": FORMAT, "log": {"origin": origin, "size": hits.size}, "denominator": hits.count,
        "standings": {one: hits.standings[one] for one in STANDINGS}, "signatures": rows, "next": hits.next,
    }  # fmt: skip


def json_of(rows: list[dict[str, Any]], hits: Hits, origin: str) -> bytes:
    """Return the register as JSON."""
    return json_file(told_of(rows, hits, origin))
