"""Registers of process control: what belongs to each control plan, newest first by its place, and what its alarms add up to."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Final, Literal

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.records.governance import Withdrawn
from openqi.records.process_control import AlarmAssessed, ControlPlanPublished
from openqi.records.process_evidence import BaselineFrozen, CapabilityEvaluated, ChartEvaluated

Sort = Literal["p", "b", "e", "r", "a", "c", "w"]
"""Of rows in `CONTROL`: plan, baseline, evaluation, evaluation that raised alarms, assessment, capability, withdrawal."""
_SORTS: Final[dict[str, Sort]] = {
    ControlPlanPublished.KIND: "p", BaselineFrozen.KIND: "b", ChartEvaluated.KIND: "e", AlarmAssessed.KIND: "a",
    CapabilityEvaluated.KIND: "c",
}  # fmt: skip


def subject_key(name: str) -> str:
    """Return what stands for a subject or a record at the beginning of a key."""
    return sha256(name.encode()).hexdigest()[:32]


def start_of(name: str, sort: Sort, party: str | None = None) -> str:
    """Return how the keys begin of rows of a sort about a plan, an instrument, an edition or an evaluation.

    Args:
        name: URI of a plan or an instrument (plans, withdrawals), record of an edition (baselines, evaluations, assessments,
            capability) or of an evaluation (its assessments).
        sort: of the rows.
        party: of what is not public, the party that may see it; None for what is public.
    """
    # The letters of sorts are digits too: what follows a hash is set apart, or one start would begin another.
    return f"{subject_key(name)}{'' if party is None else f'={subject_key(party)}'}.{sort}."


def total_key(published: str, origin: str, party: str | None = None) -> str:
    """Return the key in `ALARM_TOTALS` of an edition in the log of that origin."""
    return f"{published} {origin}{'' if party is None else f' {party}'}"


def _seen_by(record: Record) -> tuple[str | None, ...]:
    return (None,) if record.public else tuple(dict.fromkeys((record.issuer, *(record.statement.visible_to or ()))))


def _texts(body: Any, *names: str) -> list[str]:
    """Members of a body that are texts; a foreign record of one of our kinds may have any."""
    return [body[name] for name in names if isinstance(body.get(name), str)]


def _abouts(record: Record) -> Iterator[tuple[str, Sort]]:
    body = record.body
    if record.kind == Withdrawn.KIND:
        streams = body.get("streams")
        yield from ((one, "w") for one in (streams if isinstance(streams, list) else ()) if isinstance(one, str))
        return
    sort = _SORTS.get(record.kind)
    if sort is None or (sort != "p" and record.basis is None):
        return
    names = ("plan", "instrument") if sort == "p" else ("published", "evaluation") if sort == "a" else ("published",)
    for name in _texts(body, *names):
        yield name, sort
        if sort == "e" and _count(body, "alarms"):
            yield name, "r"


def _count(body: Any, name: str) -> int:
    value = body.get(name)
    return value if type(value) is int and 0 <= value < 2**40 else 0


def _keys(logged: Logged) -> Iterable[str]:
    place = f"{logged.index:012x}"
    return dict.fromkeys(
        start_of(name, sort, party) + place for name, sort in _abouts(logged.record) for party in _seen_by(logged.record)
    )


def _row(row: Row | None, logged: Logged) -> Row | None:  # noqa: ARG001 -- entries never change
    record = logged.record
    of = {Withdrawn.KIND: "record", AlarmAssessed.KIND: "evaluation", ChartEvaluated.KIND: "baseline"}.get(record.kind, "of")
    return {
        "id": record.id, "issuer": record.issuer, "origin": logged.origin, "of": "".join(_texts(record.body, of)),
        "outcome": "".join(_texts(record.body, "outcome")), "point": _count(record.body, "point"),
        "alarms": _count(record.body, "alarms"),
    }  # fmt: skip


def _total_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    if record.basis is None or record.kind not in (ChartEvaluated.KIND, AlarmAssessed.KIND):
        return ()
    return [total_key(name, logged.origin, party) for name in _texts(record.body, "published") for party in _seen_by(record)]


def _total(row: Row | None, logged: Logged) -> Row | None:
    before = row or dict.fromkeys(("evaluations", "points", "alarms", "confirmed", "refuted"), 0)
    return {name: int(before[name] or 0) + added for name, added in added_by(logged.record).items()}


def added_by(record: Record) -> dict[str, int]:
    """Return what an evaluation or an assessment adds to the totals of its edition."""
    body = record.body
    evaluated = record.kind == ChartEvaluated.KIND
    items = body.get("items")
    told = body.get("outcome") if record.kind == AlarmAssessed.KIND else None
    return {
        "evaluations": int(evaluated), "points": _count(items, "count") if evaluated and isinstance(items, dict) else 0,
        "alarms": _count(body, "alarms") if evaluated else 0, "confirmed": int(told == "confirmed"),
        "refuted": int(told == "refuted"),
    }  # fmt: skip


CONTROL = Fold(
    name="control",
    version=1,
    columns={"id": str, "issuer": str, "origin": str, "of": str, "outcome": str, "point": int, "alarms": int},
    keys=_keys,
    step=_row,
)
"""A row for each record of a control plan; `start_of` says its keys. `of` is what is withdrawn, assessed, charted on or studied."""

ALARM_TOTALS = Fold(
    name="alarm_totals",
    version=1,
    columns=dict.fromkeys(("evaluations", "points", "alarms", "confirmed", "refuted"), int),
    keys=_total_keys,
    step=_total,
)
"""How many points were charted under an edition of a plan, alarmed, and were confirmed or refuted; withdrawn ones included."""
