"""The register of visits: how each ended, what is to be corrected until when, and whether it is.

What was withdrawn has no row. A row that everybody may see is moved only by what everybody may see.
"""

from collections.abc import Iterable
from typing import Final

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged
from openqi.pillars.surveillance.inspections.register import committed_of, decided, more, short, text_in
from openqi.records.governance import Withdrawn
from openqi.records.inspections import FollowUpReported, VisitReported

CLOSING: Final = frozenset({"corrected", "ended"})
"""Follow-ups after which nothing is left to correct; an inspection that is made again closes where it finds nothing."""
SETTLED: Final = frozenset({"conforming", "corrected", "closed", "not-operating", "deregistered"})
_VISIT: Final = "#visit/"


def visit_key(visit: str, origin: str) -> str:
    """Return the key of a visit in `VISITS`."""
    return f"{visit[:32]} {short(origin)}"


def _visit_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    if record.kind == Withdrawn.KIND:
        names = [text_in(record.body, "record")] if any(_VISIT in one for one in record.streams) else []
    elif not decided(record):
        names = []
    else:
        of = {VisitReported.KIND: record.id, FollowUpReported.KIND: text_in(record.body, "visit")}
        names = [of.get(record.kind, "")]
    return [visit_key(one, logged.origin) for one in names if one]


def _visit(row: Row | None, logged: Logged) -> Row | None:
    record, body = logged.record, logged.record.body
    if record.kind == VisitReported.KIND:
        return _reported(logged)
    if row is None:
        return None
    if record.kind == Withdrawn.KIND:
        return None if record.issuer == row["issuer"] else row
    if row["public"] and not record.public:
        return row  # what only some may see does not move a row that everybody sees
    sort, outcome = text_in(body, "sort"), text_in(body, "outcome")
    closes = row["due"] is not None and (sort in CLOSING or (sort == "inspected-again" and outcome in SETTLED))
    closed: Row = {"open": 0, "closed_by": record.id} if closes else {}
    return {**row, "follow_ups": more(row, "follow_ups"), "last_sort": sort, **closed}


def _reported(logged: Logged) -> Row:
    record, body = logged.record, logged.record.body
    due = text_in(body, "correctBy") or None
    return {
        "origin": logged.origin, "public": int(record.public), "draw": text_in(body, "draw"), "committed": committed_of(record),
        "object": text_in(body, "object"), "visit": record.id, "issuer": record.issuer, "place": logged.index,
        "at": text_in(body, "at"), "outcome": text_in(body, "outcome"), "due": due, "open": int(due is not None),
        "closed_by": None, "follow_ups": 0, "last_sort": "",
    }  # fmt: skip


VISITS = Fold(
    name="visits",
    version=1,
    columns={
        "origin": str, "public": int, "draw": str, "committed": str, "object": str, "visit": str, "issuer": str, "place": int,
        "at": str, "outcome": str, "due": str, "open": int, "closed_by": str, "follow_ups": int, "last_sort": str,
    },
    keys=_visit_keys,
    step=_visit,
    indexes=(
        ("origin", "public", "committed", "outcome", "place"), ("origin", "public", "committed", "place"),
        ("origin", "public", "outcome", "place"), ("origin", "public", "place"), ("origin", "public", "open", "due"),
        ("origin", "object", "place"),
    ),
)  # fmt: skip
"""A row a visit: how it ended, and by which follow-up what was to be corrected is; that one may have been withdrawn since."""
