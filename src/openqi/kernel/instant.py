"""Instants of time as evidence writes them: whole seconds of UTC, `YYYY-MM-DDThh:mm:ssZ`."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from openqi.kernel.errors import FormatError

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")


@lru_cache(maxsize=1024)  # many records are sealed in one second
def parse_instant(text: str) -> datetime:
    """Return the instant that `text` writes.

    Raises:
        FormatError: not `YYYY-MM-DDThh:mm:ssZ`, or no such day or time (leap seconds are not accepted).

    Source: [RFC3339] section 5.6, restricted to UTC and whole seconds.
    """
    if not _FORM.fullmatch(text):
        raise FormatError(f"instant {text[:40]!r}: write YYYY-MM-DDThh:mm:ssZ, for example 2026-11-20T08:00:00Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise FormatError(f"instant {text!r}: no such day or time") from error


def format_instant(instant: datetime) -> str:
    """Return `instant` as evidence writes it; a fraction of a second is cut off, never rounded up into the future.

    Raises:
        FormatError: the instant has no time zone, so it names no instant.
    """
    if instant.tzinfo is None:
        raise FormatError(f"instant {instant!r} has no time zone; give one, for example datetime.UTC")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
