"""The proof of one unit: a dossier without what its decisions looked into, small enough to stand beside the unit.

It proves that the mark was issued, under which licence and rule, signed by whose keys, in a log with a checkpoint; and it holds
what is known to have been withdrawn or stated of it. It cannot be replayed: for that a whole dossier holds every stream that
was read.
"""

from collections.abc import Iterator
from typing import Final

from openqi.app.marks import MarkAnswer
from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import items
from openqi.evidence.dossiers.dossier import Dossier, Enclosed, parse_dossier
from openqi.evidence.dossiers.report import Report, Step
from openqi.evidence.dossiers.verify import verify_dossier
from openqi.evidence.keys import key_records
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.prover import inclusion_proof
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.evidence.record import Logged, record_subject
from openqi.evidence.view import parse_basis
from openqi.formats.digital_link import check_mark, mark_name
from openqi.kernel.errors import FormatError, RefusedError, VerificationError
from openqi.records.conformity import MarksIssued
from openqi.records.governance import withdrawal
from openqi.records.licences import LicensedMarksIssued
from openqi.store.store import Store

_OF_MARKS: Final = (MarksIssued.KIND, LicensedMarksIssued.KIND)
_REPLAY: Final = 10
_NO_STREAMS: Final = "the proof of one unit holds no streams; `openqi dossier` makes the whole one"


def unit_proof(store: Store, answer: MarkAnswer, *, policy: bytes) -> bytes:
    """Return the proof of one unit, for `openqi verify` without any network.

    Args:
        store: the log; its static files are brought up to date first.
        answer: what is known of the mark.
        policy: trust policy to enclose.

    Raises:
        RefusedError: records that it rests on are not public, or were issued in another log.
    """
    store.publish()
    note = store.read("checkpoint")
    size = parse_checkpoint(parse_note(note)).size
    target = answer.found.record
    found = {one.record.id: one for one in _enclosed(store, target, size)}
    stated = [] if answer.state is None else [answer.state.record]
    for name in stated:
        found |= {one.record.id: one for one in _enclosed(store, name, size)}
    for one in found.values():
        if not one.record.public or one.origin != store.origin:
            why = f"record {one.record.id} is sealed, or of another log"
            raise RefusedError("unit-public", f"{why}: whoever may see it makes a whole dossier instead")
    subtree = subtree_from_tiles(store.read, size)
    batch = parse_batch(store.logged(target).record.body["items"])
    entries = tuple(
        Enclosed(id=one.record.id, record=one.record, origin=one.origin, index=one.origin_index,
                 path=inclusion_proof(one.index, size, subtree))
        for one in sorted(found.values(), key=lambda one: one.index)
    )  # fmt: skip
    item = items(target, batch, store.blob(batch.blob), [answer.found.leaf])[0]
    dossier = Dossier(target=target, policy=policy, checkpoints={store.origin: note}, entries=entries, blobs={}, item=item)
    return dossier.encode()


def _enclosed(store: Store, target: str, size: int) -> Iterator[Logged]:
    """The record, those that it and they name as read, what was withdrawn of them, and everything about the keys that signed."""
    waiting, seen = [store.logged(target)], set[str]()
    while waiting:
        logged = waiting.pop()
        if logged.record.id in seen:
            continue
        seen.add(logged.record.id)
        yield logged

        def stream(subject: str) -> tuple[Logged, ...]:
            return store.stream(subject, known_at=size)

        waiting += key_records(logged.record, logged.origin, stream)
        waiting += [one for one in stream(record_subject(logged.record.id)) if one.record.public]
        if logged.record.basis is not None:
            waiting += [store.logged(name) for name in parse_basis(logged.record.basis).records]


def is_unit(data: bytes) -> bool:
    """Return whether a dossier is the proof of one unit: about one row of marks, without what decisions looked into."""
    try:
        dossier = parse_dossier(data)
    except FormatError:  # its verification says what is wrong with it
        return False
    target = next((one.record for one in dossier.entries if one.id == dossier.target), None)
    return dossier.item is not None and not dossier.blobs and target is not None and target.kind in _OF_MARKS


def unit_report(data: bytes, *, policy: bytes | None = None) -> Report:
    """Return the report on the proof of one unit. Steps 10 and 11 need the streams that were read, which it does not hold.

    A withdrawal that it does hold is a failure all the same: of the issue, its licence, its rule, or the pledge.
    """
    report = verify_dossier(data, policy=policy, replay=None)
    first = report.first_failure
    if first is not None and first.number < _REPLAY:
        return report
    ended = _ended(parse_dossier(data))
    steps = [
        *(step for step in report.steps if step.number < _REPLAY),
        Step(number=_REPLAY, state="not checked", detail=_NO_STREAMS),
        Step(number=_REPLAY + 1, state="failed", detail=ended) if ended else
        Step(number=_REPLAY + 1, state="not checked", detail=_NO_STREAMS),
    ]  # fmt: skip
    return Report(target=report.target, steps=tuple(steps))


def _ended(dossier: Dossier) -> str:
    """Which record that is enclosed was withdrawn by its issuer, by one that is enclosed."""
    records = {one.id: one.record for one in dossier.entries if one.record is not None}
    homes = {one.id: one.origin for one in dossier.entries}
    for record in records.values():
        other = withdrawal(record, records.values(), homes.__getitem__)
        if other is not None:
            return f"record {record.id}, {record.kind}, was withdrawn by record {other.id}"
    return ""


def check_unit(data: bytes, mark: str) -> None:
    """Raise unless a dossier is about this very mark; whether it is proved is another question.

    Raises:
        FormatError: no mark, or no dossier.
        VerificationError: it is about another mark, or about none.
    """
    item = parse_dossier(data).item
    name = mark_name(check_mark(mark)).encode()
    if item is None or b'"mark":"' + name + b'"' not in item.row:
        raise VerificationError("mark", f"the dossier is not about {mark}: ask for the proof of that mark")
