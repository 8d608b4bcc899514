"""What calendars and limits of a workspace become: the operator of the log publishes them, and what is due is counted by them."""

from typing import Any

from openqi.app.published import calendar_at_hand, calendar_names, limit_at_hand, limit_names
from openqi.app.workspace.builder import Builder
from openqi.app.workspace.entries import stated
from openqi.app.workspace.inspecting import CalendarDeclared, LimitDeclared
from openqi.kernel.errors import FormatError
from openqi.records import as_json, of_json
from openqi.records.tasks import CalendarPublished, LimitPublished


def calendar(builder: Builder, slot: str, declared: CalendarDeclared) -> None:
    """Publish a calendar: one that comes with the package, or one that the entry tells whole."""
    workspace = builder.workspace
    needed = {one: getattr(declared, one) for one in ("name", "source", "since", "until", "offset")}
    if declared.at_hand is None:
        if missing := [name for name, value in needed.items() if value is None]:
            raise workspace.where(slot).error(f"{missing[0]!r} is missing; tell the whole calendar, or name one `at_hand`")
        body = _told(declared)
    else:
        if any(needed.values()) or declared.weekend or declared.holidays or declared.working_days:
            raise workspace.at(slot, "at_hand").error("a calendar at hand is whole; leave the other members out")
        if declared.at_hand not in calendar_names():
            known = ", ".join(calendar_names())
            raise workspace.at(slot, "at_hand").error(f"{declared.at_hand!r} does not come with the package; known are {known}")
        body = calendar_at_hand(declared.at_hand, declared.uri)
    stated(builder, slot, workspace.declared.ledger.operator, body)


def _told(declared: CalendarDeclared) -> CalendarPublished:
    told: dict[str, Any] = {
        "calendar": declared.uri, "name": _json(declared.name), "source": _json(declared.source), "since": declared.since,
        "until": declared.until, "offset": declared.offset, "weekend": list(declared.weekend),
        "holidays": [
            {"first": one.first, "last": one.last, "name": _json(one.name)}
            for one in sorted(declared.holidays.values(), key=lambda one: one.first)
        ],
        "workingDays": sorted(declared.working_days),
    }  # fmt: skip
    return of_json(told, CalendarPublished)


def _json(names: Any) -> dict[str, Any]:
    return {name: text for name, text in as_json(names).items() if text}


def limit(builder: Builder, slot: str, declared: LimitDeclared) -> None:
    """Publish a limit, counted by a calendar of the workspace: one that comes with the package, or one that the entry tells."""
    workspace = builder.workspace
    workspace.known(slot, "calendar", "calendars", declared.calendar)
    calendar_uri = workspace.declared.calendars[declared.calendar].uri
    needed = {one: getattr(declared, one) for one in ("name", "source", "ground", "count", "unit", "valid_from")}
    if declared.at_hand is None:
        if missing := [name for name, value in needed.items() if value is None]:
            raise workspace.where(slot).error(f"{missing[0]!r} is missing; tell the whole limit, or name one `at_hand`")
        body = _limit(builder, slot, declared, calendar_uri)
    else:
        if any(value is not None for value in needed.values()) or declared.valid_until is not None:
            raise workspace.at(slot, "at_hand").error("a limit at hand is whole; leave the other members out")
        if declared.at_hand not in limit_names():
            known = ", ".join(limit_names())
            raise workspace.at(slot, "at_hand").error(f"{declared.at_hand!r} does not come with the package; known are {known}")
        body = limit_at_hand(declared.at_hand, declared.uri, calendar_uri)
    stated(builder, slot, workspace.declared.ledger.operator, body)


def _limit(builder: Builder, slot: str, declared: LimitDeclared, calendar_uri: str) -> LimitPublished:
    workspace, until = builder.workspace, declared.valid_until
    try:
        return of_json({
            "limit": declared.uri, "name": _json(declared.name), "source": _json(declared.source), "ground": declared.ground,
            "count": declared.count, "unit": declared.unit, "ends": declared.ends, "pausing": declared.pausing,
            "calendar": calendar_uri, "validFrom": workspace.instant(slot, "valid_from", declared.valid_from or ""),
            **({} if until is None else {"validUntil": workspace.ending(slot, "valid_until", until)}),
        }, LimitPublished)  # fmt: skip
    except FormatError as error:
        raise workspace.where(slot).error(str(error)) from error
