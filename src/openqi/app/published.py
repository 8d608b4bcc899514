"""What comes with the package: calendars as the State Council's notices say them, and limits of market surveillance as laws do."""

import json
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from openqi.kernel.errors import NotFoundError
from openqi.records import of_json
from openqi.records.tasks import CalendarPublished, LimitPublished

_FOLDER: Final = "calendars"
_LIMITS: Final = "limits/cn-market-surveillance.json"
UNVERIFIED: Final = MappingProxyType(
    {
        "text": ("出自哪一规定", "which text says it"),
        "order": ("令号", "number of the order"),
        "in-force": ("施行日期", "day in force"),
    }
)
"""What of a source may not have been compared with the text. How much the limit is was read each time, in the text or in a page
that quotes it."""


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


def limit_names() -> tuple[str, ...]:
    """Return the names of the legal limits at hand, such as `publication`."""
    return tuple(_limits())


def limit_at_hand(name: str, limit: str, calendar: str) -> LimitPublished:
    """Return a legal limit as the operator of a log may publish it, after comparing it with its text; see `limit_unverified`.

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
    told: dict[str, object] = {"ground": "legal", "ends": "next-working-day", "limit": limit, "calendar": calendar}
    told |= {member: value for member, value in known[name].items() if member not in {"unverified", "source"}}
    return of_json(told | {"source": _source(known[name])}, LimitPublished)


def limit_unverified(name: str) -> tuple[str, ...]:
    """Return what of the source of a limit at hand nobody has compared with the text: members of UNVERIFIED.

    Raises:
        NotFoundError: no such limit is at hand.
    """
    known = _limits()
    if name not in known:
        raise NotFoundError(f"no limit {name[:40]!r} comes with the package; there are {', '.join(known)}")
    return tuple(known[name]["unverified"])


def _source(told: dict[str, Any]) -> dict[str, str]:
    """The source as a record states it: with what was not compared with the text, so that no record claims it unsaid."""
    open_ = told["unverified"]
    if not open_:
        return dict(told["source"])
    zh, en = "、".join(UNVERIFIED[one][0] for one in open_), ", ".join(UNVERIFIED[one][1] for one in open_)
    return {
        "zh": f"{told['source']['zh']}（未与原文核对：{zh}）",
        "en": f"{told['source']['en']} (not verified at the source: {en})",
    }


def _limits() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((files("openqi.app") / _LIMITS).read_text(encoding="utf-8"))
    return found
