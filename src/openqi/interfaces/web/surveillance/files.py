"""The results of a draw as files: a row for each drawn object, in CSV for spreadsheets and JSON for programs, with denominators."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from openqi.app.reading.surveillance.board import GROUPS
from openqi.app.reading.surveillance.results import ResultLine, Results
from openqi.formats.listing import csv_pieces
from openqi.interfaces.web.open_data import json_file
from openqi.interfaces.web.words import phrase, term

FORMAT: Final = "openqi-draw-results/1"
SCHEMA: Final = "/draws/results.schema.json"
_COLUMNS: Final = (
    "place", "object", "stratum", "riskClass", "chance", "outcome", "group", "resultAt", "due", "late", "publishedAt", "report",
    "publication",
)  # fmt: skip


def csv_of(found: Results, language: str) -> Iterator[bytes]:
    """Yield the rows as CSV. Its length is the denominator: who waits has a row too."""
    header = [phrase(f"result-column:{name}", language) for name in _COLUMNS]
    return csv_pieces(header, ([_cell(name, value, language) for name, value in _row(one).items()] for one in found.rows))


def _row(one: ResultLine) -> dict[str, Any]:
    return {
        "place": one.place, "object": one.object, "stratum": one.stratum, "riskClass": one.risk_class, "chance": one.chance,
        "outcome": one.outcome or None, "group": GROUPS[one.outcome] if one.outcome else None, "resultAt": one.at or None,
        "due": one.due or None, "late": one.late if one.outcome else None, "publishedAt": one.published_at or None,
        "report": one.report or None, "publication": one.publication or None,
    }  # fmt: skip


def _cell(name: str, value: object, language: str) -> str:
    match name, value:
        case "outcome", None:
            return phrase("result-waiting", language)
        case _, None:
            return ""
        case "outcome", str():
            return term("visit-outcome", value, language)
        case "group", str():
            return term("insp-group", value, language)
        case "late", bool():
            return phrase("result-yes" if value else "result-no", language)
    return str(value)


def json_of(found: Results, origin: str, size: int) -> bytes:
    """Return the results as JSON, as `schema` describes them.

    Args:
        found: the results.
        origin, size: of the log that they were read from.
    """
    line = found.line
    told: dict[str, Any] = {
        "format": FORMAT, "log": {"origin": origin, "size": size}, "draw": line.draw, "name": _names(line.name),
        "organiser": line.organiser.uri, "committed": line.committed, "made": found.made.id, "visitsFrom": line.visits_from,
        "visitsUntil": line.visits_until, "illustrative": line.illustrative,
        "limit": None if found.limit is None else {
            "record": found.limit.record, "name": _names(found.limit.name), "count": found.limit.count, "unit": found.limit.unit,
        },
        "denominators": {
            "drawn": found.drawn, "public": found.public, "waiting": found.waiting, "late": found.late, "examined": found.examined,
            "unresolved": found.unresolved, "outside": found.outside,
        },
        "outcomes": dict(found.outcomes), "results": [_row(one) for one in found.rows],
    }  # fmt: skip
    return json_file(told)


def _names(names: Any) -> Mapping[str, str]:
    return {language: text for language in ("zh", "en") if (text := getattr(names, language))}
