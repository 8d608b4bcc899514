"""The JSON Schema of an act's arguments, made from the same types."""

from typing import Any, Final

import msgspec

from openqi.app.acts.acts import Act

UPLOAD: Final[dict[str, Any]] = {
    "title": "Upload", "type": "object", "description": "A file as it is, in base64; its name says what it is.",
    "properties": {"name": {"type": "string", "maxLength": 255}, "base64": {"type": "string", "contentEncoding": "base64"}},
    "required": ["name", "base64"], "additionalProperties": False,
}  # fmt: skip
_OURS: Final = ("now", "visibleTo", "salt")


def schema_of(act: Act) -> dict[str, Any]:
    """Return the JSON Schema of the arguments of an act, without what the ledger sets itself.

    Where a table or a file is wanted, an upload is taken too.
    """
    (reference,), parts = msgspec.json.schema_components([act.kind], ref_template="#/$defs/{name}")
    own = parts[act.kind.__name__]
    own["properties"] = {name: one for name, one in own["properties"].items() if name not in _OURS}
    for name in ("Items", "Content"):
        if name in parts:
            parts[f"{name}Kept"] = parts[name]
            parts[name] = {"anyOf": [{"$ref": f"#/$defs/{name}Kept"}, {"$ref": "#/$defs/Upload"}]}
            parts["Upload"] = UPLOAD
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **reference, "$defs": parts}
    return msgspec.json.decode(msgspec.json.encode(whole))  # type: ignore[no-any-return]
