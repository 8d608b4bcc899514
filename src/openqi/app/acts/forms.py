"""A form and what it means: flat names with texts as they were typed (`limits.0.lower`) to JSON arguments, and back.

A cell that was left empty is not given, an empty row is no row. Nothing that was typed is lost: what cannot be read stays as
text in the arguments, and checking them says what is wrong with it.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from openqi.app.acts.fields import Field
from openqi.evidence.canonical import canonical_bytes
from openqi.kernel.errors import FormatError
from openqi.kernel.instant import format_instant, parse_instant

MOST_ROWS: Final = 500
"""Rows that one list of a form may have; more come as a table."""
KEPT: Final = "kept"
"""Ends the name under which a form keeps what became of an uploaded file."""
_LOCAL: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?")
_OFFSET: Final = re.compile(r"([+-])(0[0-9]|1[0-4]):(00|30|45)")
Flat = Mapping[str, str]


def zone_of(text: str) -> timezone:
    """Return the time zone that a form says its times are in: `Z`, or an offset such as `+08:00`.

    Raises:
        FormatError: neither.
    """
    found = _OFFSET.fullmatch(text)
    if text == "Z":
        return UTC
    if found is None:
        raise FormatError(f"time zone {text[:20]!r}: write Z or an offset from UTC such as +08:00")
    span = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(span if found[1] == "+" else -span)


def read_form(fields: tuple[Field, ...], flat: Flat, zone: str) -> dict[str, Any]:
    """Return the JSON arguments that a form means.

    Args:
        fields: of the act.
        flat: name → text as it was typed; names that are no field's are left alone.
        zone: in which its times were entered.

    Raises:
        FormatError: the time zone is not one.
    """
    return _object(fields, _tree(flat), zone_of(zone))


def write_form(fields: tuple[Field, ...], arguments: Mapping[str, Any], zone: str) -> dict[str, str]:
    """Return the texts of a form that means these arguments; `read_form` of them gives the same again."""
    flat: dict[str, str] = {}
    where = zone_of(zone)
    for field in fields:
        if field.name in arguments:
            _write(field, arguments[field.name], field.name, where, flat)
    return flat


def tidied(fields: tuple[Field, ...], flat: Flat, *, without: str = "") -> dict[str, str]:
    """Return the texts of a form with its empty rows left out and the others counted from 0.

    Args:
        fields: of the act.
        flat: name → text as it was typed.
        without: a row that is taken out, `limits.0`.
    """
    kept = {name: text for name, text in flat.items() if not without or not (name == without or name.startswith(without + "."))}
    tidy: dict[str, str] = {}
    _tidy(fields, _tree(kept), "", tidy)
    return tidy


def rows_of(flat: Flat, path: str) -> int:
    """Return how many rows a list has in a form."""
    start = path + "."
    places = {name[len(start) :].partition(".")[0] for name in flat if name.startswith(start)}
    return max((int(place) + 1 for place in places if place.isascii() and place.isdigit() and len(place) < 5), default=0)


def _tree(flat: Flat) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, text in flat.items():
        *path, last = name.split(".")
        here = tree
        for part in path:
            below = here.setdefault(part, {})
            here = below if isinstance(below, dict) else {}  # a name that is a text and a group: the text stays
        if not isinstance(here.get(last), dict):
            here[last] = text
    return tree


def _places(tree: Any) -> Iterable[str]:
    names = tree if isinstance(tree, dict) else {}
    return sorted((one for one in names if one.isascii() and one.isdigit() and len(one) < 5), key=int)[:MOST_ROWS]


def _object(fields: tuple[Field, ...], tree: Mapping[str, Any], zone: timezone) -> dict[str, Any]:
    found = {}
    for field in fields:
        value = _value(field, tree.get(field.name), zone)
        if value is not None:
            found[field.name] = value
    return found


def _value(field: Field, typed: Any, zone: timezone) -> Any:
    """What a part of a form means; None where nothing was given."""
    if field.form == "list":
        rows = [_value(field.item, typed[place], zone) for place in _places(typed)] if field.item is not None else []
        given = [row for row in rows if not _hollow(row)]
        return given if given or field.required else None
    if field.form in ("group", "names"):
        found = _object(field.fields, typed if isinstance(typed, dict) else {}, zone)
        return None if _hollow(found) else found
    if field.form in ("rows", "content"):
        return _kept(typed)
    return _leaf(field, typed, zone) if isinstance(typed, str) else None


def _hollow(value: Any) -> bool:
    """Whether nothing was given in it, however deep: a row with an empty list in it is an empty row."""
    if isinstance(value, dict):
        return all(map(_hollow, value.values()))
    return value is None or (isinstance(value, list) and all(map(_hollow, value)))


def _leaf(field: Field, typed: str, zone: timezone) -> Any:
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        return None
    if field.form == "text":
        return text
    text = text.strip()
    if field.form == "flag":
        return True if text == "yes" else text
    if field.form == "integer":
        return int(text) if re.fullmatch(r"-?[0-9]{1,17}", text, re.ASCII) else text
    return instant_of(text, zone) if field.form == "instant" else text


def instant_of(text: str, zone: timezone) -> str:
    """Return the instant in UTC of a local date and time; what is neither that nor an instant stays as it is."""
    found = _LOCAL.fullmatch(text)
    if found is None:
        return text
    try:
        local = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ':00'}").replace(tzinfo=zone)
        return format_instant(local)
    except (ValueError, OverflowError):
        return text


def local_of(instant: str, zone: timezone) -> str:
    """Return the local date and time of an instant, as a form shows it."""
    try:
        return parse_instant(instant).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    except (FormatError, OverflowError):
        return instant


def _kept(typed: Any) -> Any:
    text = typed.get(KEPT, "") if isinstance(typed, dict) else ""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _write(field: Field, value: Any, path: str, zone: timezone, flat: dict[str, str]) -> None:
    if field.form == "list" and field.item is not None and isinstance(value, list):
        for place, one in enumerate(value):
            _write(field.item, one, f"{path}.{place}", zone, flat)
    elif field.fields and isinstance(value, dict):
        for one in field.fields:
            if one.name in value:
                _write(one, value[one.name], f"{path}.{one.name}", zone, flat)
    elif field.form in ("rows", "content"):
        flat[f"{path}.{KEPT}"] = canonical_bytes(value).decode("utf-8")
    elif field.form == "flag":
        flat[path] = "yes" if value is True else ""
    else:
        flat[path] = local_of(value, zone) if field.form == "instant" and isinstance(value, str) else str(value)


def _tidy(fields: tuple[Field, ...], tree: Mapping[str, Any], path: str, tidy: dict[str, str]) -> None:
    for field in fields:
        typed, here = tree.get(field.name), f"{path}{field.name}"
        _tidy_one(field, typed, here, tidy)


def _tidy_one(field: Field, typed: Any, path: str, tidy: dict[str, str]) -> None:
    if isinstance(typed, str):
        if field.form not in ("list", "group", "names", "rows", "content"):
            tidy[path] = typed
    elif isinstance(typed, dict) and field.form == "list" and field.item is not None:
        place = 0
        for old in _places(typed):
            row: dict[str, str] = {}
            _tidy_one(field.item, typed[old], f"{path}.{place}", row)
            if any(text.strip() for text in row.values()):
                tidy.update(row)
                place += 1
    elif isinstance(typed, dict) and field.form in ("rows", "content"):
        tidy.update({f"{path}.{name}": text for name, text in typed.items() if name in (KEPT, "file") and isinstance(text, str)})
    elif isinstance(typed, dict):
        _tidy(field.fields, typed, f"{path}.", tidy)
