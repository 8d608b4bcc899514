"""One reading as a gauge or gateway sends it, JSON or a row of CSV; what is not plainly one is refused with a word for why."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite, nan
from typing import Any, Final, NoReturn

from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.units import unit_of

MAX_PAYLOAD: Final = 4_096
"""A payload or row of more bytes is not looked into."""
MAX_NAME: Final = 256
MAX_VALUE: Final = 1e100
"""No larger value is taken: its square must still add up."""
FIELDS: Final = ("stream", "time", "value", "unit")
TIMESTAMPS: Final = "timestamp[us, tz=UTC]"
WHOLE: Final = "int64"
REASONS: Final = ("oversize", "not-json", "fields", "stream", "time", "value", "unit", "row")
"""Words for what is wrong with a payload or row."""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6}))?([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class NoReadingError(FormatError):
    """A payload or row is no reading; `reason` is one of `REASONS`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading as it came.

    Args:
        stream: what was measured where.
        time: microseconds since 1970 (UTC), or the whole number that was given.
        value: finite, NaN where it is said to be missing.
        unit: as it was said; None where it was not.
    """

    stream: str
    time: int
    value: float
    unit: str | None


def payload_reading(payload: bytes, *, stream: str | None, clock: str) -> Reading:
    """Return the reading in a JSON object `{"stream": …, "time": …, "value": …, "unit": …}`.

    Args:
        payload: UTF-8.
        stream: whose reading it is as the topic says; None where the payload has to say it.
        clock: `TIMESTAMPS` (times are RFC 3339 texts) or `WHOLE` (whole numbers).

    Raises:
        NoReadingError: it is none, or says something else besides.

    Source: [RFC8259]; [RFC3339] section 5.6.
    """
    if len(payload) > MAX_PAYLOAD:
        raise NoReadingError("oversize", f"{len(payload)} bytes; at most {MAX_PAYLOAD} are looked into")
    try:
        said = json.loads(
            payload.decode("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_no_constant, parse_int=_whole_number
        )
    except NoReadingError:
        raise
    except (ValueError, RecursionError) as error:
        raise NoReadingError("not-json", f"not JSON in UTF-8: {str(error)[:100]}") from None
    if not isinstance(said, dict):
        raise NoReadingError("fields", "a reading is an object with time, value, perhaps stream and unit")
    return _reading(said, stream, clock)


def row_reading(row: str, columns: Sequence[str], *, stream: str, clock: str) -> Reading:
    """Return the reading in a row of CSV; an empty value is a missing one.

    Args:
        row: without its line end.
        columns: their names, of `FIELDS`, in order.
        stream: whose reading it is where there is no column `stream`.
        clock: as of `payload_reading`.

    Raises:
        NoReadingError: it is none.

    Source: [RFC4180], without line breaks in cells.
    """
    cells = row_cells(row)
    if len(cells) != len(columns):
        raise NoReadingError("row", f"{len(cells)} cells where the header has {len(columns)}")
    said: dict[str, Any] = dict(zip(columns, cells, strict=True))
    value = said["value"]
    if value == "":
        said["value"] = None
    elif not _NUMBER.fullmatch(value):
        raise NoReadingError("value", f"value {value[:40]!r}; write a number with a decimal point, or leave the cell empty")
    else:
        said["value"] = float(value)
    if clock == WHOLE:
        said["time"] = int(said["time"]) if _WHOLE.fullmatch(said["time"]) else said["time"]
    if not said.get("unit", "absent"):
        del said["unit"]
    return _reading(said, None if "stream" in said else stream, clock)


def row_cells(row: str) -> list[str]:
    """Return the cells of a row of CSV.

    Raises:
        NoReadingError: a quotation mark stands where none can.
    """
    if '"' not in row:
        return row.split(",")
    cells, rest = [], row
    while True:
        found = re.match(r'"((?:[^"]|"")*)"(,|\Z)' if rest.startswith('"') else r'([^",]*)(,|\Z)', rest)
        if found is None:
            raise NoReadingError("row", "a quotation mark stands where none can; RFC 4180 says how cells are quoted")
        cells.append(found[1].replace('""', '"'))
        rest = rest[found.end() :]
        if not found[2]:
            return cells


def header_columns(row: str) -> tuple[str, ...]:
    """Return the columns that a header names.

    Raises:
        NoReadingError: one is missing, unknown or there twice.
    """
    columns = tuple(row_cells(row))
    if len(set(columns)) != len(columns) or not {"time", "value"} <= set(columns) <= set(FIELDS):
        raise NoReadingError("row", f"the header is {row[:80]!r}; columns are time, value, perhaps stream, unit, and commas")
    return columns


def instant_text(time: int, clock: str) -> str | int:
    """Return a time as it is told: RFC 3339 in UTC, or the whole number."""
    if clock == WHOLE:
        return time
    return (_EPOCH + time * _MICROSECOND).isoformat().replace("+00:00", "Z")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NoReadingError("fields", "a field is there twice")
    return found


def _no_constant(text: str) -> NoReturn:
    raise NoReadingError("not-json", f"{text} is no JSON; a missing value is null")


def _whole_number(text: str) -> int | float:
    return int(text) if len(text) <= 20 else float(text)


def _reading(said: Mapping[str, Any], stream: str | None, clock: str) -> Reading:
    """The reading of an object, field by field."""
    if unknown := sorted(set(said) - set(FIELDS)):
        raise NoReadingError("fields", f"unknown field {unknown[0][:40]!r}; a reading has {', '.join(FIELDS)}")
    if missing := [name for name in ("time", "value") if name not in said]:
        raise NoReadingError("fields", f"no field {missing[0]}")
    name = said.get("stream", stream)
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise NoReadingError("stream", f"a stream is called by a text of 1 to {MAX_NAME} characters that can be shown")
    if stream is not None and name != stream:
        raise NoReadingError("stream", f"stream {name[:60]!r} came by the topic of {stream[:60]!r}")
    return Reading(name, _time(said["time"], clock), _value(said["value"]), _unit(said.get("unit")))


def _time(said: Any, clock: str) -> int:
    if clock == WHOLE:
        if type(said) is not int or not -(2**63) < said < 2**63:
            raise NoReadingError("time", f"time {str(said)[:40]!r}; times are whole numbers of 64 bits here")
        return int(said)
    found = _INSTANT.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise NoReadingError(
            "time", f"time {str(said)[:40]!r}; write 2026-11-30T08:00:00.000Z, with the offset and at most microseconds"
        )
    zone = "+00:00" if found[4] in "Zz" else found[4]
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}.{(found[3] or '').ljust(6, '0')}{zone}")
        return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        raise NoReadingError("time", f"time {said!r}: no such day or time") from None


def _value(said: Any) -> float:
    if said is None:
        return nan
    if type(said) not in (int, float):
        raise NoReadingError("value", f"value {str(said)[:40]!r}; it is a number, or null where it is missing")
    value = float(said)
    if not isfinite(value) or abs(value) > MAX_VALUE:
        raise NoReadingError("value", f"value {value}; numbers from -{MAX_VALUE} to {MAX_VALUE} are taken")
    return value


def _unit(said: Any) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or len(said) > MAX_NAME:
        raise NoReadingError("unit", "a unit is a text")
    try:
        unit_of(said)
    except (FormatError, DomainError) as error:
        raise NoReadingError("unit", f"unit {said[:40]!r}: {str(error)[:100]}") from None
    return said
