"""What the results of a draw look like as JSON, as JSON Schema says it."""

import json
from typing import Any, Final

from openqi.science.draws.rates.outcomes import OUTCOMES

_ID: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_INSTANT: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
_DAY: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_NAMES: Final = {
    "type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}, "additionalProperties": False,
}  # fmt: skip


def _or_null(one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, {"type": "null"}]}


def _object(members: dict[str, Any], about: str) -> dict[str, Any]:
    return {
        "type": "object", "description": about, "properties": members, "required": list(members), "additionalProperties": False,
    }  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the schema of the results of a draw.

    Source: [JSONSCHEMA] draft 2020-12.
    """
    outcome = {"enum": list(OUTCOMES)}
    row = _object(
        {
            "place": _COUNT, "object": {"type": "string"}, "stratum": {"type": "string"}, "riskClass": {"type": "string"},
            "chance": {"type": "string"}, "outcome": _or_null(outcome),
            "group": _or_null({"enum": ["examined", "unresolved", "outside"]}), "resultAt": _or_null(_INSTANT),
            "due": _or_null(_DAY), "late": _or_null({"type": "boolean"}), "publishedAt": _or_null(_INSTANT),
            "report": _or_null(_ID), "publication": _or_null(_ID),
        },
        "An object that was drawn. Without an outcome nothing is public of it yet: it counts in no rate, and is no pass.",
    )  # fmt: skip
    limit = _object({"record": _ID, "name": _NAMES, "count": _COUNT, "unit": {"type": "string"}}, "Until when results are due.")
    whole = _object(
        {
            "format": {"const": "openqi-draw-results/1"}, "log": _object({"origin": {"type": "string"}, "size": _COUNT}, "As of."),
            "draw": {"type": "string"}, "name": _NAMES, "organiser": {"type": "string"}, "committed": _ID, "made": _ID,
            "visitsFrom": _DAY, "visitsUntil": _DAY, "illustrative": {"type": "boolean"}, "limit": _or_null(limit),
            "denominators": _object(
                dict.fromkeys(("drawn", "public", "waiting", "late", "examined", "unresolved", "outside"), _COUNT),
                "drawn = public + waiting; public = examined + unresolved + outside. A share of nonconforming is of the examined.",
            ),
            "outcomes": {"type": "object", "propertyNames": outcome, "additionalProperties": _COUNT},
            "results": {"type": "array", "items": row},
        },
        "The results of a draw that are public, a row for each object that was drawn.",
    )  # fmt: skip
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Results of a draw", **whole}


def schema_bytes() -> bytes:
    """Return the schema as a file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1).encode() + b"\n"
