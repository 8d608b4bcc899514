"""Which verdicts settle a dispute: of its laboratory, on its sample, by its requirement, measured and stated after the acceptance.

They lie in the stream of the item, one by one, or in the stream of the dispute, where the laboratory read many items off one
instrument with the dispute as the subject of its readings. Nobody names them: all that count are found, and of an item the first
that stands counts, so that nobody tests again until the result pleases. Whoever judged only applied the requirement.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.records import body, of_json
from openqi.records.conformity import ReadingsJudged, ReadingsReported, ResultJudged, ResultReported
from openqi.records.disputes import DisputeProposed
from openqi.records.governance import withdrawal
from openqi.records.judgements import MeasuredJudged
from openqi.records.rows import MeasuredRow, VerdictRow, decoded, rows_of

_MANY: Final[Mapping[str, tuple[Any, Any]]] = MappingProxyType({
    ReadingsJudged.KIND: (ReadingsJudged, VerdictRow), MeasuredJudged.KIND: (MeasuredJudged, MeasuredRow),
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One verdict that counts, and the record that states it."""

    record: str
    verdict: str


def counting_verdicts(view: View, proposed: DisputeProposed, quantity: str, *, since: str) -> dict[str, Verdict]:
    """Return item → the verdict that counts, in the order of the sample; an item without one, or undecided, is left out.

    Args:
        view: what can be read.
        proposed: sample, laboratory and requirement.
        quantity: that the requirement is about.
        since: instant of the acceptance.
    """
    found: dict[str, tuple[str, Verdict]] = {}
    for item in proposed.sample:
        single = _single(view, item, proposed, quantity, since)
        if single is not None:
            found[item] = single
    for item, at, verdict in _many(view, proposed, quantity, since):
        if item in proposed.sample and (item not in found or at < found[item][0]):
            found[item] = (at, verdict)
    kept = ((item, found[item][1]) for item in proposed.sample if item in found)
    return {item: one for item, one in kept if one.verdict in ("conforming", "nonconforming")}


def _single(
    view: View, item: str, proposed: DisputeProposed, quantity: str, since: str
) -> tuple[str, Verdict] | None:  # fmt: skip
    """The verdict on the first result on an item that counts, with the instant of that result."""
    stream = [one for one in view.stream(item) if view.home(one.id) == view.origin]
    results = [one for one in stream if one.kind == ResultReported.KIND and one.body.get("quantity") == quantity]
    counting = [one for one in results if _counts(view, one, item, proposed, since)]
    for record in stream:
        if record.kind != ResultJudged.KIND or record.basis is None or not counting:
            continue
        told = body(record, ResultJudged)
        if (told.item, told.result, told.requirement) == (item, counting[0].id, proposed.requirement) and _stands(view, record):
            return counting[0].valid_from, Verdict(record=record.id, verdict=told.verdict)
    return None


def _counts(view: View, record: Record, item: str, proposed: DisputeProposed, since: str) -> bool:
    told = body(record, ResultReported)
    own = record.issuer == proposed.laboratory and told.item == item
    return own and told.measured_at >= since and record.valid_from >= since and _stands(view, record)


def _many(view: View, proposed: DisputeProposed, quantity: str, since: str) -> Iterator[tuple[str, str, Verdict]]:
    """Verdicts on readings whose subject is the dispute: item, instant of the readings, verdict; in log order."""
    for record in view.stream(proposed.dispute):
        if record.kind not in _MANY or record.basis is None or view.home(record.id) != view.origin:
            continue
        kind, row = _MANY[record.kind]
        told = of_json(record.body, kind)
        readings = view.record(told.readings)
        foreign = view.home(readings.id) != view.origin  # where somebody else may bear the name of the laboratory
        if foreign or told.requirement != proposed.requirement or readings.issuer != proposed.laboratory:
            continue
        read = body(readings, ReadingsReported)
        later = read.measured_from >= since and readings.valid_from >= since and read.quantity == quantity
        if later and _stands(view, record) and _stands(view, readings):
            for one in decoded(rows_of(view, told.items), row):
                yield one.item, readings.valid_from, Verdict(record=record.id, verdict=one.verdict)


def _stands(view: View, record: Record) -> bool:
    return withdrawal(record, view.stream(record_subject(record.id)), view.home) is None
