"""What the register of pledges looks like as JSON, as JSON Schema says it."""

from typing import Any

from openqi.app.reading.pledges.signatures import CODES, STANDINGS
from openqi.interfaces.web.open_data import COUNT, DAY, FLAG, ID, INSTANT, LOG, TEXT, many, members, or_null, schema_of
from openqi.interfaces.web.pledges.files import FORMAT


def schema() -> dict[str, Any]:
    """Return the schema of the register of pledges.

    Source: [JSONSCHEMA] draft 2020-12.
    """
    row = members(
        {
            "signed": ID, "firm": TEXT, "firmZh": TEXT, "firmEn": TEXT, "codes": many(TEXT),
            "pledge": TEXT, "edition": TEXT, "signedAt": INSTANT, "validUntil": or_null(INSTANT), "asOf": DAY,
            "standing": {"enum": list(STANDINGS)}, "promises": COUNT, **dict.fromkeys(CODES, COUNT),
            "endedAt": or_null(INSTANT), "openComplaints": or_null(COUNT), "proof": or_null(TEXT),
            "proofRevoked": or_null(FLAG),
        },
        "A signature. Kept, due, missed and contradicted add up to its promises; endedAt may lie ahead, where it has a term.",
    )  # fmt: skip
    whole = members(
        {
            "format": {"const": FORMAT}, "log": LOG, "denominator": COUNT,
            "standings": members(dict.fromkeys(STANDINGS, COUNT), "How many signatures stand how; they add up to denominator."),
            "signatures": many(row), "next": or_null(COUNT),
        },
        "Signatures that were asked for, those that came last first; ask again with before=next for more.",
    )  # fmt: skip
    return schema_of("Register of pledges", whole)
