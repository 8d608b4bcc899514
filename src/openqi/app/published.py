"""Calendars that come with the package: Chinese holidays and make-up days as the State Council's notices say them."""

import json
from importlib.resources import files
from typing import Final

from openqi.kernel.errors import NotFoundError
from openqi.records import of_json
from openqi.records.tasks import CalendarPublished

_FOLDER: Final = "calendars"


def calendar_names() -> tuple[str, ...]:
    """Return the names of the calendars at hand, such as `cn-2026`."""
    folder = files("openqi.app") / _FOLDER
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
    told = json.loads((files("openqi.app") / _FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return of_json({"calendar": calendar, **told}, CalendarPublished)
