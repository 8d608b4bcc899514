"""Open data as files: what every page that gives its rows as CSV and JSON shares, and the parts of the JSON Schemas of the latter.

CSV is written by `openqi.formats.listing`, which runs no cell as a formula.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MEDIA: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}

ID: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
INSTANT: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
DAY: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
COUNT: Final = {"type": "integer", "minimum": 0}
TEXT: Final = {"type": "string"}
FLAG: Final = {"type": "boolean"}


def json_file(told: Any) -> bytes:
    """Return data as a file of JSON, as short as it gets."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def or_null(one: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of something that may be absent."""
    return {"anyOf": [one, {"type": "null"}]}


def many(one: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": one}


def members(named: dict[str, Any], about: str) -> dict[str, Any]:
    """Return the schema of an object that has these members, all of them and no other."""
    return {
        "type": "object", "description": about, "properties": named, "required": list(named), "additionalProperties": False,
    }  # fmt: skip


LOG: Final = members({"origin": TEXT, "size": COUNT}, "The log that this was read from, and its size then.")


def schema_of(title: str, whole: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that stands alone.

    Source: [JSONSCHEMA] draft 2020-12.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **whole}


def schema_file(schema: dict[str, Any]) -> bytes:
    """Return a schema as a file to be read by people too."""
    return json.dumps(schema, ensure_ascii=False, indent=1).encode() + b"\n"


def schema_route(path: str, make: Callable[[], dict[str, Any]]) -> Route:
    """Return the route that answers anybody's program with a schema."""

    async def schema(request: Request) -> Response:  # noqa: ARG001 -- Starlette asks so
        headers = {"cache-control": "public, max-age=3600", "access-control-allow-origin": "*"}
        return Response(schema_file(make()), media_type="application/schema+json", headers=headers)

    return Route(path, schema, methods=["GET"])
