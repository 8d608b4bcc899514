"""Public figures of complaints as files: every count with its denominator, in CSV for spreadsheets and JSON for programs."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from openqi.app.reading.complaints.public import Counted
from openqi.formats.listing import csv_pieces
from openqi.interfaces.web.open_data import COUNT, DAY, FLAG, ID, LOG, TEXT, json_file, many, members, or_null, schema_of
from openqi.interfaces.web.words import phrase

FORMAT: Final = "openqi-complaint-figures/1"
SCHEMA: Final = "/complaints/figures.schema.json"
_COLUMNS: Final = ("authority", "firstDay", "lastDay", "name", "count", "of", "total", "record")


def csv_of(found: Sequence[Counted], language: str) -> bytes:
    """Return a row a figure as CSV."""
    header = [phrase(f"complaint-column:{name}", language) for name in _COLUMNS]
    rows = ([str(row[name]) for name in _COLUMNS] for one in found for row in _rows(one))
    return b"".join(csv_pieces(header, rows))


def _rows(one: Counted) -> Iterator[dict[str, Any]]:
    stated = one.stated
    period = {
        "authority": stated.authority, "firstDay": stated.first_day, "lastDay": stated.last_day, "record": one.seen.id,
    }  # fmt: skip
    yield {**period, "name": "received", "count": stated.received, "of": "received", "total": stated.received}
    for figure in stated.figures:
        yield {**period, "name": figure.name, "count": figure.count, "of": figure.of, "total": figure.total}


def json_of(found: Sequence[Counted], origin: str, size: int) -> bytes:
    """Return the figures as JSON, as `schema` describes them.

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
    return json_file(told)


def schema() -> dict[str, Any]:
    """Return the schema of the figures."""
    figure = members({"name": TEXT, "count": COUNT, "of": TEXT, "total": COUNT}, "A count, and of how many.")
    period = members(
        {
            "authority": TEXT, "firstDay": DAY, "lastDay": DAY, "calendar": TEXT, "received": COUNT, "least": COUNT,
            "figures": many(figure), "withheld": many(TEXT), "shareInTime": or_null(TEXT), "illustrative": FLAG, "record": ID,
        },
        "What an authority counted of one period; no count is below least, and what cannot be shown is named in withheld.",
    )  # fmt: skip
    whole = members({"format": {"const": FORMAT}, "log": LOG, "periods": many(period)}, "Public figures of complaints.")
    return schema_of("Figures of complaints", whole)
