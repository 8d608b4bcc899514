"""JSON values held to as much of JSON Schema as ours uses."""

import re
from typing import Any


def checked(told: Any, shape: Any, place: str = "$") -> None:
    """Hold a JSON value to as much of JSON Schema as ours uses; what it uses besides is an error."""
    known = {
        "$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum", "const",
        "pattern", "minimum", "anyOf", "propertyNames",
    }  # fmt: skip
    assert set(shape) <= known, (place, set(shape) - known)
    if "anyOf" in shape:
        assert any(fits(told, one, place) for one in shape["anyOf"]), (place, told)
        return
    kinds: dict[str, Any] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    if "type" in shape:
        assert type(told) is kinds[shape["type"]], (place, told)
    assert told in shape.get("enum", [told]), place
    assert told == shape.get("const", told), place
    assert "pattern" not in shape or re.search(shape["pattern"], told), (place, told)
    assert told >= shape["minimum"] if "minimum" in shape else True, place
    if isinstance(told, dict):
        members, more = shape.get("properties", {}), shape.get("additionalProperties", True)
        assert set(shape.get("required", ())) <= set(told), place
        for name, value in told.items():
            assert name in members or more is not False, (place, name)
            checked(name, shape.get("propertyNames", {}), f"{place} {name}")
            checked(value, members.get(name, more if isinstance(more, dict) else {}), f"{place}.{name}")
    for number, value in enumerate(told if isinstance(told, list) else ()):
        checked(value, shape["items"], f"{place}[{number}]")


def fits(told: Any, shape: Any, place: str) -> bool:
    """Whether a value is as a schema says."""
    try:
        checked(told, shape, place)
    except AssertionError:
        return False
    return True
