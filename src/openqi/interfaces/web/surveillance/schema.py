"""What the results of a draw look like as JSON, as JSON Schema says it."""

from typing import Any, Final

from openqi.interfaces.web.open_data import COUNT, DAY, FLAG, ID, INSTANT, LOG, TEXT, many, members, or_null, schema_of
from openqi.interfaces.web.surveillance.files import FORMAT
from openqi.science.draws.rates.outcomes import OUTCOMES

_NAMES: Final = {
    "type": "object", "properties": {"zh": TEXT, "en": TEXT}, "additionalProperties": False,
}  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the schema of the results of a draw.

    Source: [JSONSCHEMA] draft 2020-12.
    """
    outcome = {"enum": list(OUTCOMES)}
    row = members(
        {
            "place": COUNT, "object": TEXT, "stratum": TEXT, "riskClass": TEXT,
            "chance": TEXT, "outcome": or_null(outcome),
            "group": or_null({"enum": ["examined", "unresolved", "outside"]}), "resultAt": or_null(INSTANT),
            "due": or_null(DAY), "late": or_null(FLAG), "publishedAt": or_null(INSTANT),
            "report": or_null(ID), "publication": or_null(ID),
        },
        "An object that was drawn. Without an outcome nothing is public of it yet: it counts in no rate, and is no pass.",
    )  # fmt: skip
    limit = members({"record": ID, "name": _NAMES, "count": COUNT, "unit": TEXT}, "Until when results are due.")
    whole = members(
        {
            "format": {"const": FORMAT}, "log": LOG,
            "draw": TEXT, "name": _NAMES, "organiser": TEXT, "committed": ID, "made": ID,
            "visitsFrom": DAY, "visitsUntil": DAY, "illustrative": FLAG, "limit": or_null(limit),
            "denominators": members(
                dict.fromkeys(("drawn", "public", "waiting", "late", "examined", "unresolved", "outside"), COUNT),
                "drawn = public + waiting; public = examined + unresolved + outside. A share of nonconforming is of the examined.",
            ),
            "outcomes": {"type": "object", "propertyNames": outcome, "additionalProperties": COUNT},
            "results": many(row),
        },
        "The results of a draw that are public, a row for each object that was drawn.",
    )  # fmt: skip
    return schema_of("Results of a draw", whole)
