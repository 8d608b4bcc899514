"""EPCIS 2.0 events in JSON-LD: what happened to which items, when, at which step and place, with nothing left out in silence.

Read are the four kinds of event from which lineage follows. No @context is resolved and nothing is fetched: names are taken as
the standard context gives them. The words of the core business vocabulary come in three spellings and leave in the short one.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal, NoReturn

import msgspec

from openqi.kernel.errors import FormatError

MAX_BYTES: Final = 64 * 2**20
MAX_EVENTS: Final = 200_000
MAX_EPCS: Final = 100_000
# Commas bound how many values a document can have, before any of them takes memory.
_MAX_COMMAS: Final = 8_000_000
_MAX_TEXT: Final = 2_000
_URI = re.compile(r"[^\s\x00-\x20<>\"{}|\\^`\x7f\ud800-\udfff]{1,2000}")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,20})?(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)
_OFFSET = re.compile(r"[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00")
_WORD: Final = {
    member: re.compile(rf"(?:https://ref\.gs1\.org/cbv/{long}-|cbv:{long}-|urn:epcglobal:cbv:{long.lower()}:)([A-Za-z0-9_]+)")
    for member, long in {"bizStep": "BizStep", "disposition": "Disp"}.items()
}

EventType = Literal["ObjectEvent", "AggregationEvent", "TransformationEvent", "AssociationEvent"]
Action = Literal["ADD", "OBSERVE", "DELETE"]

_EVERY = frozenset({"type", "eventID", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "disposition", "readPoint",
                    "bizLocation", "errorDeclaration"})  # fmt: skip
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "ObjectEvent": _EVERY | {"epcList"},
    "AggregationEvent": _EVERY | {"parentID", "childEPCs"},
    "TransformationEvent": _EVERY - {"action"} | {"inputEPCList", "outputEPCList"},
    "AssociationEvent": _EVERY | {"parentID", "childEPCs"},
}
# Something must say what an event is about; where it is a quantity or a sensor, that member is among the ignored.
_ABOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "ObjectEvent": ("epcList", "quantityList", "sensorElementList"),
    "AggregationEvent": ("parentID", "childEPCs", "childQuantityList"),
    "TransformationEvent": ("inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID"),
    "AssociationEvent": ("parentID",),
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. What a kind of event does not have is None or empty."""

    type: EventType
    position: int
    """Counted from 1 in its document."""
    at: str
    """The second of UTC in which it happened, `YYYY-MM-DDThh:mm:ssZ`; a fraction is cut off here and kept in `event_time`."""
    event_time: str
    """As it was written."""
    offset: str | None = None
    """The local time at the place, `+08:00`, where it is stated."""
    action: Action | None = None
    event_id: str | None = None
    epcs: tuple[str, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    business_step: str | None = None
    """The short word of the core business vocabulary, `shipping`, or the URI of another vocabulary."""
    disposition: str | None = None
    read_point: str | None = None
    business_location: str | None = None
    declared_wrong: str | None = None
    """When somebody declared that this event never happened as it says; such an event must not be counted."""
    ignored: tuple[str, ...] = ()
    """Members that were there and are not read: quantities, sensors, extensions; `readPoint.name` for one inside of another."""


class _RefusedError(Exception):
    """Why an event is refused, before it is known where it stands."""


def read_events(data: bytes, *, name: str) -> tuple[Event, ...]:
    """Return the events of an EPCIS document, a query document, a list of events or one event, in their order.

    Args:
        data: JSON in UTF-8, at most 64 MB with 200,000 events of 100,000 identifiers each.
        name: of the file, for messages.

    Raises:
        FormatError: not JSON, a name twice in one object, no EPCIS document, another type of event, or a member that is
            missing or not what it must be; the message says which event.
    """
    events = _events(_document(data, name), name)
    if len(events) > MAX_EVENTS:
        raise FormatError(f"{name}: {len(events)} events; at most {MAX_EVENTS} are read, split the document")
    found = []
    for position, value in enumerate(events, 1):
        try:
            found.append(_event(value, position))
        except _RefusedError as error:
            raise FormatError(f"{name}: event {position}: {error}") from error
    return tuple(found)


def _document(data: bytes, name: str) -> Any:
    if len(data) > MAX_BYTES or data.count(b",") > _MAX_COMMAS:
        raise FormatError(f"{name}: {len(data)} bytes; at most {MAX_BYTES} with {_MAX_COMMAS} commas are read, split the document")
    try:
        # The numbers of a document are all in members that are not read; as floats they are never large.
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=float, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise FormatError(f"{name}:{error.lineno}: not JSON: {error.msg} at character {error.colno}") from error
    except RecursionError as error:
        raise FormatError(f"{name}: nested too deep to be read") from error
    except _RefusedError as error:
        raise FormatError(f"{name}: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"the member {twice[:80]!r} stands twice in one object; keep one")
    return members


def _no_number(text: str) -> NoReturn:
    raise _RefusedError(f"{text} is no JSON number")


def _events(value: Any, name: str) -> list[Any]:
    if isinstance(value, list):
        return value
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in ("EPCISDocument", "EPCISQueryDocument"):
        if isinstance(kind, str) and kind.endswith("Event"):
            return [value]
        raise FormatError(f"{name}: an EPCISDocument or a list of events is read; this has the type {_short(kind)}")
    steps = ["epcisBody", *(("queryResults", "resultsBody") if kind == "EPCISQueryDocument" else ()), "eventList"]
    for step in steps:
        # A document may hold one event alone, without a list around it.
        if step == "eventList" and isinstance(value, dict) and step not in value and "event" in value:
            return [value["event"]]
        value = value.get(step) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise FormatError(f"{name}: the document has no {'.'.join(steps)}")
    return value


def _event(value: Any, position: int) -> Event:
    if not isinstance(value, dict):
        raise _RefusedError("it is no object")
    kind = value.get("type")
    known = _KNOWN.get(kind) if isinstance(kind, str) else None
    if known is None or not isinstance(kind, str):
        raise _RefusedError(f"an event of type {_short(kind)} is not read; {', '.join(_KNOWN)} are")
    ignored = [name for name in value if name not in known]
    action = None if kind == "TransformationEvent" else _action(value)
    if not any(value.get(about) for about in _ABOUT[kind]):
        raise _RefusedError(f"it is about nothing; give one of {', '.join(_ABOUT[kind])}")
    parent = _uri(value, "parentID") if "parentID" in known else None
    if parent is None and action in {"ADD", "DELETE"} and "parentID" in known:
        raise _RefusedError(f"parentID is missing; something was {'put into' if action == 'ADD' else 'taken out of'} it")
    time = value.get("eventTime")
    if not isinstance(time, str):
        _missing("eventTime", time)
    return Event(
        type=kind,  # type: ignore[arg-type]
        position=position,
        at=_instant(time),
        event_time=time,
        offset=_offset(value.get("eventTimeZoneOffset")),
        action=action,
        event_id=_uri(value, "eventID"),
        epcs=_uris(value, "epcList", known),
        parent=parent,
        children=_uris(value, "childEPCs", known),
        inputs=_uris(value, "inputEPCList", known),
        outputs=_uris(value, "outputEPCList", known),
        business_step=_word(value.get("bizStep"), "bizStep"),
        disposition=_word(value.get("disposition"), "disposition"),
        read_point=_place(value, "readPoint", ignored),
        business_location=_place(value, "bizLocation", ignored),
        declared_wrong=_declared(value, ignored),
        ignored=tuple(ignored),
    )


def _short(value: Any) -> str:
    """What stands there, for a message; never the inside of a value, which may be nested as deep as it likes."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return repr(value[:80] if isinstance(value, str) else value)


def _missing(member: str, value: Any) -> NoReturn:
    raise _RefusedError(f"{member} is missing" if value is None else f"{member} {_short(value)} is no text")


def _action(value: dict[str, Any]) -> Any:
    action = value.get("action")
    if action not in ("ADD", "OBSERVE", "DELETE"):
        raise _RefusedError(f"action {_short(action)} is none of ADD, OBSERVE, DELETE")
    return action


@lru_cache(maxsize=4096)  # the events of a line happen in the same seconds
def _instant(text: str) -> str:
    found = _TIME.fullmatch(text)
    if found is None:
        raise _RefusedError(
            f"time {_short(text)} is not YYYY-MM-DDThh:mm:ss with an optional fraction and Z or an offset as +08:00"
        )
    try:
        moment = datetime.fromisoformat(found[1] + ("+00:00" if found[2] == "Z" else found[2]))
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError) as error:
        raise _RefusedError(f"time {_short(text)}: no such day, time or offset; leap seconds are not read") from error


def _offset(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and _OFFSET.fullmatch(value)):
        return value
    raise _RefusedError(f"eventTimeZoneOffset {_short(value)} is not an offset as +08:00")


def _uri(value: dict[str, Any], member: str) -> str | None:
    text = value.get(member)
    if text is None:
        return None
    if not isinstance(text, str) or not _URI.fullmatch(text):
        raise _RefusedError(f"{member} {_short(text)} is no identifier of 1 to {_MAX_TEXT} characters without spaces")
    return text


def _uris(value: dict[str, Any], member: str, known: frozenset[str]) -> tuple[str, ...]:
    if member not in known or (found := value.get(member)) is None:
        return ()
    if not isinstance(found, list) or len(found) > MAX_EPCS:
        raise _RefusedError(f"{member} is no list of at most {MAX_EPCS} identifiers")
    for text in found:
        if not isinstance(text, str) or not _URI.fullmatch(text):
            raise _RefusedError(f"{member} holds {_short(text)}; an identifier has 1 to {_MAX_TEXT} characters without spaces")
    return tuple(found)


def _word(value: Any, member: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _URI.fullmatch(value):
        raise _RefusedError(f"{member} {_short(value)} is no word and no URI")
    if ":" not in value:
        return value
    found = _WORD[member].fullmatch(value)
    return found[1] if found else value


def _place(value: dict[str, Any], member: str, ignored: list[str]) -> str | None:
    place = value.get(member)
    if place is None:
        return None
    if not isinstance(place, dict) or "id" not in place:
        raise _RefusedError(f"{member} is no object with an id")
    if len(place) > 1:
        ignored += [f"{member}.{name}" for name in place if name != "id"]
    return _uri(place, "id")


def _declared(value: dict[str, Any], ignored: list[str]) -> str | None:
    declaration = value.get("errorDeclaration")
    if declaration is None:
        return None
    time = declaration.get("declarationTime") if isinstance(declaration, dict) else None
    if not isinstance(time, str):
        _missing("errorDeclaration.declarationTime", time)
    ignored += [f"errorDeclaration.{name}" for name in declaration if name != "declarationTime"]
    return _instant(time)
