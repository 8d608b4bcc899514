"""Registers of what happens to a draw: changes, publications, follow-ups, estimates, withdrawals; counts by outcome and reason."""

from collections.abc import Iterable
from typing import Final

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.pillars.surveillance.inspections.register import committed_of, decided, more, seen_by, short, start_of, text_in
from openqi.records.governance import Withdrawn
from openqi.records.inspections import AssignmentChanged, FollowUpReported, RateEstimated, ResultsPublished, VisitReported

_PARTS: Final = (
    "#visits", "#visit/", "#officers", "#changes", "#publications", "#follow-up/", "#rates", "#made/", "#shown/", "#cancelled/",
)  # fmt: skip
_STEPS: Final = {
    AssignmentChanged.KIND: ("change", "reason"), ResultsPublished.KIND: ("publication", ""), RateEstimated.KIND: ("estimate", ""),
    FollowUpReported.KIND: ("follow-up", "sort"), Withdrawn.KIND: ("withdrawal", ""),
}  # fmt: skip


def _withdrawn_draw(record: Record) -> str:
    """The draw that a withdrawal is about; "" where it is about none."""
    for one in record.streams:
        for mark in _PARTS:
            if mark in one:
                return one.partition(mark)[0]
    return ""


def _step_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    of_draw = _withdrawn_draw(record) if record.kind == Withdrawn.KIND else record.kind in _STEPS and decided(record)
    return (f"{logged.index:012x}",) if of_draw else ()


def _step_row(row: Row | None, logged: Logged) -> Row | None:  # noqa: ARG001 -- entries never change
    record, body = logged.record, logged.record.body
    sort, code = _STEPS[record.kind]
    withdrawn = record.kind == Withdrawn.KIND
    return {
        "origin": logged.origin, "public": int(record.public), "draw": _withdrawn_draw(record) or text_in(body, "draw"),
        "committed": committed_of(record),
        "object": text_in(body, "object"), "sort": sort, "code": text_in(body, code), "record": record.id, "issuer": record.issuer,
        "of": text_in(body, "record" if withdrawn else "visit"), "at": record.valid_from,
    }  # fmt: skip


INSPECTION_STEPS = Fold(
    name="inspection_steps",
    version=1,
    columns={
        "origin": str, "public": int, "draw": str, "committed": str, "object": str, "sort": str, "code": str, "record": str,
        "issuer": str, "of": str, "at": str,
    },
    keys=_step_keys,
    step=_step_row,
    indexes=(
        ("origin", "public", "committed", "sort"), ("origin", "public", "sort", "code"), ("origin", "public", "sort"),
        ("origin", "object", "sort"),
    ),
)  # fmt: skip
"""A row a change of officers, publication, follow-up, estimate and withdrawal, by its place in the log."""


def _counted(record: Record) -> tuple[str, str] | None:
    """What a record adds one to: sort and code."""
    if not decided(record):
        return None
    if record.kind == VisitReported.KIND:
        return "outcome", text_in(record.body, "outcome")
    return ("change", text_in(record.body, "reason")) if record.kind == AssignmentChanged.KIND else None


def _count_keys(logged: Logged) -> Iterable[str]:
    told = _counted(logged.record)
    if told is None:
        return ()
    end = f"{told[0]}.{committed_of(logged.record)[:32]}.{short(told[1])} {short(logged.origin)}"
    return [start_of(party) + end for party in seen_by(logged.record)]


def _count_row(row: Row | None, logged: Logged) -> Row | None:
    told = _counted(logged.record)
    if told is None:
        return row
    before: Row = row or {
        "origin": logged.origin, "public": int(logged.record.public), "committed": committed_of(logged.record),
        "sort": told[0], "code": told[1], "count": 0,
    }  # fmt: skip
    return {**before, "count": more(before, "count")}


INSPECTION_COUNTS = Fold(
    name="inspection_counts",
    version=1,
    columns={"origin": str, "public": int, "committed": str, "sort": str, "code": str, "count": int},
    keys=_count_keys,
    step=_count_row,
    indexes=(("origin", "public", "sort", "committed"),),
)
"""How many visits of a draw ended how, and how many changes of officers it had for which reason; withdrawn ones included."""
