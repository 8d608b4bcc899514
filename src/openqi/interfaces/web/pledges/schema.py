"""What the register of pledges looks like as JSON, as JSON Schema says it."""

import json
from typing import Any, Final

from openqi.app.reading.pledges.signatures import CODES, STANDINGS
from openqi.interfaces.web.pledges.files import FORMAT

_ID: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_INSTANT: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
_DAY: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"type": "string"}


def _or_null(one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, {"type": "null"}]}


def _object(members: dict[str, Any], about: str) -> dict[str, Any]:
    return {
        "type": "object", "description": about, "properties": members, "required": list(members), "additionalProperties": False,
    }  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the schema of the register of pledges.

    Source: [JSONSCHEMA] draft 2020-12.
    """
    row = _object(
        {
            "signed": _ID, "firm": _TEXT, "firmZh": _TEXT, "firmEn": _TEXT, "codes": {"type": "array", "items": _TEXT},
            "pledge": _TEXT, "edition": _TEXT, "signedAt": _INSTANT, "validUntil": _or_null(_INSTANT), "asOf": _DAY,
            "standing": {"enum": list(STANDINGS)}, "promises": _COUNT, **dict.fromkeys(CODES, _COUNT),
            "endedAt": _or_null(_INSTANT), "openComplaints": _or_null(_COUNT), "proof": _or_null(_TEXT),
            "proofRevoked": _or_null({"type": "boolean"}),
        },
        "A signature. Kept, due, missed and contradicted add up to its promises; endedAt may lie ahead, where it has a term.",
    )  # fmt: skip
    whole = _object(
        {
            "format": {"const": FORMAT}, "log": _object({"origin": _TEXT, "size": _COUNT}, "As of."), "denominator": _COUNT,
            "standings": _object(dict.fromkeys(STANDINGS, _COUNT), "How many signatures stand how; they add up to denominator."),
            "signatures": {"type": "array", "items": row}, "next": _or_null(_COUNT),
        },
        "Signatures that were asked for, those that came last first; ask again with before=next for more.",
    )  # fmt: skip
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Register of pledges", **whole}


def schema_bytes() -> bytes:
    """Return the schema as a file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1).encode() + b"\n"
