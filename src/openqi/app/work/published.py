"""What comes with the package: calendars as the State Council's notices say them, and limits of market surveillance as laws do."""

import json
from importlib.resources import files
from typing import Final

from openqi.kernel.errors import NotFoundError
from openqi.records import of_json
from openqi.records.tasks import CalendarPublished, LimitPublished

_FOLDER: Final = "calendars"
_LIMITS: Final = "limits/cn-market-surveillance.json"


def calendar_names() -> tuple[str, ...]:
    """Return the names of the calendars at hand, such as `cn-2026`."""
    folder = files("openqi.app.work") / _FOLDER
    return tuple(sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json")))


def calendar_at_hand(name: str, calendar: str) -> CalendarPublished:
    """Return a calendar as the operator of a log may publish it.

    Args:
        name: one of `calendar_names()`.
        calendar: URI under which it is published; the same for all years.

    Raises:
        NotFoundError: no such calendar is at hand.
        FormatError: the URI is not one.
    """
    if name not in calendar_names():
        raise NotFoundError(f"no calendar {name[:40]!r} comes with the package; there are {', '.join(calendar_names())}")
    told = json.loads((files("openqi.app.work") / _FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return of_json({"calendar": calendar, **told}, CalendarPublished)


def limit_names() -> tuple[str, ...]:
    """Return the names of the legal limits at hand, such as `publication`."""
    return tuple(_limits())


def limit_at_hand(name: str, limit: str, calendar: str) -> LimitPublished:
    """Return a legal limit as the operator of a log may publish it, after comparing it with the text that it names.

    Args:
        name: one of `limit_names()`.
        limit: URI under which it is published.
        calendar: URI of the calendar that it is counted on.

    Raises:
        NotFoundError: no such limit is at hand.
        FormatError: a URI is none.
    """
    known = _limits()
    if name not in known:
        raise NotFoundError(f"no limit {name[:40]!r} comes with the package; there are {', '.join(known)}")
    told = {"ground": "legal", "ends": "next-working-day", "limit": limit, "calendar": calendar}
    return of_json(told | known[name], LimitPublished)


def _limits() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((files("openqi.app.work") / _LIMITS).read_text(encoding="utf-8"))
    return found
