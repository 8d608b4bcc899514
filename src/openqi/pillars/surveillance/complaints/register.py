"""The registers of complaints: each as it stands and until when what is due, upheld ones by what they are about, and totals.

Rows of complaints are sealed as the complaints are: whoever reads them asks who may, by `authority`, and by `told`, the firm that
may see it. Nothing expires in them: a day is a column, and whether it is over is asked with a date.
"""

from collections.abc import Iterable
from typing import Any, Final

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.pillars.surveillance.inspections.register import more, short, text_in
from openqi.records.complaint_counts import ComplaintsJoined
from openqi.records.complaints import (
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintDecided,
    ComplaintFollowed,
    ComplaintReceived,
    ComplaintTestBegun,
    ComplaintTestEnded,
    ComplaintUpheld,
)
from openqi.records.governance import Withdrawn

OPEN: Final = ("received", "accepted", "testing")
"""States in which something is still to be done."""
_STEPS: Final = frozenset(
    one.KIND
    for one in (
        ComplaintDecided, ComplaintTestBegun, ComplaintTestEnded, ComplaintAnswered, ComplaintClosed, ComplaintFollowed,
    )
)  # fmt: skip


def complaint_key(received: str, origin: str) -> str:
    """Return the key of a complaint in `COMPLAINTS`, by the record of its receipt."""
    return f"{received[:32]} {short(origin)}"


def _own(record: Record) -> bool:
    return record.basis is not None


def _keys(logged: Logged) -> Iterable[str]:
    record, body = logged.record, logged.record.body
    if record.kind == Withdrawn.KIND:
        names = [text_in(body, "record")] if any("#complaints" in one for one in record.streams) else []
    elif not _own(record):
        names = []
    elif record.kind == ComplaintReceived.KIND:
        names = [record.id]
    elif record.kind == ComplaintsJoined.KIND:
        told = body.get("complaints")
        names = [one for one in told if isinstance(one, str)] if isinstance(told, list | tuple) else []
    else:
        names = [text_in(body, "received")] if record.kind in _STEPS else []
    return dict.fromkeys(complaint_key(one, logged.origin) for one in names if one)


def _row(row: Row | None, logged: Logged) -> Row | None:
    record = logged.record
    if record.kind == ComplaintReceived.KIND:
        return _received(logged)
    if row is None:
        return None
    if record.kind == Withdrawn.KIND:
        return None if record.issuer == row["authority"] else row
    if record.issuer != (row["firm"] if record.kind == ComplaintAnswered.KIND else row["authority"]):
        return row  # what strangers say of a complaint moves no row
    return {**row, **_after(row, record)}


def _received(logged: Logged) -> Row:
    record, body = logged.record, logged.record.body
    firm = text_in(body, "firm")
    told = firm if firm and firm in (record.statement.visible_to or ()) else ""
    texts = {name: text_in(body, member) for name, member in _TEXTS.items()}
    return {
        "origin": logged.origin, "public": int(record.public), "received": record.id, "authority": record.issuer, "firm": firm,
        "told": told, "place": logged.index, "state": "received", "due": text_in(body, "decideBy") or None, "decided": None,
        "closed": None, "outcome": "", "testing_since": None, "test_days": 0, "late": 0, "answers": 0, "joined": "", "at":
        record.valid_from, "harmed": int(body.get("harmed") is True), **texts,
    }  # fmt: skip


_TEXTS: Final = {
    "complaint": "complaint", "product": "product", "lot": "lot", "item": "item", "mark": "mark", "matter": "matter",
    "hazard": "hazard", "channel": "channel", "received_at": "receivedAt", "same_as": "sameAs",
}  # fmt: skip


def _after(row: Row, record: Record) -> dict[str, Any]:
    body = record.body
    late = {"late": more(row, "late", int(body.get("late") is True))}
    match record.kind:
        case ComplaintDecided.KIND:
            firm = str(row["firm"]) or text_in(body, "firm")
            told = str(row["told"]) or (firm if firm in (record.statement.visible_to or ()) else "")
            due = text_in(body, "mediateBy") or None
            return {"state": text_in(body, "decision"), "decided": record.id, "firm": firm, "told": told, "due": due, **late}
        case ComplaintTestBegun.KIND:
            return {"state": "testing", "testing_since": record.valid_from}
        case ComplaintTestEnded.KIND:
            return {"state": "accepted", "testing_since": None, "due": text_in(body, "mediateBy") or None}
        case ComplaintAnswered.KIND:
            return {"answers": more(row, "answers")}
        case ComplaintsJoined.KIND:
            return {"joined": text_in(body, "matter")}
        case ComplaintFollowed.KIND:
            return {"due": None if text_in(body, "sort") == "notice-given" else row["due"], **late}
    days = body.get("testDays")
    about = {name: text_in(body, name) or row[name] for name in ("product", "lot", "item")}
    return {
        "state": "closed", "closed": record.id, "outcome": text_in(body, "outcome"), "due": text_in(body, "notifyBy") or None,
        "test_days": days if type(days) is int else 0, "testing_since": None, **about, **late,
    }  # fmt: skip


COMPLAINTS = Fold(
    name="complaints",
    version=1,
    columns={
        "origin": str, "public": int, "received": str, "authority": str, "firm": str, "told": str, "place": int, "state": str,
        "due": str, "decided": str, "closed": str, "outcome": str, "testing_since": str, "test_days": int, "late": int,
        "answers": int, "joined": str, "at": str, "harmed": int, **dict.fromkeys(_TEXTS, str),
    },
    keys=_keys,
    step=_row,
    indexes=(
        ("origin", "authority", "place"), ("origin", "authority", "state", "due"), ("origin", "authority", "state", "place"),
        ("origin", "told", "place"), ("origin", "authority", "firm", "place"), ("origin", "authority", "product", "place"),
        ("origin", "complaint"),
    ),
)  # fmt: skip
"""A row a complaint that stands: `state`, and `due`, the day until which the next step is due, None where nothing is. A step that
was withdrawn still shows here until the next one: whoever decides reads the evidence, not this."""


def _upheld_keys(logged: Logged) -> Iterable[str]:
    record, body = logged.record, logged.record.body
    names: list[str] = []
    if record.kind == Withdrawn.KIND and any("#complaints" in one for one in record.streams):
        names = [text_in(body, "record")]
    elif _own(record) and (record.kind == ComplaintUpheld.KIND or _is_upheld(record)):
        names = [record.id]
    return [f"{one[:32]} {short(logged.origin)}" for one in names if one]


def _is_upheld(record: Record) -> bool:
    return record.kind == ComplaintClosed.KIND and record.body.get("outcome") == "upheld"


def _upheld(row: Row | None, logged: Logged) -> Row | None:
    record, body = logged.record, logged.record.body
    if record.kind == Withdrawn.KIND:
        return None if row is None or record.issuer == row["authority"] else row
    firm, seen = text_in(body, "firm"), record.statement.visible_to or ()
    return {
        "origin": logged.origin, "public": int(record.public), "record": record.id, "authority": record.issuer,
        "told": firm if firm in seen else "", "closed": text_in(body, "closed") or record.id, "place": logged.index,
        "at": record.valid_from, "firm": firm, "product": text_in(body, "product"), "lot": text_in(body, "lot"),
        "item": text_in(body, "item"), "matter": text_in(body, "matter"), "hazard": text_in(body, "hazard"),
        "harmed": int(body.get("harmed") is True),
    }  # fmt: skip


UPHELD: Final = Fold(
    name="upheld_complaints",
    version=1,
    columns={
        "origin": str, "public": int, "record": str, "authority": str, "told": str, "closed": str, "place": int, "at": str,
        "firm": str, "product": str, "lot": str, "item": str, "matter": str, "hazard": str, "harmed": int,
    },
    keys=_upheld_keys,
    step=_upheld,
    indexes=(
        ("origin", "public", "firm", "place"), ("origin", "public", "product", "place"), ("origin", "public", "lot", "place"),
        ("origin", "public", "item", "place"), ("origin", "public", "authority", "place"), ("origin", "public", "place"),
    ),
)  # fmt: skip
"""A row an upheld complaint, twice where it was published: the sealed end (`public` 0) and what all may see (`public` 1), which
`closed` holds together. What was withdrawn has no row."""


def _counted(record: Record) -> tuple[str, ...]:
    if record.kind == ComplaintReceived.KIND:
        return ("received",)
    late = ("late",) if record.body.get("late") is True else ()
    if record.kind == ComplaintDecided.KIND:
        return ("decided", text_in(record.body, "decision").replace("-", "_"), *late)
    return ("closed", *(("upheld",) if _is_upheld(record) else ()), *late)


_TOTALS: Final = ("received", "decided", "accepted", "not_accepted", "handed_over", "closed", "upheld", "late")
_MOVES_TOTALS: Final = frozenset({ComplaintReceived.KIND, ComplaintDecided.KIND, ComplaintClosed.KIND})


def totals_key(authority: str, origin: str) -> str:
    """Return the key of an authority in `COMPLAINT_TOTALS`."""
    return f"{short(authority)} {short(origin)}"


def _total_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    return (totals_key(record.issuer, logged.origin),) if record.kind in _MOVES_TOTALS and _own(record) else ()


def _total(row: Row | None, logged: Logged) -> Row | None:
    before: Row = row or {"origin": logged.origin, "authority": logged.record.issuer, **dict.fromkeys(_TOTALS, 0)}
    return {**before, **{name: more(before, name) for name in _counted(logged.record) if name in _TOTALS}}


COMPLAINT_TOTALS = Fold(
    name="complaint_totals",
    version=1,
    columns={"origin": str, "authority": str, **dict.fromkeys(_TOTALS, int)},
    keys=_total_keys,
    step=_total,
    indexes=(("origin", "authority"),),
)
"""How many complaints each authority received, decided and closed, what was withdrawn included; for that authority's eyes: small
numbers find people, so the public has `surveillance.complaints-counted/1`."""
