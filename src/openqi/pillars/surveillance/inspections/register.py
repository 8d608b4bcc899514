"""Registers of inspections: draws with their days, visits with what is to be corrected until when, steps and counts by reason.

Nothing expires in them: a day until which something had to be done is a column, and whether it is over is asked with a date.
No row that counts as public tells anything of a record that is not: numbers of those are kept apart for each party that may see
them, and rows of single ones say that they are not public, so that whoever reads them asks who may.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.records.draws import DrawCancelled, DrawCommitted, DrawMade, DrawShown
from openqi.records.inspections import (
    AssignmentChanged,
    FollowUpReported,
    OfficersAssigned,
    RateEstimated,
    ResultsPublished,
    VisitReported,
)

OF_DRAWS: Final = frozenset(
    one.KIND
    for one in (
        DrawCommitted, DrawCancelled, DrawMade, DrawShown, OfficersAssigned, AssignmentChanged, VisitReported, ResultsPublished,
        FollowUpReported, RateEstimated,
    )
)  # fmt: skip
"""Kinds of all records that move a row of a draw."""
_MOST: Final = 2**40


def start_of(party: str | None) -> str:
    """Return how the keys begin of the rows of a party; those of everybody begin with nothing."""
    return "" if party is None else f"={short(party)}."


def draw_key(committed: str, origin: str, party: str | None = None) -> str:
    """Return the key of a draw in `INSPECTED_DRAWS`: with what is public, or with what only a party may see."""
    return f"{start_of(party)}{committed[:32]} {short(origin)}"


def short(text: str) -> str:
    """Return what stands for a text in a key."""
    return sha256(text.encode()).hexdigest()[:32]


def seen_by(record: Record) -> tuple[str | None, ...]:
    """Return for whom a record has rows: None for everybody, or each party that may see what is not public."""
    return (None,) if record.public else tuple(dict.fromkeys((record.issuer, *(record.statement.visible_to or ()))))


def text_in(body: Any, name: str) -> str:
    """Return a member of a body that is a text, else ""; a foreign record of one of our kinds may have any."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def count_in(body: Any, name: str) -> int:
    """Return a member of a body that is a number, else 0."""
    value = body.get(name)
    return value if type(value) is int and 0 <= value < _MOST else 0


def items_in(body: Any) -> int:
    """Return how many items a body is about."""
    items = body.get("items")
    return count_in(items, "count") if isinstance(items, dict) else 0


def decided(record: Record) -> bool:
    """Return whether a record of a draw was decided: what somebody only states has no row."""
    return record.kind in OF_DRAWS and record.basis is not None and bool(committed_of(record))


def committed_of(record: Record) -> str:
    """Return the record that committed to the draw which a record is about, itself perhaps; "" where it names none."""
    return record.id if record.kind == DrawCommitted.KIND else text_in(record.body, "committed")


def more(row: Row, name: str, added: int = 1) -> int:
    """Return a number of a row with so many more."""
    return int(row[name] or 0) + added


_TEXTS: Final = (
    "organiser", "made", "publication_limit", "visits_from", "visits_until", "cancelled", "estimated", "assigned",
    "published_record", "committed_at", "made_at", "assigned_at", "visited_at", "published_at",
)  # fmt: skip
_NUMBERS: Final = (
    "hidden", "drawn", "visits", "changes", "passed_over", "publications", "published", "late", "reported", "waiting", "follow_ups",
    "published_place",
)  # fmt: skip
_NEVER: Final[dict[str, Cell]] = {**dict.fromkeys(_TEXTS), **dict.fromkeys(_NUMBERS, 0)}


def _draw_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    return [draw_key(committed_of(record), logged.origin, party) for party in seen_by(record)] if decided(record) else ()


def _draw_rows(row: Row | None, logged: Logged) -> Row | None:
    record, at = logged.record, logged.record.valid_from
    told: Row = {"origin": logged.origin, "draw": text_in(record.body, "draw"), "committed": committed_of(record)}
    before: Row = row or {**_NEVER, **told, "public": int(record.public)}
    return {**before, **_draw_after(before, record, logged.index, at)}


def _draw_after(row: Row, record: Record, place: int, at: str) -> Row:
    body = record.body
    match record.kind:
        case DrawCommitted.KIND:
            return {
                "organiser": text_in(body, "organiser"), "committed_at": at, "visits_from": text_in(body, "visitsFrom"),
                "visits_until": text_in(body, "visitsUntil"), "publication_limit": text_in(body, "publicationLimit") or None,
            }  # fmt: skip
        case DrawCancelled.KIND:
            return {"cancelled": record.id}
        case DrawMade.KIND | DrawShown.KIND:
            hidden = int(record.kind == DrawMade.KIND and body.get("hidden") is True)
            return {"made": record.id, "hidden": hidden, "drawn": items_in(body), "made_at": row["made_at"] or at}
        case OfficersAssigned.KIND:
            return {"assigned": record.id, "assigned_at": at}
        case AssignmentChanged.KIND:
            passed = body.get("passedOver")
            many = len(passed) if isinstance(passed, list) else 0
            return {"changes": more(row, "changes"), "passed_over": more(row, "passed_over", many)}
        case VisitReported.KIND:
            return {"visits": more(row, "visits"), "visited_at": at}
        case ResultsPublished.KIND:
            return _published(row, record, place, at)
        case FollowUpReported.KIND:
            return {"follow_ups": more(row, "follow_ups")}
    return {"estimated": record.id}


def _published(row: Row, record: Record, place: int, at: str) -> Row:
    body = record.body
    told = max(items_in(body) - count_in(body, "takenBack"), 0)
    return {
        "publications": more(row, "publications"), "published": more(row, "published", told),
        "late": more(row, "late", count_in(body, "late")),
        "reported": count_in(body, "reported"), "waiting": count_in(body, "waiting"), "published_record": record.id,
        "published_at": at, "published_place": place,
    }  # fmt: skip


INSPECTED_DRAWS = Fold(
    name="inspected_draws",
    version=1,
    columns={
        "origin": str, "public": int, "draw": str, "committed": str, **dict.fromkeys(_TEXTS, str), **dict.fromkeys(_NUMBERS, int),
    },
    keys=_draw_keys,
    step=_draw_rows,
    indexes=(("origin", "public", "visits_until"),),
)  # fmt: skip
"""A row a draw: what became of it and when. Numbers are gross; what was withdrawn has its rows in `INSPECTION_STEPS`.

A draw is known by the record that committed to it: under one URI somebody else may commit too. `published` and `late` add up over
publications, a corrected result again; `reported` and `waiting` are as the newest publication has them.
"""
