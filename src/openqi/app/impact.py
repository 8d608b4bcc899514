"""What rests on a record, decided again as if it were withdrawn or corrected: which verdicts flip, and where the items are."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from openqi.app.supposition import Redecided, Supposition
from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import rows_of_batch
from openqi.evidence.record import Record, record_subject
from openqi.kernel.errors import RefusedError
from openqi.pillars.conformity.verdicts import JUDGED, AnyRow, verdict_rows
from openqi.pillars.traceability.views import Whereabouts, whereabouts
from openqi.records import Body, statement
from openqi.records.conformity import MarksIssued
from openqi.records.governance import Withdrawn, withdrawal
from openqi.records.metrology import CERTIFICATES, Certificate
from openqi.records.rows import EventRow, MarkRow, decoded
from openqi.records.traceability import EventsCaptured
from openqi.store.store import Store

_VERDICT: Final = b',"verdict":'


@dataclass(frozen=True, kw_only=True)
class Flip:
    """An item whose verdict would be another: its rows before and after, what it is in, and where it was last seen.

    `after` is None where there would be no verdict.
    """

    item: str
    judged: str
    before: AnyRow
    after: AnyRow | None
    within: tuple[str, ...]
    place: str | None


Said = Mapping[str, str | int]
Outcome = Literal["same", "values", "flips", "falls"]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What becomes of one record that rests on the target.

    `outcome` says it in a word: "same" (decided again, nothing but the names of its evidence differs), "values" (other values,
    no other verdict), "flips" (a verdict is another), "falls" (it would not have been issued; `why` says the reason).
    """

    record: str
    kind: str
    subject: str
    before: Said
    after: Said
    outcome: Outcome
    flips: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Impact:
    """The whole effect.

    `correction` is the number of the certificate that takes the target's place, None where it is withdrawn.
    `readings` are the records whose values are corrected otherwise; `flips` has every item whose verdict changes; `marks` leads
    from a marked item to its hashed mark where the mark no longer holds, or a verdict on something in the item flips.
    """

    target: str
    correction: str | None
    readings: tuple[str, ...]
    effects: tuple[Effect, ...]
    flips: tuple[Flip, ...]
    marks: Mapping[str, str]
    whereabouts: Whereabouts
    judged: int

    def places(self) -> dict[str, int]:
        """Return how many items with another verdict are where; "" for those that nobody saw."""
        found: dict[str, int] = {}
        for flip in self.flips:
            found[flip.place or ""] = found.get(flip.place or "", 0) + 1
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def as_json(self) -> dict[str, Any]:
        """Return the impact as JSON; keys are stable and never translated."""
        return {
            "target": self.target,
            "correction": self.correction,
            "readings": list(self.readings),
            "effects": [msgspec.to_builtins(effect) for effect in self.effects],
            "flips": [
                {
                    "item": flip.item,
                    "judged": flip.judged,
                    "before": msgspec.to_builtins(flip.before),
                    "after": None if flip.after is None else msgspec.to_builtins(flip.after),
                    "within": list(flip.within),
                    "place": flip.place,
                }
                for flip in self.flips
            ],
            "judged": self.judged,
            "places": self.places(),
            "marks": dict(self.marks),
        }


def impact(store: Store, record_id: str, *, correction: Certificate | None = None) -> Impact:
    """Return what rests on a record and what becomes of it.

    Args:
        store: the log.
        record_id: what is no longer believed as it stands.
        correction: the certificate that takes its place; None: it is withdrawn.

    Raises:
        NotFoundError: no such record.
        RefusedError: only certificates of instruments are corrected like this.
    """
    target = store.logged(record_id)
    supposition = Supposition(store=store)
    _suppose(supposition, target.record, correction)
    redecided = [
        supposition.decide_again(logged.record)
        for logged in store.scan(target.index + 1)
        if logged.record.kind != Withdrawn.KIND and logged.origin == store.origin
        if supposition.touches(logged.record) and _stands(store, logged.record)
    ]
    where = whereabouts(_events(store))
    flips, judged = _flips(supposition, redecided, where)
    flipped = Counter(flip.judged for flip in flips)
    return Impact(
        target=record_id,
        correction=None if correction is None else correction.number,
        readings=tuple(str(one.before.body["readings"]) for one in redecided if one.rests and one.before.kind in JUDGED),
        effects=tuple(_effect(one, flipped.get(one.before.id, 0)) for one in redecided if one.rests),
        flips=flips,
        marks=_marks(supposition, redecided, {flip.item for flip in flips}, where),
        whereabouts=where,
        judged=judged,
    )


_NUMBERS: Final = ("items", "rates")
"""Members whose change is one of values, where no verdict changed."""


def _suppose(supposition: Supposition, target: Record, correction: Certificate | None) -> None:
    if correction is None:
        body: Body = Withdrawn(record=target.id, streams=target.streams, reason="supposed")
    elif target.kind in CERTIFICATES:
        body = msgspec.structs.replace(correction, replaces=target.id)
    else:
        raise RefusedError("correctable", f"record {target.id} is a {target.kind}; a correction is of an instrument's certificate")
    home = supposition.store.logged(target.id).origin
    supposition.add(statement(body), target.issuer, target.valid_from, home=home)


def _stands(store: Store, record: Record) -> bool:
    others = [logged.record for logged in store.stream(record_subject(record.id))]
    return withdrawal(record, others, lambda name: store.logged(name).origin) is None


def _effect(one: Redecided, flips: int) -> Effect:
    outcome: Outcome = "same"
    if one.after is None:
        outcome = "falls"
    elif flips or one.after.body.get("verdict") != one.before.body.get("verdict"):
        outcome = "flips"
    elif any(one.after.body.get(name) != one.before.body.get(name) for name in _NUMBERS):
        outcome = "values"
    return Effect(
        record=one.before.id,
        kind=one.before.kind,
        subject=one.before.streams[0],
        before=_said(one.before),
        after={} if one.after is None else _said(one.after),
        outcome=outcome,
        flips=flips,
        why=one.why,
    )


def _said(record: Record) -> Said:
    """The few members in which a decision says what it decided."""
    wanted = ("verdict", "conforming", "nonconforming", "undecided", "number")
    said = {name: record.body[name] for name in wanted if name in record.body}
    return said | ({"marks": record.body["items"]["count"]} if record.kind == MarksIssued.KIND else {})


def _flips(supposition: Supposition, redecided: Iterable[Redecided], where: Whereabouts) -> tuple[tuple[Flip, ...], int]:
    flips: list[Flip] = []
    judged = 0
    for one in redecided:
        if one.before.kind not in JUDGED:
            continue
        before = _rows(supposition, one.before)
        judged += len(before)
        pairs: list[tuple[AnyRow, AnyRow | None]] = []
        if one.after is None:
            pairs = [(row, None) for row in verdict_rows(one.before.kind, before)]
        elif one.changed:
            # Only the few rows that flip are read; a row of another verdict ends otherwise.
            both = zip(before, _rows(supposition, one.after), strict=True)
            lines = [(old, new) for old, new in both if _verdict(old) != _verdict(new)]
            kind = one.before.kind
            olds, news = (verdict_rows(kind, side) for side in ([old for old, _ in lines], [new for _, new in lines]))
            pairs = list(zip(olds, news, strict=True))
        flips += [_flip(one.before.id, old, new, where) for old, new in pairs]
    return tuple(flips), judged


def _flip(judged: str, before: AnyRow, after: AnyRow | None, where: Whereabouts) -> Flip:
    place = where.place(before.item)
    return Flip(
        item=before.item,
        judged=judged,
        before=before,
        after=after,
        within=where.within(before.item),
        place=None if place is None else place[1],
    )


def _verdict(line: bytes) -> bytes:
    """How a row ends: the verdict is the last of its members, whatever its version."""
    return line.rpartition(_VERDICT)[2]


def _rows(supposition: Supposition, record: Record) -> list[bytes]:
    # The record names the blob by its hash, which the store has checked; the root over its rows was checked when it was decided.
    return supposition.blob(parse_batch(record.body["items"]).blob).split(b"\n")[:-1]


def _events(store: Store) -> list[list[EventRow]]:
    found = []
    for logged in store.scan():
        if logged.record.kind == EventsCaptured.KIND and _stands(store, logged.record):
            batch = parse_batch(logged.record.body["items"])
            found.append(decoded(rows_of_batch(batch, store.blob(batch.blob)), EventRow))
    return found


def _marks(supposition: Supposition, redecided: Iterable[Redecided], flipped: set[str], where: Whereabouts) -> dict[str, str]:
    touched = flipped | {parent for item in flipped for parent in where.within(item)}
    found: dict[str, str] = {}
    for one in redecided:
        if one.before.kind != MarksIssued.KIND:
            continue
        for row in decoded(_rows(supposition, one.before), MarkRow):
            if one.after is None or row.item in touched:
                found[row.item] = row.mark
    return found
